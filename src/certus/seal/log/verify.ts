// Checks proofs of a Merkle log as RFC 9162 §2.1.3.2 and §2.1.4.2 write it down. They need the
// proof, two roots and nothing of the log itself.
import { sameBytes } from '../crypto.ts'
import { type Hash, nodeHash } from './hash.ts'

/** A path is as long as the tree is high; sizes are safe integers, below 2^53. */
const pathMax = 64

export interface InclusionProof {
  /** Counted from 0. */
  index: number
  size: number
  /** From the leaf's sibling up to a child of the root. */
  path: readonly Hash[]
}

/** Whether the tree of this size and root has this leaf at this index. */
export function inclusionHolds(proof: InclusionProof, leaf: Hash, root: Hash): boolean {
  const { index, size, path } = proof
  if (!isIndex(index) || !isIndex(size) || index >= size || path.length > pathMax) return false
  // Where leaf and root were both nothing, they would be the same.
  if (leaf.length !== 32) return false
  let node = index
  let last = size - 1
  let hash = leaf
  for (const sibling of path) {
    if (sibling.length !== 32 || last === 0) return false
    if (node % 2 === 1 || node === last) {
      hash = nodeHash(sibling, hash)
      while (node % 2 === 0 && node !== 0) {
        node = half(node)
        last = half(last)
      }
    } else {
      hash = nodeHash(hash, sibling)
    }
    node = half(node)
    last = half(last)
  }
  return last === 0 && sameBytes(hash, root)
}

export interface ConsistencyProof {
  oldSize: number
  size: number
  path: readonly Hash[]
}

/**
 * Whether the new tree begins with everything of the old one. Of an empty old tree nothing can be
 * shown (RFC 9162 asks for sizes above 0), so it never holds.
 */
export function consistencyHolds(
  proof: ConsistencyProof,
  roots: { old: Hash; new: Hash },
): boolean {
  const { oldSize, size, path } = proof
  if (!isIndex(oldSize) || !isIndex(size) || oldSize < 1 || oldSize > size) return false
  if (path.length > pathMax || path.some((hash) => hash.length !== 32)) return false
  if (oldSize === size) return path.length === 0 && sameBytes(roots.old, roots.new)
  return climb(proof, roots)
}

function climb({ oldSize, size, path }: ConsistencyProof, roots: { old: Hash; new: Hash }) {
  // Where the old tree is whole, its root begins the path and is not sent.
  const whole = isPowerOfTwo(oldSize) ? [roots.old, ...path] : path
  const [first, ...rest] = whole
  if (first === undefined) return false
  let node = oldSize - 1
  let last = size - 1
  while (node % 2 === 1) {
    node = half(node)
    last = half(last)
  }
  let old = first
  let young = first
  for (const sibling of rest) {
    if (last === 0) return false
    if (node % 2 === 1 || node === last) {
      old = nodeHash(sibling, old)
      young = nodeHash(sibling, young)
      while (node % 2 === 0 && node !== 0) {
        node = half(node)
        last = half(last)
      }
    } else {
      young = nodeHash(young, sibling)
    }
    node = half(node)
    last = half(last)
  }
  return last === 0 && sameBytes(old, roots.old) && sameBytes(young, roots.new)
}

function half(value: number): number {
  return Math.floor(value / 2)
}

function isIndex(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 0
}

function isPowerOfTwo(value: number): boolean {
  return 2 ** Math.round(Math.log2(value)) === value
}
