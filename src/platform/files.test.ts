import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createExclusive, isErrno, privateDirectory, syncDirectory, writeAtomic } from './files.ts'

let directory: string
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'panthera-files-'))
})
afterEach(() => rm(directory, { recursive: true, force: true }))

const permissions = async (path: string) => (await stat(path)).mode & 0o777

describe('writeAtomic', () => {
  it('creates a file that only its owner reads, and leaves nothing beside it', async () => {
    await writeAtomic(join(directory, 'a.json'), '{"a":1}')
    expect(await readFile(join(directory, 'a.json'), 'utf8')).toBe('{"a":1}')
    expect(await permissions(join(directory, 'a.json'))).toBe(0o600)
    expect(await readdir(directory)).toEqual(['a.json'])
  })

  it('replaces the content and the permissions', async () => {
    const path = join(directory, 'a')
    await writeFile(path, 'old and longer', { mode: 0o644 })
    await writeAtomic(path, new Uint8Array([110, 101, 119]), { mode: 0o640 })
    expect(await readFile(path, 'utf8')).toBe('new')
    expect(await permissions(path)).toBe(0o640)
  })

  it('keeps the old file and cleans up when it cannot be published', async () => {
    const path = join(directory, 'taken')
    await mkdir(join(path, 'inside'), { recursive: true })
    await expect(writeAtomic(path, 'x')).rejects.toThrow()
    expect(await readdir(directory)).toEqual(['taken'])
  })

  it('shows a reader the old or the new content while others write', async () => {
    const path = join(directory, 'shared')
    const contents = ['a', 'b', 'c', 'd'].map((letter) => letter.repeat(200_000))
    await writeAtomic(path, contents[0] ?? '')
    const writers = contents.map((content) => writeAtomic(path, content))
    for (let round = 0; round < 20; round += 1) {
      expect(contents).toContain(await readFile(path, 'utf8'))
    }
    await Promise.all(writers)
    expect(contents).toContain(await readFile(path, 'utf8'))
    expect(await readdir(directory)).toEqual(['shared'])
  })

  it('writes a file whose name is as long as a file system takes', async () => {
    const name = 'n'.repeat(255)
    await writeAtomic(join(directory, name), 'x')
    expect(await readdir(directory)).toEqual([name])
  })
})

describe('createExclusive', () => {
  it('lets exactly one of many win, and the winner be complete', async () => {
    const path = join(directory, 'key')
    const contents = Array.from({ length: 12 }, (_, at) => `${at}`.repeat(1000))
    const won = await Promise.all(contents.map((content) => createExclusive(path, content)))
    expect(won.filter(Boolean)).toHaveLength(1)
    expect(await readFile(path, 'utf8')).toBe(contents[won.indexOf(true)])
    expect(await permissions(path)).toBe(0o600)
    expect(await readdir(directory)).toEqual(['key'])
  })

  it('says why when the directory is missing', async () => {
    await expect(createExclusive(join(directory, 'no', 'key'), 'x')).rejects.toThrow('ENOENT')
  })
})

describe('privateDirectory', () => {
  it('makes every missing parent private', async () => {
    await privateDirectory(join(directory, 'a', 'b', 'c'))
    for (const path of ['a', 'a/b', 'a/b/c']) {
      expect(await permissions(join(directory, path))).toBe(0o700)
    }
  })

  it('leaves the permissions of an existing directory alone', async () => {
    const path = join(directory, 'mounted')
    await mkdir(path)
    await chmod(path, 0o755)
    await privateDirectory(path)
    expect(await permissions(path)).toBe(0o755)
  })

  it('refuses a path that is a file', async () => {
    await writeFile(join(directory, 'file'), '')
    await expect(privateDirectory(join(directory, 'file'))).rejects.toThrow('EEXIST')
  })
})

describe('syncDirectory and isErrno', () => {
  it('fails on a directory that is not there, by its name', async () => {
    const error: unknown = await syncDirectory(join(directory, 'no')).catch((thrown) => thrown)
    expect(isErrno(error, 'ENOENT')).toBe(true)
    expect(isErrno(error, 'EEXIST')).toBe(false)
    expect(isErrno({ code: 'ENOENT' }, 'ENOENT')).toBe(false)
  })
})
