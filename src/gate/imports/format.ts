// Tells which format a document is, and says what it is instead where it is neither.
import { DocumentError } from './document-error.ts'
import { isObject, type JsonObject, textOf } from './json/values.ts'
import { isOwn } from './own/document.ts'
import { cleanLine } from './text.ts'

export const formats = ['sarif', 'cyclonedx', 'panthera'] as const
export type Format = (typeof formats)[number]

const sarifVersion = '2.1.0'
const cycloneDxVersions = ['1.4', '1.5', '1.6', '1.7']

/** @param skeleton the document without its long lists. Throws DocumentError. */
export function formatOf(skeleton: unknown): { format: Format; document: JsonObject } {
  if (!isObject(skeleton)) {
    const seen = Array.isArray(skeleton) ? 'a list' : 'a single value'
    throw new DocumentError(`The document is ${seen}; SARIF and CycloneDX are objects`)
  }
  const version = textOf(skeleton.version) ?? ''
  if (skeleton.bomFormat === 'CycloneDX') {
    checkCycloneDx(skeleton)
    return { format: 'cyclonedx', document: skeleton }
  }
  if (Array.isArray(skeleton.runs)) {
    if (version !== sarifVersion) {
      throw new DocumentError(`version is ${shown(version)}; accepted is SARIF ${sarifVersion}`)
    }
    return { format: 'sarif', document: skeleton }
  }
  if (isOwn(skeleton)) return { format: 'panthera', document: skeleton }
  throw new DocumentError(whatElse(skeleton))
}

function checkCycloneDx(document: JsonObject): void {
  const version = textOf(document.specVersion) ?? ''
  if (!cycloneDxVersions.includes(version)) {
    const accepted = cycloneDxVersions.join(', ')
    throw new DocumentError(`specVersion is ${shown(version)}; accepted is CycloneDX ${accepted}`)
  }
  if (!Array.isArray(document.vulnerabilities)) {
    throw new DocumentError(
      'The document lists components, but no vulnerabilities; let a scanner add them',
    )
  }
}

/** Other reports of known tools, by the names at their top level, and how to get SARIF instead. */
const others: readonly (readonly [string, readonly string[], string])[] = [
  ['Trivy’s own JSON', ['SchemaVersion', 'ArtifactName'], 'use trivy --format sarif'],
  ['Semgrep’s own JSON', ['results', 'errors', 'paths'], 'use semgrep --sarif'],
  ['Grype’s own JSON', ['matches', 'source', 'descriptor'], 'use grype -o sarif'],
  ['Checkov’s own JSON', ['check_type', 'results'], 'use checkov -o sarif'],
  ['Bandit’s own JSON', ['results', 'metrics', 'generated_at'], 'use bandit -f sarif'],
  ['OSV-Scanner’s own JSON', ['results', 'experimental_config'], 'use osv-scanner --format sarif'],
  ['an npm audit report', ['auditReportVersion'], 'use a scanner that writes SARIF'],
  ['SPDX', ['spdxVersion'], 'send CycloneDX with vulnerabilities'],
  ['a GitLab report', ['scan', 'vulnerabilities'], 'let the tool write SARIF'],
]

/** The report of a known tool that is neither, and what to do about it. */
export function otherReport(has: (member: string) => boolean): string | null {
  const found = others.find(([, members]) => members.every(has))
  return found === undefined ? null : `The document is ${found[0]}; ${found[2]}`
}

function whatElse(document: JsonObject): string {
  const other = otherReport((name) => Object.hasOwn(document, name))
  if (other !== null) return other
  if (Object.hasOwn(document, 'runs')) return 'runs must be a list'
  const names = Object.keys(document)
    .slice(0, 8)
    .map((name) => cleanLine(name, 40))
  const seen = names.length === 0 ? 'no members' : `the members ${names.join(', ')}`
  return `The document is neither SARIF nor CycloneDX: it has ${seen}`
}

function shown(version: string): string {
  return version === '' ? 'missing' : JSON.stringify(cleanLine(version, 40))
}
