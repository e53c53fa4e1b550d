// Plain files where a service has them: prepared beside, renamed over, copied before.
import { readFile, rename, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { z } from 'zod'
import { syncDirectory } from '../../platform/files.ts'
import type { PlannedFile } from '../../trust/connectors/deploy/contract.ts'
import { keepCopies } from './kept-copies.ts'
import { type Permissions, permitPath } from './permitted.ts'
import { certificateMode, type FileModes, type Place, type Work } from './place.ts'
import { createFile, readPlain, replaceFile, stagedPath } from './write-file.ts'

const Snapshot = z.array(
  z.object({
    path: z.string(),
    /** Null: there was none. */
    was: z.object({ copy: z.string(), mode: z.int(), uid: z.int(), gid: z.int() }).nullable(),
  }),
)

export interface FilesPlaceOptions {
  permissions: Permissions
  modes: FileModes
  /** Where copies of what was replaced are kept, and how many. */
  kept: { folder: string; max: number }
  crashpoint?: ((name: string) => void) | undefined
}

export function filesPlace(
  files: readonly PlannedFile[],
  work: Work,
  { permissions, modes, kept, crashpoint }: FilesPlaceOptions,
): Place {
  const staged = (path: string) => stagedPath(path, work.deploymentId)
  const syncAll = async () => {
    for (const folder of new Set(files.map(({ path }) => dirname(path)))) {
      await syncDirectory(folder)
    }
  }
  const dropStaged = async () => {
    for (const { path } of files) await rm(staged(path), { force: true })
  }

  return {
    async permit() {
      for (const { path } of files) await permitPath(permissions, path)
    },
    async holds(material) {
      for (const { path, content } of files) {
        const found = await readPlain(path)
        if (found?.content.toString() !== material.pem(content)) return false
      }
      return true
    },
    snapshot: (folder) => copyAll(files, folder),
    async write(material, snapshot) {
      const before = new Map(Snapshot.parse(snapshot).map(({ path, was }) => [path, was]))
      await dropStaged()
      for (const { path, content } of files) {
        const ownership = before.get(path) ?? newFile(content, modes)
        await createFile(staged(path), material.pem(content), ownership)
        crashpoint?.('file written')
      }
      await syncAll()
      return `${namesOf(files)} prepared${exposed(files, before)}`
    },
    async switch() {
      for (const { path } of files) {
        await rename(staged(path), path)
        crashpoint?.('file switched')
      }
      await syncAll()
      return `${namesOf(files)} replaced`
    },
    async restore(snapshot, folder) {
      for (const { path, was } of Snapshot.parse(snapshot)) {
        if (was === null) {
          await rm(path, { force: true })
          continue
        }
        const content = await readFile(join(folder, was.copy))
        const now = await readPlain(path).catch(() => null)
        if (now !== null && now.mode === was.mode && content.equals(now.content)) continue
        await replaceFile(path, staged(path), content, was)
        crashpoint?.('file put back')
      }
      await dropStaged()
      await syncAll()
    },
    tidy: (folder) => keepCopies(folder, { kept, place: { files }, work }),
  }
}

async function copyAll(files: readonly PlannedFile[], folder: string): Promise<object> {
  const taken: z.infer<typeof Snapshot> = []
  for (const [at, { path }] of files.entries()) {
    const found = await readPlain(path)
    if (found === null) {
      taken.push({ path, was: null })
      continue
    }
    const { content, mode, uid, gid } = found
    const copy = `${at}.pem`
    await createFile(join(folder, copy), content, { mode: 0o600, uid: null, gid: null })
    taken.push({ path, was: { copy, mode, uid: uid ?? 0, gid: gid ?? 0 } })
  }
  await syncDirectory(folder)
  return taken
}

function newFile(content: PlannedFile['content'], modes: FileModes) {
  const hasKey = content === 'key' || content === 'combined'
  return hasKey
    ? { mode: modes.key, uid: null, gid: modes.keyGroup }
    : { mode: certificateMode, uid: null, gid: null }
}

const namesOf = (files: readonly PlannedFile[]) => files.map(({ path }) => path).join(', ')

/** Its permissions are kept, whatever they are; but it is said. */
function exposed(
  files: readonly PlannedFile[],
  before: ReadonlyMap<string, { mode: number } | null>,
): string {
  const open = files.filter(({ path, content }) => {
    const hasKey = content === 'key' || content === 'combined'
    return hasKey && ((before.get(path)?.mode ?? 0) & 0o007) !== 0
  })
  return open.length === 0 ? '' : `; everyone on this host may read ${namesOf(open)}`
}
