import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { makeRepository, temporaryFolder } from './fixtures/repository.ts'
import { parseIndex, trackedPaths } from './index-file.ts'

describe('trackedPaths', () => {
  const files = Object.fromEntries(
    ['a', 'a/b/c.ts', 'a/b/d.ts', 'ünï/cödé', 'ünï/cödf', `${'long/'.repeat(60)}x`, 'z']
      .filter((path) => path !== 'a')
      .map((path) => [path, path]),
  )

  it.each(['2', '3', '4'])('reads what git wrote in version %s', (version) => {
    const repository = makeRepository(files)
    repository.git('update-index', '--index-version', version)
    // Intent to add needs the longer flags of version 3.
    repository.write('later', 'x')
    repository.git('add', '--intent-to-add', 'later')
    const expected = repository.git('ls-files', '-z').split('\0').filter(Boolean)
    expect(expected).toHaveLength(7)
    expect(trackedPaths(join(repository.dir, '.git'))).toEqual(expected)
  })

  it('reads the longer hashes of a SHA-256 repository', () => {
    const repository = makeRepository()
    repository.git(
      '-c',
      'init.defaultBranch=main',
      'init',
      '--quiet',
      '--object-format=sha256',
      's',
    )
    repository.write('s/one', '1')
    repository.write('s/two/three', '1')
    repository.git('-C', 's', 'add', '.')
    expect(trackedPaths(join(repository.dir, 's/.git'))).toEqual(['one', 'two/three'])
  })

  it('answers null for what is missing or broken', () => {
    const dir = temporaryFolder()
    expect(trackedPaths(dir)).toBe(null)
    for (const content of [
      '',
      'DIRC',
      `DIRC${'\0'.repeat(3)}\x02\xff\xff\xff\xff`,
      'x'.repeat(99),
    ]) {
      writeFileSync(join(dir, 'index'), content, 'latin1')
      expect(trackedPaths(dir)).toBe(null)
    }
    expect(() => parseIndex(Buffer.from('PACK00000000'))).toThrow('not a git index')
  })
})
