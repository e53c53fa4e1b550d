// Watches a folder grow while git writes into it, because git has no limit of its own for a fetch.
import type { Dirent } from 'node:fs'
import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'

export interface SizeWatch {
  /** True once the folder was seen above the limit. */
  exceeded(): boolean
  /** Looks a last time and stops. */
  stop(): Promise<void>
}

/** Calls `onExceeded` once when the files under `folder` hold more than `bytesMax`. */
export function watchSize(folder: string, bytesMax: number, onExceeded: () => void): SizeWatch {
  let exceeded = false
  let looking: Promise<void> | null = null
  const look = async () => {
    if (exceeded || (await folderBytes(folder)) <= bytesMax) return
    exceeded = true
    onExceeded()
  }
  const timer = setInterval(() => {
    looking ??= look().finally(() => {
      looking = null
    })
  }, lookEveryMs)
  return {
    exceeded: () => exceeded,
    async stop() {
      clearInterval(timer)
      await looking
      await look()
    },
  }
}

const lookEveryMs = 100

async function folderBytes(folder: string): Promise<number> {
  let bytes = 0
  for (const entry of await entries(folder)) {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) bytes += await folderBytes(path)
    else
      bytes += await stat(path)
        .then(({ size }) => size)
        .catch(vanished)
  }
  return bytes
}

// git renames and removes files as it goes: one that is gone takes no room.
const vanished = () => 0
const entries = (folder: string): Promise<Dirent[]> =>
  readdir(folder, { withFileTypes: true }).catch(() => [])
