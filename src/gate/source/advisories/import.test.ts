import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { sourceTexts } from './files.ts'
import { zipOf } from './fixtures/zip.ts'
import { importAdvisories } from './import.ts'
import { AdvisoryInputError } from './input-error.ts'
import { sourceLimits } from './limits.ts'
import { loadAdvisories } from './load.ts'
import { advisoryStatus } from './status.ts'

const record = (id: string, ecosystem: string, modified: string | null = '2024-01-31T00:00:00Z') =>
  JSON.stringify({
    id,
    ...(modified === null ? {} : { modified }),
    affected: [{ package: { ecosystem, name: 'left' }, versions: ['1.0.0'] }],
  })

function temporaryFolder(files: Record<string, string | Buffer> = {}): string {
  const folder = mkdtempSync(join(tmpdir(), 'panthera-advisories-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), content)
  }
  return folder
}

const importInto = (directory: string, ...sources: string[]) =>
  importAdvisories({ sources, directory, env: {} })

async function known(directory: string, ecosystem: 'npm' | 'PyPI' = 'npm') {
  const index = await loadAdvisories({ directories: [directory] })
  return index.find(ecosystem, 'left').map(({ ids }) => ids.join(' '))
}

const osvZip = zipOf([{ path: 'OSV-1.json', content: record('OSV-1', 'npm') }])

describe('importAdvisories', () => {
  it('reads a folder of records, zips and other files', async () => {
    const source = temporaryFolder({
      'package.json': '{"name":"database"}',
      'README.md': '# Database\n',
      'vulns/PYSEC-1.yaml': record('PYSEC-1', 'PyPI'),
      'zips/all.zip': osvZip,
      '.git/broken.json': '{',
    })
    const directory = join(temporaryFolder(), 'new', 'advisories')
    expect(await importInto(directory, source)).toMatchObject([
      { ecosystem: 'npm', date: '2024-01-31', sources: [{ name: 'OSV', records: 1 }] },
      { ecosystem: 'PyPI', sources: [{ name: 'PyPA', records: 1 }] },
    ])
    expect(await known(directory)).toEqual(['OSV-1'])
    expect(await known(directory, 'PyPI')).toEqual(['PYSEC-1'])
    expect(readdirSync(directory)).toEqual(['PyPI.advisories', 'npm.advisories'])
  })

  it('replaces the ecosystems that it read, and keeps the others', async () => {
    const directory = temporaryFolder()
    const files = temporaryFolder({
      'a.json': record('OSV-1', 'npm'),
      'b.json': record('OSV-2', 'npm', null),
      'c.json': record('PYSEC-1', 'PyPI'),
    })
    await importInto(directory, join(files, 'a.json'), join(files, 'c.json'))
    const [replaced] = await importInto(directory, join(files, 'b.json'))
    expect(await known(directory)).toEqual(['OSV-2'])
    expect(await known(directory, 'PyPI')).toEqual(['PYSEC-1'])
    expect(replaced?.date).toBeNull()
  })

  it('fetches a zip from this machine', async () => {
    const server = createServer((request, response) => {
      if (request.url === '/all.zip') response.end(osvZip)
      else response.writeHead(404).end()
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    onTestFinished(() => void server.close())
    const { port } = server.address() as AddressInfo
    const directory = temporaryFolder()
    await importInto(directory, `http://127.0.0.1:${port}/all.zip`)
    expect(await known(directory)).toEqual(['OSV-1'])
    await expect(importInto(directory, `http://127.0.0.1:${port}/none.zip`)).rejects.toThrow('404')
  })

  it.each([
    ['a record that is cut', { 'a.json': '{"id":' }, 'a.json cannot be read'],
    ['a zip that is none', { 'a.zip': 'PK, but no zip' }, 'no zip that can be read'],
    ['nothing', {}, 'holds no advisory'],
    ['other ecosystems only', { 'a.json': record('DSA-1', 'Debian:12') }, 'holds no advisory'],
  ])('changes nothing for %s', async (_, files, message) => {
    const directory = temporaryFolder()
    const good = temporaryFolder({ 'a.json': record('OSV-1', 'npm') })
    await importInto(directory, good)
    const before = readFileSync(join(directory, 'npm.advisories'))
    const refused = importInto(directory, good, temporaryFolder({ 'b.json': '{}', ...files }))
    await expect(refused).rejects.toThrow(AdvisoryInputError)
    await expect(refused).rejects.toThrow(message)
    expect(readdirSync(directory)).toEqual(['npm.advisories'])
    expect(readFileSync(join(directory, 'npm.advisories')).equals(before)).toBe(true)
  })

  it.each([
    ['/does/not/exist', 'does not exist'],
    ['ftp://example.com/all.zip', 'https://'],
    ['http://203.0.113.7/all.zip', ''],
    ['https://user:word@example.com/all.zip', ''],
  ])('refuses %s', async (source, message) => {
    const refused = importInto(temporaryFolder(), source)
    await expect(refused).rejects.toThrow(AdvisoryInputError)
    await expect(refused).rejects.toThrow(message)
  })
})

describe('sourceTexts', () => {
  it.each([
    ['a large file', { fileBytesMax: 20 }, 'bytes, and at most 20 are accepted'],
    ['many files', { filesMax: 1 }, 'more than 1 files'],
    ['much in all', { bytesMax: 200 }, 'more than 200 bytes'],
    ['a large zip', { zipBytesMax: 20 }, 'bytes, and at most 20 are accepted'],
  ])('refuses %s', async (_, limits, message) => {
    const source = temporaryFolder({
      'a.json': record('OSV-1', 'npm'),
      'b.json': record('OSV-2', 'npm'),
      'c.zip': osvZip,
    })
    const read = Array.fromAsync(sourceTexts(source, {}, { ...sourceLimits, ...limits }))
    await expect(read).rejects.toThrow(AdvisoryInputError)
    await expect(read).rejects.toThrow(message)
  })
})

describe('loadAdvisories', () => {
  it('does without files that are missing, damaged or misnamed, and says so', async () => {
    const good = temporaryFolder()
    await importInto(good, temporaryFolder({ 'a.json': record('OSV-1', 'npm') }))
    const bad = temporaryFolder({ 'npm.advisories': 'nothing' })
    writeFileSync(join(bad, 'Go.advisories'), readFileSync(join(good, 'npm.advisories')))
    const index = await loadAdvisories({ directories: [bad, join(bad, 'none'), good] })
    expect(index.find('npm', 'left')).toHaveLength(1)
    expect(index.find('Go', 'left')).toEqual([])
    expect(index.find('PyPI', 'left')).toEqual([])
    expect(index.problems().map((each) => each.replace(/^.*\//, ''))).toEqual([
      'npm.advisories cannot be used: it is no advisory index of this version',
      'Go.advisories cannot be used: it is about npm',
    ])
    const status = await advisoryStatus([{ kind: 'own', directory: bad }])
    expect(status.map(({ ecosystem, problem }) => [ecosystem, problem])).toEqual([
      ['npm', 'it is no advisory index of this version'],
      ['Go', 'it is about npm'],
    ])
  })
})
