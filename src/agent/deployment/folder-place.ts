// A folder of versions with a link to the one that counts: one rename switches certificate and key
// together, and old versions stand beside it.
import { lstat, mkdir, readdir, readlink, rename, rm, symlink } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { z } from 'zod'
import { isErrno, syncDirectory } from '../../platform/files.ts'
import type { Content } from '../../trust/connectors/deploy/contract.ts'
import { DeploymentFailure } from './failure.ts'
import { type Permissions, permitPath } from './permitted.ts'
import { certificateMode, type FileModes, type Place, type Work } from './place.ts'
import { createFile, readPlain, stagedPath } from './write-file.ts'

const files: readonly (readonly [name: string, content: Content])[] = [
  ['cert.pem', 'certificate'],
  ['chain.pem', 'chain'],
  ['fullchain.pem', 'fullchain'],
  ['privkey.pem', 'key'],
]
/** Target of `current`; null where there was none. */
const Snapshot = z.object({ current: z.string().nullable() })
const versionForm = /^v(\d+)-(\d+)$/

export interface FolderPlaceOptions {
  permissions: Permissions
  modes: FileModes
  versionsMax: number
}

export function folderPlace(folder: string, work: Work, options: FolderPlaceOptions): Place {
  const { permissions, modes, versionsMax } = options
  const versions = join(folder, 'versions')
  const current = join(folder, 'current')
  const name = `v${work.version}-${work.deploymentId}`
  const own = join(versions, name)
  const inCurrent = (file: string) => join(current, file)

  async function pointTo(target: string): Promise<void> {
    const link = stagedPath(current, work.deploymentId)
    await rm(link, { force: true })
    await symlink(target, link)
    await rename(link, current)
    await syncDirectory(folder)
  }

  return {
    permit: () => permitPath(permissions, join(own, 'privkey.pem'), { missing: true }),
    async holds(material) {
      if ((await linkTarget(current)) === null) return false
      for (const [file, content] of files) {
        const found = await readPlain(inCurrent(file))
        if (found?.content.toString() !== material.pem(content)) return false
      }
      return true
    },
    snapshot: async () => ({ current: await linkTarget(current) }),
    async write(material) {
      await makeFolders(versions)
      await rm(own, { recursive: true, force: true })
      await mkdir(own, { mode: 0o755 })
      for (const [file, content] of files) {
        const was = await readPlain(inCurrent(file)).catch(() => null)
        const mode = content === 'key' ? modes.key : certificateMode
        const gid = content === 'key' ? modes.keyGroup : null
        await createFile(join(own, file), material.pem(content), was ?? { mode, uid: null, gid })
      }
      await syncDirectory(own)
      await syncDirectory(versions)
      return `${own} prepared`
    },
    async switch() {
      await pointTo(join('versions', name))
      return `${current} leads to ${name}`
    },
    async restore(snapshot) {
      const before = Snapshot.parse(snapshot).current
      await rm(stagedPath(current, work.deploymentId), { force: true })
      if (before !== null) {
        if ((await linkTarget(current)) !== before) await pointTo(before)
      } else if ((await linkTarget(current)) !== null) {
        await rm(current)
        await syncDirectory(folder)
      }
      await rm(own, { recursive: true, force: true })
    },
    async tidy() {
      const counts = await linkTarget(current)
      const old = (await readdir(versions))
        .filter((each) => versionForm.test(each) && join('versions', each) !== counts)
        .sort((a, b) => deploymentOf(b) - deploymentOf(a))
      for (const each of old.slice(Math.max(versionsMax - 1, 0))) {
        await rm(join(versions, each), { recursive: true, force: true })
      }
    },
  }
}

const deploymentOf = (name: string) => Number(versionForm.exec(name)?.[2] ?? 0)

async function linkTarget(path: string): Promise<string | null> {
  const found = await lstat(path).catch((error) => {
    if (isErrno(error, 'ENOENT')) return null
    throw error
  })
  if (found === null) return null
  if (found.isSymbolicLink()) return readlink(path)
  throw new DeploymentFailure(`${path} must be a symbolic link to a version, and is not`)
}

/** Each new name is synced in the folder that holds it. */
async function makeFolders(path: string): Promise<void> {
  try {
    await mkdir(path, { mode: 0o755 })
  } catch (error) {
    if (isErrno(error, 'EEXIST')) return
    if (!isErrno(error, 'ENOENT')) throw error
    await makeFolders(dirname(path))
    await mkdir(path, { mode: 0o755 })
  }
  await syncDirectory(dirname(path))
}
