// Reads the advisories that the Node.js security working group published for npm until 2019.
import { orderOf } from '../../versions/order.ts'
import type { Advisory } from '../advisory.ts'
import { readId } from '../identifiers.ts'
import { isIndexable } from '../lookup-name.ts'
import { affectedBetween, type Dialect, readRequirement } from '../requirement.ts'
import { contains, type VersionRange } from '../version-range.ts'
import { day, type Loose, mapping, text, texts } from './loose.ts'
import { rate } from './rate.ts'

const dialect: Dialect = { order: orderOf('npm'), bare: 'exact' }

/** null for what is no such advisory. */
export function readNodeSecurity(value: unknown): Advisory[] | null {
  const record = mapping(value)
  const { id: number, module_name: module } = record
  const name = text(module)
  if (!Number.isSafeInteger(number) || name === null || !isIndexable(name)) return null
  const vector = text(record.cvss_vector)
  return [
    {
      ecosystem: 'npm',
      package: name,
      id: `NSWG-ECO-${number}`,
      aliases: texts(record.cves, 50).flatMap((cve) => readId(cve) ?? []),
      withdrawn: false,
      affected: affectedOf(record),
      rating: rate(vector === null ? [] : [vector], null),
      cwes: [],
      parts: [],
      published: day(record.publish_date),
      modified: day(record.updated_at),
      source: 'Node.js',
    },
  ]
}

/** `<=1.2.3`, patched in 1.2.4: the fix is known, and nothing that anybody uses lies between. */
function affectedOf({ vulnerable_versions: vulnerable, patched_versions: patched }: Loose) {
  const { order } = dialect
  const mended = readRequirement(text(patched) ?? '<0', dialect) ?? []
  const affected = readRequirement(text(vulnerable) ?? '', dialect)
  if (affected === null) return affectedBetween(mended, [], order)
  const fixes = mended
    .flatMap(({ from, after }) => (from === null || after ? [] : from))
    .filter((fix) => !affected.some((range) => contains(range, fix, order)))
    .sort((a, b) => order.compare(a, b))
  return affected.map((range): VersionRange => {
    const { from, to } = range
    const isExact = from !== null && from === to
    const fix = fixes.find((each) => to !== null && order.compare(each, to) >= 0)
    return fix === undefined || isExact ? range : { ...range, to: fix, end: 'fixed' }
  })
}
