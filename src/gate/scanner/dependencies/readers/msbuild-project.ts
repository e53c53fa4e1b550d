// .NET projects (`*.csproj` and its kin) and the files that hold for several of them, where no
// packages.lock.json says what is really used.
import { Unreadable } from '../formats/unreadable.ts'
import { attributePlace, childText, type XmlElement } from '../formats/xml.ts'
import type { PackageGraph } from '../package-graph.ts'
import { folderOf, foldersUpwards, joinPath, nameOf } from '../paths.ts'
import {
  importsOf,
  itemsOf,
  namesOf,
  ProjectSettings,
  parseProject,
  statedVersion,
} from './msbuild.ts'
import type { Reader } from './reader.ts'

export const msbuildProject: Reader = {
  ecosystem: 'NuGet',
  reads: (name) => isProject(name) || isShared(name),
  links(source) {
    const { path, text } = source
    if (!/Package|Version|<Import/i.test(text)) return null
    const imported = importsOf(parseProject(source).root, folderOf(path)).map(folderOf)
    return [...(isProject(path) ? foldersUpwards(folderOf(path)) : []), ...imported]
  },
  read(source, packages, unit) {
    const { path, text } = source
    if (unit.has(joinPath(folderOf(path), 'packages.lock.json'))) return
    const { root, isWhole } = parseProject(source)
    const settings = new ProjectSettings(path, unit, () => packages.look())
    const references = itemsOf(root, 'PackageReference').filter(
      ({ attributes }) => attributes.has('Include') || !isShared(nameOf(path)),
    )
    const items = [...references, ...itemsOf(root, 'GlobalPackageReference')]
    // A list of versions without any project beside it tells at least what is meant to be used.
    const hasProjects = [...unit.paths].some(isProject)
    if (!hasProjects) items.push(...itemsOf(root, 'PackageVersion'))
    const isTest = itemsOf(root, 'PackageReference').some((element) =>
      namesOf(element).some((name) => name.toLowerCase() === 'microsoft.net.test.sdk'),
    )
    const development = isTest || /^MSTest\.Sdk\b/i.test(root.attributes.get('Sdk') ?? '')
    for (const element of items) addItem(element, { text, settings, packages, development })
    if (!isWhole) throw new Unreadable('not valid XML; read as far as possible')
  },
}

const isProject = (name: string) => /\.(?:cs|fs|vb)proj$/i.test(name)
const isShared = (name: string) => /\.(?:props|targets)$/i.test(name)

interface Reading {
  text: string
  settings: ProjectSettings
  packages: PackageGraph
  /** Of a project of tests, nothing is shipped. */
  development: boolean
}

function addItem(element: XmlElement, reading: Reading): void {
  const { text, settings, packages, development } = reading
  const attribute = element.attributes.has('Include') ? 'Include' : 'Update'
  const place = attributePlace(text, element, attribute)
  const assets = element.attributes.get('PrivateAssets') ?? childText(element, 'PrivateAssets')
  for (const stated of namesOf(element)) {
    const name = settings.resolve(stated)
    if (name === null) continue
    const central = settings.centralVersion(name)
    const version = settings.resolve(statedVersion(element) ?? central ?? '')
    packages.add(`${name.toLowerCase()} ${version}`, {
      name,
      ...versionOf(version),
      ...place,
      direct: true,
      // Analysers and build tools: nothing of them is handed on.
      development: development || assets?.toLowerCase() === 'all',
    })
  }
}

/** NuGet takes the lowest version that `1.0.0` allows, which is that one. */
function versionOf(stated: string | null): { version: string | null; range: string | null } {
  const text = /^\[\s*([^,[\]()]+?)\s*\]$/.exec(stated ?? '')?.[1] ?? stated?.trim() ?? ''
  const isRange = /[[\](),*]/.test(text)
  if (isRange || text === '') return { version: null, range: text || null }
  return { version: text, range: null }
}
