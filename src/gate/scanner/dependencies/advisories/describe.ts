// Words a vulnerable package as a finding, from facts alone: advisories come without prose.
import { createHash } from 'node:crypto'
import type { Finding, Fingerprint, PackageSubject, RuleSummary } from '../../finding.ts'
import type { Package } from '../package.ts'
import { purlOf } from '../purl.ts'
import type { Vulnerability } from './advisory.ts'
import type { Affected } from './affected.ts'
import { type IdKind, kindOf } from './identifiers.ts'
import { remedy } from './remedy.ts'
import type { VersionRange } from './version-range.ts'
import { tellingClass } from './weakness-class.ts'

export interface VulnerablePackage {
  vulnerability: Vulnerability
  affected: Affected
  version: string
  /** All of one manifest, the nearest to the project first. */
  occurrences: readonly [Package, ...Package[]]
  /** Among versions of the same package in the same manifest, from 0. */
  ordinal: number
  /** The least version that mends all that is known of it and can be mended; null without. */
  mendsAll: string | null
}

export function describeVulnerability(vulnerable: VulnerablePackage): Finding {
  const { vulnerability, affected, version, occurrences, mendsAll } = vulnerable
  const [nearest] = occurrences
  const { path, line, column, endColumn } = nearest.place
  const [fixed] = affected.fixedVersions
  const malware = isMalware(vulnerability)
  const [ruleId = ''] = vulnerability.ids
  return {
    ruleId,
    scanType: 'sca',
    severity: severityOf(vulnerability),
    title: `${nearest.name} ${version}: ${whatIs(vulnerability)} (${ruleId})`,
    description: describe(vulnerable),
    // One advice for one package: half an upgrade leaves the others of its vulnerabilities open.
    remediation: remedy(nearest, fixed === undefined ? [] : [mendsAll ?? fixed], malware),
    cweId: tellingClass(vulnerability.cwes)?.id ?? null,
    location: { path, line, column, endLine: line, endColumn },
    excerpt: null,
    steps: [],
    references: referencesOf(vulnerability),
    fingerprints: fingerprintsOf(vulnerable),
    origin: null,
    subject: subjectOf(vulnerable),
  }
}

/** What reports say of the vulnerabilities that were found, each once, in their order. */
export function summarise(found: readonly VulnerablePackage[]): RuleSummary[] {
  const summaries = new Map<string, RuleSummary>()
  for (const { vulnerability, affected, occurrences } of found) {
    const [id = ''] = vulnerability.ids
    if (summaries.has(id)) continue
    const { name } = occurrences[0]
    const what = whatIs(vulnerability)
    summaries.set(id, {
      id,
      scanType: 'sca',
      severity: severityOf(vulnerability),
      title: `${capitalised(what)} in ${name}`,
      description: `${name}: ${what}${otherNames(vulnerability)}.${rated(vulnerability)}`,
      remediation: remedyOfRule(name, affected.fixedVersions),
      cweId: tellingClass(vulnerability.cwes)?.id ?? null,
      references: referencesOf(vulnerability),
    })
  }
  return [...summaries.values()]
}

function remedyOfRule(name: string, [fixed]: readonly string[]): string {
  return fixed === undefined
    ? `No fixed version is known: replace or remove ${name}.`
    : `Upgrade ${name} to ${fixed} or later.`
}

/** What nobody has rated may be the worst of all: it must not pass below a threshold unseen. */
function severityOf({ rating }: Vulnerability) {
  return rating.severity ?? 'high'
}

export const isMalware = ({ cwes, ids }: Vulnerability) =>
  cwes.includes(506) || ids.some((id) => id.startsWith('MAL-'))

export function whatIs({ cwes }: Vulnerability): string {
  return tellingClass(cwes)?.name ?? 'known vulnerability'
}

