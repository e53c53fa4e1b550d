// Names under which a finding is recognised in the next scan, when lines have moved, files have
// been renamed and rules have been reworded, without giving a secret away.
import { createHash, createHmac } from 'node:crypto'

/** Where and in what words a finding stands. */
export interface Place {
  ruleId: string
  path: string
  /** The line with those around it: white space folded, every secret taken out. */
  context: string
}

/** What a secret is known by, apart from where it stands. */
export interface SecretIdentity {
  /** The value itself; it goes into keyed or unguessable digests only. */
  value: string
  /** What reports show of it anyway. */
  mask: string
  /** How many bits someone faces who guesses the value; a cautious estimate. */
  guessingBits: number
}

/**
 * The fingerprints of one file's findings. Each is 32 hex digits; several stand beside each other,
 * the most exact first, and are matched in that order over a whole scan, each old finding being
 * given away once (`matchFindings`).
 *
 * - `ctx1`: SHA-256 of rule, path, context, what the secret is (below), and an ordinal among
 *   equal ones in the file. One finding per place: the same secret in two files has two of these.
 *   Line numbers, severity and texts are not in it, so moved lines and reworded rules keep it.
 * - `secret1`: HMAC-SHA-256 of the value alone, with the organization's key. It follows a secret
 *   into a renamed file, or to a better rule. It is the same in every place that holds the value:
 *   `ctx1` has told those apart by the time it is matched.
 * - `secret0`: SHA-256 of the value, where there is no key, and only for values that cannot be
 *   guessed (80 bits or more): nobody finds the value by trying digests.
 * - `move1`: where there is no key and the value might be guessed, rule and context without the
 *   path. It follows a renamed file; nothing of the value is in it but the mask.
 *
 * "What the secret is" in `ctx1` is `secret1` or `secret0`, or else the mask. Thus a secret
 * replaced by another on the same line matches nothing and is new. One blind spot is left, on
 * purpose: without a key, a guessable secret whose successor has the same mask (`Su…` for
 * Summer2023! and Summer2024!) passes for the old one, because any digest of it, however short,
 * would let a reader of the report try passwords until it fits.
 */
export class SecretFingerprints {
  private readonly key: Uint8Array | null
  private readonly seen = new Map<string, number>()

  constructor(key: Uint8Array | null) {
    this.key = key
  }

  /** Findings of a file are named in the order of their places. */
  name(place: Place, secret: SecretIdentity): { algorithm: string; value: string }[] {
    const { ruleId, path, context } = place
    const digest = this.digest(secret)
    const identity = digest?.value ?? secret.mask
    const base = hash('ctx1', ruleId, path, context, identity)
    const ordinal = this.count(base)
    const inPlace = { algorithm: 'ctx1', value: hash(base, String(ordinal)) }
    if (digest !== null) return [inPlace, digest]
    const moved = hash('move1', ruleId, context, secret.mask, String(ordinal))
    return [inPlace, { algorithm: 'move1', value: moved }]
  }

  private digest({ value, guessingBits }: SecretIdentity) {
    if (this.key !== null) {
      const mac = createHmac('sha256', this.key).update('secret1\0').update(value, 'latin1')
      return { algorithm: 'secret1', value: mac.digest('hex').slice(0, hexDigits) }
    }
    if (guessingBits < unguessableBits) return null
    return { algorithm: 'secret0', value: hash('secret0', value) }
  }

  private count(base: string): number {
    const ordinal = this.seen.get(base) ?? 0
    this.seen.set(base, ordinal + 1)
    return ordinal
  }
}

const unguessableBits = 80
/** 128 bits: no two findings of any repository share one by chance. */
const hexDigits = 32

function hash(...parts: readonly string[]): string {
  return createHash('sha256').update(parts.join('\0')).digest('hex').slice(0, hexDigits)
}
