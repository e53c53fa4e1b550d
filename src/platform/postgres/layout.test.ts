import {
  mkdirSync,
  mkdtempSync,
  realpathSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { openLayout } from './layout.ts'

describe('openLayout', () => {
  it('creates private folders and keeps the name of the mutex', async () => {
    const dataDir = join(newFolder(), 'data')
    const layout = await openLayout(dataDir)
    expect(statSync(dataDir).mode & 0o777).toBe(0o700)
    expect(statSync(layout.root).mode & 0o777).toBe(0o700)
    expect(statSync(join(layout.root, 'id')).mode & 0o777).toBe(0o600)
    expect(await openLayout(dataDir)).toEqual(layout)
  })

  it('sees one directory behind relative paths and links, and another in another', async () => {
    const folder = newFolder()
    const layout = await openLayout(join(folder, 'data'))
    symlinkSync(join(folder, 'data'), join(folder, 'link'))
    expect(await openLayout(join(folder, 'link'))).toEqual(layout)
    expect(await openLayout(relative(process.cwd(), join(folder, 'data')))).toEqual(layout)
    const other = await openLayout(join(folder, 'other'))
    expect(other.mutexName).not.toBe(layout.mutexName)
  })

  it('keeps the socket inside while its path fits, and else in a short folder', async () => {
    const folder = newFolder()
    // `/postgres/run/.s.PGSQL.5432` follows.
    const longest = join(folder, 'd'.repeat(107 - 27 - folder.length - 1))
    expect((await openLayout(longest)).socketDirectory).toBe(join(longest, 'postgres/run'))
    const { socketDirectory } = await openLayout(`${longest}d`)
    expect(socketDirectory).toMatch(/^\/tmp\/panthera-[0-9a-f]{24}$/)
    expect((await openLayout(`${longest}d`)).socketDirectory).toBe(socketDirectory)
    expect((await openLayout(`${longest}dd`)).socketDirectory).not.toBe(socketDirectory)
  })

  it('says why a data directory cannot be used', async () => {
    const folder = newFolder()
    writeFileSync(join(folder, 'file'), '')
    await expect(openLayout(join(folder, 'file'))).rejects.toMatchObject({
      code: 'postgres_data_dir_unusable',
      message: expect.stringContaining(join(folder, 'file')),
    })
    await expect(openLayout(join(folder, 'two\nlines'))).rejects.toThrow('control character')
    mkdirSync(join(folder, 'odd/postgres'), { recursive: true })
    writeFileSync(join(folder, 'odd/postgres/id'), 'x')
    await expect(openLayout(join(folder, 'odd'))).rejects.toThrow('32 hexadecimal digits')
  })
})

function newFolder(): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'panthera-layout-')))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}
