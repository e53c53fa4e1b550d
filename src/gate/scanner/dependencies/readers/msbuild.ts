// What MSBuild would make of a project file as far as packages go: properties and versions that
// stand in files further up or are imported.
import {
  childrenOf,
  childText,
  parseXml,
  type XmlDocument,
  type XmlElement,
} from '../formats/xml.ts'
import { folderOf, foldersUpwards, joinPath, resolvePath } from '../paths.ts'
import type { ProjectFile, UnitFiles } from '../unit-files.ts'
import { fillIn } from './references.ts'

export const parseProject = ({ text }: Pick<ProjectFile, 'text'>): XmlDocument => parseXml(text)

const importsMax = 50

/** Files that hold for all projects of the folders below them. */
const inherited = ['Directory.Build.props', 'Directory.Build.targets', 'Directory.Packages.props']

export class ProjectSettings {
  readonly #look: () => void
  readonly #properties = new Map<string, string>()
  /** By lower-case names. */
  readonly #versions = new Map<string, string>()

  /** `look` ends the reading when time is up. */
  constructor(path: string, unit: UnitFiles, look: () => void) {
    this.#look = look
    const folders = foldersUpwards(folderOf(path))
    const above = folders.flatMap((folder) => inherited.map((name) => joinPath(folder, name)))
    const seen = new Set<string>()
    // The nearest file wins over those further up.
    for (const file of [path, ...above]) this.#take(file, unit, seen)
  }

  /** Of central package management; null where none is stated. */
  centralVersion(name: string): string | null {
    return this.#versions.get(name.toLowerCase()) ?? null
  }

  /** null where a property is not known here. */
  resolve(text: string): string | null {
    if (!text.includes('$(')) return text
    return fillIn(
      text,
      /\$\(([^()]*)\)/g,
      (name) => this.#properties.get(name.toLowerCase()) ?? null,
    )
  }

  #take(path: string, unit: UnitFiles, seen: Set<string>): void {
    const source = unit.get(path)
    if (source === undefined || seen.has(path) || seen.size > importsMax) return
    seen.add(path)
    const root = unit.once(source, parseProject, null)?.root
    for (const group of childrenOf(root, 'PropertyGroup')) {
      for (const { name, text } of group.children) {
        this.#look()
        const key = name.toLowerCase()
        if (!this.#properties.has(key)) this.#properties.set(key, text)
      }
    }
    for (const element of itemsOf(root, 'PackageVersion')) this.#version(element)
    // Before central management, versions were set by updating the references of all projects.
    if (/\.(?:props|targets)$/i.test(path)) {
      for (const element of itemsOf(root, 'PackageReference')) {
        if (element.attributes.has('Update')) this.#version(element)
      }
    }
    for (const imported of importsOf(root, folderOf(path))) this.#take(imported, unit, seen)
  }

  #version(element: XmlElement): void {
    this.#look()
    const version = statedVersion(element)
    for (const name of namesOf(element)) {
      const key = name.toLowerCase()
      if (version !== null && !this.#versions.has(key)) this.#versions.set(key, version)
    }
  }
}

export const itemsOf = (root: XmlElement | undefined, name: string): XmlElement[] =>
  childrenOf(root, 'ItemGroup').flatMap((group) => childrenOf(group, name))

/** An item may name several packages. */
export function namesOf({ attributes }: XmlElement): string[] {
  const names = attributes.get('Include') ?? attributes.get('Update') ?? ''
  return names.split(';').flatMap((name) => name.trim() || [])
}

/** As an attribute or an element. */
export const statedVersion = (element: XmlElement): string | null =>
  element.attributes.get('VersionOverride') ??
  element.attributes.get('Version') ??
  childText(element, 'VersionOverride') ??
  childText(element, 'Version')

/** Paths of imported files that lie in the repository. */
export function importsOf(root: XmlElement | undefined, folder: string): string[] {
  return childrenOf(root, 'Import').flatMap(({ attributes }) => {
    const stated = attributes.get('Project') ?? ''
    const path = stated.replace(/^\$\(MSBuild(?:ThisFile|Project)Directory\)[/\\]?/, './')
    if (path.includes('$(') || !/\.(?:props|targets)$/i.test(path)) return []
    return resolvePath(folder, path) ?? []
  })
}
