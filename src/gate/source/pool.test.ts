import { mkdirSync, readFileSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { describe, expect, it, onTestFinished } from 'vitest'
import { engine, settings } from './fixtures/engine.ts'
import { temporaryFolder } from './git/fixtures/repository.ts'
import { type Batch, ScanPool } from './pool.ts'

function makePool({ version = '1', hangMs = 500 } = {}) {
  const log = join(temporaryFolder(), 'log')
  writeFileSync(log, '')
  const scanners = [settings(log, version)]
  const pool = new ScanPool({ engine, scanners, workers: 1, hangMs, heapMbMax: 64 })
  onTestFinished(() => pool.close())
  return { pool, scanned: () => readFileSync(log, 'utf8').trim().split('\n') }
}

const bytesOf = (text: string) => new Uint8Array(Buffer.from(text))

function batchOf(contents: Record<string, string>): Batch {
  return {
    scanner: 0,
    root: null,
    limits: { fileBytesMax: 1 << 20, manifestBytesMax: 1 << 20 },
    name: true,
    files: Object.keys(contents).map((path) => ({ path, known: [], blob: null })),
    load: async (files) => files.map(({ path }) => bytesOf(contents[path] ?? '')),
  }
}

const folderBatch = (root: string, paths: string[], known: string[] = []): Batch => ({
  scanner: 0,
  root,
  limits: { fileBytesMax: 100, manifestBytesMax: 100 },
  name: true,
  files: paths.map((path) => ({ path, known, blob: null })),
})

describe('ScanPool', () => {
  it('answers in the order of the files, with findings, bytes and git names', async () => {
    const { pool } = makePool()
    const outcomes = await pool.scan(batchOf({ b: 'abc', a: 'x\nSECRET one\n', c: '' }))
    expect(outcomes.map(({ result, bytes }) => [result?.path, bytes])).toEqual([
      ['b', 3],
      ['a', 13],
      ['c', 0],
    ])
    expect(outcomes[0]?.blob).toBe('f2ba8f84ab5c1bce84a7b441cb1959cfc7093b7f')
    expect(outcomes[1]?.result?.findings).toMatchObject([
      { title: 'SECRET one', location: { line: 2 } },
    ])
    expect(outcomes[2]?.blob).toBe('e69de29bb2d1d6434b8b29ae775ad8c2e48c5391')
  })

  it('loses a file that hangs, throws or kills its worker, and nothing else', async () => {
    const { pool } = makePool()
    const outcomes = await pool.scan(
      batchOf({
        a: 'SECRET a',
        h: 'HANG',
        b: 'SECRET b',
        x: 'EXIT',
        k: 'CRASH',
        t: 'THROW SECRET',
        c: 'SECRET c',
      }),
    )
    expect(outcomes.map(({ result }) => result?.incomplete)).toEqual([
      null,
      'the file took longer than 500 ms',
      null,
      'the file ended its worker',
      'the file ended its worker',
      expect.stringMatching(/^the scanner failed: TypeError in engine\.ts:\d+$/),
      null,
    ])
    expect(outcomes.flatMap(({ result }) => result?.findings.map(({ title }) => title))).toEqual([
      'SECRET a',
      'SECRET b',
      'SECRET c',
    ])
  })

  it('survives a file that eats the memory of its worker', async () => {
    const { pool } = makePool({ hangMs: 60_000 })
    const outcomes = await pool.scan(batchOf({ a: 'HEAP', b: 'SECRET b' }))
    expect(outcomes[0]?.result?.incomplete).toBe('the file needed too much memory')
    expect(outcomes[1]?.result?.findings).toHaveLength(1)
  })

  it('does not scan a content that is known', async () => {
    const { pool, scanned } = makePool()
    const batch = batchOf({ a: 'abc', b: 'other' })
    const known = ['f2ba8f84ab5c1bce84a7b441cb1959cfc7093b7f']
    const outcomes = await pool.scan({
      ...batch,
      files: batch.files.map((file) => ({ ...file, known })),
    })
    expect(outcomes.map(({ result }) => result?.path ?? null)).toEqual([null, 'b'])
    expect(scanned()).toEqual(['b'])
  })

  it('reads files itself, and says which could not be read', async () => {
    const { pool } = makePool()
    const root = temporaryFolder()
    writeFileSync(join(root, 'old'), 'SECRET')
    utimesSync(join(root, 'old'), 1_000_000_000, 1_000_000_000)
    writeFileSync(join(root, 'large'), 'x'.repeat(101))
    writeFileSync(join(root, 'full'), 'x'.repeat(100))
    mkdirSync(join(root, 'folder'))
    symlinkSync('/etc/passwd', join(root, 'link'))
    const outcomes = await pool.scan(
      folderBatch(root, ['old', 'large', 'full', 'folder', 'link', 'gone', 'a\0b']),
    )
    expect(outcomes.map(({ result }) => result?.skipped)).toEqual([
      null,
      'too-large',
      null,
      'unreadable',
      'unreadable',
      'unreadable',
      'unreadable',
    ])
    expect(outcomes[0]?.result?.findings).toHaveLength(1)
    expect(outcomes[2]?.bytes).toBe(100)
    // Its inode changed just now, when it was made: such a stamp proves nothing yet.
    expect(outcomes[0]?.stamp).toBe(null)
  })

  it('stops at once when it is told to, even in the middle of a file', async () => {
    const { pool, scanned } = makePool({ hangMs: 600_000 })
    const controller = new AbortController()
    const reason = new Error('enough')
    const scanning = pool.scan(batchOf({ a: 'HANG' }), controller.signal)
    const refused = expect(scanning).rejects.toBe(reason)
    while (scanned()[0] !== 'a') await setImmediate()
    controller.abort(reason)
    await refused
    await expect(pool.scan(batchOf({ a: '' }), controller.signal)).rejects.toBe(reason)
    expect((await pool.scan(batchOf({ a: 'SECRET' })))[0]?.result?.findings).toHaveLength(1)
  })

  it('fails as a whole when the engine does not load', async () => {
    const { pool } = makePool({ version: 'broken' })
    await expect(pool.scan(batchOf({ a: '' }))).rejects.toThrow('the rules are broken')
  })
})
