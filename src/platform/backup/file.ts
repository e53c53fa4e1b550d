// The file of a backup: entries, compressed (zstd, RFC 8878) and then encrypted.
import { randomBytes } from 'node:crypto'
import { type FileHandle, open, rename, rm, stat } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { pipeline, Readable } from 'node:stream'
import { pipeline as flow } from 'node:stream/promises'
import { createZstdCompress, createZstdDecompress } from 'node:zlib'
import { isErrno, syncDirectory } from '../files.ts'
import { createByteReader } from './byte-reader.ts'
import { openChunks, sealChunks } from './chunks.ts'
import { decodeEntries, type Entry, encodeEntry } from './entries.ts'
import { BackupError } from './error.ts'
import { newHeader, readHeader } from './header.ts'

/**
 * Writes a backup (0600), which appears under its name when it is whole and on disk; a file of
 * that name is replaced. Answers its size in bytes. Throws what `entries` throws, and BackupError
 * where the place cannot be written.
 */
export async function writeBackupFile(
  path: string,
  passphrase: string,
  entries: AsyncIterable<Entry>,
  signal?: AbortSignal,
): Promise<number> {
  const target = resolve(path)
  // Also keeps the name from being tried at the end of a long backup only.
  const found = await stat(target).catch(() => null)
  if (found?.isDirectory()) throw unwritable(path, 'it is a directory')
  if (found !== null && !found.isFile()) throw unwritable(path, 'it is a device or a pipe')
  const { bytes: header, key } = await newHeader(passphrase)
  const name = `.${basename(target).slice(0, 200)}.${randomBytes(6).toString('hex')}.tmp`
  const temporary = join(dirname(target), name)
  const handle = await create(path, temporary)
  try {
    await handle.writeFile(header)
    const packing = createZstdCompress()
    const options = signal === undefined ? {} : { signal }
    await flow(
      Readable.from(encoded(entries)),
      packing,
      (source: AsyncIterable<Uint8Array>) => sealChunks(source, key),
      async (source: AsyncIterable<Uint8Array>) => {
        for await (const chunk of source) await handle.writeFile(chunk)
      },
      options,
    )
    await handle.sync()
    const { size } = await handle.stat()
    await handle.close()
    await rename(temporary, target)
    await syncDirectory(dirname(target))
    return size
  } catch (error) {
    // The reason, and not that of the streams, which only say that they were aborted.
    signal?.throwIfAborted()
    const isFull = isErrno(error, 'ENOSPC') || isErrno(error, 'EDQUOT')
    throw isFull ? unwritable(path, 'the disk is full') : error
  } finally {
    await handle.close().catch(() => {})
    await rm(temporary, { force: true })
  }
}

export interface BackupFile {
  /** From the beginning at every call. Throws BackupError where the file is not as written. */
  entries(): AsyncGenerator<Entry>
  close(): Promise<void>
}

/** Throws BackupError where there is no such backup, or the passphrase is wrong. */
export async function openBackupFile(path: string, passphrase: string): Promise<BackupFile> {
  const handle = await open(path, 'r').catch((cause: unknown) => {
    throw unreadable(path, cause)
  })
  // Through one handle, so that all readings are of one file.
  const readFrom = (start: number) =>
    createByteReader(handle.createReadStream({ start, autoClose: false }))
  try {
    const { key, bytes: headerBytes } = await readHeader(readFrom(0), passphrase)
    return {
      async *entries() {
        const unpacking = createZstdDecompress()
        // Errors of every step come out of the last one.
        pipeline(Readable.from(openChunks(readFrom(headerBytes), key)), unpacking, () => {})
        const reader = createByteReader(unpacking)
        try {
          yield* decodeEntries(reader)
        } finally {
          await reader.close()
        }
      },
      close: () => handle.close(),
    }
  } catch (error) {
    await handle.close()
    throw error
  }
}

async function* encoded(entries: AsyncIterable<Entry>): AsyncGenerator<Buffer> {
  for await (const entry of entries) yield encodeEntry(entry)
}

async function create(path: string, temporary: string): Promise<FileHandle> {
  try {
    return await open(temporary, 'wx', 0o600)
  } catch (cause) {
    throw unwritable(path, cause instanceof Error ? cause.message : String(cause))
  }
}

function unwritable(path: string, reason: string): BackupError {
  const fix = 'name a file in a folder that exists and that this user may write to'
  return new BackupError(`${path} cannot be written: ${reason}`, fix)
}

function unreadable(path: string, cause: unknown): BackupError {
  const missing = isErrno(cause, 'ENOENT')
  const reason = cause instanceof Error ? cause.message : String(cause)
  return new BackupError(
    missing ? `there is no file ${path}` : `${path} cannot be read: ${reason}`,
    'name the file that "panthera backup" wrote',
    cause,
  )
}
