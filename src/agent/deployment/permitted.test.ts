import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { permitPath } from './permitted.ts'

let root: string
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'panthera-permitted-'))
  for (const name of ['allowed', 'allowed/deep', 'allowed/open', 'other']) {
    mkdirSync(join(root, name), { mode: 0o755 })
  }
  chmodSync(join(root, 'allowed/open'), 0o777)
  symlinkSync(join(root, 'other'), join(root, 'allowed/link'))
  symlinkSync(join(root, 'allowed'), join(root, 'alias'))
})
afterAll(() => rmSync(root, { recursive: true, force: true }))

describe('permitPath', () => {
  const permit = (path: string, { folder = 'allowed', missing = false } = {}) =>
    permitPath(
      { folders: [join(root, folder)], commands: new Map(), endpoints: [] },
      join(root, path),
      { missing },
    )

  it.each([['allowed/a.pem'], ['allowed/deep/a.pem']])('allows %s', async (path) => {
    await permit(path)
  })

  it('takes the host’s own link as it is', async () => {
    await permit('alias/deep/a.pem', { folder: 'alias' })
  })

  it('lets folders be made', async () => {
    await permit('allowed/new/versions/a.pem', { missing: true })
  })

  it.each([
    ['other/a.pem', 'is in none of deploy.folders'],
    ['allowed', 'is in none of deploy.folders'],
    ['allowed/../other/a.pem', 'is in none of deploy.folders'],
    ['allowed-not/a.pem', 'is in none of deploy.folders'],
    ['allowed/link/a.pem', 'is a symbolic link'],
    ['allowed/open/a.pem', 'can be written by others'],
    ['allowed/absent/a.pem', 'cannot be opened (ENOENT)'],
  ])('refuses %s, which %s', async (path, why) => {
    await expect(permit(path)).rejects.toThrow(why)
  })
})
