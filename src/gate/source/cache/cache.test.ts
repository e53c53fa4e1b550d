import { execFile } from 'node:child_process'
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import { buildScanner, settings } from '../fixtures/engine.ts'
import { temporaryFolder } from '../git/fixtures/repository.ts'
import { pruneCache, readCacheFile, writeCacheFile } from './file.ts'
import { openResultCache } from './results.ts'
import { openStampCache } from './stamps.ts'

const scanner = buildScanner(settings('/dev/null'))
const resultOf = (path: string, text: string) =>
  scanner.scanFile({ path, bytes: new Uint8Array(Buffer.from(text)) })
const blob = (digit: string) => digit.repeat(40)

async function filled(directory: string, digest = 'd1') {
  const cache = await openResultCache({ directory, digest })
  cache.set(blob('a'), resultOf('src/a.ts', 'SECRET\tone\u2028\nSECRET ignored'))
  cache.set(blob('b'), resultOf('src/a.ts', 'clean'))
  cache.set(blob('c'), resultOf('odd\n\t"name"', 'SECRET'))
  cache.set(blob('d'), resultOf('binary', '\0'))
  await cache.save()
  return cache
}

describe('ResultCache', () => {
  it('gives back what it was given, by path and content', async () => {
    const directory = temporaryFolder()
    await filled(directory)
    const cache = await openResultCache({ directory, digest: 'd1' })
    expect(cache.get('src/a.ts', blob('a'))).toEqual(
      resultOf('src/a.ts', 'SECRET\tone\u2028\nSECRET ignored'),
    )
    expect(cache.get('src/a.ts', blob('b'))).toEqual(resultOf('src/a.ts', 'clean'))
    expect(cache.get('odd\n\t"name"', blob('c'))?.findings).toHaveLength(1)
    expect(cache.get('binary', blob('d'))?.skipped).toBe('binary')
    expect(cache.get('src/b.ts', blob('a'))).toBe(null)
    expect(cache.get('src/a.ts', blob('c'))).toBe(null)
    expect(cache.known('src/a.ts').sort()).toEqual([blob('a'), blob('b')])
    const other = await openResultCache({ directory, digest: 'd2' })
    expect(other.get('src/a.ts', blob('a'))).toBe(null)
  })

  it('does not remember what another attempt could change', async () => {
    const directory = temporaryFolder()
    const cache = await openResultCache({ directory, digest: 'd1' })
    cache.set(blob('a'), resultOf('a', 'CUT'))
    cache.set(blob('b'), { ...resultOf('a', ''), skipped: 'unreadable' })
    await cache.save()
    expect(cache.known('a')).toEqual([])
    expect(readdirSync(directory)).toEqual([])
  })

  it('keeps no digest by which a password could be guessed', async () => {
    const directory = temporaryFolder()
    const cache = await openResultCache({ directory, digest: 'd1' })
    const result = resultOf('a', 'SECRET')
    for (const { fingerprints } of result.findings) {
      fingerprints.push({ algorithm: 'blind1', value: 'digest' })
    }
    cache.set(blob('a'), result)
    await cache.save()
    expect(cache.known('a')).toEqual([])
    expect(readdirSync(directory)).toEqual([])
  })

  it('is an empty one when its file is broken, and is made anew', async () => {
    const directory = temporaryFolder()
    await filled(directory)
    const [name = ''] = readdirSync(directory)
    const path = join(directory, name)
    const whole = readFileSync(path, 'utf8')
    const damages = [
      () => appendFileSync(path, 'x'),
      () => truncateSync(path, whole.length - 20),
      () => writeFileSync(path, whole.replace('src/a.ts', 'src/b.ts')),
      () => writeFileSync(path, ''),
      () => writeFileSync(path, Buffer.from([0xff, 0xfe, 0])),
    ]
    for (const damage of damages) {
      writeFileSync(path, whole)
      damage()
      const cache = await openResultCache({ directory, digest: 'd1' })
      expect(cache.known('src/a.ts')).toEqual([])
      await filled(directory)
      const again = await openResultCache({ directory, digest: 'd1' })
      expect(again.known('src/a.ts')).toHaveLength(2)
    }
  })

  it('keeps what others wrote meanwhile, and drops the unused first', async () => {
    const directory = temporaryFolder()
    const mine = await openResultCache({ directory, digest: 'd1', bytesMax: 160 })
    await filled(directory)
    mine.set(blob('e'), resultOf('mine', 'clean'))
    await mine.save()
    const cache = await openResultCache({ directory, digest: 'd1' })
    expect(cache.known('mine')).toEqual([blob('e')])
    const all = ['src/a.ts', 'odd\n\t"name"', 'binary'].flatMap((path) => cache.known(path))
    expect(all.length).toBeLessThan(4)
  })

  it('stays whole when many processes write at once', async () => {
    const directory = temporaryFolder()
    const program = join(import.meta.dirname, '..', 'fixtures', 'cache-writer.ts')
    const run = promisify(execFile)
    const writers = [1, 2, 3, 4].map((n) => run(process.execPath, [program, directory, `${n}`]))
    await Promise.all(writers)
    const files = readdirSync(directory)
    expect(files).toHaveLength(1)
    const cache = await openResultCache({ directory, digest: 'shared' })
    const kept = [1, 2, 3, 4].filter((n) => cache.known(`file-${n}`).length === 1)
    expect(kept.length).toBeGreaterThan(0)
  })

  it('lets a scan go on where it cannot write', async () => {
    const blocked = join(temporaryFolder(), 'file')
    writeFileSync(blocked, '')
    const cache = await filled(join(blocked, 'below'))
    expect(cache.known('src/a.ts')).toHaveLength(2)
  })
})

