// The components that a bill of materials lists, of CycloneDX or SPDX as JSON, whoever wrote it.
import type { Json, JsonObject } from './json/read.ts'

export interface Component {
  /** The package URL without version and qualifiers, or the name where there is none. */
  name: string
  /** Empty where none is told. */
  version: string
}

const componentsMax = 200_000
const depthMax = 20

/** Null where this is neither. Nested components count, the described software itself does not. */
export function componentsIn(sbom: Json | undefined): Component[] | null {
  if (!isObject(sbom)) return null
  if (sbom.bomFormat === 'CycloneDX') return ofCycloneDx(sbom.components, 0)
  if (typeof sbom.spdxVersion === 'string') return ofSpdx(sbom)
  return null
}

function ofCycloneDx(list: Json | undefined, depth: number): Component[] {
  if (!Array.isArray(list) || depth > depthMax) return []
  return list.slice(0, componentsMax).flatMap((one) => {
    if (!isObject(one)) return []
    const { purl, name, group, version, components } = one
    const full = [group, name].filter((part) => typeof part === 'string' && part !== '').join('/')
    return [...componentOf(purl, full, version), ...ofCycloneDx(components, depth + 1)]
  })
}

function ofSpdx({ packages, documentDescribes }: JsonObject): Component[] {
  if (!Array.isArray(packages)) return []
  const described = new Set(Array.isArray(documentDescribes) ? documentDescribes : [])
  return packages.slice(0, componentsMax).flatMap((one) => {
    if (!isObject(one) || described.has(one.SPDXID ?? null)) return []
    const references = Array.isArray(one.externalRefs) ? one.externalRefs : []
    const purl = references.filter(isObject).find(({ referenceType: type }) => type === 'purl')
    return componentOf(purl?.referenceLocator, one.name, one.versionInfo)
  })
}

function componentOf(purl: Json | undefined, name: Json | undefined, version: Json | undefined) {
  const told = typeof version === 'string' ? version : ''
  if (typeof purl === 'string' && purl.startsWith('pkg:')) {
    const [bare = ''] = purl.split(/[?#]/, 1)
    const at = bare.lastIndexOf('@')
    // A scope is written as %40, so an @ stands before a version only.
    const isCut = at > bare.lastIndexOf('/')
    return [{ name: isCut ? bare.slice(0, at) : bare, version: isCut ? bare.slice(at + 1) : told }]
  }
  return typeof name === 'string' && name !== '' ? [{ name, version: told }] : []
}

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
