// The packages as SPDX 2.3 (ISO/IEC 5962) in JSON.
import { billOf, type Component, uuidOf } from './bill.ts'
import { gapLine, warnings } from './gaps.ts'
import { readLicence } from './licence.ts'
import type { Report } from './report.ts'
import { databaseOf, vulnerabilitiesOf } from './vulnerable.ts'

const gapsMax = 100

/** One document; of findings it holds only references to what is known against packages. */
export async function* writeSpdx(report: Report): AsyncGenerator<string> {
  const { tool, project, createdAt, packages } = report
  const { components, direct } = billOf(packages)
  const ids = new Map(components.map(({ purl }, index) => [purl, `SPDXRef-Package-${index + 1}`]))
  const advisories = await advisoriesByPackage(report)
  const licences = new Licences()
  const described = components.map((component) =>
    describePackage(component, {
      id: ids.get(component.purl) ?? '',
      advisories: advisories.get(component.purl) ?? [],
      licences,
    }),
  )
  const root = {
    SPDXID: rootId,
    name: project.name,
    ...(project.revision !== null && { versionInfo: project.revision }),
    ...unstated,
    licenseDeclared: 'NOASSERTION',
    primaryPackagePurpose: 'APPLICATION',
  }
  const relationships = [
    relationship(documentId, 'DESCRIBES', rootId),
    ...direct.map((purl) => relationship(rootId, 'DEPENDS_ON', ids.get(purl) ?? '')),
    ...components.flatMap(({ purl, dependsOn }) =>
      dependsOn.map((to) => relationship(ids.get(purl) ?? '', 'DEPENDS_ON', ids.get(to) ?? '')),
    ),
  ]
  const uuid = uuidOf(report, JSON.stringify(described))
  const told = warnings(report.gaps ?? []).map(gapLine)
  const name = `${project.name.replace(/[^\w.-]/g, '-')}-${uuid}`
  const document = {
    spdxVersion: 'SPDX-2.3',
    dataLicense: 'CC0-1.0',
    SPDXID: documentId,
    name: project.name,
    documentNamespace: `https://spdx.org/spdxdocs/${name}`,
    creationInfo: {
      created: createdAt,
      creators: [`Tool: ${tool.name}-${tool.version}`],
      ...(told.length > 0 && { comment: `Not looked at: ${told.slice(0, gapsMax).join('; ')}` }),
    },
  }
  for (const [key, value] of Object.entries(document)) {
    yield `${key === 'spdxVersion' ? '{\n' : ''}${JSON.stringify(key)}: ${JSON.stringify(value)},\n`
  }
  yield* list('packages', [root, ...described])
  if (licences.extracted.length > 0) {
    yield ',\n'
    yield* list('hasExtractedLicensingInfos', licences.extracted)
  }
  yield ',\n'
  yield* list('relationships', relationships)
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

const documentId = 'SPDXRef-DOCUMENT'
const rootId = 'SPDXRef-Project'

const unstated = {
  downloadLocation: 'NOASSERTION',
  filesAnalyzed: false,
  licenseConcluded: 'NOASSERTION',
  copyrightText: 'NOASSERTION',
}

function relationship(spdxElementId: string, relationshipType: string, relatedSpdxElement: string) {
  return { spdxElementId, relationshipType, relatedSpdxElement }
}

function describePackage(
  { purl, package: one, hashes, licence, places }: Component,
  { id, advisories, licences }: { id: string; advisories: readonly string[]; licences: Licences },
) {
  return {
    SPDXID: id,
    name: one.name,
    ...(one.version !== null && { versionInfo: one.version }),
    ...unstated,
    licenseDeclared: licence === null ? 'NOASSERTION' : licences.expressionFor(licence),
    primaryPackagePurpose: 'LIBRARY',
    sourceInfo: `named in ${places.map(({ path }) => path).join(', ')}`,
    ...(hashes.length > 0 && {
      checksums: hashes.map(({ algorithm, hex }) => ({
        algorithm: algorithm.replace('-', ''),
        checksumValue: hex,
      })),
    }),
    externalRefs: [
      { referenceCategory: 'PACKAGE-MANAGER', referenceType: 'purl', referenceLocator: purl },
      ...advisories.map((url) => ({
        referenceCategory: 'SECURITY',
        referenceType: 'advisory',
        referenceLocator: url,
      })),
    ],
  }
}

async function advisoriesByPackage(report: Report): Promise<Map<string, string[]>> {
  const advisories = new Map<string, string[]>()
  for (const { id, affects } of await vulnerabilitiesOf(report)) {
    for (const { purl } of affects) {
      advisories.set(purl, [...(advisories.get(purl) ?? []), databaseOf(id).url])
    }
  }
  return advisories
}

/** Words that are no expression get a name in the document, under which it quotes them. */
class Licences {
  readonly extracted: { licenseId: string; extractedText: string }[] = []
  readonly #ids = new Map<string, string>()

  expressionFor(stated: string): string {
    const licence = readLicence(stated)
    if (licence.kind === 'id') return licence.id
    if (licence.kind === 'expression') return licence.expression
    const known = this.#ids.get(licence.words)
    if (known !== undefined) return known
    const licenseId = `LicenseRef-${this.extracted.length + 1}`
    this.#ids.set(licence.words, licenseId)
    this.extracted.push({ licenseId, extractedText: licence.words })
    return licenseId
  }
}
