// go.mod: since Go 1.17 it names every module of the build; before, go.sum fills in the rest.

import type { PackageNode } from '../package-graph.ts'
import { folderOf, joinPath } from '../paths.ts'
import { orderOf } from '../versions/order.ts'
import { type GoDirective, goDirectives } from './go-form.ts'
import type { Reader } from './reader.ts'

export const goMod: Reader = {
  ecosystem: 'Go',
  reads: (name) => name === 'go.mod',
  read({ text }, packages) {
    const directives = goDirectives(text)
    const replaced = replacements(directives)
    const excluded = new Set(
      directives.flatMap(({ verb, words }) =>
        verb === 'exclude' ? words.slice(0, 2).join('@') : [],
      ),
    )
    for (const { verb, words, comment, start } of directives) {
      const [module = '', version = ''] = words
      if (verb !== 'require' || version === '' || excluded.has(`${module}@${version}`)) continue
      const meant = replacedBy(module, version, replaced)
      const direct = !/(?:^|;)\s*indirect\b/.test(comment)
      const place = { start, end: start + module.length }
      if (meant !== null) packages.add(meant.name, { ...meant, ...place, direct })
    }
    const standard = standardLibrary(directives)
    if (standard !== null) packages.add('stdlib', standard)
  },
}

/** Only of interest beside a go.mod that does not name all modules. */
export const goSum: Reader = {
  ecosystem: 'Go',
  reads: (name) => name === 'go.sum',
  read({ path, text }, packages, unit) {
    const manifest = unit.get(joinPath(folderOf(path), 'go.mod'))
    const directives = manifest === undefined ? [] : goDirectives(manifest.text)
    if (manifest === undefined || isComplete(directives)) return
    const replaced = replacements(directives)
    const known = new Set(
      directives.flatMap(({ verb, words }) => (verb === 'require' ? (words[0] ?? []) : [])),
    )
    for (const [module, { version, start }] of latestOf(text)) {
      const meant = known.has(module) ? null : replacedBy(module, version, replaced)
      const place = { start, end: start + module.length }
      if (meant !== null) packages.add(meant.name, { ...meant, ...place, direct: false })
    }
  },
}

interface Replacement {
  /** null for a folder of the project. */
  module: string | null
  version: string
}

/** By `module@version`, or by `module` for all versions. */
function replacements(directives: readonly GoDirective[]): ReadonlyMap<string, Replacement> {
  const found = new Map<string, Replacement>()
  for (const { verb, words } of directives) {
    const arrow = words.indexOf('=>')
    if (verb !== 'replace' || arrow < 1) continue
    const [module = '', version = ''] = words.slice(arrow + 1)
    const key = words.slice(0, Math.min(arrow, 2)).join('@')
    found.set(key, { module: version === '' ? null : module, version })
  }
  return found
}

function replacedBy(
  module: string,
  version: string,
  replaced: ReadonlyMap<string, Replacement>,
): { name: string; version: string } | null {
  const found = replaced.get(`${module}@${version}`) ?? replaced.get(module)
  if (found === undefined) return { name: module, version }
  return found.module === null ? null : { name: found.module, version: found.version }
}

/**
 * The standard library is a package with versions, and advisories, of its own. A full version of
 * Go, or a toolchain, says which one is built with at least; `go 1.20` only names a language.
 */
function standardLibrary(directives: readonly GoDirective[]): PackageNode | null {
  const of = (verb: string) => directives.find((directive) => directive.verb === verb)
  const [toolchain, language] = [of('toolchain'), of('go')]
  const named = /^go(\d+\.\d+(?:\.\d+|(?:rc|beta)\d+))/.exec(toolchain?.words[0] ?? '')?.[1]
  const directive = named === undefined ? language : toolchain
  const text = named ?? language?.words[0]
  if (directive === undefined || text === undefined) return null
  const [, release, phase, number] = /^(\d+\.\d+(?:\.\d+)?)(?:(rc|beta)(\d+))?$/.exec(text) ?? []
  if (release === undefined) return null
  const full = release.split('.').length === 2 ? `${release}.0` : release
  const isExact = phase !== undefined || full === release
  return {
    name: 'stdlib',
    version: isExact ? full + (phase === undefined ? '' : `-${phase}.${number}`) : null,
    range: `>=${release}`,
    start: directive.start,
    end: directive.start + (directive.words[0] ?? '').length,
    direct: true,
  }
}

function isComplete(directives: readonly GoDirective[]): boolean {
  const language = directives.find(({ verb }) => verb === 'go')?.words[0] ?? '1.16'
  return orderOf('Go').compare(language, '1.17') >= 0
}

/** The newest of each module whose content was fetched: about what the build chose. */
function latestOf(sums: string): Map<string, { version: string; start: number }> {
  const { compare } = orderOf('Go')
  const latest = new Map<string, { version: string; start: number }>()
  for (const { 1: module = '', 2: version = '', index } of sums.matchAll(/^(\S+) (v\S+) h1:/gm)) {
    if (version.endsWith('/go.mod')) continue
    const known = latest.get(module)
    if (known !== undefined && compare(version, known.version) <= 0) continue
    latest.set(module, { version, start: index })
  }
  return latest
}
