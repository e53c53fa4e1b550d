// `first-run.json`: what a script or a newcomer needs to go on after the first start. It holds
// credentials, so it is private, and every later start warns while it exists.
import { readFile, rm } from 'node:fs/promises'
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

/** Null where there is none. */
export async function readFirstRun(dataDir: string): Promise<FirstRunFile | null> {
  try {
    return JSON.parse(await readFile(firstRunPath(dataDir), 'utf8')) as FirstRunFile
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return null
    throw error
  }
}

/** Answers whether there was one. */
export async function clearFirstRun(dataDir: string): Promise<boolean> {
  if ((await readFirstRun(dataDir)) === null) return false
  await rm(firstRunPath(dataDir))
  return true
}
