import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Check } from './check.ts'
import { checkFirstRun, checkFolders } from './folders.ts'

let parent: string
let dataDir: string
beforeEach(() => {
  parent = mkdtempSync(join(tmpdir(), 'panthera-doctor-'))
  dataDir = join(parent, 'data')
})
afterEach(() => rmSync(parent, { recursive: true, force: true }))

const checks = () => checkFolders({ dataDir, cacheDir: join(parent, 'deep', 'cache') })

async function statuses(): Promise<Record<string, Check['status']>> {
  return Object.fromEntries((await checks()).map(({ name, status }) => [name, status]))
}

describe('checkFolders', () => {
  it('accepts folders that can be made, and makes none', async () => {
    expect(await statuses()).toMatchObject({
      'data-directory': 'pass',
      'data-privacy': 'skip',
      'cache-directory': 'pass',
    })
    expect(readdirSync(parent)).toEqual([])
  })

  it('tells the free room of the disk that each would lie on', async () => {
    const rooms = (await checks()).filter(({ name }) => name.endsWith('-disk'))
    expect(rooms).toHaveLength(2)
    for (const { detail } of rooms) expect(detail).toMatch(/^\d+\.\d GiB are free for /)
  })

  it('warns where others may look into the data directory', async () => {
    mkdirSync(dataDir, { mode: 0o700 })
    expect(await statuses()).toMatchObject({ 'data-privacy': 'pass' })
    // The group of the database's own user may pass through.
    chmodSync(dataDir, 0o710)
    expect(await statuses()).toMatchObject({ 'data-privacy': 'pass' })
    chmodSync(dataDir, 0o755)
    const check = (await checks()).find(({ name }) => name === 'data-privacy')
    expect(check).toMatchObject({ status: 'warn', fix: `run: chmod 700 ${dataDir}` })
    expect(check?.detail).toContain('0755')
  })

  it('fails where anyone may read the master key, as a start does', async () => {
    mkdirSync(dataDir, { mode: 0o700 })
    const path = join(dataDir, 'master.key')
    writeFileSync(path, 'key')
    chmodSync(path, 0o644)
    expect(await statuses()).toMatchObject({ 'data-privacy': 'fail' })
    chmodSync(path, 0o640)
    expect(await statuses()).toMatchObject({ 'data-privacy': 'pass' })
  })

  it('fails where a file stands in the way', async () => {
    writeFileSync(dataDir, '')
    const check = (await checks()).find(({ name }) => name === 'data-directory')
    expect(check).toMatchObject({ status: 'fail', detail: `${dataDir} is not a directory` })
    expect(check?.fix).toContain('PANTHERA_DATA_DIR')
  })
})

describe('checkFirstRun', () => {
  it('warns while the first keys lie there', async () => {
    expect(await checkFirstRun({ dataDir })).toMatchObject({ status: 'pass' })
    mkdirSync(dataDir)
    writeFileSync(join(dataDir, 'first-run.json'), '{}')
    const check = await checkFirstRun({ dataDir })
    expect(check).toMatchObject({ status: 'warn' })
    expect(check.fix).toContain('panthera first-run --clear')
  })
})