describe('StampCache', () => {
  it('knows a content by the very stamp only, and forgets files it did not see', async () => {
    const directory = temporaryFolder()
    const first = await openStampCache(directory, '/root')
    first.set('a', '1 2 3 4', blob('a'))
    first.set('tab\tname', '1 2 3 5', blob('b'))
    await first.save()
    const second = await openStampCache(directory, '/root')
    expect(second.get('a', '1 2 3 4')).toBe(blob('a'))
    expect(second.get('a', '1 2 3 9')).toBe(null)
    expect(second.get('gone', '1 2 3 4')).toBe(null)
    await second.save()
    const third = await openStampCache(directory, '/root')
    expect(third.get('a', '1 2 3 4')).toBe(blob('a'))
    expect(third.get('tab\tname', '1 2 3 5')).toBe(null)
    expect((await openStampCache(directory, '/other')).get('a', '1 2 3 4')).toBe(null)
  })
})

describe('pruneCache', () => {
  it('removes what was not used for longest, and what a crash left', async () => {
    const directory = temporaryFolder()
    for (const [i, name] of ['old', 'middle', 'new'].entries()) {
      await writeCacheFile(join(directory, name), ['x'.repeat(1000)])
      utimesSync(join(directory, name), 1_700_000_000 + i, 1_700_000_000 + i)
    }
    writeFileSync(join(directory, 'x.abc.tmp'), 'half')
    utimesSync(join(directory, 'x.abc.tmp'), 1_800_000_000, 1_500_000_000)
    writeFileSync(join(directory, 'y.abc.tmp'), 'being written')
    mkdirSync(join(directory, 'folder'))
    await pruneCache(directory, 2500)
    expect(readdirSync(directory).sort()).toEqual(['folder', 'middle', 'new', 'y.abc.tmp'])
    await pruneCache(join(directory, 'absent'))
    expect(existsSync(join(directory, 'absent'))).toBe(false)
  })
})

describe('writeCacheFile', () => {
  it('keeps its files to their owner', async () => {
    const directory = join(temporaryFolder(), 'made')
    await writeCacheFile(join(directory, 'f'), [])
    expect(await readCacheFile(join(directory, 'f'))).toEqual([])
    const { statSync } = await import('node:fs')
    expect(statSync(directory).mode & 0o777).toBe(0o700)
    expect(statSync(join(directory, 'f')).mode & 0o777).toBe(0o600)
  })
})
