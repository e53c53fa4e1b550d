// Reads the PHP Security Advisories Database: one Composer package, and the versions of each branch
// that are affected.
import { orderOf } from '../../versions/order.ts'
import type { Advisory } from '../advisory.ts'
import { rankIds, readId } from '../identifiers.ts'
import { isIndexable, lookupName } from '../lookup-name.ts'
import { type Dialect, readRequirement } from '../requirement.ts'
import type { VersionRange } from '../version-range.ts'
import { day, mapping, text, texts } from './loose.ts'
import { unrated } from './rate.ts'

const dialect: Dialect = { order: orderOf('Packagist'), bare: 'exact' }

/** `path` names an advisory without a CVE. null for what is no such advisory. */
export function readFriendsOfPhp(value: unknown, path: string): Advisory[] | null {
  const record = mapping(value)
  const [, name] = /^composer:\/\/(\S+)$/.exec(text(record.reference) ?? '') ?? []
  if (name === undefined || !isIndexable(name)) return null
  const branches = Object.values(mapping(record.branches)).slice(0, 500).map(mapping)
  const spelled = lookupName('Packagist', name)
  const ids = rankIds([readId(record.cve) ?? [], idsIn(text(record.link) ?? '')].flat())
  const file = path.slice(path.lastIndexOf('/') + 1).replace(/\.ya?ml$/, '')
  const own = readId(`FriendsOfPHP:${spelled.replaceAll('/', '.')}:${file}`)
  const id = ids[0] ?? own
  if (id === null) return []
  const days = branches.flatMap(({ time }) => day(time) ?? []).sort()
  return [
    {
      ecosystem: 'Packagist',
      package: spelled,
      id,
      aliases: ids.slice(1),
      withdrawn: false,
      affected: branches.flatMap(({ versions }) => branchRange(texts(versions, 20))),
      rating: unrated,
      cwes: [],
      parts: [],
      published: days[0] ?? null,
      modified: days.at(-1) ?? null,
      source: 'FriendsOfPHP',
    },
  ]
}

function idsIn(link: string): string[] {
  const found = link.match(/GHSA(?:-[0-9a-z]{4}){3}|CVE-\d{4}-\d{4,}/gi) ?? []
  return found.flatMap((each) => readId(each) ?? [])
}

/** The version before which a branch is affected is the one that mends it. */
function branchRange(comparators: readonly string[]): VersionRange[] {
  const ranges = readRequirement(comparators.join(' '), dialect) ?? []
  return ranges.map((range) => (range.end === 'before' ? { ...range, end: 'fixed' } : range))
}
