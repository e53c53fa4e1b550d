// The report as one JSON document, one finding per line, for programs that know Panthera.
import type { Finding } from '../finding.ts'
import type { Suppressed } from '../suppressed.ts'
import type { Report } from './report.ts'

/**
 * `{"schemaVersion": 1, "tool", "project", "createdAt", "advisories",
 * "selectedAdvisories": {"ecosystems", "vulnerabilities", "date"} | null, "rules",
 * "findings": [Finding…], "suppressed": [Suppressed…], "packages": [Package…],
 * "notLookedAt": [Gap…], "coverage"}`.
 * Fields are added within a version; one that changes its meaning or goes counts the version up.
 */
export async function* writeJson(report: Report): AsyncGenerator<string> {
  const { tool, project, createdAt, advisories, rules, coverage } = report
  const { selectedAdvisories = null } = report
  const head = { tool, project, createdAt, advisories, selectedAdvisories, rules }
  yield `{\n"schemaVersion": ${schemaVersion},\n`
  for (const [name, value] of Object.entries(head)) {
    yield `${JSON.stringify(name)}: ${JSON.stringify(value)},\n`
  }
  yield* list('findings', report.findings, inOrder)
  yield* list('suppressed', report.suppressed, setAside)
  yield* list('packages', report.packages, (one) => one)
  yield* list('notLookedAt', report.gaps ?? [], ({ kind, path, text }) => ({ kind, path, text }))
  yield `"coverage": ${JSON.stringify(coverage)}\n}\n`
}

const schemaVersion = 1

async function* list<Item>(
  name: string,
  items: Iterable<Item> | AsyncIterable<Item>,
  write: (item: Item) => unknown,
): AsyncGenerator<string> {
  yield `"${name}": [`
  let separator = '\n'
  for await (const item of items) {
    yield separator + JSON.stringify(write(item))
    separator = ',\n'
  }
  yield '\n],\n'
}

/** Names the fields, so that their order does not hang on how an engine built the object. */
function inOrder(finding: Finding): Finding {
  const { ruleId, scanType, severity, title, description, remediation, cweId } = finding
  const { location, excerpt, steps, references, fingerprints, origin, subject, rated } = finding
  const what = { ruleId, scanType, severity, title, description, remediation, cweId }
  const where = { location, excerpt, steps, references, fingerprints, origin }
  const more = { ...(subject !== undefined && { subject }), ...(rated !== undefined && { rated }) }
  return { ...what, ...where, ...more }
}

function setAside({ finding, by, source, reason, line, expires }: Suppressed): Suppressed {
  const when = { ...(line !== undefined && { line }), ...(expires !== undefined && { expires }) }
  return { by, source, reason, ...when, finding: inOrder(finding) }
}
