import { randomBytes } from 'node:crypto'
import { Readable } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { createByteReader } from './byte-reader.ts'
import { chunkBytes, noncePrefixBytes, openChunks, sealChunks } from './chunks.ts'
import { BackupError } from './error.ts'

const key = { key: randomBytes(32), noncePrefix: randomBytes(noncePrefixBytes) }
const sealedBytes = chunkBytes + 16

async function seal(plain: Buffer, piece = 10_000): Promise<Buffer> {
  const pieces = Array.from({ length: Math.ceil(plain.length / piece) }, (_, at) =>
    plain.subarray(at * piece, (at + 1) * piece),
  )
  return Buffer.concat(await Array.fromAsync(sealChunks(Readable.from(pieces), key)))
}

async function open(sealed: Buffer, withKey = key): Promise<Buffer> {
  const reader = createByteReader(Readable.from([sealed]))
  return Buffer.concat(await Array.fromAsync(openChunks(reader, withKey)))
}

describe('sealed chunks', () => {
  it.each([0, 1, chunkBytes - 1, chunkBytes, chunkBytes + 1, 3 * chunkBytes])(
    'give %i bytes back',
    async (bytes) => {
      const plain = randomBytes(bytes)
      const sealed = await seal(plain)
      expect(sealed.length).toBe(bytes + 16 * Math.max(1, Math.ceil(bytes / chunkBytes)))
      expect((await open(sealed)).equals(plain)).toBe(true)
    },
  )

  it('open under no other key and no other prefix', async () => {
    const sealed = await seal(randomBytes(100))
    await expect(open(sealed, { ...key, key: randomBytes(32) })).rejects.toThrow(BackupError)
    const noncePrefix = randomBytes(noncePrefixBytes)
    await expect(open(sealed, { ...key, noncePrefix })).rejects.toThrow(BackupError)
  })

  it('show every change of a bit', async () => {
    const sealed = await seal(randomBytes(2 * chunkBytes + 50))
    const places = [0, chunkBytes, sealedBytes, 2 * sealedBytes + 10, sealed.length - 1]
    for (const place of places) {
      const changed = Buffer.from(sealed)
      changed.writeUInt8(changed.readUInt8(place) ^ 1, place)
      await expect(open(changed), `byte ${place}`).rejects.toThrow('not authentic')
    }
  })

  it('show that the end is missing, also where a chunk ends', async () => {
    const sealed = await seal(randomBytes(3 * chunkBytes))
    for (const left of [0, 10, sealedBytes - 1, sealedBytes, 2 * sealedBytes, sealed.length - 1]) {
      await expect(open(sealed.subarray(0, left)), `${left} bytes`).rejects.toThrow(BackupError)
    }
  })

  it('show chunks that were exchanged, repeated, left out or added', async () => {
    const [a, b, c] = [0, 1, 2].map((at) => [at * sealedBytes, (at + 1) * sealedBytes] as const)
    const sealed = await seal(randomBytes(3 * chunkBytes))
    const part = ([from, to]: readonly [number, number] = [0, 0]) => sealed.subarray(from, to)
    const orders = [
      [b, a, c],
      [a, a, b, c],
      [a, c],
      [a, b, c, c],
    ]
    for (const order of orders) {
      await expect(open(Buffer.concat(order.map(part)))).rejects.toThrow('not authentic')
    }
    await expect(open(Buffer.concat([sealed, Buffer.from('x')]))).rejects.toThrow(BackupError)
  })
})
