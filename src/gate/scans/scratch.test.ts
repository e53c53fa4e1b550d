import { existsSync, mkdirSync, mkdtempSync, rmSync, statSync, utimesSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { makeScratch, removeOlder, workFolder } from './scratch.ts'

function dataDir(): string {
  const dir = mkdtempSync(join(tmpdir(), 'panthera-scratch-'))
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }))
  return dir
}

it('is a private folder of its own for each taking of a scan', async () => {
  const dir = dataDir()
  const [first, second] = [await makeScratch(dir, 'scan'), await makeScratch(dir, 'scan')]
  expect(first).not.toBe(second)
  expect(basename(first)).toMatch(/^scan-/)
  expect(statSync(first).mode & 0o777).toBe(0o700)
})

it('is swept when no run can use it any more, with all that is in it', async () => {
  const dir = dataDir()
  const [old, fresh] = [await makeScratch(dir, 'old'), await makeScratch(dir, 'fresh')]
  mkdirSync(join(old, 'repository.git'))
  utimesSync(old, 1_000, 1_000)
  expect(await removeOlder(workFolder(dir), 2_000_000)).toBe(1)
  expect([existsSync(old), existsSync(fresh)]).toEqual([false, true])
})

it('needs no folder to sweep', async () => {
  expect(await removeOlder(workFolder(dataDir()), Date.now())).toBe(0)
})
