import { describe, expect, it } from 'vitest'
import type { Language } from '../scanner/code/ir/ir.ts'
import { java } from '../scanner/code/java/frontend.ts'
import { javascript } from '../scanner/code/javascript/frontend.ts'
import { pythonFrontend } from '../scanner/code/python/frontend.ts'
import { languageOf, unprovedOf } from './unproved.ts'

const looked = (path: string, incomplete: string | null = null) => ({
  path,
  result: { path, findings: [], suppressed: [], skipped: null, incomplete },
})
const reaches: Record<string, string[]> = { 'a.js': ['b.js', 'c.js'], 'b.js': ['c.js'] }

describe('what is unproved', () => {
  it.each<[string, { cut?: string; lost?: Language[] }, string[]]>([
    ['nothing, where all was looked at', {}, []],
    ['all that a file leads to', { cut: 'a.js' }, ['a.js', 'b.js', 'c.js']],
    ['not what leads to it', { cut: 'b.js' }, ['b.js', 'c.js']],
    ['all of a language, where one may lead anywhere', { lost: ['java'] }, ['D.java']],
  ])('is %s', (_, { cut, lost = [] }, expected) => {
    const code = ['a.js', 'b.js', 'c.js', 'D.java'].map((path) =>
      looked(path, path === cut ? 'took longer' : null),
    )
    const found = unprovedOf(code, new Set(lost), (path) => reaches[path] ?? [])
    expect([...found]).toEqual(expected)
  })

  it('knows the endings of every language', () => {
    for (const { language, extensions } of [java, javascript, pythonFrontend]) {
      for (const ending of extensions) expect(languageOf(`a${ending}`), ending).toBe(language)
    }
    expect(languageOf('a.md')).toBe(null)
  })
})
