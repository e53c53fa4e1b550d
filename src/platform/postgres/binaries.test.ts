import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { findInstallations, type Installation, linkLibraries, placeBinaries } from './binaries.ts'
import { chooseRunAs } from './run-as.ts'

describe('findInstallations', () => {
  it('offers the package first, and nothing older than 15', async () => {
    const installations = await findInstallations()
    expect(installations[0]).toMatchObject({ source: 'embedded', major: 18 })
    expect(installations.every(({ major }) => major >= 15)).toBe(true)
    for (const { source, version, major } of installations.slice(1)) {
      expect(source).toBe('system')
      expect(version).toMatch(new RegExp(`^${major}\\.\\d+$`))
    }
  })
})

describe('placeBinaries', () => {
  it('makes a private copy that runs, under its name only when it is kept', async () => {
    const root = newFolder()
    const [embedded] = await findInstallations()
    if (embedded === undefined) throw new Error('the package is not installed')
    const runAs = await chooseRunAs({ dataDir: root, root }, null)
    const placed = placeBinaries(embedded, root, runAs)
    expect(readdirSync(root)).toEqual([expect.stringContaining(`${embedded.version}.new-`)])
    const result = await runAs.run(join(placed.bin, 'postgres'), ['-V'], { timeoutMs: 10_000 })
    expect(result).toEqual({ ok: true, output: expect.stringContaining('(PostgreSQL) 18') })

    const bin = await placed.keep()
    placed.discard()
    expect(bin).toBe(join(root, embedded.version, 'bin'))
    expect(readdirSync(root)).toEqual([embedded.version])
    expect(statSync(join(root, embedded.version)).mode & 0o777).toBe(0o700)
    expect(placeBinaries(embedded, root, runAs).bin).toBe(bin)
  })

  it('leaves nothing of a copy that is not kept', async () => {
    const root = newFolder()
    const placed = placeBinaries(
      newPackage(),
      root,
      await chooseRunAs({ dataDir: root, root }, null),
    )
    expect(existsSync(join(placed.bin, 'postgres'))).toBe(true)
    placed.discard()
    expect(readdirSync(root)).toEqual([])
  })

  it('replaces a copy that lacks its programs', async () => {
    const root = newFolder()
    const installation = newPackage()
    mkdirSync(join(root, installation.version, 'left'), { recursive: true })
    await placeBinaries(installation, root, await chooseRunAs({ dataDir: root, root }, null)).keep()
    expect(readdirSync(join(root, installation.version)).sort()).toEqual([
      'bin',
      'lib',
      'pg-symlinks.json',
    ])
  })
})

describe('linkLibraries', () => {
  it('recreates links that install scripts would have made', async () => {
    const { home } = newPackage([
      { source: 'native/lib/liba.so.1.2', target: 'native/lib/liba.so' },
    ])
    linkLibraries(home, home)
    linkLibraries(home, home)
    const link = join(home, 'lib', 'liba.so')
    expect(lstatSync(link).isSymbolicLink()).toBe(true)
    expect(readlinkSync(link)).toBe('liba.so.1.2')
    expect(readFileSync(link, 'utf8')).toBe('library')
  })

  it.each([
    [{ source: 'native/lib/liba.so.1.2', target: '../../outside.so' }],
    [{ source: 'native/../../etc/passwd', target: 'native/lib/liba.so' }],
    [{ source: 'native/lib/liba.so.1.2', target: 'native/bin/liba.so' }],
  ])('refuses %j', (link) => {
    const { home } = newPackage([link])
    expect(() => linkLibraries(home, home)).toThrow(/leads out of its package|leaves its folder/)
  })
})

function newPackage(links: { source: string; target: string }[] = []): Installation {
  const home = newFolder()
  mkdirSync(join(home, 'bin'))
  mkdirSync(join(home, 'lib'))
  writeFileSync(join(home, 'bin', 'postgres'), '')
  writeFileSync(join(home, 'lib', 'liba.so.1.2'), 'library')
  writeFileSync(join(home, 'pg-symlinks.json'), JSON.stringify(links))
  return { source: 'embedded', version: '18.0.0', major: 18, home }
}

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'panthera-binaries-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}
