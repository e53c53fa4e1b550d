// The small database of trivy's own tests, as OSV records: what `panthera advisories update` reads.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'

interface Bucket {
  bucket: string
  pairs: { bucket: string; pairs: { key: string; value?: Value }[] }[]
}

interface Value {
  PatchedVersions?: string[]
  VulnerableVersions?: string[]
}

const ecosystems: Readonly<Record<string, string>> = {
  maven: 'Maven',
  pip: 'PyPI',
  cargo: 'crates.io',
  go: 'Go',
  npm: 'npm',
  nuget: 'NuGet',
  composer: 'Packagist',
  rubygems: 'RubyGems',
}

export function osvOfTrivy(folder: string) {
  const files = readdirSync(folder).filter((name) => name.endsWith('.yaml'))
  const buckets = files.flatMap(
    (name) => parse(readFileSync(join(folder, name), 'utf8')) as Bucket[],
  )
  const records = new Map<string, { id: string; modified: string; affected: object[] }>()
  for (const { bucket, pairs } of buckets) {
    const ecosystem = ecosystems[bucket.split('::')[0] ?? '']
    if (ecosystem === undefined || !bucket.includes('::')) continue
    for (const { bucket: name, pairs: known } of pairs) {
      for (const { key, value = {} } of known) {
        const record = records.get(key) ?? {
          id: key,
          modified: '2022-01-01T00:00:00Z',
          affected: [],
        }
        records.set(key, record)
        const ranges = rangesOf(value).map((events) => ({ type: 'ECOSYSTEM', events }))
        record.affected.push({ package: { ecosystem, name }, ranges })
      }
    }
  }
  return records.values()
}

type Event = { introduced: string } | { fixed: string } | { last_affected: string }

/** `>= 1, < 2`, `[1,2)`; where only patched versions are told, all before the lowest. */
function rangesOf({ VulnerableVersions: affected, PatchedVersions: patched = [] }: Value) {
  const stated =
    affected ?? patched.slice(-1).map((text) => text.replace(/^>=\s*/, '< ').split(',')[0])
  return stated.map((text = ''): Event[] => {
    const interval = /^\[([^,]*),([^)]*)\)$/.exec(text)
    const spelled = interval === null ? text : `>= ${interval[1]}, < ${interval[2]}`
    const events = spelled.split(',').flatMap((part): Event[] => {
      const [, sign, version = ''] = /^\s*(>=|<=|<)\s*v?(\S+)\s*$/.exec(part) ?? []
      if (sign === '<') return [{ fixed: version }]
      if (sign === '<=') return [{ last_affected: version }]
      return sign === '>=' ? [{ introduced: version }] : []
    })
    return events.some((event) => 'introduced' in event) ? events : [{ introduced: '0' }, ...events]
  })
}
