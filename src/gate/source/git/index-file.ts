// Reads which paths git tracks from its index (git's Documentation/gitformat-index.txt, versions
// 2 to 4), because asking git itself would run what the repository's configuration names.
import { closeSync, constants, fstatSync, openSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** The tracked paths, relative to the top; null where there is no index that can be read. */
export function trackedPaths(gitDir: string): string[] | null {
  const bytes = readIndex(join(gitDir, 'index'))
  if (bytes === null) return null
  try {
    return parseIndex(bytes)
  } catch {
    return null
  }
}

/** @throws {Error} when the bytes are no index of versions 2 to 4. */
export function parseIndex(bytes: Buffer): string[] {
  const version = bytes.readUInt32BE(4)
  const count = bytes.readUInt32BE(8)
  if (bytes.toString('latin1', 0, 4) !== 'DIRC' || version < 2 || version > 4) {
    throw new Error('not a git index')
  }
  for (const hashBytes of [20, 32]) {
    const paths = readEntries(bytes, { version, count, hashBytes })
    if (paths !== null) return paths
  }
  throw new Error('a git index with broken entries')
}

interface Layout {
  version: number
  count: number
  hashBytes: number
}

// Which hash a repository uses stands in its configuration only; the wrong one does not line up.
function readEntries(bytes: Buffer, { version, count, hashBytes }: Layout): string[] | null {
  const paths: string[] = []
  let previous: Buffer = Buffer.alloc(0)
  let at = 12
  for (let i = 0; i < count; i++) {
    const flagsAt = at + statBytes + hashBytes
    if (flagsAt + 2 > bytes.length) return null
    const flags = bytes.readUInt16BE(flagsAt)
    const nameAt = flagsAt + (version >= 3 && flags & extendedFlag ? 4 : 2)
    const name = readName(bytes, nameAt, version === 4 ? previous : null)
    const declared = flags & lengthMask
    if (name === null || (declared < lengthMask && name.path.length !== declared)) return null
    paths.push(name.path.toString('utf8'))
    previous = name.path
    // Entries of the older versions are padded with 1 to 8 NUL bytes to a multiple of eight.
    at = version === 4 ? name.end + 1 : at + ((name.end - at + 8) & ~7)
  }
  return paths
}

const statBytes = 40
const extendedFlag = 0x4000
const lengthMask = 0xfff

/** `previous` is given for version 4, where a name begins with part of the one before it. */
function readName(bytes: Buffer, at: number, previous: Buffer | null) {
  let start = at
  let kept = 0
  if (previous !== null) {
    // How many bytes of the name before to drop, written as an offset in a pack is.
    let byte = bytes[start++] ?? 0
    let drop = byte & 0x7f
    while (byte & 0x80) {
      byte = bytes[start++] ?? 0
      drop = ((drop + 1) << 7) | (byte & 0x7f)
    }
    kept = previous.length - drop
  }
  const end = bytes.indexOf(0, start)
  if (end === -1 || kept < 0) return null
  const own = bytes.subarray(start, end)
  const path = previous === null ? own : Buffer.concat([previous.subarray(0, kept), own])
  return { path, end }
}

const indexBytesMax = 256 << 20

function readIndex(path: string): Buffer | null {
  let file: number
  try {
    file = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK)
  } catch {
    return null
  }
  try {
    const found = fstatSync(file)
    return found.isFile() && found.size <= indexBytesMax && found.size >= 12
      ? readFileSync(file)
      : null
  } catch {
    return null
  } finally {
    closeSync(file)
  }
}
