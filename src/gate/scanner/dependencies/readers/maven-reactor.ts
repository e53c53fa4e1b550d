// The projects of a unit together: which pom is whose parent, what properties hold, and which
// version a managed dependency has.
import type { UnitFiles } from '../unit-files.ts'
import { familyVersion, type MavenArtifact } from './maven-families.ts'
import { type Pom, type PomDependency, readPom } from './maven-model.ts'
import { fillIn } from './references.ts'

const parentsMax = 20
const importsMax = 10

export class MavenReactor {
  readonly #byPath = new Map<string, Pom>()
  readonly #byName = new Map<string, Pom>()
  readonly #managed = new Map<Pom, ReadonlyMap<string, PomDependency>>()

  constructor(unit: UnitFiles) {
    for (const path of unit.paths) {
      if (!isPomPath(path)) continue
      const source = unit.get(path)
      const pom = source === undefined ? null : unit.once(source, readPom, null)
      if (pom === null) continue
      this.#byPath.set(path, pom)
      const groupId = pom.groupId ?? pom.parent?.groupId ?? ''
      this.#byName.set(`${groupId}:${pom.artifactId}`, pom)
    }
  }

  /** Whether the project itself builds the artifact. */
  builds(name: string): boolean {
    return this.#byName.has(name)
  }

  /** The pom and its parents in the repository, the nearest first. */
  lineOf(pom: Pom): Pom[] {
    const line: Pom[] = []
    for (let at: Pom | undefined = pom; at !== undefined && !line.includes(at); ) {
      line.push(at)
      at = line.length > parentsMax ? undefined : this.#parentOf(at)
    }
    return line
  }

  /** null where a property is not known here. */
  resolve(text: string, line: readonly Pom[]): string | null {
    if (!text.includes('$' + '{')) return text
    return fillIn(text, /\$\{([^{}]*)\}/g, (name) => propertyOf(name, line))
  }

  /**
   * What dependencyManagement says of an artifact: the pom's own, its parents', imported ones.
   * `look` ends the reading when time is up.
   */
  managed(name: string, pom: Pom, look: () => void): PomDependency | undefined {
    return this.#managedOf(pom, look).get(name)
  }

  /** From a parent or an imported list of versions outside of the repository. */
  familyVersion(name: string, line: readonly Pom[]): string | null {
    const outside: MavenArtifact[] = []
    for (const { managed, parent } of line) {
      const imported = managed.filter(({ scope }) => scope === 'import')
      for (const { groupId, artifactId, version } of [...imported, ...(parent ? [parent] : [])]) {
        const resolved = this.resolve(version ?? '', line)
        if (resolved) outside.push({ groupId, artifactId, version: resolved })
      }
    }
    return familyVersion(name, outside)
  }

  #managedOf(pom: Pom, look: () => void, depth = 0): ReadonlyMap<string, PomDependency> {
    const known = this.#managed.get(pom)
    if (known !== undefined) return known
    const line = this.lineOf(pom)
    const found = new Map<string, PomDependency>()
    // Known from now on: lists that import each other must end.
    this.#managed.set(pom, found)
    const imports: Pom[] = []
    for (const { managed } of line) {
      for (const dependency of managed) {
        look()
        const name = this.nameOf(dependency, line)
        if (name === null) continue
        const imported = dependency.scope === 'import' ? this.#byName.get(name) : undefined
        if (imported !== undefined) imports.push(imported)
        if (dependency.scope === 'import' || found.has(name)) continue
        const version = this.resolve(dependency.version ?? '', line) || null
        found.set(name, { ...dependency, version })
      }
    }
    if (depth >= importsMax) return found
    for (const imported of imports) {
      for (const [name, dependency] of this.#managedOf(imported, look, depth + 1)) {
        look()
        if (!found.has(name)) found.set(name, dependency)
      }
    }
    return found
  }

  /** `group:artifact`, or null where a property in it is not known. */
  nameOf({ groupId, artifactId }: PomDependency, line: readonly Pom[]): string | null {
    const group = this.resolve(groupId, line)
    const artifact = this.resolve(artifactId, line)
    return group && artifact ? `${group}:${artifact}` : null
  }

  #parentOf({ parent }: Pom): Pom | undefined {
    if (parent === null) return undefined
    const { path, artifactId, groupId } = parent
    const beside =
      path === null ? undefined : (this.#byPath.get(path) ?? this.#byPath.get(`${path}/pom.xml`))
    if (beside?.artifactId === artifactId) return beside
    return this.#byName.get(`${groupId}:${artifactId}`)
  }
}

export const isPomPath = (path: string) => /(?:^|\/)pom[^/]*\.xml$|\.pom$/.test(path)

function propertyOf(name: string, line: readonly Pom[]): string | null {
  const [own] = line
  const field = /^(?:project|pom)\.(.+)$/.exec(name)?.[1] ?? (name === 'version' ? name : null)
  if (field === 'artifactId') return own?.artifactId ?? null
  if (field === 'version' || field === 'groupId') return coordinate(field, line)
  if (field === 'parent.version') return own?.parent?.version ?? null
  if (field === 'parent.groupId') return own?.parent?.groupId ?? null
  for (const { properties } of line) {
    const value = properties.get(name)
    if (value !== undefined) return value
  }
  return null
}

/** Inherited where the pom does not state its own. */
function coordinate(field: 'version' | 'groupId', line: readonly Pom[]): string | null {
  const [own] = line
  return own?.[field] ?? own?.parent?.[field] ?? null
}
