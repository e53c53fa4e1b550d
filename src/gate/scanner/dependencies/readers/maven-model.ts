// pom.xml as it is written: coordinates, parent, properties, dependencies. Nothing is resolved.

import {
  childOf,
  childrenOf,
  childText,
  parseXml,
  textPlace,
  type XmlElement,
} from '../formats/xml.ts'
import { folderOf, resolvePath } from '../paths.ts'
import type { ProjectFile } from '../unit-files.ts'

export interface Pom {
  path: string
  groupId: string | null
  artifactId: string
  version: string | null
  parent: PomParent | null
  properties: ReadonlyMap<string, string>
  managed: readonly PomDependency[]
  dependencies: readonly PomDependency[]
  /** Paths of the modules' files or folders. */
  modules: readonly string[]
  isWhole: boolean
}

export interface PomParent {
  groupId: string
  artifactId: string
  version: string | null
  /** Its file or folder; null where the pom says that there is none. */
  path: string | null
}

export interface PomDependency {
  groupId: string
  artifactId: string
  version: string | null
  scope: string | null
  type: string | null
  systemPath: string | null
  /** Where the artifact's name stands. */
  start: number
  end: number
}

export function readPom({ path, text }: ProjectFile): Pom {
  const { root, isWhole } = parseXml(text)
  const profiles = childrenOf(childOf(root, 'profiles'), 'profile').filter(
    (profile) => childText(childOf(profile, 'activation'), 'activeByDefault') === 'true',
  )
  const parts = [root, ...profiles]
  const all = (list: (part: XmlElement) => XmlElement | undefined) =>
    parts.flatMap((part) =>
      childrenOf(list(part), 'dependency').map((it) => dependencyOf(it, text)),
    )
  return {
    path,
    groupId: childText(root, 'groupId'),
    artifactId: childText(root, 'artifactId') ?? '',
    version: childText(root, 'version'),
    parent: parentOf(childOf(root, 'parent'), folderOf(path)),
    properties: new Map(
      parts.flatMap((part) =>
        (childOf(part, 'properties')?.children ?? []).map(
          ({ name, text }) => [name, text] as const,
        ),
      ),
    ),
    managed: all((part) => childOf(childOf(part, 'dependencyManagement'), 'dependencies')),
    dependencies: all((part) => childOf(part, 'dependencies')),
    modules: childrenOf(root, 'profiles')
      .flatMap((list) => childrenOf(list, 'profile'))
      .concat(root)
      .flatMap((part) => childrenOf(childOf(part, 'modules'), 'module'))
      .flatMap(({ text: module }) => resolvePath(folderOf(path), module) ?? []),
    isWhole,
  }
}

function parentOf(element: XmlElement | undefined, folder: string): PomParent | null {
  const artifactId = childText(element, 'artifactId')
  if (element === undefined || artifactId === null) return null
  const relative = childOf(element, 'relativePath')?.text ?? '../pom.xml'
  return {
    groupId: childText(element, 'groupId') ?? '',
    artifactId,
    version: childText(element, 'version'),
    path: relative === '' ? null : resolvePath(folder, relative),
  }
}

function dependencyOf(element: XmlElement, text: string): PomDependency {
  const artifact = childOf(element, 'artifactId')
  const place = artifact === undefined ? element : textPlace(text, artifact)
  return {
    groupId: childText(element, 'groupId') ?? '',
    artifactId: artifact?.text ?? '',
    version: childText(element, 'version'),
    scope: childText(element, 'scope'),
    type: childText(element, 'type'),
    systemPath: childText(element, 'systemPath'),
    start: place.start,
    end: place.end,
  }
}
