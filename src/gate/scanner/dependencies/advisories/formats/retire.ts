// Reads Retire.js's repository of JavaScript libraries, as far as they are packages of npm.
import { orderOf } from '../../versions/order.ts'
import type { Advisory } from '../advisory.ts'
import { rankIds, readId } from '../identifiers.ts'
import { isIndexable } from '../lookup-name.ts'
import { isWritable, type VersionRange } from '../version-range.ts'
import { cweNumbers, type Loose, list, mapping, text, texts } from './loose.ts'
import { rate } from './rate.ts'

const order = orderOf('npm')

/** null for what is no such repository: libraries with `vulnerabilities` and `extractors`. */
export function readRetire(value: unknown): Advisory[] | null {
  const libraries = Object.entries(mapping(value)).slice(0, librariesMax)
  const isRetire = libraries.some(([, library]) => {
    const { vulnerabilities, extractors } = mapping(library)
    return Array.isArray(vulnerabilities) && extractors !== undefined
  })
  if (!isRetire) return null
  return libraries.flatMap(([title, library]) => readLibrary(title, mapping(library)))
}

const librariesMax = 5000

function readLibrary(title: string, library: Loose): Advisory[] {
  const name = text(library.npmname) ?? title
  // What has no name of npm is matched under its own only where that can be one.
  if (!isIndexable(name) || !/^(?:@[a-z0-9-]+\/)?[a-z0-9][a-z0-9._-]*$/.test(name)) return []
  return list(library.vulnerabilities, 2000).flatMap((item) => {
    const vulnerability = mapping(item)
    const { CVE, githubID, retid } = mapping(vulnerability.identifiers)
    const known = [...texts(CVE, 50), text(githubID) ?? '']
    const ids = rankIds(known.flatMap((each) => readId(each) ?? []))
    const own = text(retid) === null ? null : readId(`RETIRE:${title}:${retid}`)
    const [id = own, ...aliases] = ids
    const affected = rangesOf(vulnerability)
    if (id === null || affected.length === 0) return []
    return {
      ecosystem: 'npm',
      package: name,
      id,
      aliases,
      withdrawn: false,
      affected,
      rating: rate([], text(vulnerability.severity)),
      cwes: cweNumbers(texts(vulnerability.cwe, 50)),
      parts: [],
      published: null,
      modified: null,
      source: 'Retire.js',
    }
  })
}

/** Its own form has a list of ranges, the published ones a single range. */
function rangesOf(vulnerability: Loose): VersionRange[] {
  const ranges = Array.isArray(vulnerability.ranges)
    ? list(vulnerability.ranges, 200)
    : [vulnerability]
  return ranges.flatMap((item) => {
    const { atOrAbove, below } = mapping(item)
    const from = text(atOrAbove)
    const to = text(below)
    const spelled = [from, to].filter((each) => each !== null)
    if (!spelled.every(isWritable) || (from === null && to === null)) return []
    // 999 stands for a version that is not there yet.
    if (to === null || order.compare(to, '999') >= 0) {
      return { from, after: false, to: null, end: 'before' }
    }
    return { from, after: false, to, end: 'fixed' }
  })
}
