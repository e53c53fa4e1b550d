// Digests of what identifies a finding.
import { createHmac, hash } from 'node:crypto'

/** 128 bits: no two findings of any repository share one by chance. */
const hexDigits = 32

export function digest(...parts: readonly string[]): string {
  return hash('sha256', parts.join('\0')).slice(0, hexDigits)
}

/** For what could be guessed from a plain digest. */
export function keyedDigest(key: Uint8Array, ...parts: readonly string[]): string {
  return createHmac('sha256', key).update(parts.join('\0')).digest('hex').slice(0, hexDigits)
}

/** Tells which one of several equal things in a document this is, from 0. */
export class Ordinals {
  private readonly seen = new Map<string, number>()

  next(name: string): number {
    const ordinal = this.seen.get(name) ?? 0
    this.seen.set(name, ordinal + 1)
    return ordinal
  }
}
