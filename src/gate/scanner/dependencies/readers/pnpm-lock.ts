// pnpm-lock.yaml, versions 5, 6 and 9, which differ in how a package is named:
// `/name/1.0.0_peers`, `/name@1.0.0(peers)`, `name@1.0.0(peers)`.
import { parseYaml } from '../formats/yaml.ts'
import { mapOf, scalarOf, valueAt, type YamlValue } from '../formats/yaml-value.ts'
import type { PackageGraph, PackageNode } from '../package-graph.ts'
import { originOf } from './npm-spec.ts'
import type { Reader } from './reader.ts'

export const pnpmLock: Reader = {
  ecosystem: 'npm',
  reads: (name) => name === 'pnpm-lock.yaml',
  read({ text }, packages) {
    // Newer versions write a document about pnpm's own environment before the one of the project.
    for (const document of parseYaml(text)) readDocument(document, packages)
  },
}

function readDocument(document: YamlValue, packages: PackageGraph): void {
  const known = mapOf(valueAt(document, 'packages'))
  const snapshots = mapOf(valueAt(document, 'snapshots'))
  const ids = snapshots.size > 0 ? snapshots : known
  const resolve = (name: string, reference: string) =>
    [`${name}@${reference}`, `/${name}@${reference}`, `/${name}/${reference}`, reference].find(
      (id) => ids.has(id),
    )
  const importers = mapOf(valueAt(document, 'importers'))
  const projects = importers.size > 0 ? [...importers.values()] : [{ value: document }]
  for (const { value } of projects) {
    for (const [section, { value: asked }] of mapOf(value)) {
      if (!/^(?:d|devD|optionalD)ependencies$/.test(section)) continue
      for (const [name, { value: reference }] of mapOf(asked)) {
        const version = typeof reference === 'string' ? reference : scalarOf(reference, 'version')
        const id = resolve(name, version ?? '')
        const development = section === 'devDependencies'
        if (id !== undefined) packages.require(id, { development })
      }
    }
  }
  for (const [id, { value }] of ids) {
    const entry = ids === known ? { start: 0, end: 0, value } : known.get(withoutPeers(id))
    const place = ids === known ? ids.get(id) : known.get(withoutPeers(id))
    if (entry === undefined || place === undefined) continue
    const named = nodeOf(withoutPeers(id), entry.value)
    if (named === null) continue
    const inside = Math.max(id.indexOf(named.name), 0)
    const start = place.start + inside
    const end = Math.min(start + named.name.length, place.end)
    packages.add(id, { ...named, start, end, dependsOn: dependenciesOf(value, resolve) })
  }
}

const withoutPeers = (id: string) => {
  const peers = id.indexOf('(')
  return peers === -1 ? id : id.slice(0, peers)
}

function dependenciesOf(
  value: YamlValue,
  resolve: (name: string, reference: string) => string | undefined,
): string[] {
  return ['dependencies', 'optionalDependencies'].flatMap((section) =>
    [...mapOf(valueAt(value, section))].flatMap(([name, { value: reference }]) =>
      typeof reference === 'string' ? (resolve(name, reference) ?? []) : [],
    ),
  )
}

function nodeOf(id: string, entry: YamlValue): Omit<PackageNode, 'start' | 'end'> | null {
  const resolution = valueAt(entry, 'resolution')
  // A folder of the project itself.
  if (scalarOf(resolution, 'type') === 'directory' || id.startsWith('link:')) return null
  const [, name, version] = registryId.exec(id) ?? placeId.exec(id) ?? []
  const found = scalarOf(entry, 'name') ?? name
  if (found === undefined) return null
  const repository = scalarOf(resolution, 'repo')
  const commit = scalarOf(resolution, 'commit') ?? ''
  const development = scalarOf(entry, 'dev')
  return {
    name: found,
    version: scalarOf(entry, 'version') ?? version ?? null,
    integrity: scalarOf(resolution, 'integrity'),
    development: development === null ? null : development === 'true',
    origin:
      repository === null
        ? originOf(scalarOf(resolution, 'tarball'))
        : `git+${repository}#${commit}`,
  }
}

/** `/@scope/name/1.0.0_peers` or `/@scope/name@1.0.0`, after a host where it is not the default. */
const registryId = /^(?:[\w.:-]+\/|\/)?((?:@[^/@]+\/)?[^/@]+)[/@](\d[^/_]*)(?:[_/].*)?$/
/** `name@https://…`, whose version is a field of its own. */
const placeId = /^((?:@[^/@]+\/)?[^/@]+)@(?=\w+[:+@])/
