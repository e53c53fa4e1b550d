// The key that protects every other key: read from a setting, or kept in a file of its own.
import { randomBytes } from 'node:crypto'
import { readFile, stat } from 'node:fs/promises'
import { createExclusive, isErrno } from './files.ts'

const keyBytes = 32

/** Its message says what is wrong and what is accepted, and holds no part of the key. */
export class InvalidMasterKey extends Error {
  readonly code = 'invalid_master_key'

  constructor(where: string, wrong: string) {
    const accepted = 'base64 of exactly 32 bytes; make one with: openssl rand -base64 32'
    super(`${where}: ${wrong}; accepted is ${accepted}`)
    this.name = 'InvalidMasterKey'
  }
}

/**
 * Reads base64 (RFC 4648, section 4, padding optional) of exactly 32 bytes; throws
 * InvalidMasterKey.
 *
 * @param where names the setting or file in the error
 */
export function parseMasterKey(text: string, where: string): Buffer {
  const trimmed = text.trim()
  if (trimmed === '') throw new InvalidMasterKey(where, 'the key is empty')
  const key = Buffer.from(trimmed, 'base64')
  // Node skips what is not base64; only a text that it would write itself was read as meant.
  const canonical = key.toString('base64')
  if (trimmed !== canonical && trimmed !== canonical.replace(/=+$/, '')) {
    throw new InvalidMasterKey(where, 'the key is not base64')
  }
  if (key.length !== keyBytes) {
    throw new InvalidMasterKey(where, `the key has ${key.length} bytes`)
  }
  return key
}

/**
 * Reads the master key from a file, which it creates (0600, exclusively) on the first start. Of
 * several processes that start at once, all get the key of the one that came first.
 */
export async function loadMasterKey(path: string): Promise<Buffer> {
  const existing = await readKey(path)
  if (existing !== null) return existing
  await createExclusive(path, `${randomBytes(keyBytes).toString('base64')}\n`)
  const created = await readKey(path)
  if (created === null) throw new InvalidMasterKey(path, 'the file vanished while it was created')
  return created
}

async function readKey(path: string): Promise<Buffer | null> {
  try {
    const { mode, size } = await stat(path)
    // The group may read it, because a mounted volume is often shared with one; the world may not.
    if ((mode & 0o007) !== 0) {
      throw new InvalidMasterKey(path, `anyone may read the file, so run: chmod 600 ${path}`)
    }
    if (size > 1024) throw new InvalidMasterKey(path, `the file has ${size} bytes`)
    return parseMasterKey(await readFile(path, 'utf8'), path)
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return null
    throw error
  }
}
