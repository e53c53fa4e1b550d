// yarn.lock of both kinds: version 1 in a form of its own, berry in YAML. Both name a package by
// the ranges that lead to it; package.json beside says which of them the project asks for.
import { parseYaml } from '../formats/yaml.ts'
import { mapOf, scalarOf, valueAt } from '../formats/yaml-value.ts'
import type { PackageGraph, PackageNode } from '../package-graph.ts'
import { folderOf } from '../paths.ts'
import { projectManifests, requirementsOf } from './npm-project.ts'
import { integrityOf, originOf, readNpmSpec } from './npm-spec.ts'
import type { Reader } from './reader.ts'
import { parseYarn } from './yarn-form.ts'

export const yarnLock: Reader = {
  ecosystem: 'npm',
  reads: (name) => name === 'yarn.lock',
  read({ path, text }, packages, unit) {
    const entries = /^__metadata:/m.test(text) ? berryEntries(text) : classicEntries(text)
    const ids = new RangeNames(entries)
    for (const manifest of projectManifests(unit, folderOf(path))) {
      for (const { name, spec, development } of requirementsOf(manifest)) {
        const id = ids.find(name, spec)
        if (id !== undefined) packages.require(id, { development })
      }
    }
    for (const entry of entries) addEntry(entry, ids, packages)
  },
}

interface YarnEntry {
  /** `name@range`, of all ranges that lead here. */
  patterns: readonly string[]
  node: PackageNode
  needs: readonly (readonly [name: string, range: string])[]
  isLocal: boolean
}

function addEntry(entry: YarnEntry, ids: RangeNames, packages: PackageGraph): void {
  const { patterns, node, needs, isLocal } = entry
  const dependsOn = needs.flatMap(([name, range]) => ids.find(name, range) ?? [])
  if (!isLocal) packages.add(patterns[0] ?? '', { ...node, dependsOn })
}

/** Finds the entry that a range leads to, by the first of its patterns. */
class RangeNames {
  readonly #byPattern = new Map<string, string>()
  /** null where a name has several entries. */
  readonly #byName = new Map<string, string | null>()

  constructor(entries: readonly YarnEntry[]) {
    for (const { patterns } of entries) {
      const id = patterns[0] ?? ''
      for (const pattern of patterns) this.#byPattern.set(pattern, id)
      const name = patternName(id)
      this.#byName.set(name, this.#byName.has(name) ? null : id)
    }
  }

  /** `resolutions` may lead elsewhere than a range says; then the only entry of the name is it. */
  find(name: string, range: string): string | undefined {
    return (
      this.#byPattern.get(`${name}@${range}`) ??
      this.#byPattern.get(`${name}@npm:${range}`) ??
      this.#byName.get(name) ??
      undefined
    )
  }
}

const patternName = (pattern: string) => pattern.slice(0, Math.max(pattern.indexOf('@', 1), 0))

function classicEntries(text: string): YarnEntry[] {
  return parseYarn(text).map(({ patterns, start, end, fields, needs }) => {
    const pattern = patterns[0] ?? ''
    const name = patternName(pattern)
    const { isLocal, ...meant } = readNpmSpec(name, pattern.slice(name.length + 1))
    const resolved = fields.get('resolved') ?? null
    const node = {
      name: meant.name,
      version: fields.get('version') ?? null,
      start,
      end,
      origin: originOf(resolved) ?? (resolved === null ? meant.origin : null),
      integrity: integrityOf(fields.get('integrity') ?? null),
    }
    return { patterns, node, needs, isLocal }
  })
}

function berryEntries(text: string): YarnEntry[] {
  const [document = ''] = parseYaml(text)
  return [...mapOf(document)].flatMap(([key, { start, value }]) => {
    if (key === '__metadata') return []
    const patterns = key.split(/,\s*/)
    const resolution = scalarOf(value, 'resolution') ?? patterns[0] ?? ''
    const name = patternName(resolution)
    const reference = resolution.slice(name.length + 1)
    const isRegistry = /^(?:npm|patch):/.test(reference)
    const node = {
      name,
      version: scalarOf(value, 'version'),
      start,
      end: start + patternName(key).length,
      origin: isRegistry ? null : reference,
    }
    const needs = ['dependencies', 'optionalDependencies'].flatMap((section) =>
      [...mapOf(valueAt(value, section))].map(
        ([needed, range]) => [needed, typeof range.value === 'string' ? range.value : ''] as const,
      ),
    )
    const isLocal = /^(?:workspace|link|portal):/.test(reference)
    return { patterns, node, needs, isLocal }
  })
}
