// The Gemfile: Ruby, of which only `group … do` and `gem …, group: …` are understood.

import type { ProjectFile } from '../unit-files.ts'
import type { Reader } from './reader.ts'

/** Belongs to its lock file, whose reader looks into it. */
export const gemfile: Reader = {
  ecosystem: 'RubyGems',
  reads: (name) => name === 'Gemfile' || name === 'gems.rb' || /\.gemfile$/.test(name),
}

/** Per gem, whether it is for development only. */
export function gemGroups({ text }: Pick<ProjectFile, 'text'>): ReadonlyMap<string, boolean> {
  const gems = new Map<string, boolean>()
  // One entry per open block; null for blocks that are no groups.
  const blocks: (boolean | null)[] = []
  for (const [line] of text.matchAll(/^[^\n]+/gm)) {
    const code = line.replace(/(?:^|\s)#.*$/, '').trim()
    const [, name] = /^gem[\s(]+["']([^"']+)["']/.exec(code) ?? []
    if (name !== undefined) {
      const groups = /(?::groups?\s*=>|\bgroups?:)\s*(\[[^\]]*\]|:\w+|["']\w+["'])/.exec(code)?.[1]
      const own = groups === undefined ? null : areForDevelopment(groups)
      const development = own ?? blocks.findLast((block) => block !== null) ?? false
      gems.set(name, development && (gems.get(name) ?? true))
    }
    if (/\bdo(?:\s*\|[^|]*\|)?$/.test(code)) {
      blocks.push(/^group\b/.test(code) ? areForDevelopment(code) : null)
    } else if (/^(?:if|unless|case|begin|while|def|class|module)\b/.test(code)) blocks.push(null)
    else if (/^end\b/.test(code)) blocks.pop()
  }
  return gems
}

function areForDevelopment(code: string): boolean {
  const names = code.match(/(?<=:|["'])[a-z_]\w*(?=\W|$)/gi) ?? []
  return names.length > 0 && names.every((name) => /^(?:dev|test|lint|doc|ci|rubocop)/i.test(name))
}
