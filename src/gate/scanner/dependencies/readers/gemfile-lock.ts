// Bundler's Gemfile.lock; the groups of the Gemfile beside say what is for development.
import { folderOf, joinPath, nameOf } from '../paths.ts'
import { gemGroups } from './gemfile.ts'
import type { Reader } from './reader.ts'

export const gemfileLock: Reader = {
  ecosystem: 'RubyGems',
  reads: (name) =>
    name === 'Gemfile.lock' || name === 'gems.locked' || /\.gemfile\.lock$/.test(name),
  read({ path, text }, packages, unit) {
    const manifest =
      nameOf(path) === 'gems.locked' ? 'gems.rb' : nameOf(path).replace(/\.lock$/, '')
    const gemfile = unit.get(joinPath(folderOf(path), manifest))
    const groups = gemfile === undefined ? null : unit.once(gemfile, gemGroups, new Map())
    const gems: Gem[] = []
    const sums = new Map<string, string>()
    const asked: string[] = []
    let section = ''
    let origin: string | null = null
    for (const { 0: line, index } of text.matchAll(/^[^\n]*\S/gm)) {
      packages.look()
      const indent = line.search(/\S/)
      const content = line.trim()
      if (indent === 0) {
        section = content
        origin = null
      } else if (section === 'DEPENDENCIES') asked.push(/^[^\s!(]+/.exec(content)?.[0] ?? '')
      else if (section === 'CHECKSUMS') addSum(sums, content)
      else if (indent === 2) origin = originFrom(section, content, origin)
      else if (indent === 4) {
        const gem = gemOf(content, index + indent, section === 'PATH' ? 'path' : origin)
        if (gem !== null) gems.push(gem)
      } else if (indent === 6) gems.at(-1)?.needs.push(/^\S+/.exec(content)?.[0] ?? '')
    }
    // The gem that the project itself is stands under PATH; what it needs is asked for directly.
    const own = new Map(gems.flatMap((gem) => (gem.origin === 'path' ? [[gem.name, gem]] : [])))
    for (const name of asked) {
      const development = groups?.get(name) ?? false
      for (const needed of own.get(name)?.needs ?? [name]) packages.require(needed, { development })
    }
    for (const { name, version, start, needs, origin } of gems) {
      if (own.has(name)) continue
      const end = start + name.length
      const integrity = sums.get(`${name} ${version}`) ?? null
      packages.add(name, { name, version, start, end, dependsOn: needs, integrity, origin })
    }
  },
}

interface Gem {
  name: string
  version: string
  start: number
  needs: string[]
  origin: string | null
}

function gemOf(content: string, start: number, origin: string | null): Gem | null {
  const [, name, full] = /^(\S+) \(([^()]+)\)$/.exec(content) ?? []
  if (name === undefined || full === undefined) return null
  // `1.15.0-x86_64-linux` is built for a platform.
  const version = full.replace(/-.*$/, '')
  return { name, version, start, needs: [], origin }
}

/** From `remote:` and `revision:`, which stand in either order. */
function originFrom(section: string, content: string, known: string | null): string | null {
  if (section !== 'GIT') return known
  const [, field, value] = /^(remote|revision): (\S+)$/.exec(content) ?? []
  if (field === 'remote') return `git+${value}${known ?? ''}`
  return field === 'revision' ? `${known ?? ''}#${value}` : known
}

function addSum(sums: Map<string, string>, content: string): void {
  const [, name, version, hash] = /^(\S+) \(([^()]+)\) sha256=([\da-f]+)/.exec(content) ?? []
  // Of several platforms none is the gem's.
  if (name === undefined || version?.includes('-')) return
  sums.set(`${name} ${version}`, `sha256:${hash}`)
}
