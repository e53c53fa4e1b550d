// The packages of a project as a bill of materials lists them: each once, however many lock files
// name it, with what depends on what.
import { createHash } from 'node:crypto'
import { type Package, packageKey } from '../dependencies/package.ts'
import { purlOf } from '../dependencies/purl.ts'
import type { Report } from './report.ts'

export interface Bill {
  /** Sorted by package URL. */
  components: Component[]
  /** Package URLs of what the project itself names, or nothing else is known to bring in. */
  direct: string[]
}

export interface Component {
  purl: string
  package: Package
  /** Only where every file that names it says so. */
  development: boolean
  licence: string | null
  hashes: Hash[]
  places: { path: string; line: number }[]
  /** Package URLs. */
  dependsOn: string[]
}

export interface Hash {
  algorithm: 'SHA-1' | 'SHA-256' | 'SHA-384' | 'SHA-512'
  hex: string
}

export function billOf(packages: readonly Package[]): Bill {
  const components = new Map<string, Component>()
  const edges = new Map<string, Set<string>>()
  const direct = new Set<string>()
  const reached = new Set<string>()
  const inFile = new Map<string, string>()
  for (const one of packages) inFile.set(fileKey(one, packageKey(one)), purlOfPackage(one))
  for (const one of packages) {
    const purl = purlOfPackage(one)
    const component = components.get(purl)
    if (component === undefined) components.set(purl, componentOf(one, purl))
    else merge(component, one)
    if (one.direct === true) direct.add(purl)
    const below = edges.get(purl) ?? new Set()
    edges.set(purl, below)
    for (const key of one.dependsOn) {
      const target = inFile.get(fileKey(one, key))
      if (target === undefined || target === purl) continue
      below.add(target)
      reached.add(target)
    }
  }
  for (const purl of components.keys()) if (!reached.has(purl)) direct.add(purl)
  for (const component of components.values()) {
    component.dependsOn = [...(edges.get(component.purl) ?? [])].sort()
  }
  const sorted = [...components.values()].sort((a, b) => (a.purl < b.purl ? -1 : 1))
  return { components: sorted, direct: [...direct].sort() }
}

/** A name for this very bill: the same packages and results give the same one. */
export function uuidOf({ tool, project }: Report, text: string): string {
  const hash = createHash('sha256')
    .update(JSON.stringify([tool, project]))
    .update(text)
  const hex = hash.digest('hex')
  // RFC 9562, version 8: made in a way of our own.
  const parts = [hex.slice(0, 8), hex.slice(8, 12), `8${hex.slice(13, 16)}`]
  return [...parts, `a${hex.slice(17, 20)}`, hex.slice(20, 32)].join('-')
}

const purlOfPackage = ({ ecosystem, name, version }: Package) =>
  purlOf(ecosystem, name, version ?? '')

const fileKey = ({ ecosystem, place }: Package, key: string) =>
  `${place.path}\0${ecosystem}\0${key}`

function componentOf(one: Package, purl: string): Component {
  const { development, licence, integrity, place } = one
  const places = [{ path: place.path, line: place.line }]
  const hashes = hashesOf(integrity)
  return { purl, package: one, development, licence, hashes, places, dependsOn: [] }
}

function merge(component: Component, { development, licence, integrity, place }: Package): void {
  component.development &&= development
  component.licence ??= licence
  if (component.hashes.length === 0) component.hashes = hashesOf(integrity)
  const known = component.places.some(({ path }) => path === place.path)
  if (!known && component.places.length < placesMax) {
    component.places.push({ path: place.path, line: place.line })
  }
}

const placesMax = 100

/** Subresource integrity (`sha512-` and base64) and `sha256:` with hex; other forms say nothing. */
function hashesOf(integrity: string | null): Hash[] {
  return (integrity ?? '').split(/\s+/).flatMap((part): Hash[] => {
    const [, name = '', separator, value = ''] = /^(sha\d+)([-:])([\w+/=-]+)/i.exec(part) ?? []
    const known = algorithms.get(name.toLowerCase())
    if (known === undefined) return []
    const hex =
      separator === ':' ? value.toLowerCase() : Buffer.from(value, 'base64').toString('hex')
    return hex.length === known.digits && /^[0-9a-f]+$/.test(hex)
      ? [{ algorithm: known.algorithm, hex }]
      : []
  })
}

const algorithms = new Map<string, { algorithm: Hash['algorithm']; digits: number }>([
  ['sha1', { algorithm: 'SHA-1', digits: 40 }],
  ['sha256', { algorithm: 'SHA-256', digits: 64 }],
  ['sha384', { algorithm: 'SHA-384', digits: 96 }],
  ['sha512', { algorithm: 'SHA-512', digits: 128 }],
])
