// Reads the advisories of the Ruby Advisory Database: one gem, and the versions that are safe.
import { orderOf } from '../../versions/order.ts'
import type { Advisory } from '../advisory.ts'
import { type CvssScore, severityOfScore } from '../cvss/severity.ts'
import { rankIds, readId } from '../identifiers.ts'
import { isIndexable } from '../lookup-name.ts'
import { affectedBetween, type Dialect, readRequirement } from '../requirement.ts'
import type { VersionRange } from '../version-range.ts'
import { day, type Loose, mapping, text, texts } from './loose.ts'

const dialect: Dialect = { order: orderOf('RubyGems'), bare: 'exact' }

/** `path` names an advisory without a CVE or a GHSA. null for what is no such advisory. */
export function readRubySec(value: unknown, path: string): Advisory[] | null {
  const record = mapping(value)
  const gem = text(record.gem)
  if (gem === null || !isIndexable(gem) || text(record.url) === null) return null
  const ids = rankIds([...prefixed('CVE', record.cve), ...prefixed('GHSA', record.ghsa)])
  const own = readId(path.slice(path.lastIndexOf('/') + 1).replace(/\.ya?ml$/, ''))
  const id = ids[0] ?? own
  // Some advisories are about gems of one platform only, such as Java's: `mysql` is another there.
  if (id === null || (text(record.platform) ?? 'ruby') !== 'ruby') return []
  return [
    {
      ecosystem: 'RubyGems',
      package: gem,
      id,
      aliases: ids.slice(1),
      withdrawn: false,
      affected: affectedBetween(
        rangesOf(record.patched_versions),
        rangesOf(record.unaffected_versions),
        dialect.order,
      ),
      rating: ratingOf(record),
      cwes: [],
      parts: [],
      published: day(record.date),
      modified: day(record.date),
      source: 'RubySec',
    },
  ]
}

function prefixed(prefix: string, value: unknown): string[] {
  return typeof value === 'string' ? (readId(`${prefix}-${value}`)?.split(' ') ?? []) : []
}

function rangesOf(requirements: unknown): VersionRange[] {
  return texts(requirements, 500).flatMap((each) => readRequirement(each, dialect) ?? [])
}

/** It states scores without their vectors. */
function ratingOf(record: Loose) {
  for (const [key, version] of versions) {
    const score = record[key]
    if (typeof score !== 'number' || score < 0 || score > 10) continue
    const cvss: CvssScore = { version, score }
    return { severity: severityOfScore(cvss), cvss }
  }
  return { severity: null, cvss: null }
}

const versions = [
  ['cvss_v4', '4.0'],
  ['cvss_v3', '3.1'],
  ['cvss_v2', '2.0'],
] as const
