import { createHash, generateKeyPairSync, sign } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { type Hash, leafHash, nodeHash } from './hash.ts'
import { openCheckpoint, signCheckpoint, verifierKey } from './note.ts'
import { openProof, proofText } from './proof.ts'
import {
  appended,
  consistencyPath,
  inclusionPath,
  type ReadTile,
  rootAt,
  tileWidthAt,
} from './tiles.ts'
import { consistencyHolds, inclusionHolds } from './verify.ts'

const entry = (index: number) => Buffer.from(`entry ${index}`)
const leaf = (index: number) => leafHash(entry(index))

/** A log in memory, grown by batches of odd sizes. */
async function grow(size: number): Promise<ReadTile> {
  const tiles = new Map<string, Uint8Array>()
  const read: ReadTile = async ({ level, index }) => {
    return tiles.get(`${level}/${index}`) ?? new Uint8Array()
  }
  for (let at = 0, step = 1; at < size; step = (step * 7) % 523) {
    const count = Math.min(step, size - at)
    const leaves = Array.from({ length: count }, (_, index) => leaf(at + index))
    for (const tile of await appended(read, at, leaves)) {
      tiles.set(`${tile.level}/${tile.index}`, tile.hashes)
    }
    at += count
  }
  return read
}

/** RFC 9162 §2.1.1, word for word. */
function treeHash(leaves: readonly Hash[]): Hash {
  const [only] = leaves
  if (only === undefined) return createHash('sha256').digest()
  if (leaves.length === 1) return only
  let split = 1
  while (split * 2 < leaves.length) split *= 2
  return nodeHash(treeHash(leaves.slice(0, split)), treeHash(leaves.slice(split)))
}

describe('a tree of tiles', async () => {
  const size = 700
  const read = await grow(size)
  const leaves = Array.from({ length: size }, (_, index) => leaf(index))

  it.each([0, 1, 2, 3, 7, 8, 255, 256, 257, 511, 512, 513, 700])(
    'of %i entries has the root that RFC 9162 defines',
    async (count) => {
      expect(Buffer.from(await rootAt(read, count))).toEqual(
        Buffer.from(treeHash(leaves.slice(0, count))),
      )
    },
  )

  it('proves every entry in trees of many sizes, and no other entry', async () => {
    for (const count of [1, 2, 3, 5, 8, 64, 65, 256, 257, 700]) {
      const root = await rootAt(read, count)
      for (let index = 0; index < count; index += 1 + Math.floor(count / 40)) {
        const proof = { index, size: count, path: await inclusionPath(read, index, count) }
        expect(inclusionHolds(proof, leaf(index), root)).toBe(true)
        expect(inclusionHolds(proof, leaf(index + 1), root)).toBe(false)
        expect(inclusionHolds({ ...proof, index: count }, leaf(index), root)).toBe(false)
        const longer = [...proof.path, leaf(0)]
        expect(inclusionHolds({ ...proof, path: longer }, leaf(index), root)).toBe(false)
      }
    }
  })

  it('proves that it only grew', async () => {
    const sizes = [1, 2, 3, 4, 6, 7, 8, 255, 256, 257, 512, 699, 700]
    for (const oldSize of sizes) {
      for (const count of sizes.filter((other) => other >= oldSize)) {
        const roots = { old: await rootAt(read, oldSize), new: await rootAt(read, count) }
        const proof = { oldSize, size: count, path: await consistencyPath(read, oldSize, count) }
        expect(consistencyHolds(proof, roots)).toBe(true)
        const forged = { ...roots, old: leaf(9_999) }
        expect(consistencyHolds(proof, forged)).toBe(false)
        if (count > oldSize) {
          expect(consistencyHolds(proof, { ...roots, new: leaf(9_999) })).toBe(false)
        }
      }
    }
  })

  it('shows nothing of an empty tree, nor of one that shrank', async () => {
    const root = await rootAt(read, 3)
    const nothing = { oldSize: 0, size: 3, path: [] }
    expect(consistencyHolds(nothing, { old: root, new: root })).toBe(false)
    expect(consistencyHolds({ ...nothing, oldSize: 4 }, { old: root, new: root })).toBe(false)
  })

  it('knows how wide its tiles are', () => {
    const widths = [0, 272, 273, 274].map((index) => tileWidthAt({ level: 0, index }, 70_000))
    expect(widths).toEqual([256, 256, 112, 0])
    expect(tileWidthAt({ level: 1, index: 1 }, 70_000)).toBe(17)
    expect(tileWidthAt({ level: 2, index: 0 }, 70_000)).toBe(1)
  })

  it('refuses to read beyond what is stored', async () => {
    await expect(rootAt(read, 701)).rejects.toThrow(RangeError)
  })
})

describe('a proof in one text', async () => {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519')
  const raw = Buffer.from(publicKey.export({ format: 'jwk' }).x ?? '', 'base64url')
  const key = { name: 'panthera.example/log', publicKey: raw }
  const signer = { ...key, sign: (message: Uint8Array) => sign(null, message, privateKey) }
  const read = await grow(300)
  const checkpoint = { origin: key.name, size: 300, root: await rootAt(read, 300) }
  const note = signCheckpoint(checkpoint, signer)
  const text = proofText(42, await inclusionPath(read, 42, 300), note)

  it('opens for the entry and the key of the log', () => {
    expect(openProof(text, entry(42), [key])).toMatchObject({
      index: 42,
      checkpoint: { size: 300 },
    })
  })

  it('is refused with any character changed', () => {
    const opens: number[] = []
    for (let at = 0; at < text.length; at += 1) {
      const other = text[at] === 'A' ? 'B' : 'A'
      try {
        openProof(`${text.slice(0, at)}${other}${text.slice(at + 1)}`, entry(42), [key])
        opens.push(at)
      } catch {
        // As it should.
      }
    }
    expect(opens).toEqual([])
  })

  it('is refused for another entry, another key and without a signature', () => {
    expect(() => openProof(text, entry(43), [key])).toThrow('path')
    const other = { ...key, publicKey: Buffer.alloc(32, 9) }
    expect(() => openProof(text, entry(42), [other])).toThrow('no known key')
    expect(() => openProof(text.slice(0, text.indexOf('—')), entry(42), [key])).toThrow()
  })

  it('may be signed by witnesses whom the reader does not know', () => {
    const witness = { name: 'witness.example', publicKey: raw, sign: signer.sign }
    const line = signCheckpoint(checkpoint, witness).split('\n').at(-2)
    expect(openCheckpoint(`${note}${line}\n`, [key])).toMatchObject({ size: 300 })
  })

  it('names its key as other tools take it', () => {
    expect(verifierKey(key)).toMatch(/^panthera\.example\/log\+[0-9a-f]{8}\+A[A-Za-z0-9+/]+=*$/)
  })
})
