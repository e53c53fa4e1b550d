// Keys from passwords as PKCS #12 derives them (RFC 7292, appendix B).
import { hash } from 'node:crypto'
import { X509Error } from '../error.ts'

export interface Derivation {
  /** As node:crypto calls it. */
  hash: string
  /** 1 for a key, 2 for an initial vector, 3 for a MAC. */
  purpose: 1 | 2 | 3
  salt: Uint8Array
  iterations: number
  bytes: number
}

const blockBytes: Record<string, number> = {
  sha1: 64,
  sha224: 64,
  sha256: 64,
  sha384: 128,
  sha512: 128,
}

/** The password as UTF-16 with its end. */
export function passwordBytes(password: string): Uint8Array {
  return Buffer.from(`${password}\0`, 'utf16le').swap16()
}

export function derive(password: Uint8Array, wish: Derivation): Uint8Array {
  const block = blockBytes[wish.hash]
  if (block === undefined) {
    throw new X509Error('unsupported', `keys are not derived with ${wish.hash} here`)
  }
  const input = Buffer.concat([fill(wish.salt, block), fill(password, block)])
  const result: Uint8Array[] = []
  for (let done = 0; done < wish.bytes; ) {
    let digest = hash(
      wish.hash,
      Buffer.concat([Buffer.alloc(block, wish.purpose), input]),
      'buffer',
    )
    for (let count = 1; count < wish.iterations; count++) {
      digest = hash(wish.hash, digest, 'buffer')
    }
    result.push(digest)
    done += digest.length
    addToBlocks(input, fill(digest, block).subarray(0, block))
  }
  return Buffer.concat(result).subarray(0, wish.bytes)
}

/** Repeated up to a whole number of blocks. */
function fill(bytes: Uint8Array, block: number): Buffer {
  return Buffer.alloc(Math.ceil(bytes.length / block) * block, bytes)
}

/** Each block of `input` becomes itself + `addend` + 1. */
function addToBlocks(input: Buffer, addend: Uint8Array): void {
  for (let start = 0; start < input.length; start += addend.length) {
    let carry = 1
    for (let at = addend.length - 1; at >= 0; at--) {
      carry += (input[start + at] ?? 0) + (addend[at] ?? 0)
      input[start + at] = carry & 0xff
      carry >>= 8
    }
  }
}
