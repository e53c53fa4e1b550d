import { randomBytes } from 'node:crypto'
import { chmod, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { InvalidMasterKey, loadMasterKey, parseMasterKey } from './master-key.ts'

describe('parseMasterKey', () => {
  it('reads base64 of 32 bytes, padded or not, with white space around', () => {
    const key = randomBytes(32)
    const text = key.toString('base64')
    for (const form of [text, text.slice(0, -1), ` ${text}\n`]) {
      expect(parseMasterKey(form, 'PANTHERA_MASTER_KEY')).toEqual(key)
    }
  })

  const wrong: [string, string][] = [
    ['', 'the key is empty'],
    ['   ', 'the key is empty'],
    [randomBytes(16).toString('base64'), 'the key has 16 bytes'],
    [randomBytes(33).toString('base64'), 'the key has 33 bytes'],
    [Buffer.alloc(32, 255).toString('base64url'), 'the key is not base64'],
    [`${Buffer.alloc(32).toString('base64').slice(0, -2)}B=`, 'the key is not base64'],
    ['correct horse battery staple', 'the key is not base64'],
    ['0'.repeat(64), 'the key has 48 bytes'],
  ]
  it.each(wrong)('refuses %j', (text, message) => {
    const parse = () => parseMasterKey(text, 'PANTHERA_MASTER_KEY')
    expect(parse).toThrow(InvalidMasterKey)
    expect(parse).toThrow(`PANTHERA_MASTER_KEY: ${message}; accepted is base64 of exactly 32 bytes`)
  })

  it('never repeats the key in the message', () => {
    const key = `${randomBytes(32).toString('base64')}!`
    expect(() => parseMasterKey(key, 'X')).not.toThrow(key.slice(0, 12))
  })
})

describe('loadMasterKey', () => {
  let directory: string
  let path: string
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'panthera-key-'))
    path = join(directory, 'master.key')
  })
  afterEach(() => rm(directory, { recursive: true, force: true }))

  it('creates a private file once and reads it ever after', async () => {
    const key = await loadMasterKey(path)
    expect(key).toHaveLength(32)
    expect((await stat(path)).mode & 0o777).toBe(0o600)
    expect(await readFile(path, 'utf8')).toBe(`${key.toString('base64')}\n`)
    expect(await loadMasterKey(path)).toEqual(key)
  })

  it('gives all that start at once the same key', async () => {
    const keys = await Promise.all(Array.from({ length: 10 }, () => loadMasterKey(path)))
    for (const key of keys) expect(key).toEqual(keys[0])
  })

  it('refuses a damaged file instead of replacing it', async () => {
    await writeFile(path, 'c2hvcnQ=\n', { mode: 0o600 })
    await expect(loadMasterKey(path)).rejects.toThrow(`${path}: the key has 5 bytes`)
    await writeFile(path, 'x'.repeat(2000))
    await expect(loadMasterKey(path)).rejects.toThrow('the file has 2000 bytes')
    expect(await readFile(path, 'utf8')).toHaveLength(2000)
  })

  it('refuses a file that the world may read, and says how to close it', async () => {
    await loadMasterKey(path)
    await chmod(path, 0o644)
    await expect(loadMasterKey(path)).rejects.toThrow(`chmod 600 ${path}`)
    await chmod(path, 0o640)
    await expect(loadMasterKey(path)).resolves.toHaveLength(32)
  })
})
