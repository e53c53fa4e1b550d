import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Entry } from './entries.ts'
import { BackupError } from './error.ts'
import { openBackupFile, writeBackupFile } from './file.ts'

const passphrase = 'correct horse battery staple'
let folder: string
let path: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'panthera-backup-file-'))
  path = join(folder, 'panthera.backup')
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const entries: Entry[] = [
  { kind: 'table', value: { name: 'users' } },
  { kind: 'rows', json: JSON.stringify([['é\u0001', null]]) },
  { kind: 'content', bytes: Buffer.from([0, 255, 10]) },
  { kind: 'end', value: { rows: { users: 1 }, artefacts: 0 } },
]

async function* from(list: readonly Entry[], failure?: Error): AsyncGenerator<Entry> {
  yield* list
  if (failure !== undefined) throw failure
}

async function read(): Promise<Entry[]> {
  const file = await openBackupFile(path, passphrase)
  try {
    return await Array.fromAsync(file.entries())
  } finally {
    await file.close()
  }
}

/** A file that was changed in one way or another is refused as damaged. */
async function refuses(bytes: Uint8Array, message: string): Promise<void> {
  writeFileSync(path, bytes)
  const failure = await read().catch((error: unknown) => error)
  expect(failure).toBeInstanceOf(BackupError)
  expect(String(failure)).toContain(message)
}

describe('a backup file', () => {
  it('gives back its entries, as often as asked, and is private', async () => {
    const bytes = await writeBackupFile(path, passphrase, from(entries))
    expect(statSync(path)).toMatchObject({ size: bytes, mode: 0o100600 })
    expect(await read()).toEqual(entries)
    const file = await openBackupFile(path, passphrase)
    const twice = [await Array.fromAsync(file.entries()), await Array.fromAsync(file.entries())]
    await file.close()
    expect(twice).toEqual([entries, entries])
    expect(readFileSync(path, 'latin1')).not.toContain('users')
  })

  it('stays as it was where writing fails, and nothing else is left', async () => {
    await writeBackupFile(path, passphrase, from(entries))
    const before = readFileSync(path)
    const writing = writeBackupFile(path, passphrase, from(entries, new Error('no more rows')))
    await expect(writing).rejects.toThrow('no more rows')
    expect(readFileSync(path).equals(before)).toBe(true)
    expect(readdirSync(folder)).toEqual(['panthera.backup'])
  })

  it('stops writing when it is told to', async () => {
    const stop = new AbortController()
    async function* endless(): AsyncGenerator<Entry> {
      for (let at = 0; ; at++) {
        if (at === 1_000) stop.abort(new Error('stop'))
        yield { kind: 'rows', json: `[["${at}"]]` }
        await new Promise((resolve) => setImmediate(resolve))
      }
    }
    await expect(writeBackupFile(path, passphrase, endless(), stop.signal)).rejects.toThrow('stop')
    expect(readdirSync(folder)).toEqual([])
  })

  it('opens with its passphrase only, in whatever form of Unicode', async () => {
    await writeBackupFile(path, 'caf\u00e9 and more', from(entries))
    await expect(openBackupFile(path, 'cafe and more')).rejects.toThrow('passphrase does not open')
    await (await openBackupFile(path, 'cafe\u0301 and more')).close()
  })

  it('is refused where any part of it was changed or cut off', async () => {
    await writeBackupFile(path, passphrase, from(entries))
    const whole = readFileSync(path)
    const bodyAt = whole.indexOf('\n') + 1 + 32
    const body = Buffer.from(whole)
    body.writeUInt8(body.readUInt8(bodyAt + 5) ^ 1, bodyAt + 5)
    await refuses(body, 'changed or cut off')
    await refuses(whole.subarray(0, whole.length - 1), 'changed or cut off')
    await refuses(whole.subarray(0, bodyAt), 'changed or cut off')
    await refuses(Buffer.concat([whole, Buffer.from('more')]), 'changed or cut off')
    const weaker = whole.toString('latin1').replace('"passes":3', '"passes":2')
    await refuses(Buffer.from(weaker, 'latin1'), 'beginning of the file was changed')
  })

  it('is refused where it is none, or asks for more than a passphrase may cost', async () => {
    await refuses(Buffer.from('no backup\n'), 'not a backup')
    await refuses(Buffer.alloc(5_000, 'a'), 'not a backup')
    await refuses(Buffer.alloc(0), 'not a backup')
    await writeBackupFile(path, passphrase, from(entries))
    const greedy = readFileSync(path, 'latin1').replace(
      '"memory_kib":65536',
      '"memory_kib":9999999',
    )
    await refuses(Buffer.from(greedy, 'latin1'), 'not a backup')
    await expect(openBackupFile(join(folder, 'none'), passphrase)).rejects.toThrow(
      'there is no file',
    )
  })

  it('is refused where entries are missing although it was sealed', async () => {
    await writeBackupFile(path, passphrase, from(entries.slice(0, 2)))
    await expect(read()).rejects.toThrow('an entry is missing')
    await writeBackupFile(path, passphrase, from([...entries, ...entries]))
    await expect(read()).rejects.toThrow('something follows its end')
  })

  it('is not written where there is a directory, or none to write to', async () => {
    const into = (place: string) => writeBackupFile(place, passphrase, from(entries))
    await expect(into(folder)).rejects.toThrow('it is a directory')
    await expect(into(join(folder, 'no', 'file'))).rejects.toThrow('cannot be written')
  })
})
