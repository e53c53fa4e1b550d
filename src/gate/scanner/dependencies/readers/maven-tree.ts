// What `mvn dependency:tree` prints, kept in a file beside the pom.xml: all that the project uses,
// of which the pom itself only names the first line of each branch.
import { joinPath } from '../paths.ts'
import type { UnitFiles } from '../unit-files.ts'
import type { Reader } from './reader.ts'

const depthMax = 100

export const mavenTree: Reader = {
  ecosystem: 'Maven',
  reads: (name) => isTreeName(name),
  links: ({ text }) => (branch.test(text) ? [] : null),
  read({ text }, packages) {
    const above: string[] = []
    const needs = new Map<string, string[]>()
    for (const found of text.matchAll(branches)) {
      const [line, indent = '', coordinates = ''] = found
      const artifact = readCoordinates(coordinates)
      const depth = Math.min(indent.length / 3, depthMax)
      if (artifact === null) continue
      const { name, version, scope } = artifact
      const id = `${name}:${version}`
      const dependsOn = needs.get(id) ?? []
      needs.set(id, dependsOn)
      const start = found.index + line.indexOf(coordinates)
      const place = { start, end: start + coordinates.length }
      packages.add(id, { name, version, ...place, dependsOn })
      if (depth === 0) packages.require(id, { development: scope === 'test' })
      else needs.get(above[depth - 1] ?? '')?.push(id)
      above[depth] = id
    }
  },
}

const isTreeName = (name: string) => /(?:^|[-_.])dependency[-_.]?tree\.txt$/i.test(name)

/** Whether such a file tells more than the pom of the folder. */
export function hasMavenTree(unit: UnitFiles, folder: string): boolean {
  return treeNames.some((name) => unit.has(joinPath(folder, name)))
}

const treeNames = ['dependency-tree.txt', 'dependency_tree.txt', 'dependencytree.txt']

const form = String.raw`^(?:\[INFO\] )?((?:[| ] {2}){0,${depthMax}})[+\\]- (\S{3,600})`
const branches = new RegExp(form, 'gm')
const branch = new RegExp(form, 'm')

/** `group:artifact:type[:classifier]:version[:scope]`. */
function readCoordinates(text: string) {
  const parts = text.split(':')
  const [group = '', artifact = ''] = parts
  const scope = scopes.has(parts.at(-1) ?? '') ? parts.pop() : undefined
  const version = parts.at(-1)
  if (parts.length < 4 || parts.length > 5 || version === undefined) return null
  return { name: `${group}:${artifact}`, version, scope: scope ?? 'compile' }
}

const scopes = new Set(['compile', 'runtime', 'provided', 'test', 'system', 'import'])
