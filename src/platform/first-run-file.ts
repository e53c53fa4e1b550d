// `first-run.json`: what a script or a newcomer needs to go on after the first start. It holds
// credentials, so it is private, and every later start warns while it exists.
import { access, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Config } from './config.ts'
import { isErrno, writeAtomic } from './files.ts'

export interface FirstRunFile {
  url: string
  organization_id: string
  workspace_id: string
  owner: { email: string; password: string | null }
  keys: Record<string, string>
  evidence_secret: string
}

export function firstRunPath(dataDir: string): string {
  return join(dataDir, 'first-run.json')
}

/**
 * Complete before anything answers. It may replace one whose installation was never committed;
 * that there is no installation yet is what the caller holds a lock for.
 */
export async function writeFirstRun(
  config: Pick<Config, 'dataDir' | 'publicUrl'>,
  made: Omit<FirstRunFile, 'url'>,
): Promise<void> {
  const content: FirstRunFile = { url: config.publicUrl, ...made }
  await writeAtomic(firstRunPath(config.dataDir), `${JSON.stringify(content, null, 2)}\n`)
}

/** Its content is not what a first start writes. */
export class DamagedFirstRun extends Error {
  constructor(path: string) {
    super(`${path} is damaged`)
    this.name = 'DamagedFirstRun'
  }
}

/** Null where there is none. Throws DamagedFirstRun. */
export async function readFirstRun(dataDir: string): Promise<FirstRunFile | null> {
  const path = firstRunPath(dataDir)
  let content: string
  try {
    content = await readFile(path, 'utf8')
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return null
    throw error
  }
  try {
    const parsed = JSON.parse(content) as Partial<FirstRunFile> | null
    if (typeof parsed?.keys === 'object' && parsed.keys !== null) return parsed as FirstRunFile
  } catch {
    // Told below: what the parser says quotes the content.
  }
  throw new DamagedFirstRun(path)
}

/** Once the owner has another one, nobody shall try it. Answers whether it stood there. */
export async function strikePassword(dataDir: string, email: string): Promise<boolean> {
  const content = await readFirstRun(dataDir)
  if (content === null || typeof content.owner?.password !== 'string') return false
  if (content.owner.email.toLowerCase() !== email.toLowerCase()) return false
  const struck = { ...content, owner: { ...content.owner, password: null } }
  await writeAtomic(firstRunPath(dataDir), `${JSON.stringify(struck, null, 2)}\n`)
  return true
}

/** Whatever is in it. */
export async function hasFirstRun(dataDir: string): Promise<boolean> {
  try {
    await access(firstRunPath(dataDir))
    return true
  } catch {
    return false
  }
}

/** Answers whether there was one. */
export async function clearFirstRun(dataDir: string): Promise<boolean> {
  try {
    await rm(firstRunPath(dataDir))
    return true
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return false
    throw error
  }
}
