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
  } catch (error) {
    throw new BaselineError(`the baseline is no JSON: ${(error as Error).message}`)
  }
  const { schemaVersion: version, findings } = asObject(document, 'the baseline')
  if (version !== schemaVersion) {
    throw new BaselineError(
      `the baseline has schemaVersion ${JSON.stringify(version)}, and ${schemaVersion} is ` +
        'accepted: write it anew',
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

const schemaVersion = 1

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
