// Gradle's build scripts are programs; what they state as plain text is read, and the variables
// that stand for versions, but nothing is run.
import { folderOf, foldersUpwards, joinPath, nameOf } from '../paths.ts'
import type { ProjectFile, UnitFiles } from '../unit-files.ts'
import { familyVersion, type MavenArtifact } from './maven-families.ts'
import { statedVersion } from './maven-version.ts'
import type { Reader } from './reader.ts'
import { fillIn } from './references.ts'

export const gradleBuild: Reader = {
  ecosystem: 'Maven',
  reads: (name) => isScript(name),
  links: ({ path, text }) =>
    /\bdependencies\b|=/.test(text) ? foldersUpwards(folderOf(path)) : null,
  read(file, packages, unit) {
    const folder = folderOf(file.path)
    if (unit.has(joinPath(folder, 'gradle.lockfile'))) return
    const named = gradleVariables(file, unit)
    const stated = coordinatesOf(withoutComments(file.text)).map((found) => {
      const version = found.version === null ? null : fillIn(found.version, reference, named)
      return { ...found, version }
    })
    const lists = [...stated.filter(({ isList }) => isList), ...pluginsOf(file.text)]
    const outside = lists.flatMap(({ groupId, artifactId, version }): MavenArtifact[] =>
      version === null ? [] : [{ groupId, artifactId, version }],
    )
    for (const { groupId, artifactId, version, isList, configuration, start, end } of stated) {
      const name = `${groupId}:${artifactId}`
      if (isList || !/^[\w.-]+:[\w.-]+$/.test(name)) continue
      packages.add(`${name} ${start}`, {
        name,
        ...statedVersion(version ?? familyVersion(name, outside)),
        start,
        end,
        direct: true,
        development: forBuilding.test(configuration),
      })
    }
  },
}

/** Belongs to the scripts below it, whose reader looks into it. */
export const gradleProperties: Reader = {
  ecosystem: 'Maven',
  reads: (name) => name === 'gradle.properties',
}

const isScript = (name: string) =>
  /\.gradle(?:\.kts)?$/.test(name) && !/^settings\.gradle/.test(name)

interface Coordinates extends Omit<MavenArtifact, 'version'> {
  version: string | null
  configuration: string
  /** A platform or BOM: it is no library, but says which versions others have. */
  isList: boolean
  start: number
  end: number
}

const configuration = String.raw`\b(\w{0,60}(?:${[
  '[iI]mplementation',
  '[aA]pi',
  '[cC]ompile(?:Only)?',
  '[rR]untime(?:Only)?',
  '[cC]lasspath',
  '[kK]apt',
  '[kK]sp',
  '[pP]rocessor',
  'developmentOnly',
  'mavenBom',
].join('|')}))\b`
const list = String.raw`[ \t]*\(?[ \t]*((?:enforcedPlatform|platform)[ \t]*\(?[ \t]*)?`
const text = String.raw`["']([^"'\s]+)["']`
const inOneText = new RegExp(`${configuration}${list}${text}`, 'g')
const inParts = new RegExp(
  String.raw`${configuration}${list}group\s*[:=]\s*${text}\s*,\s*name\s*[:=]\s*${text}` +
    String.raw`(?:\s*,\s*version\s*[:=]\s*${text})?`,
  'g',
)

/** What is needed to build and to test is not shipped. */
const forBuilding = /^(?:test|androidTest|integrationTest)|[tT]est|lasspath$|kapt|ksp|rocessor$/

function coordinatesOf(script: string): Coordinates[] {
  const found: Coordinates[] = []
  for (const { 0: all, 1: by = '', 2: platform, 3: written = '', index } of script.matchAll(
    inOneText,
  )) {
    const [coordinates = ''] = written.split('@')
    const [groupId = '', artifactId = '', version = null] = coordinates.split(':')
    if (artifactId === '') continue
    const isList = platform !== undefined || by === 'mavenBom'
    const start = index + all.length - 1 - written.length
    const end = start + groupId.length + 1 + artifactId.length
    found.push({ groupId, artifactId, version, configuration: by, isList, start, end })
  }
  for (const { 0: all, index, ...parts } of script.matchAll(inParts)) {
    const {
      1: by = '',
      2: platform,
      3: groupId = '',
      4: artifactId = '',
      5: version = null,
    } = parts
    const isList = platform !== undefined
    const before = /^.*?\bname\s*[:=]\s*["']/s.exec(all)?.[0].length ?? 0
    const start = index + before
    const end = start + artifactId.length
    found.push({ groupId, artifactId, version, configuration: by, isList, start, end })
  }
  return found
}

/** The plugin of Spring Boot sets the versions of its family, as its list of versions does. */
function pluginsOf(script: string) {
  const plugin = /\bid[\s(]+["']org\.springframework\.boot["']\)?\s+version\s+["']([\w.-]+)["']/
  const version = plugin.exec(script)?.[1]
  const boot = { groupId: 'org.springframework.boot', artifactId: 'spring-boot-dependencies' }
  return version === undefined ? [] : [{ ...boot, version }]
}

/** Comments become blanks, so that all else keeps its place. */
const withoutComments = (script: string) =>
  script.replace(/\/\*[^*]*(?:\*(?!\/)[^*]*)*(?:\*\/)?|(?<=^|\s)\/\/[^\n]*/g, (comment) =>
    comment.replace(/[^\n]/g, ' '),
  )

const reference = /\$(?:\{([^{}]*)\}|\w+)/g

/** Looks variables up in the script, then in scripts and gradle.properties further up. */
function gradleVariables(file: ProjectFile, unit: UnitFiles): (name: string) => string | null {
  const above = foldersUpwards(folderOf(file.path)).flatMap((folder) =>
    ['gradle.properties', 'build.gradle', 'build.gradle.kts'].map((name) => joinPath(folder, name)),
  )
  const files = [file, ...above.flatMap((path) => unit.get(path) ?? [])]
  const known = files.map((one) => unit.once(one, variablesOf, new Map<string, string | null>()))
  return (name) => {
    const last = name.slice(name.search(/\w+["'\])\s]*$/)).replace(/\W+$/, '')
    for (const variables of known) {
      const value = variables.get(last)
      if (value !== undefined) return value
    }
    return null
  }
}

/** null where a name has several values. */
function variablesOf({ path, text: script }: ProjectFile): ReadonlyMap<string, string | null> {
  const variables = new Map<string, string | null>()
  const isProperties = nameOf(path) === 'gradle.properties'
  const shape = isProperties
    ? /^[ \t]*([\w.-]+)[ \t]*=[ \t]*([^\s#]+)/gm
    : /\b(\w+)["'\])]{0,3}\s*[=:,]\s*["']([^"'\s]+)["']/g
  for (const [, name = '', value = ''] of script.matchAll(shape)) {
    const key = name.slice(name.lastIndexOf('.') + 1)
    const known = variables.get(key)
    variables.set(key, known === undefined || known === value ? value : null)
  }
  return variables
}
