// The Merkle tree's two hashes (RFC 9162 §2.1.1): a prefix keeps leaves and nodes apart, so that
// no inner node can be passed off as an entry.
import { sha256 } from '../crypto.ts'

/** 32 bytes. */
export type Hash = Uint8Array

const leafPrefix = Uint8Array.of(0)
const nodePrefix = Uint8Array.of(1)

export function leafHash(entry: Uint8Array): Hash {
  return sha256(leafPrefix, entry)
}

export function nodeHash(left: Hash, right: Hash): Hash {
  return sha256(nodePrefix, left, right)
}

/** Of the tree without entries: the hash of nothing. */
export function emptyRoot(): Hash {
  return sha256()
}