function describe({ vulnerability, affected, version, occurrences }: VulnerablePackage): string {
  const [{ name, path }] = occurrences
  const { ids, cwes, parts, published, modified } = vulnerability
  const kind = tellingClass(cwes)?.name ?? null
  const nature = kind === null ? '' : `: ${kind}`
  const sentences = [
    `${name} ${version} is affected by ${ids[0]}${otherNames(vulnerability)}${nature}.` +
      rated(vulnerability),
    `According to ${affected.statement.source}, ${rangeInWords(affected.range)} affected.`,
    affected.fixedVersions.length === 0
      ? 'No fixed version is known.'
      : `Fixed in ${affected.fixedVersions.slice(0, fixesShown).join(', ')}.`,
  ]
  if (parts.length > 0) {
    sentences.push(`The vulnerable part is ${parts.slice(0, partsShown).join(', ')}.`)
  }
  if (path.length > 1) sentences.push(`It is used through ${path.join(' > ')}.`)
  if (isForDevelopment(occurrences)) sentences.push('It is used for development only.')
  if (published !== null)
    sentences.push(`Published on ${published}${changed(modified, published)}.`)
  return sentences.join(' ')
}

const isForDevelopment = (occurrences: readonly Package[]) =>
  occurrences.every(({ development }) => development)

const fixesShown = 10
const partsShown = 5

function changed(modified: string | null, published: string): string {
  return modified === null || modified === published ? '' : `, last changed on ${modified}`
}

function otherNames({ ids }: Vulnerability): string {
  return ids.length > 1 ? ` (${ids.slice(1, 1 + namesShown).join(', ')})` : ''
}
const namesShown = 8

function rated({ rating }: Vulnerability): string {
  const { severity, cvss } = rating
  if (cvss !== null) return ` CVSS ${cvss.version} rates it ${cvss.score.toFixed(1)}.`
  return severity === null ? ' No database says how severe it is: it counts as high.' : ''
}

/** Continues "According to …, ", before "affected". */
function rangeInWords({ from, after, to, end }: VersionRange): string {
  if (from !== null && from === to && end === 'last') return `version ${from} is`
  const start = from === null ? '' : after ? `after ${from}` : `from ${from} on`
  const finish = to === null ? '' : `${end === 'last' ? 'up to and including' : 'before'} ${to}`
  if (start === '' && finish === '') return 'all versions are'
  return `versions ${[start, finish].filter((part) => part !== '').join(' and ')} are`
}

function referencesOf({ ids }: Vulnerability): string[] {
  return ids.slice(0, referencesMax).flatMap((id) => {
    if (kindOf(id) === 'cve') return `https://nvd.nist.gov/vuln/detail/${id}`
    return inOsv.test(id) ? `https://osv.dev/vulnerability/${id}` : []
  })
}

const referencesMax = 8
const inOsv = /^(?:GHSA|PYSEC|RUSTSEC|GO|MAL|PSF|DRUPAL)-/

/**
 * Names that outlast other versions, as long as they are affected, and that a further name of the
 * vulnerability only adds to: `adv1.cve`, `adv1.ghsa`, `adv1.id` hash ecosystem, package, manifest
 * and the first name of that kind; `advmove1.…` the same without the manifest,
 * which may be moved.
 */
function fingerprintsOf({ vulnerability, occurrences, ordinal }: VulnerablePackage): Fingerprint[] {
  const [{ ecosystem, name, place }] = occurrences
  const firsts = new Map<IdKind, string>()
  for (const id of vulnerability.ids) {
    if (!firsts.has(kindOf(id))) firsts.set(kindOf(id), id)
  }
  const suffix = ordinal === 0 ? [] : [String(ordinal)]
  return [
    ...[...firsts].map(([kind, id]) => ({
      algorithm: `adv1.${kind}`,
      value: hash(`adv1.${kind}`, ecosystem, name, place.path, id, ...suffix),
    })),
    ...[...firsts].map(([kind, id]) => ({
      algorithm: `advmove1.${kind}`,
      value: hash(`advmove1.${kind}`, ecosystem, name, id, ...suffix),
    })),
  ]
}

/** 128 bits in hex, as all fingerprints. */
function hash(...parts: readonly string[]): string {
  return createHash('sha256').update(parts.join('\0')).digest('hex').slice(0, 32)
}

function subjectOf(vulnerable: VulnerablePackage): PackageSubject {
  const { vulnerability, affected, version, occurrences } = vulnerable
  const [{ ecosystem, name, path }] = occurrences
  return {
    kind: 'package',
    purl: purlOf(ecosystem, name, version),
    name,
    version,
    aliases: [...vulnerability.ids],
    fixedVersions: affected.fixedVersions,
    path: [...path],
    ...(isForDevelopment(occurrences) && { development: true }),
  }
}

export function capitalised(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}`
}
