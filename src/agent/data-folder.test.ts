import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { openDataFolder } from './data-folder.ts'

const folder = mkdtempSync(join(tmpdir(), 'panthera-data-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

it('is the agent’s alone: others would decide who it is and what it undoes', async () => {
  await openDataFolder(join(folder, 'data'))
  for (const mode of [0o770, 0o702]) {
    chmodSync(folder, mode)
    await expect(openDataFolder(folder)).rejects.toThrow('can be written by others: chmod 700')
  }
  chmodSync(folder, 0o755)
  await openDataFolder(folder)
})
