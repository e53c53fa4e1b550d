// The report as one JSON document, one finding per line, for programs that know Panthera.
import type { Finding } from '../finding.ts'
import type { Report } from './report.ts'

/**
 * `{"schemaVersion": 1, "tool", "rules", "findings": [Finding…], "coverage"}`. Fields are added
 * within a version; one that changes its meaning or goes counts the version up.
 */
export async function* writeJson(report: Report): AsyncGenerator<string> {
  const { tool, rules, findings, coverage } = report
  yield `{\n"schemaVersion": ${schemaVersion},\n`
  yield `"tool": ${JSON.stringify(tool)},\n`
  yield `"rules": ${JSON.stringify(rules)},\n`
  yield '"findings": ['
  let separator = '\n'
  for await (const finding of findings) {
    yield separator + JSON.stringify(inOrder(finding))
    separator = ',\n'
  }
  yield `\n],\n"coverage": ${JSON.stringify(coverage)}\n}\n`
}

const schemaVersion = 1

/** Names the fields, so that their order does not hang on how an engine built the object. */
function inOrder(finding: Finding): Finding {
  const { ruleId, scanType, severity, title, description, remediation, cweId } = finding
  const { location, excerpt, steps, references, fingerprints, origin } = finding
  const what = { ruleId, scanType, severity, title, description, remediation, cweId }
  return { ...what, location, excerpt, steps, references, fingerprints, origin }
}
