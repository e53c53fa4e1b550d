import { describe, expect, it } from 'vitest'
import { makeRepository } from './git/fixtures/repository.ts'
import { OtherLanguages } from './other-languages.ts'
import { scanFolder } from './scan-folder.ts'

describe('languages without rules', () => {
  it('are named with their files, the most frequent first', () => {
    const met = new OtherLanguages()
    expect(met.note()).toBeNull()
    for (const path of ['a.ts', 'x/a.php', 'main.go', 'b.GO', 'README.md']) met.meet(path)
    expect(met.note()).toBe(
      'no rules for code in Go (2 files), PHP (1 file): only secrets were looked for there',
    )
  })

  it('are told by a scan that looks at code, and by no other', async () => {
    const { dir } = makeRepository({ 'main.go': 'package main\n', 'a.js': 'a()\n' })
    const notes = async (code: boolean) => {
      const engines = { secrets: true, code, dependencies: false, infrastructure: false }
      return (await scanFolder({ root: dir, fingerprintKey: null, engines })).notes
    }
    expect(await notes(true)).toEqual([expect.stringContaining('Go (1 file)')])
    expect(await notes(false)).toEqual([])
  })
})
