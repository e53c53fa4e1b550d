// Gradle's version catalogs (`libs.versions.toml`): the libraries that a build may use, by aliases.
import { parseToml, tomlNames } from '../formats/toml.ts'
import { entriesOf, field, textOf } from '../formats/value.ts'
import { statedVersion } from './maven-version.ts'
import type { Reader } from './reader.ts'

export const gradleCatalog: Reader = {
  ecosystem: 'Maven',
  reads: (name) => name.endsWith('.versions.toml'),
  read({ text }, packages) {
    const catalog = parseToml(text)
    const versions = field(catalog, 'versions')
    const aliases = new Map(
      tomlNames(text).map((place) => [`${place.section}.${place.name}`, place]),
    )
    for (const [alias, library] of entriesOf(field(catalog, 'libraries'))) {
      const { name, version } = libraryOf(library, versions)
      const { start, end } = aliases.get(`libraries.${alias}`) ?? { start: 0, end: 0 }
      if (!/^[^\s:]+:[^\s:]+$/.test(name)) continue
      packages.add(alias, { name, ...statedVersion(version), start, end, direct: true })
    }
  },
}

function libraryOf(library: unknown, versions: unknown): { name: string; version: string | null } {
  if (typeof library === 'string') {
    const [group = '', artifact = '', version = null] = library.split(':')
    return { name: `${group}:${artifact}`, version }
  }
  const { group, artifact } = {
    group: textOf(field(library, 'group')) ?? '',
    artifact: textOf(field(library, 'name')) ?? '',
  }
  const name = textOf(field(library, 'module')) ?? `${group}:${artifact}`
  const stated = field(library, 'version')
  const reference = textOf(field(stated, 'ref'))
  return { name, version: richVersion(reference === null ? stated : field(versions, reference)) }
}

/** A text, or a table that says how strictly it is meant. */
const richVersion = (version: unknown): string | null =>
  textOf(version) ??
  textOf(field(version, 'strictly')) ??
  textOf(field(version, 'require')) ??
  textOf(field(version, 'prefer'))
