// What a case of AuthZEN's certification is: a request, and what its answer must be. The cases are
// ours; sections and expected values are those of the scenario that the working group publishes.

export const levels = [
  'Basic Core',
  'Basic Properties',
  'Batch Core',
  'Batch Properties',
  'Search Core',
  'Search Properties',
  'Discovery',
] as const
export type Level = (typeof levels)[number]

export interface Sent {
  method: 'GET' | 'POST'
  path: string
  headers: Readonly<Record<string, string>>
  /** Sent as it is. */
  text: string | null
}

export interface Received {
  status: number
  headers: Headers
  /** Undefined where it is not JSON. */
  json: unknown
}

export interface Case {
  /** In the scenario. */
  section: string
  level: Level
  what: string
  sent: Sent
  /** Answers what is wrong, null where nothing is. */
  wrong(
    received: Received,
    send: (sent: Sent) => Promise<Received>,
  ): string | null | Promise<string | null>
}

type Object = Readonly<Record<string, unknown>>

export function post(path: string, body: unknown, headers: Record<string, string> = {}): Sent {
  const text = typeof body === 'string' ? body : JSON.stringify(body)
  const all = { 'content-type': 'application/json', ...headers }
  return { method: 'POST', path: `/access/v1/${path}`, headers: all, text }
}

type Check = Case['wrong']

export const status =
  (expected: number): Check =>
  (received) =>
    received.status === expected ? null : `status ${received.status} instead of ${expected}`

/** 200 in JSON, and then what `look` finds. */
export const answers =
  (look: (body: Object, send: (sent: Sent) => Promise<Received>) => ReturnType<Check>): Check =>
  (received, send) => {
    if (received.status !== 200) return `status ${received.status} instead of 200`
    const type = received.headers.get('content-type') ?? ''
    if (!type.startsWith('application/json')) return `the content type is ${type}`
    const { json } = received
    if (typeof json !== 'object' || json === null) return 'the answer is no JSON object'
    return look(json as Object, send)
  }

/** Undefined: either way. */
export const decides = (expected?: boolean): Check => answers((body) => badDecision(body, expected))

/** As many decisions, in this order. */
export const decidesAll = (expected: readonly (boolean | undefined)[]): Check =>
  answers(({ evaluations }) => {
    if (!Array.isArray(evaluations)) return 'there is no list of evaluations'
    if (evaluations.length !== expected.length) return `${evaluations.length} evaluations`
    const wrong = evaluations.map((each, index) => badDecision(each, expected[index]))
    return wrong.find((each) => each !== null) ?? null
  })

function badDecision(body: unknown, expected: boolean | undefined): string | null {
  const { decision, context } = (body ?? {}) as Object
  if (typeof decision !== 'boolean') return 'there is no decision'
  if (context !== undefined && (typeof context !== 'object' || context === null)) {
    return 'the context is no object'
  }
  if (expected === undefined || decision === expected) return null
  return `the decision is ${decision}`
}

/** Entities of the type, these among them. */
export const finds = (type: string, ids: readonly string[]): Check =>
  answers((body) => {
    const results = resultsOf(body)
    if (typeof results === 'string') return results
    const other = results.find((each) => each.type !== type || typeof each.id !== 'string')
    if (other !== undefined) return `found ${JSON.stringify(other)}`
    return (
      missing(
        ids,
        results.map(({ id }) => id),
      ) ?? badPage(body)
    )
  })

export const findsActions = (names: readonly string[]): Check =>
  answers((body) => {
    const results = resultsOf(body)
    if (typeof results === 'string') return results
    if (results.some(({ name }) => typeof name !== 'string')) return 'an action has no name'
    return (
      missing(
        names,
        results.map(({ name }) => name),
      ) ?? badPage(body)
    )
  })

export const findsNothing: Check = answers((body) => {
  const results = resultsOf(body)
  if (typeof results === 'string') return results
  return results.length === 0 ? null : `found ${JSON.stringify(results)}`
})

/** The same as another request finds. */
export const findsAsMuchAs = (other: Sent): Check =>
  answers(async (body, send) => {
    const { json } = await send(other)
    const [here, there] = [body, json].map((each) => JSON.stringify((each as Object).results))
    return here === there ? null : `found ${here} instead of ${there}`
  })

export function resultsOf({ results }: Object): Record<string, unknown>[] | string {
  return Array.isArray(results) ? results : 'there is no list of results'
}

export function badPage({ page }: Object): string | null {
  if (page === undefined) return null
  if (typeof page !== 'object' || page === null) return 'the page is no object'
  const { next_token } = page as Object
  return typeof next_token === 'string' ? null : 'the page has no next_token'
}

function missing(wanted: readonly string[], found: readonly unknown[]): string | null {
  const absent = wanted.filter((each) => !found.includes(each))
  return absent.length === 0 ? null : `${absent.join(', ')} not found`
}
