// A Merkle tree kept as tiles of 256 hashes (C2SP tlog-tiles): tiles are what is stored and served,
// and every root and proof (RFC 9162 §2.1.3.1, §2.1.4.1) comes from a few of them.
import { emptyRoot, type Hash, nodeHash } from './hash.ts'

const tileHeight = 8
export const tileWidth = 2 ** tileHeight
const hashBytes = 32

export interface TileName {
  /** A tile of level 0 holds leaf hashes; of level n the roots of full tiles of level n - 1. */
  level: number
  index: number
}

export interface Tile extends TileName {
  /** 32 bytes per hash; a tile at the right edge may be partial. */
  hashes: Uint8Array
}

/** Answers at least as many hashes as the tree had when it was read. */
export type ReadTile = (name: TileName) => Promise<Uint8Array>

/** How many hashes the tile has in a tree of this size; 0 where it does not exist. */
export function tileWidthAt({ level, index }: TileName, size: number): number {
  const here = Math.floor(size / tileWidth ** level) - index * tileWidth
  return Math.min(tileWidth, Math.max(0, here))
}

/** The tiles that change when leaves are added to a tree of this size, whole, the lowest first. */
export async function appended(
  read: ReadTile,
  size: number,
  leaves: readonly Hash[],
): Promise<Tile[]> {
  const changed: Tile[] = []
  let first = size
  let hashes = leaves
  for (let level = 0; hashes.length > 0; level += 1) {
    const full: Hash[] = []
    const from = Math.floor(first / tileWidth)
    const before = first % tileWidth
    const known =
      before === 0 ? [] : [(await read({ level, index: from })).subarray(0, before * 32)]
    const row = Buffer.concat([...known, ...hashes])
    for (let at = 0; at < row.length; at += tileWidth * hashBytes) {
      const tile = row.subarray(at, at + tileWidth * hashBytes)
      changed.push({ level, index: from + at / (tileWidth * hashBytes), hashes: tile })
      if (tile.length === tileWidth * hashBytes) full.push(fold(tile))
    }
    first = from
    hashes = full
  }
  return changed
}

/** The root of the tree's first `size` entries. */
export async function rootAt(read: ReadTile, size: number): Promise<Hash> {
  return size === 0 ? emptyRoot() : subtree(read, 0, size)
}

/** From the leaf's sibling up to a child of the root. */
export async function inclusionPath(read: ReadTile, index: number, size: number): Promise<Hash[]> {
  const path: Hash[] = []
  let start = 0
  let end = size
  while (end - start > 1) {
    const middle = start + largestPowerBelow(end - start)
    if (index < middle) {
      path.push(await subtree(read, middle, end))
      end = middle
    } else {
      path.push(await subtree(read, start, middle))
      start = middle
    }
  }
  return path.reverse()
}

/** Shows that the tree of `size` begins with the one of `oldSize`, where 0 < oldSize <= size. */
export async function consistencyPath(
  read: ReadTile,
  oldSize: number,
  size: number,
): Promise<Hash[]> {
  const path: Hash[] = []
  let start = 0
  let end = size
  while (oldSize < end) {
    const middle = start + largestPowerBelow(end - start)
    if (oldSize <= middle) {
      path.push(await subtree(read, middle, end))
      end = middle
    } else {
      path.push(await subtree(read, start, middle))
      start = middle
    }
  }
  // What begins the old tree needs no proof of itself.
  if (start > 0) path.push(await subtree(read, start, end))
  return path.reverse()
}

/** The hash over the entries from `start` to `end`; `start` is a multiple of the part's size. */
async function subtree(read: ReadTile, start: number, end: number): Promise<Hash> {
  const size = end - start
  const half = largestPowerBelow(size)
  if (half * 2 === size || size === 1) return whole(read, start, size)
  const left = await whole(read, start, half)
  return nodeHash(left, await subtree(read, start + half, end))
}

/** Of 2^n entries, which stand next to each other within one tile of some level. */
async function whole(read: ReadTile, start: number, size: number): Promise<Hash> {
  const level = Math.floor(Math.log2(size) / tileHeight)
  const width = size / tileWidth ** level
  const first = start / tileWidth ** level
  const hashes = await read({ level, index: Math.floor(first / tileWidth) })
  const at = (first % tileWidth) * hashBytes
  const part = hashes.subarray(at, at + width * hashBytes)
  if (part.length !== width * hashBytes) throw new RangeError('the log has not that many entries')
  return fold(part)
}

/** The root over 2^n hashes. */
function fold(hashes: Uint8Array): Hash {
  let row: Hash[] = []
  for (let at = 0; at < hashes.length; at += hashBytes) {
    row.push(hashes.subarray(at, at + hashBytes))
  }
  while (row.length > 1) {
    row = row.flatMap((left, index) => {
      const right = row[index + 1]
      return index % 2 === 0 && right !== undefined ? [nodeHash(left, right)] : []
    })
  }
  return row[0] ?? emptyRoot()
}

/** The largest power of two below a size above 1; 1 for a size of 1. */
function largestPowerBelow(size: number): number {
  let power = 1
  while (power * 2 < size) power *= 2
  return power
}
