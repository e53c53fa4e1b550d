// bun.lock: JSON with commas at ends. A package is named by where it is installed (`a/b` is b
// inside a), and told as a list: what it resolved to, its registry, what it needs, its hash.
import { keyText, parseLooseJson, walkJsonKeys } from '../formats/json.ts'
import { entriesOf, field, keysOf, listOf, textOf } from '../formats/value.ts'
import type { PackageGraph } from '../package-graph.ts'
import type { Reader } from './reader.ts'

export const bunLock: Reader = {
  ecosystem: 'npm',
  reads: (name) => name === 'bun.lock',
  read({ text }, packages) {
    const lock = parseLooseJson(text)
    const installed = new Map(entriesOf(field(lock, 'packages')))
    requireAll(lock, installed, packages)
    const places = placesOf(text)
    for (const [id, entry] of installed) {
      const [resolved, ...details] = listOf(entry)
      const [, name = '', reference = ''] =
        /^((?:@[^/@]+\/)?[^/@]+)@(.+)$/.exec(String(resolved)) ?? []
      if (name === '' || /^(?:workspace|link|file|root):/.test(reference)) continue
      const isRegistry = /^\d/.test(reference)
      const info = details.find((detail) => typeof detail === 'object' && detail !== null)
      const hash = textOf(details.at(-1))
      const { start, end } = places.get(id) ?? { start: 0, end: 0 }
      packages.add(id, {
        name,
        version: isRegistry ? reference : null,
        start,
        end,
        dependsOn: needs(info).flatMap((needed) => installedAt(id, needed, installed) ?? []),
        integrity: hash?.startsWith('sha') ? hash : null,
        origin: isRegistry ? null : reference,
      })
    }
  },
}

function requireAll(
  lock: unknown,
  installed: ReadonlyMap<string, unknown>,
  packages: PackageGraph,
): void {
  for (const [folder, workspace] of entriesOf(field(lock, 'workspaces'))) {
    // Packages of one workspace alone are installed inside of it, under its name.
    const own = folder === '' ? '' : (textOf(field(workspace, 'name')) ?? '')
    for (const section of [
      'dependencies',
      'optionalDependencies',
      'peerDependencies',
      'devDependencies',
    ]) {
      for (const name of keysOf(field(workspace, section))) {
        const id = installedAt(own, name, installed)
        const development = section === 'devDependencies'
        if (id !== null) packages.require(id, { development })
      }
    }
  }
}

const needs = (info: unknown): string[] =>
  ['dependencies', 'optionalDependencies', 'peerDependencies'].flatMap((section) =>
    keysOf(field(info, section)),
  )

const levelsMax = 100

function installedAt(
  id: string,
  name: string,
  installed: ReadonlyMap<string, unknown>,
): string | null {
  let at = id
  for (let level = 0; level < levelsMax; level++) {
    const candidate = at === '' ? name : `${at}/${name}`
    if (installed.has(candidate)) return candidate
    if (at === '') return null
    // `@scope/name` is one step of the way.
    at = at.replace(/(?:^|\/)(?:@[^/]+\/)?[^/]+$/, '')
  }
  return null
}

function placesOf(text: string): Map<string, { start: number; end: number }> {
  const places = new Map<string, { start: number; end: number }>()
  walkJsonKeys(text, (key) => {
    if (key.depth === 1) return keyText(text, key) === 'packages'
    places.set(keyText(text, key), { start: key.start, end: key.end })
    return false
  })
  return places
}
