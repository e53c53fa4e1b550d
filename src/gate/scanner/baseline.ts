// A baseline: the findings that were known when it was written, by fingerprint, so that a scan can
// show what is new. It is made to be committed and reviewed; it holds no excerpt and no value.
import type { Finding, Fingerprint } from './finding.ts'
import { compareFindings } from './finding.ts'
import { matchFindings } from './match.ts'

export interface Baseline {
  findings: KnownFinding[]
}

export interface KnownFinding {
  /** Rule and path are there for the reader; fingerprints alone decide. */
  ruleId: string
  path: string | null
  fingerprints: Fingerprint[]
}

export interface BaselineSplit {
  fresh: Finding[]
  known: Finding[]
  /** Entries that nothing matches any more: fixed, and ready to be dropped. */
  gone: KnownFinding[]
}

export class BaselineError extends Error {
  override name = 'BaselineError'
}

/** JSON with one finding per line, sorted, so that changes read well in a review. */
export function writeBaseline(findings: Iterable<Finding>): string {
  const lines = [...findings].sort(compareFindings).map(({ ruleId, location, fingerprints }) => {
    const named = fingerprints.map(({ algorithm, value }) => [algorithm, value])
    return JSON.stringify({
      rule: ruleId,
      path: location?.path ?? null,
      fingerprints: Object.fromEntries(named),
    })
  })
  const body = lines.length === 0 ? '' : `\n    ${lines.join(',\n    ')}\n  `
  return `{\n  "schemaVersion": ${schemaVersion},\n  "findings": [${body}]\n}\n`
}

/** Reads what `writeBaseline` wrote. Throws `BaselineError`, naming the entry that is wrong. */
export function readBaseline(text: string): Baseline {
  let document: unknown
  try {
    document = JSON.parse(text)
  } catch {
    // The parser's message quotes what it read, which may be some other file.
    throw new BaselineError('the baseline is no JSON')
  }
  const { schemaVersion: version, findings } = asObject(document, 'the baseline')
  if (version !== schemaVersion) {
    throw new BaselineError(
      `the baseline has another schemaVersion than ${schemaVersion}: write it anew`,
    )
  }
  if (!Array.isArray(findings)) throw new BaselineError('the baseline has no list "findings"')
  return { findings: findings.map(readEntry) }
}

export function splitByBaseline(findings: readonly Finding[], baseline: Baseline): BaselineSplit {
  const matches = matchFindings(baseline.findings, findings)
  const matched = new Set(matches)
  return {
    fresh: findings.filter((_, index) => matches[index] === null),
    known: findings.filter((_, index) => matches[index] !== null),
    gone: baseline.findings.filter((_, index) => !matched.has(index)),
  }
}

/**
 * Whether this has the form that `writeBaseline` gives it, to the last line, with rules and paths
 * as people mostly name them: beside the hex digits of fingerprints there is no room for a token.
 * One with stranger paths is not known for a baseline, and scanned as any other file.
 */
export function isBaseline(bytes: Uint8Array): boolean {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  if (!text.subarray(0, head.length).equals(head)) return false
  const [, ...lines] = text.subarray(head.length).toString('utf8').split('\n')
  const end = lines.findIndex((line) => !isEntry(line))
  return end === -1 ? lines.length === 0 : /^(?:\s*\]\s*\}\s*)$/.test(lines.slice(end).join('\n'))
}

const schemaVersion = 1
const head = Buffer.from(`{\n  "schemaVersion": ${schemaVersion},\n  "findings": [`)
const entryLine = new RegExp(
  [
    String.raw`^ {4}\{"rule":"([\w./:-]{1,100})",`,
    String.raw`"path":(?:null|"([\p{L}\p{M}\p{N} ._/@+()[\]#-]{1,300})"),`,
    String.raw`"fingerprints":\{(?:"[\w.]{1,16}":"[0-9a-f]{16,64}",?)*\}\},?$`,
  ].join(''),
  'u',
)

function isEntry(line: string): boolean {
  const [, rule, path = ''] = entryLine.exec(line) ?? []
  return rule !== undefined && isPlain(rule) && isPlain(path)
}

/** Long runs are words put together, such as `UserAuthenticationFilter`, and not drawn by lot. */
function isPlain(name: string): boolean {
  const runs = name.match(/[A-Za-z0-9]{16,}/g) ?? []
  return runs.every((run) => wordsForm.test(run)) && !/[0-9a-f]{8}-[0-9a-f]{4}-/i.test(name)
}

const wordsForm = /^[a-z]*(?:[A-Z]{1,4}[a-z]{2,})*[A-Z]{0,4}\d{0,4}$/

function readEntry(entry: unknown, index: number): KnownFinding {
  const where = `findings[${index}] of the baseline`
  const { rule, path, fingerprints } = asObject(entry, where)
  if (typeof rule !== 'string') throw new BaselineError(`${where}: "rule" must be a text`)
  const named = Object.entries(asObject(fingerprints, `${where}: "fingerprints"`))
  if (named.length === 0) throw new BaselineError(`${where}: "fingerprints" is empty`)
  return {
    ruleId: rule,
    path: typeof path === 'string' ? path : null,
    fingerprints: named.map(([algorithm, value]) => ({ algorithm, value: String(value) })),
  }
}

function asObject(value: unknown, what: string): Record<string, unknown> {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) {
    throw new BaselineError(`${what} must be an object`)
  }
  return value as Record<string, unknown>
}
