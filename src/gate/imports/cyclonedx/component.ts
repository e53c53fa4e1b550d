// A component of a bill of materials, as far as a finding speaks of it.
import { isObject, listOf, member, textOf } from '../json/values.ts'
import { pathOf } from '../path.ts'
import { cleanLine } from '../text.ts'

export interface Component {
  /** `@babel/core`, `org.apache/log4j`. */
  name: string
  version: string | null
  /** The package without its version: what stays the same over upgrades. */
  identity: string
  /** The file that it was found in. */
  path: string | null
}

const nameCharsMax = 200
const identityCharsMax = 500

export function readComponent(component: unknown): Component | null {
  const purl = textOf(member(component, 'purl'))
  const ownName = textOf(member(component, 'name'))
  if (purl === null && ownName === null) return null
  const group = textOf(member(component, 'group'))
  const name = [group, ownName].filter((part) => part !== null).join('/')
  const version = textOf(member(component, 'version'))
  return {
    name: cleanLine(name === '' ? (purl ?? '') : name, nameCharsMax),
    version: version === null ? null : cleanLine(version, nameCharsMax),
    identity: purl === null ? cleanLine(name, identityCharsMax) : withoutVersion(purl),
    path: pathIn(component),
  }
}

/** A component that is only referred to: often by its package URL. */
export function componentFromReference(reference: string): Component {
  const version = versionIn(reference)
  const identity = withoutVersion(reference)
  return {
    name: cleanLine(identity.replace(/^pkg:[^/]+\//, ''), nameCharsMax),
    version: version === null ? null : cleanLine(version, nameCharsMax),
    identity,
    path: null,
  }
}

/** `pkg:type/namespace/name@version?qualifiers#subpath`; qualifiers name versions too. */
function withoutVersion(purl: string): string {
  const path = purl.slice(0, 4 * identityCharsMax).split(/[?#]/, 1)[0] ?? ''
  const at = versionMark(path)
  const name = decoded(at === -1 ? path : path.slice(0, at))
  return cleanLine(name.toLowerCase(), identityCharsMax)
}

function versionIn(purl: string): string | null {
  const path = purl.split(/[?#]/, 1)[0] ?? ''
  const at = versionMark(path)
  return at === -1 ? null : decoded(path.slice(at + 1))
}

/** The `@` of a scope begins its part of the path. */
function versionMark(path: string): number {
  const at = path.lastIndexOf('@')
  return at > path.lastIndexOf('/') + 1 ? at : -1
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

/** `evidence.occurrences` of CycloneDX 1.5, or the property in which a known tool says it. */
function pathIn(component: unknown): string | null {
  const [occurrence] = listOf(member(member(component, 'evidence'), 'occurrences'))
  const location =
    textOf(member(occurrence, 'location')) ??
    listOf(member(component, 'properties'))
      .filter(isObject)
      .filter(({ name }) => pathProperty.test(String(name)))
      .map(({ value }) => textOf(value))
      .find((value) => value !== null)
  return location == null ? null : pathOf(location, null, noBases)
}

const pathProperty = /^(?:SrcFile|aquasecurity:trivy:(?:FilePath|PkgPath)|syft:location:0:path)$/
const noBases = { bases: new Map(), repositoryName: null }
