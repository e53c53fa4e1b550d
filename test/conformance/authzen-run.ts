// Plays AuthZEN's certification against a server: makes what it asks for through the public API,
// then sends every case. Nothing here knows how the server is built.
import { type Case, type Level, levels, type Received, type Sent } from './authzen-case.ts'
import { decisionCases } from './authzen-decisions.ts'
import { searchCases } from './authzen-searches.ts'

export interface DecisionPoint {
  /** Where it listens: `http://127.0.0.1:4000/identity`. */
  url: string
  key: string
  /** What its metadata calls it, which begins with https. */
  point: string
}

export interface Outcome {
  case: Case
  /** Null: passed. */
  wrong: string | null
}

/** All cases, in order; the fixture must be there. */
export async function certify(target: DecisionPoint): Promise<Outcome[]> {
  const send = (sent: Sent) => sendTo(target, sent)
  const outcomes: Outcome[] = []
  for (const each of [...decisionCases, ...searchCases(target.point)]) {
    outcomes.push({ case: each, wrong: await each.wrong(await send(each.sent), send) })
  }
  return outcomes
}

export async function sendTo({ url, key }: DecisionPoint, sent: Sent): Promise<Received> {
  const { method, path, headers, text } = sent
  const { origin, pathname } = new URL(url)
  // Well-known documents stand before the path of what they are about.
  const isWellKnown = path.startsWith('/.well-known/')
  const response = await fetch(isWellKnown ? origin + path + pathname : url + path, {
    method,
    headers: { authorization: `Bearer ${key}`, ...headers },
    body: text,
  })
  const body = await response.text()
  return { status: response.status, headers: response.headers, json: parsed(body) }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** One line per level: how many cases and sections passed. */
export function table(outcomes: readonly Outcome[]): string {
  return levels.map((level) => line(level, outcomes)).join('\n')
}

function line(level: Level, outcomes: readonly Outcome[]): string {
  const own = outcomes.filter((outcome) => outcome.case.level === level)
  const failed = own.filter(({ wrong }) => wrong !== null)
  const sections = (some: readonly Outcome[]) => new Set(some.map((each) => each.case.section))
  const all = sections(own)
  const passed = all.size - sections(failed).size
  const cases = `${own.length - failed.length}/${own.length} cases`
  const parts = `${passed}/${all.size} sections`
  return `${level.padEnd(18)} ${parts.padStart(16)} ${cases.padStart(14)}`
}
