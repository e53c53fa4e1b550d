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
  for (const name of ['theirs', 'theirs/tls', 'shared', 'shared/tls']) {
    mkdirSync(join(root, name), { mode: 0o755 })
  }
  chmodSync(join(root, 'theirs'), 0o777)
  chmodSync(join(root, 'shared'), 0o1777)
  symlinkSync(join(root, 'allowed'), join(root, 'theirs/alias'))
  symlinkSync(join(root, 'theirs/alias'), join(root, 'through'))
  symlinkSync('round', join(root, 'round'))
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

  it('takes what is its own in a folder that all may write into as /tmp', async () => {
    await permit('shared/tls/a.pem', { folder: 'shared/tls' })
  })

  it.each([
    ['theirs/tls', 'who could exchange'],
    ['theirs/alias', 'who could exchange'],
    ['through', 'who could exchange'],
    ['round', 'too many symbolic links'],
  ])('refuses a way through %s that others may change', async (folder, why) => {
    await expect(permit(`${folder}/a.pem`, { folder })).rejects.toThrow(why)
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
