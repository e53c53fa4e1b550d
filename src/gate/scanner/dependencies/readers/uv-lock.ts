// uv.lock: the project and its workspaces stand in it as packages of their own, with what they ask
// for.
import { parseToml, tablesOf } from '../formats/toml.ts'
import { entriesOf, field, fieldAt, listOf, textOf } from '../formats/value.ts'
import { isForDevelopment, pythonName } from './python-requirement.ts'
import type { Reader } from './reader.ts'

export const uvLock: Reader = {
  ecosystem: 'PyPI',
  reads: (name) => name === 'uv.lock',
  read({ text }, packages) {
    const tables = tablesOf(text, parseToml(text), 'package')
    const ids = new UvNames(tables.map(({ fields }) => fields))
    for (const { fields, start, end } of tables) {
      const needs = ids.all(field(fields, 'dependencies'))
      const extras = entriesOf(field(fields, 'optional-dependencies'))
      const groups = entriesOf(field(fields, 'dev-dependencies'))
      if (isLocal(fields)) {
        for (const id of needs) packages.require(id, { development: false })
        for (const [extra, list] of extras) {
          const development = isForDevelopment(extra)
          for (const id of ids.all(list)) packages.require(id, { development })
        }
        for (const [, list] of groups) {
          for (const id of ids.all(list)) packages.require(id, { development: true })
        }
        continue
      }
      packages.add(idOf(fields), {
        name: nameOf(fields),
        version: textOf(field(fields, 'version')),
        start,
        end,
        dependsOn: [...needs, ...extras.flatMap(([, list]) => ids.all(list))],
        integrity: hashOf(fields),
        origin: originOf(fields),
      })
    }
  },
}

/** Finds packages by name, and by version where one name has several. */
class UvNames {
  readonly #ids = new Map<string, string[]>()

  constructor(packages: readonly unknown[]) {
    for (const fields of packages) {
      const name = nameOf(fields)
      const known = this.#ids.get(name)
      if (known === undefined) this.#ids.set(name, [idOf(fields)])
      else if (known.length < versionsMax) known.push(idOf(fields))
    }
  }

  all(needs: unknown): string[] {
    return listOf(needs).flatMap((needed) => {
      const ids = this.#ids.get(nameOf(needed)) ?? []
      const version = textOf(field(needed, 'version'))
      return version === null ? ids : ids.filter((id) => id === idOf(needed))
    })
  }
}

const versionsMax = 10

const nameOf = (fields: unknown) => pythonName(textOf(field(fields, 'name')) ?? '')

const idOf = (fields: unknown) => `${nameOf(fields)}@${textOf(field(fields, 'version')) ?? ''}`

function isLocal(fields: unknown): boolean {
  const source = field(fields, 'source')
  return ['editable', 'virtual', 'directory', 'workspace'].some(
    (kind) => field(source, kind) !== undefined,
  )
}

function originOf(fields: unknown): string | null {
  const source = field(fields, 'source')
  const repository = textOf(field(source, 'git'))
  if (repository !== null) return `git+${repository}`
  return textOf(field(source, 'url')) ?? textOf(field(source, 'path'))
}

/** A package of several archives has several hashes, of which none is the package's. */
function hashOf(fields: unknown): string | null {
  const archives = [field(fields, 'sdist'), ...listOf(field(fields, 'wheels'))].filter(
    (archive) => archive !== undefined,
  )
  return archives.length === 1 ? textOf(fieldAt(archives[0], 'hash')) : null
}
