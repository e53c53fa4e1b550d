// What package.json says of a project: what it asks for, and which folders are its workspaces.
import { entriesOf, field, fieldAt, textOf, textsOf } from '../formats/value.ts'
import { parseYaml } from '../formats/yaml.ts'
import { itemsOf, valueAt } from '../formats/yaml-value.ts'
import { folderMatcher } from '../globs.ts'
import { folderOf, foldersUpwards, joinPath } from '../paths.ts'
import type { ProjectFile, UnitFiles } from '../unit-files.ts'

export interface NpmRequirement {
  name: string
  spec: string
  section: string
  development: boolean
}

/** One per name; what is shipped comes before what is for development. */
export function requirementsOf(manifest: unknown): NpmRequirement[] {
  const found = new Map<string, NpmRequirement>()
  for (const section of ['dependencies', 'optionalDependencies', 'devDependencies']) {
    for (const [name, value] of entriesOf(field(manifest, section))) {
      const spec = typeof value === 'string' ? value : null
      if (spec === null || found.has(name)) continue
      found.set(name, { name, spec, section, development: section === 'devDependencies' })
    }
  }
  return [...found.values()]
}

export function workspaceGlobs(manifest: unknown): string[] {
  const workspaces = field(manifest, 'workspaces')
  return textsOf(Array.isArray(workspaces) ? workspaces : field(workspaces, 'packages'))
}

export function pnpmWorkspaceGlobs({ text }: Pick<ProjectFile, 'text'>): string[] {
  const globs = itemsOf(valueAt(parseYaml(text)[0], 'packages'))
  return globs.filter((glob): glob is string => typeof glob === 'string')
}

/** The project's own package.json and those of its workspaces. */
export function projectManifests(unit: UnitFiles, folder: string): unknown[] {
  const isMember = membersOf(unit, folder)
  const paths = [...unit.paths].filter((path) => {
    if (!path.endsWith('/package.json')) return false
    return folderOf(path) !== folder && isMember(folderOf(path))
  })
  return [joinPath(folder, 'package.json'), ...paths].map((path) => unit.json(path))
}

/** Whether a lock file in the folder or of a project around it says what is really used. */
export function hasNpmLock(unit: UnitFiles, folder: string): boolean {
  return foldersUpwards(folder).some((above) => {
    const isLocked = npmLocks.some((name) => unit.has(joinPath(above, name)))
    return isLocked && (above === folder || membersOf(unit, above)(folder))
  })
}

const npmLocks = [
  'package-lock.json',
  'npm-shrinkwrap.json',
  'yarn.lock',
  'pnpm-lock.yaml',
  'bun.lock',
] as const

function membersOf(unit: UnitFiles, folder: string): (folder: string) => boolean {
  const workspace = unit.get(joinPath(folder, 'pnpm-workspace.yaml'))
  const globs = workspaceGlobs(unit.json(joinPath(folder, 'package.json')))
  if (workspace !== undefined) globs.push(...unit.once(workspace, pnpmWorkspaceGlobs, []))
  if (globs.length === 0) return () => false
  const matches = folderMatcher(globs)
  const above = folder === '' ? '' : `${folder}/`
  return (inner) => inner.startsWith(above) && matches(inner.slice(above.length))
}

export const licenceOf = (value: unknown): string | null =>
  textOf(value) ?? textOf(fieldAt(value, 'type'))
