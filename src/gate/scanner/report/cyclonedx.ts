// The packages and what is known against them as CycloneDX 1.6 (ECMA-424).
import { isInSource, type Suppressed } from '../suppressed.ts'
import { type Bill, billOf, type Component, uuidOf } from './bill.ts'
import { gapLine, warnings } from './gaps.ts'
import { readLicence } from './licence.ts'
import type { Report } from './report.ts'
import { databaseOf, type KnownVulnerability, vulnerabilitiesOf } from './vulnerable.ts'

/** One document; other findings than those about packages have no place in it. */
export async function* writeCyclonedx(report: Report): AsyncGenerator<string> {
  const bill = billOf(report.packages)
  const vulnerabilities = await vulnerabilitiesOf(report)
  const listed = new Set(bill.components.map(({ purl }) => purl))
  const others = vulnerabilities.flatMap(({ affects }) => affects)
  const missing = new Map(
    others.filter(({ purl }) => !listed.has(purl)).map((one) => [one.purl, one]),
  )
  const components = [
    ...bill.components.map(describeComponent),
    ...[...missing.values()].map(({ purl, name, version }) => ({
      type: 'library',
      'bom-ref': purl,
      name,
      version,
      purl,
    })),
  ]
  const described = vulnerabilities.map(describeVulnerability)
  const serial = uuidOf(report, JSON.stringify([components, described]))
  yield `{\n"$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",\n`
  yield `"bomFormat": "CycloneDX",\n"specVersion": "1.6",\n`
  yield `"serialNumber": "urn:uuid:${serial}",\n"version": 1,\n`
  yield `"metadata": ${JSON.stringify(describeMetadata(report))},\n`
  yield* list('components', components)
  yield ',\n'
  yield* list('dependencies', dependencies(bill))
  yield ',\n'
  yield* list('vulnerabilities', described)
  yield '\n}\n'
}

function* list(name: string, items: Iterable<object>): Generator<string> {
  yield `"${name}": [`
  let separator = '\n'
  for (const item of items) {
    yield separator + JSON.stringify(item)
    separator = ',\n'
  }
  yield '\n]'
}

const projectRef = 'project'

const gapsMax = 100

function describeMetadata({ tool, project, createdAt, advisories, gaps = [] }: Report) {
  const { name, revision } = project
  const version = revision === null ? {} : { version: revision }
  const properties = [
    ...(advisories === null ? [] : [{ name: 'panthera:advisories', value: advisories }]),
    ...warnings(gaps)
      .slice(0, gapsMax)
      .map((gap) => ({ name: 'panthera:not-looked-at', value: gapLine(gap) })),
  ]
  return {
    timestamp: createdAt,
    tools: { components: [{ type: 'application', name: tool.name, version: tool.version }] },
    component: { type: 'application', 'bom-ref': projectRef, name, ...version },
    ...(properties.length > 0 && { properties }),
  }
}

function describeComponent(component: Component) {
  const { purl, hashes, licence, places, development } = component
  const { ecosystem, name, version, range, origin } = component.package
  const slash = name.lastIndexOf(ecosystem === 'Maven' ? ':' : '/')
  const properties = [
    ...(range === null ? [] : [{ name: 'panthera:range', value: range }]),
    ...(origin === null ? [] : [{ name: 'panthera:origin', value: origin }]),
    ...(development ? [{ name: 'panthera:development', value: 'true' }] : []),
  ]
  return {
    type: 'library',
    'bom-ref': purl,
    ...(slash > 0 && { group: name.slice(0, slash) }),
    name: name.slice(slash + 1),
    ...(version !== null && { version }),
    // What is needed to build and test alone is not in what is shipped.
    scope: development ? 'excluded' : 'required',
    ...(hashes.length > 0 && {
      hashes: hashes.map(({ algorithm, hex }) => ({ alg: algorithm, content: hex })),
    }),
    ...(licence !== null && { licenses: [describeLicence(licence)] }),
    purl,
    ...(properties.length > 0 && { properties }),
    evidence: { occurrences: places.map(({ path, line }) => ({ location: path, line })) },
  }
}

function describeLicence(stated: string) {
  const licence = readLicence(stated)
  switch (licence.kind) {
    case 'id':
      return { license: { id: licence.id } }
    case 'expression':
      return { expression: licence.expression }
    case 'words':
      return { license: { name: licence.words } }
  }
}

function dependencies({ components, direct }: Bill) {
  return [
    { ref: projectRef, dependsOn: direct },
    ...components.map(({ purl, dependsOn }) => ({
      ref: purl,
      ...(dependsOn.length > 0 && { dependsOn }),
    })),
  ]
}

function describeVulnerability({ id, others, finding, affects, accepted }: KnownVulnerability) {
  const { severity, cweId, title, description, remediation, references } = finding
  const cwe = Number(/^CWE-(\d+)$/.exec(cweId ?? '')?.[1])
  return {
    'bom-ref': id,
    id,
    source: databaseOf(id),
    ...(others.length > 0 && {
      references: others.map((other) => ({ id: other, source: databaseOf(other) })),
    }),
    ratings: [{ severity, method: 'other' }],
    ...(cwe > 0 && { cwes: [cwe] }),
    description: title,
    detail: description,
    recommendation: remediation,
    ...(references.length > 0 && { advisories: [...new Set(references)].map((url) => ({ url })) }),
    ...(accepted !== null && { analysis: describeAnalysis(accepted) }),
    affects: affects.map(({ purl, version }) => ({
      ref: purl,
      versions: [{ version, status: 'affected' }],
    })),
  }
}

/** That somebody accepted it does not say that it cannot be exploited. */
function describeAnalysis(suppressed: Suppressed) {
  const { source, reason } = suppressed
  const where = isInSource(suppressed) ? 'in the code' : `in ${source}`
  const detail = reason === null ? `Accepted ${where}` : `Accepted ${where}: ${reason}`
  return { state: 'in_triage', response: ['will_not_fix'], detail }
}
