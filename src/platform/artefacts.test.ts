import { type ChildProcess, spawn } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { ArtefactMissing, type Artefacts, ArtefactTooLarge, createArtefacts } from './artefacts.ts'

let directory: string
let artefacts: Artefacts
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'panthera-artefacts-'))
  artefacts = createArtefacts(join(directory, 'store'))
})
afterEach(() => rm(directory, { recursive: true, force: true }))

const limits = { bytesMax: 1_000_000 }
const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex')

/** Every file of the store, relative to it. */
async function files(): Promise<string[]> {
  const entries = await readdir(join(directory, 'store'), { recursive: true, withFileTypes: true })
  return entries.filter((entry) => entry.isFile()).map((entry) => entry.name)
}

describe('put', () => {
  it('stores bytes under their SHA-256, readable by the owner only', async () => {
    const bytes = Buffer.from('abc')
    const name = 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad'
    expect(await artefacts.put(bytes, limits)).toEqual({ sha256: name, bytes: 3 })
    expect(artefacts.path(name)).toBe(join(directory, 'store', 'ba', name))
    expect(await readFile(artefacts.path(name))).toEqual(bytes)
    expect((await stat(artefacts.path(name))).mode & 0o777).toBe(0o600)
    expect((await stat(join(directory, 'store'))).mode & 0o777).toBe(0o700)
    expect((await stat(join(directory, 'store', 'ba'))).mode & 0o777).toBe(0o700)
    expect(await files()).toEqual([name])
  })

  it('stores a stream, an iterable and nothing at all', async () => {
    const bytes = randomBytes(300_000)
    const chunks = Array.from({ length: 30 }, (_, at) =>
      bytes.subarray(at * 10_000, at * 10_000 + 10_000),
    )
    const expected = { sha256: sha256(bytes), bytes: bytes.length }
    expect(await artefacts.put(Readable.from(chunks), limits)).toEqual(expected)
    expect(await artefacts.put(chunks, limits)).toEqual(expected)
    expect(await readFile(artefacts.path(expected.sha256))).toEqual(bytes)
    expect(await artefacts.put(new Uint8Array(), limits)).toEqual({
      sha256: sha256(Buffer.alloc(0)),
      bytes: 0,
    })
  })

  it('stores the same content once, also when many store it at a time', async () => {
    const bytes = randomBytes(50_000)
    const stored = await Promise.all(Array.from({ length: 10 }, () => artefacts.put(bytes, limits)))
    expect(new Set(stored.map((artefact) => artefact.sha256))).toEqual(new Set([sha256(bytes)]))
    expect(await files()).toEqual([sha256(bytes)])
    expect(await readFile(artefacts.path(sha256(bytes)))).toEqual(bytes)
  })

  it('heals a copy that was damaged on disk', async () => {
    const bytes = randomBytes(1000)
    const { sha256: name } = await artefacts.put(bytes, limits)
    await writeFile(artefacts.path(name), 'damaged')
    await artefacts.put(bytes, limits)
    expect(await readFile(artefacts.path(name))).toEqual(bytes)
  })

  it('accepts exactly the limit, refuses one byte more, and stops its source', async () => {
    await expect(artefacts.put(new Uint8Array(1000), { bytesMax: 1000 })).resolves.toMatchObject({
      bytes: 1000,
    })
    const source = Readable.from(Array.from({ length: 100 }, () => Buffer.alloc(11)))
    const error: unknown = await artefacts.put(source, { bytesMax: 1000 }).catch((thrown) => thrown)
    expect(error).toBeInstanceOf(ArtefactTooLarge)
    expect(error).toMatchObject({ code: 'artefact_too_large', bytesMax: 1000 })
    expect(source.destroyed).toBe(true)
    expect(await files()).toEqual([sha256(new Uint8Array(1000))])
  })

  it('passes on the error of a source and leaves nothing', async () => {
    const failing = async function* () {
      yield Buffer.from('first')
      throw new Error('the upload broke off')
    }
    await expect(artefacts.put(failing(), limits)).rejects.toThrow('the upload broke off')
    const texts = Readable.from(['text']) as unknown as AsyncIterable<Uint8Array>
    await expect(artefacts.put(texts, limits)).rejects.toThrow('made of bytes')
    expect(await files()).toEqual([])
  })
})

describe('open and delete', () => {
  it('reads what was put, until it is deleted', async () => {
    const bytes = randomBytes(1000)
    const { sha256: name } = await artefacts.put(bytes, limits)
    const handle = await artefacts.open(name)
    expect(await handle.readFile()).toEqual(bytes)
    await handle.close()
    expect(await artefacts.delete(name)).toBe(true)
    expect(await artefacts.delete(name)).toBe(false)
    const error: unknown = await artefacts.open(name).catch((thrown) => thrown)
    expect(error).toBeInstanceOf(ArtefactMissing)
    expect(error).toMatchObject({ code: 'artefact_missing', sha256: name })
  })

  it('takes nothing but a digest for a name', async () => {
    const names = ['', '../../etc/passwd', 'A'.repeat(64), `${'a'.repeat(64)}\n`, 'a'.repeat(63)]
    for (const name of names) {
      expect(() => artefacts.path(name)).toThrow('64 lower-case hex digits')
      await expect(artefacts.open(name)).rejects.toThrow(TypeError)
      await expect(artefacts.delete(name)).rejects.toThrow(TypeError)
    }
  })
})

describe('a writer that is killed', () => {
  const module = new URL('./artefacts.ts', import.meta.url).href

  /** Feeds half of an artefact to the store in another process, and resolves when it is written. */
  async function startWriter(): Promise<ChildProcess> {
    const script = `
      import { createArtefacts } from ${JSON.stringify(module)}
      const half = async function* () {
        yield Buffer.alloc(100000, 7)
        process.stdout.write('half')
        await new Promise((resolve) => setInterval(resolve, 1000000))
      }
      await createArtefacts(process.argv[1]).put(half(), { bytesMax: 1000000 })
    `
    const args = ['--input-type=module', '-e', script, join(directory, 'store')]
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] })
    await once(child.stdout as Readable, 'data')
    return child
  }

  it('leaves no artefact, and a leftover that is swept once it is old enough', async () => {
    const child = await startWriter()
    const dead = once(child, 'exit')
    child.kill('SIGKILL')
    await dead
    expect(await files()).toHaveLength(1)
    expect(await readdir(join(directory, 'store'))).toEqual(['incoming'])

    const now = Date.now()
    expect(await artefacts.sweep({ olderThanMs: 60_000, now })).toBe(0)
    expect(await artefacts.sweep({ olderThanMs: 60_000, now: now + 120_000 })).toBe(1)
    expect(await files()).toEqual([])
  })

  it('has nothing to sweep before the first artefact', async () => {
    expect(await artefacts.sweep({ olderThanMs: 0, now: Date.now() })).toBe(0)
  })
})
