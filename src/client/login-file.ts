// What `panthera login` keeps: one server and a key for each of its surfaces, in a file of the user
// that nobody else may read.
import { readFile, rm, stat } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join } from 'node:path'

export interface LoginFile {
  url: string
  /** By surface: `gate`, `identity`, … */
  keys: Record<string, StoredKey>
}

export interface StoredKey {
  key: string
  /** Null where it was made elsewhere: then it is not ours to revoke. */
  id: string | null
}

type Environment = Readonly<Record<string, string | undefined>>

export class LoginFileUnsafe extends Error {
  constructor(message: string) {
    super(message)
    this.name = 'LoginFileUnsafe'
  }
}

export function loginFolder(env: Environment): string {
  return join(env.XDG_CONFIG_HOME || join(env.HOME || homedir(), '.config'), 'panthera')
}

export function loginPath(env: Environment): string {
  return join(loginFolder(env), 'credentials.json')
}

/** Null where there is none. Throws LoginFileUnsafe where others may read it, or it is damaged. */
export async function readLogin(env: Environment): Promise<LoginFile | null> {
  const path = loginPath(env)
  let text: string
  try {
    const { mode } = await stat(path)
    // Windows has no such bits.
    if (process.platform !== 'win32' && (mode & 0o077) !== 0) {
      throw new LoginFileUnsafe(`others may read ${path}: run chmod 600 ${path}, and log in anew`)
    }
    text = await readFile(path, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw error
  }
  const content = parse(text)
  if (content === null) throw new LoginFileUnsafe(`${path} is damaged: log in anew`)
  return content
}

export async function removeLogin(env: Environment): Promise<void> {
  await rm(loginPath(env), { force: true })
}

function parse(text: string): LoginFile | null {
  try {
    const { url, keys } = JSON.parse(text) as Partial<LoginFile>
    const isWhole = typeof url === 'string' && typeof keys === 'object' && keys !== null
    return isWhole ? { url, keys } : null
  } catch {
    return null
  }
}
