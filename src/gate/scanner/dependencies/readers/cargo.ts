// Cargo.lock of all versions, and Cargo.toml where there is none. Packages without a source are the
// project's own.
import { parseToml, tablesOf, tomlNames } from '../formats/toml.ts'
import { entriesOf, field, fieldAt, keysOf, textOf, textsOf } from '../formats/value.ts'
import { folderOf, foldersUpwards, joinPath, linkOfGlob } from '../paths.ts'
import type { UnitFiles } from '../unit-files.ts'
import type { Reader } from './reader.ts'

export const cargoLock: Reader = {
  ecosystem: 'crates.io',
  reads: (name) => name === 'Cargo.lock',
  read({ path, text }, packages, unit) {
    const lock = parseToml(text)
    const tables = tablesOf(text, lock, 'package')
    const ids = new CrateNames(tables.map(({ fields }) => fields))
    const checksums = field(lock, 'metadata')
    const manifests = manifestsBelow(unit, folderOf(path))
    for (const { fields, start, end } of tables) {
      const needs = textsOf(field(fields, 'dependencies')).flatMap((text) => ids.find(text) ?? [])
      const source = textOf(field(fields, 'source'))
      const name = textOf(field(fields, 'name')) ?? ''
      const version = textOf(field(fields, 'version'))
      if (source === null) {
        const manifest = manifests.get(name)
        for (const id of needs) {
          const development = isOnlyForDevelopment(manifest, id.slice(0, id.indexOf(' ')))
          packages.require(id, { development })
        }
        continue
      }
      const sum =
        field(fields, 'checksum') ?? field(checksums, `checksum ${idOf(fields)} (${source})`)
      const checksum = textOf(sum)
      packages.add(idOf(fields), {
        name,
        version,
        start,
        end,
        dependsOn: needs,
        integrity: checksum === null ? null : `sha256:${checksum}`,
        origin: /^(?:registry|sparse)\+/.test(source) ? null : source,
      })
    }
  },
}

export const cargoToml: Reader = {
  ecosystem: 'crates.io',
  reads: (name) => name === 'Cargo.toml',
  links: ({ path, text }) =>
    textsOf(fieldAt(parseToml(text), 'workspace', 'members')).flatMap(
      (glob) => linkOfGlob(folderOf(path), glob) ?? [],
    ),
  read({ path, text }, packages, unit) {
    const folders = foldersUpwards(folderOf(path))
    if (folders.some((folder) => unit.has(joinPath(folder, 'Cargo.lock')))) return
    const places = new Map(
      tomlNames(text)
        .filter(({ section }) => /(?:^|[.-])dependencies$/.test(section))
        .map((place) => [place.name, place]),
    )
    for (const { key, name, spec, development } of cratesOf(parseToml(text))) {
      const version = typeof spec === 'string' ? spec : textOf(field(spec, 'version'))
      const git = textOf(field(spec, 'git'))
      if (textOf(field(spec, 'path')) !== null || field(spec, 'workspace') === true) continue
      const exact = /^\s*=\s*(\d+\.\d+\.\d+\S*)\s*$/.exec(version ?? '')?.[1]
      const { start, end } = places.get(key) ?? { start: 0, end: 0 }
      packages.add(key, {
        name,
        version: exact ?? null,
        range: version,
        start,
        end,
        direct: true,
        development,
        origin: git === null ? null : `git+${git}`,
      })
    }
  },
}

/** Finds crates as `dependencies` names them: `name`, `name 1.0.0` or `name 1.0.0 (source)`. */
class CrateNames {
  readonly #ids = new Set<string>()
  readonly #byName = new Map<string, string>()

  constructor(packages: readonly unknown[]) {
    for (const fields of packages) {
      this.#ids.add(idOf(fields))
      this.#byName.set(textOf(field(fields, 'name')) ?? '', idOf(fields))
    }
  }

  find(text: string): string | undefined {
    const [name = '', version] = text.split(' ')
    if (version === undefined) return this.#byName.get(name)
    const id = `${name} ${version}`
    return this.#ids.has(id) ? id : undefined
  }
}

const idOf = (fields: unknown) =>
  `${textOf(field(fields, 'name')) ?? ''} ${textOf(field(fields, 'version')) ?? ''}`

/** Cargo.toml of the project's own packages, by the names of these. */
function manifestsBelow(unit: UnitFiles, folder: string): ReadonlyMap<string, unknown> {
  const manifests = new Map<string, unknown>()
  const above = folder === '' ? '' : `${folder}/`
  for (const path of unit.paths) {
    if (!path.startsWith(above) || !/(?:^|\/)Cargo\.toml$/.test(path)) continue
    const manifest = unit.toml(path)
    const name = textOf(fieldAt(manifest, 'package', 'name'))
    if (name !== null) manifests.set(name, manifest)
  }
  return manifests
}

/** Only where a manifest says so: a missing one makes nothing a matter of development. */
function isOnlyForDevelopment(manifest: unknown, name: string): boolean {
  const crates = cratesOf(manifest).filter((crate) => crate.name === name)
  return crates.length > 0 && crates.every(({ development }) => development)
}

interface Crate {
  /** As the manifest calls it. */
  key: string
  name: string
  spec: unknown
  development: boolean
}

function cratesOf(manifest: unknown): Crate[] {
  const targets = entriesOf(field(manifest, 'target')).map(([, target]) => target)
  const tables = [manifest, field(manifest, 'workspace'), ...targets]
  return tables.flatMap((table) =>
    ['dependencies', 'build-dependencies', 'dev-dependencies'].flatMap((section) => {
      const development = section === 'dev-dependencies'
      const specs = field(table, section)
      return keysOf(specs).map((key) => {
        const spec = field(specs, key)
        return { key, name: textOf(field(spec, 'package')) ?? key, spec, development }
      })
    }),
  )
}
