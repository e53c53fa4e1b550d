// npm's package-lock.json and npm-shrinkwrap.json, versions 1 to 3.
import { keyText, parseJson, walkJsonKeys } from '../formats/json.ts'
import { Unreadable } from '../formats/unreadable.ts'
import { entriesOf, field, keysOf, textOf } from '../formats/value.ts'
import type { PackageGraph } from '../package-graph.ts'
import { folderOf, joinPath } from '../paths.ts'
import { licenceOf, requirementsOf } from './npm-project.ts'
import { integrityOf, originOf, readNpmSpec } from './npm-spec.ts'
import type { Reader } from './reader.ts'

export const packageLock: Reader = {
  ecosystem: 'npm',
  reads: (name) => name === 'package-lock.json' || name === 'npm-shrinkwrap.json',
  read({ path, text }, packages, unit) {
    const lock = parseJson(text)
    const flat = entriesOf(field(lock, 'packages'))
    if (flat.length > 0) return readFlat(text, flat, packages)
    const manifest = unit.json(joinPath(folderOf(path), 'package.json'))
    for (const { name, development } of requirementsOf(manifest)) {
      packages.require(`/${name}`, { development })
    }
    readNested(field(lock, 'dependencies'), nestedPlaces(text), packages)
  },
}

/** Versions 2 and 3: each folder of the tree by its path. */
function readFlat(text: string, flat: [string, unknown][], packages: PackageGraph): void {
  const places = flatPlaces(text)
  const folders = new Map(flat)
  for (const [folder, entry] of flat) {
    packages.look()
    const dependsOn = () =>
      ['dependencies', 'optionalDependencies', 'peerDependencies'].flatMap((section) =>
        keysOf(field(entry, section)).flatMap((name) => installedAt(folder, name, folders) ?? []),
      )
    if (!/(?:^|\/)node_modules\//.test(folder)) {
      // The project itself, or one of its workspaces.
      for (const id of dependsOn()) packages.require(id, { development: false })
      for (const name of keysOf(field(entry, 'devDependencies'))) {
        const id = installedAt(folder, name, folders)
        if (id !== null) packages.require(id, { development: true })
      }
    } else if (field(entry, 'link') !== true) {
      const name = folder.slice(folder.lastIndexOf('node_modules/') + 'node_modules/'.length)
      const { start, end } = places.get(folder) ?? { start: 0, end: 0 }
      packages.add(folder, {
        name: textOf(field(entry, 'name')) ?? name,
        version: textOf(field(entry, 'version')),
        start: Math.max(end - name.length, start),
        end,
        development: field(entry, 'dev') === true,
        dependsOn: dependsOn(),
        licence: licenceOf(field(entry, 'license')),
        integrity: integrityOf(textOf(field(entry, 'integrity'))),
        origin: originOf(textOf(field(entry, 'resolved'))),
      })
    }
  }
}

const levelsMax = 100

/** Where Node would find a package from a folder: in its own node_modules, or one further up. */
function installedAt(
  folder: string,
  name: string,
  folders: ReadonlyMap<string, unknown>,
): string | null {
  let at = folder
  for (let level = 0; level < levelsMax; level++) {
    const id = joinPath(at, `node_modules/${name}`)
    if (folders.has(id)) return id
    if (at === '') return null
    const inside = at.lastIndexOf('node_modules/')
    // From `a/node_modules/b` to `a`, from the workspace `tools/a` to `tools`.
    at = inside === -1 ? folderOf(at) : at.slice(0, Math.max(inside - 1, 0))
  }
  return null
}

function flatPlaces(text: string): Map<string, { start: number; end: number }> {
  const places = new Map<string, { start: number; end: number }>()
  walkJsonKeys(text, (key) => {
    if (key.depth === 1) return keyText(text, key) === 'packages'
    places.set(keyText(text, key), { start: key.start, end: key.end })
    return false
  })
  return places
}

/** Version 1: packages inside of the packages that they are installed in; `/a/b` is b inside a. */
function readNested(
  top: unknown,
  places: ReadonlyMap<string, { start: number; end: number }>,
  packages: PackageGraph,
): void {
  const scopes: { id: string; names: ReadonlySet<string> }[] = []
  const readLevel = (dependencies: unknown, above: string): void => {
    if (scopes.length > levelsMax) throw new Unreadable('its packages are nested too deeply')
    scopes.push({ id: above, names: new Set(keysOf(dependencies)) })
    for (const [name, entry] of entriesOf(dependencies)) {
      const id = `${above}/${name}`
      const inner = field(entry, 'dependencies')
      const own = { id, names: new Set(keysOf(inner)) }
      const visible = [...scopes, own].reverse()
      const dependsOn = keysOf(field(entry, 'requires')).flatMap((needed) => {
        const scope = visible.find(({ names }) => names.has(needed))
        return scope === undefined ? [] : `${scope.id}/${needed}`
      })
      const { isLocal, ...meant } = readNpmSpec(name, textOf(field(entry, 'version')) ?? '')
      const place = places.get(id) ?? { start: 0, end: 0 }
      const integrity = integrityOf(textOf(field(entry, 'integrity')))
      const origin = meant.origin ?? originOf(textOf(field(entry, 'resolved')))
      const development = field(entry, 'dev') === true
      const node = { ...meant, ...place, development, dependsOn, integrity, origin }
      if (!isLocal) packages.add(id, node)
      if (own.names.size > 0) readLevel(inner, id)
    }
    scopes.pop()
  }
  readLevel(top, '')
}

function nestedPlaces(text: string): Map<string, { start: number; end: number }> {
  const places = new Map<string, { start: number; end: number }>()
  const way: string[] = []
  walkJsonKeys(text, (key) => {
    // Odd depths hold the fields of a package, even ones the names of packages.
    const level = key.depth >> 1
    if (key.depth % 2 === 1) return level <= levelsMax && keyText(text, key) === 'dependencies'
    way.length = level - 1
    way.push(`${way.at(-1) ?? ''}/${keyText(text, key)}`)
    places.set(way.at(-1) ?? '', { start: key.start, end: key.end })
    return true
  })
  return places
}
