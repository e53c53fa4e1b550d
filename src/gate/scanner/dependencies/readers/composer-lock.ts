// composer.lock, and composer.json where there is none.
import { keyText, parseJson, stringAt, walkJsonKeys } from '../formats/json.ts'
import { entriesOf, field, keysOf, listOf, textOf, textsOf } from '../formats/value.ts'
import type { PackageGraph } from '../package-graph.ts'
import { folderOf, joinPath } from '../paths.ts'
import type { Reader } from './reader.ts'

export const composerLock: Reader = {
  ecosystem: 'Packagist',
  reads: (name) => name === 'composer.lock',
  read({ path, text }, packages, unit) {
    const lock = parseJson(text)
    const places = lockPlaces(text)
    const manifest = unit.json(joinPath(folderOf(path), 'composer.json'))
    for (const { name, development } of requirementsOf(manifest)) {
      packages.require(name, { development })
    }
    for (const section of ['packages', 'packages-dev']) {
      for (const entry of listOf(field(lock, section))) {
        addEntry(entry, packages, { places, development: section === 'packages-dev' })
      }
    }
  },
}

/** What lies in vendor/, where that is tracked and no lock file says it. */
export const composerInstalled: Reader = {
  ecosystem: 'Packagist',
  reads: (name) => name === 'installed.json',
  links({ path, text }) {
    if (!text.includes('"version_normalized"')) return null
    return [folderOf(folderOf(folderOf(path)))]
  },
  read({ path, text }, packages, unit) {
    if (unit.has(joinPath(folderOf(folderOf(folderOf(path))), 'composer.lock'))) return
    const installed = parseJson(text)
    const entries = Array.isArray(installed) ? installed : listOf(field(installed, 'packages'))
    const forDevelopment = new Set(textsOf(field(installed, 'dev-package-names')))
    const places = lockPlaces(text)
    for (const entry of entries) {
      const development = forDevelopment.has(textOf(field(entry, 'name')) ?? '')
      addEntry(entry, packages, { places, development })
    }
  },
}

function addEntry(
  entry: unknown,
  packages: PackageGraph,
  { places, development }: { places: ReadonlyMap<string, Place>; development: boolean },
): void {
  const name = packageName(textOf(field(entry, 'name')) ?? '')
  const dist = field(entry, 'dist')
  if (textOf(field(dist, 'type')) === 'path') return
  const sum = textOf(field(dist, 'shasum'))
  const place = places.get(name) ?? { start: 0, end: 0 }
  packages.add(name, {
    name,
    version: textOf(field(entry, 'version'))?.replace(/^v(?=\d)/, '') ?? null,
    ...place,
    development,
    dependsOn: keysOf(field(entry, 'require')).map(packageName),
    licence: textsOf(field(entry, 'license')).join(' OR ') || null,
    integrity: sum === null ? null : `sha1:${sum}`,
  })
}

interface Place {
  start: number
  end: number
}

export const composerJson: Reader = {
  ecosystem: 'Packagist',
  reads: (name) => name === 'composer.json',
  read({ path, text }, packages, unit) {
    if (unit.has(joinPath(folderOf(path), 'composer.lock'))) return
    const requirements = requirementsOf(parseJson(text))
    const places = manifestPlaces(text)
    for (const { name, range, development } of requirements) {
      const exact = /^v?(\d+\.\d+\.\d+(?:\.\d+)?(?:-[\w.]+)?)$/.exec(range.trim())?.[1] ?? null
      const place = places.get(name) ?? { start: 0, end: 0 }
      packages.add(name, { name, version: exact, range, ...place, direct: true, development })
    }
  },
}

const packageName = (name: string) => name.toLowerCase()

/** Without PHP itself, its extensions and what else no registry has. */
function requirementsOf(manifest: unknown) {
  return ['require', 'require-dev'].flatMap((section) =>
    entriesOf(field(manifest, section)).flatMap(([name, range]) =>
      name.includes('/') && typeof range === 'string'
        ? { name: packageName(name), range, development: section === 'require-dev' }
        : [],
    ),
  )
}

function lockPlaces(text: string): Map<string, { start: number; end: number }> {
  const places = new Map<string, { start: number; end: number }>()
  walkJsonKeys(text, (key) => {
    const field = keyText(text, key)
    if (key.depth === 1) return field === 'packages' || field === 'packages-dev'
    const name = field === 'name' ? stringAt(text, key.value) : null
    if (name === null) return false
    const start = key.value + 1
    const known = places.has(packageName(name))
    if (!known) places.set(packageName(name), { start, end: start + name.length })
    return false
  })
  return places
}

function manifestPlaces(text: string): Map<string, { start: number; end: number }> {
  const places = new Map<string, { start: number; end: number }>()
  walkJsonKeys(text, (key) => {
    const name = keyText(text, key)
    if (key.depth === 1) return name === 'require' || name === 'require-dev'
    places.set(packageName(name), { start: key.start, end: key.end })
    return false
  })
  return places
}
