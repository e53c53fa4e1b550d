// Puts together what was found by following calls from many files: each place once, whoever was
// first, and its fingerprints completed when all of its file is known.
import { type Finding, severities } from './finding.ts'
import { Ordinals } from './fingerprint.ts'
import type { Reported } from './report-weaknesses.ts'
import type { Suppressed } from './suppress.ts'

/** By the path of the file that each stands in. */
export function mergeShared(all: Iterable<Reported>): Map<string, Reported> {
  const places = new Map<string, Map<string, Suppressed | Found>>()
  const add = (one: Suppressed | Found) => {
    const { path = '' } = one.finding.location ?? {}
    const file = places.get(path) ?? new Map<string, Suppressed | Found>()
    places.set(path, file)
    const key = placeOf(one.finding)
    const known = file.get(key)
    if (known === undefined || isTold(one.finding, known.finding)) file.set(key, one)
  }
  for (const { findings, suppressed } of all) {
    for (const finding of findings) add({ finding })
    for (const one of suppressed) add(one)
  }
  return new Map([...places].map(([path, file]) => [path, completed([...file.values()])]))
}

interface Found {
  finding: Finding
}

function completed(found: (Suppressed | Found)[]): Reported {
  const ordinals = new Ordinals()
  const reported: Reported = { findings: [], suppressed: [] }
  for (const one of found.sort((a, b) => compare(a.finding, b.finding))) {
    const { finding } = one
    const named = { ...finding, fingerprints: ordinals.complete(finding.fingerprints) }
    if ('by' in one) reported.suppressed.push({ ...one, finding: named })
    else reported.findings.push(named)
  }
  return reported
}

/** As engines order what they find in a file: by place, then by rule. */
function compare(a: Finding, b: Finding): number {
  const difference =
    (a.location?.line ?? 0) - (b.location?.line ?? 0) ||
    (a.location?.column ?? 0) - (b.location?.column ?? 0)
  if (difference !== 0) return difference
  return a.ruleId < b.ruleId ? -1 : 1
}

function placeOf({ ruleId, location }: Finding): string {
  return `${location?.line}:${location?.column} ${ruleId}`
}

/** Of two ways to one place the worse is told, then the shorter, then the first by its text. */
function isTold(one: Finding, other: Finding): boolean {
  const difference =
    severities.indexOf(one.severity) - severities.indexOf(other.severity) ||
    one.steps.length - other.steps.length
  return difference === 0 ? textOf(one) < textOf(other) : difference < 0
}

const textOf = ({ steps, description }: Finding): string =>
  JSON.stringify([steps.map(({ path, line, column }) => [path, line, column]), description])
