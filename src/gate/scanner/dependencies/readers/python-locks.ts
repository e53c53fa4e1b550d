// The lock files of Poetry, PDM and PEP 751 (pylock.toml): tables of packages by their names.
import { parseToml, type TomlTable, tablesOf } from '../formats/toml.ts'
import { field, fieldAt, keysOf, listOf, textOf, textsOf } from '../formats/value.ts'
import type { PackageGraph } from '../package-graph.ts'
import { folderOf, joinPath } from '../paths.ts'
import type { UnitFiles } from '../unit-files.ts'
import { pyprojectRequirements } from './python-project.ts'
import { pythonName, readPythonRequirement } from './python-requirement.ts'
import type { Reader } from './reader.ts'

interface LockForm {
  table: string
  /** Names of what a package needs. */
  needs(fields: unknown): string[]
  /** null where the file does not tell. */
  isDevelopment(fields: unknown): boolean | null
  origin(fields: unknown): string | null
}

export const poetryLock: Reader = {
  ecosystem: 'PyPI',
  reads: (name) => name === 'poetry.lock',
  read: ({ path, text }, packages, unit) => readLock(poetry, { path, text }, packages, unit),
}

export const pdmLock: Reader = {
  ecosystem: 'PyPI',
  reads: (name) => name === 'pdm.lock',
  read: ({ path, text }, packages, unit) => readLock(pdm, { path, text }, packages, unit),
}

export const pylock: Reader = {
  ecosystem: 'PyPI',
  reads: (name) => /^pylock(?:\.[^.]+)?\.toml$/.test(name),
  read: ({ path, text }, packages, unit) => readLock(standard, { path, text }, packages, unit),
}

const poetry: LockForm = {
  table: 'package',
  needs: (fields) => keysOf(field(fields, 'dependencies')),
  isDevelopment(fields) {
    const groups = textsOf(field(fields, 'groups'))
    if (groups.length > 0) return !groups.includes('main')
    const category = textOf(field(fields, 'category'))
    return category === null ? null : category === 'dev'
  },
  origin(fields) {
    const source = field(fields, 'source')
    const type = textOf(field(source, 'type'))
    const url = textOf(field(source, 'url'))
    if (type !== 'git') return type === 'url' || type === 'file' ? url : null
    return `git+${url}@${textOf(field(source, 'resolved_reference')) ?? ''}`
  },
}

const pdm: LockForm = {
  table: 'package',
  needs: (fields) =>
    textsOf(field(fields, 'dependencies')).flatMap(
      (text) => readPythonRequirement(text)?.name ?? [],
    ),
  isDevelopment(fields) {
    const groups = textsOf(field(fields, 'groups'))
    return groups.length === 0 ? null : !groups.includes('default')
  },
  origin(fields) {
    const repository = textOf(field(fields, 'git'))
    if (repository === null) return textOf(field(fields, 'url'))
    return `git+${repository}@${textOf(field(fields, 'revision')) ?? ''}`
  },
}

const standard: LockForm = {
  table: 'packages',
  needs: (fields) =>
    listOf(field(fields, 'dependencies')).flatMap((needed) => textOf(field(needed, 'name')) ?? []),
  isDevelopment: () => null,
  origin(fields) {
    const repository = textOf(fieldAt(fields, 'vcs', 'url'))
    if (repository === null) return textOf(fieldAt(fields, 'archive', 'url'))
    return `git+${repository}@${textOf(fieldAt(fields, 'vcs', 'commit-id')) ?? ''}`
  },
}

function readLock(
  form: LockForm,
  { path, text }: { path: string; text: string },
  packages: PackageGraph,
  unit: UnitFiles,
): void {
  const document = parseToml(text)
  const tables = tablesOf(text, document, form.table).filter(({ fields }) => !isLocal(fields))
  const ids = new Map<string, string[]>()
  for (const { fields } of tables) {
    const name = nameOf(fields)
    ids.set(name, [...(ids.get(name) ?? []).slice(0, versionsMax), idOf(fields)])
  }
  const manifest = unit.toml(joinPath(folderOf(path), 'pyproject.toml'))
  for (const { name, development } of pyprojectRequirements(manifest)) {
    for (const id of ids.get(name) ?? []) packages.require(id, { development })
  }
  for (const table of tables) {
    const { fields, start, end } = table
    const needs = form.needs(fields).flatMap((name) => ids.get(pythonName(name)) ?? [])
    packages.add(idOf(fields), {
      name: nameOf(fields),
      version: textOf(field(fields, 'version')),
      start,
      end,
      dependsOn: needs,
      development: form.isDevelopment(fields),
      integrity: hashOf(table, document),
      origin: form.origin(fields),
    })
  }
}

/** Of one name, for several versions of Python. */
const versionsMax = 10

const nameOf = (fields: unknown) => pythonName(textOf(field(fields, 'name')) ?? '')

const idOf = (fields: unknown) => `${nameOf(fields)}@${textOf(field(fields, 'version')) ?? ''}`

function isLocal(fields: unknown): boolean {
  if (textOf(field(fields, 'path')) !== null) return true
  if (typeof field(fields, 'directory') === 'object') return true
  return textOf(fieldAt(fields, 'source', 'type')) === 'directory'
}

/** A package of several archives has several hashes, of which none is the package's. */
function hashOf({ fields }: TomlTable, document: unknown): string | null {
  const older = fieldAt(document, 'metadata', 'files', textOf(field(fields, 'name')) ?? '')
  const files = [...listOf(field(fields, 'files')), ...listOf(older)]
  return files.length === 1 ? textOf(field(files[0], 'hash')) : null
}
