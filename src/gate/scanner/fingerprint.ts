// Names under which a finding is recognised in the next scan, when lines have moved, files have
// been renamed and rules have been reworded, without giving a secret away.
import { createHash, createHmac } from 'node:crypto'
import type { Fingerprint } from './finding.ts'
import type { Identity } from './weakness.ts'

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
 * - `secret1`: HMAC-SHA-256 of the SHA-256 of the value, with the organization's key. It follows a
 *   secret into a renamed file, or to a better rule. It is the same in every place that holds the
 *   value: `ctx1` has told those apart by the time it is matched.
 * - `secret0`: SHA-256 of the value, where there is no key, and only for values that cannot be
 *   guessed (80 bits or more): nobody finds the value by trying digests.
 * - `move1`: where there is no key and the value might be guessed, rule and context without the
 *   path. It follows a renamed file; nothing of the value is in it but the mask.
 *
 * - `blind1`: where a server is to put its key in afterwards (`unblind`): place, SHA-256 of the
 *   value and ordinal. Who reads it can guess passwords, so it goes to that server and
 *   nowhere else.
 *
 * "What the secret is" in `ctx1` is `secret1` or `secret0`, or else the mask. Thus a secret
 * replaced by another on the same line matches nothing and is new. One blind spot is left, on
 * purpose: without a key, a guessable secret whose successor has the same mask (`Su…` for
 * Summer2023! and Summer2024!) passes for the old one, because any digest of it, however short,
 * would let a reader of the report try passwords until it fits.
 */
export class SecretFingerprints {
  private readonly key: FingerprintKey
  private readonly seen = new Map<string, number>()

  constructor(key: FingerprintKey) {
    this.key = key
  }

  /** Findings of a file are named in the order of their places. */
  name(place: Place, secret: SecretIdentity): Fingerprint[] {
    const { ruleId, path, context } = place
    const at = hash('ctx1', ruleId, path, context)
    const digest = this.digest(secret)
    const identity = digest?.value ?? secret.mask
    const ordinal = this.count(`${at} ${identity}`)
    const inPlace = placed(at, identity, ordinal)
    const blind = this.key === 'blind' ? [this.blinded(at, secret)] : []
    if (digest !== null) return [inPlace, digest, ...blind]
    const moved = hash('move1', ruleId, context, secret.mask, String(ordinal))
    return [inPlace, { algorithm: 'move1', value: moved }, ...blind]
  }

  private digest({ value, guessingBits }: SecretIdentity): Fingerprint | null {
    if (this.key !== null && this.key !== 'blind') return keyed(this.key, sha256(value))
    if (guessingBits < unguessableBits) return null
    return { algorithm: 'secret0', value: hash('secret0', value) }
  }

  /** With the ordinal that it will have among those whose keyed digests are equal. */
  private blinded(at: string, { value }: SecretIdentity): Fingerprint {
    const named = `${at}.${sha256(value)}`
    return { algorithm: 'blind1', value: `${named}.${this.count(named)}` }
  }

  private count(base: string): number {
    const ordinal = this.seen.get(base) ?? 0
    this.seen.set(base, ordinal + 1)
    return ordinal
  }
}

/** The organization's key; `blind` where a server will put it in; null where there is none. */
export type FingerprintKey = Uint8Array | 'blind' | null

/** What stands in for one of `blind1` once the server's key is put in; others stay as they are. */
export function unblind(fingerprints: readonly Fingerprint[], key: Uint8Array): Fingerprint[] {
  const blind = fingerprints.find(({ algorithm }) => algorithm === 'blind1')
  const [, at, digest, ordinal] = blindForm.exec(blind?.value ?? '') ?? []
  if (at === undefined || digest === undefined) return withoutBlind(fingerprints)
  const secret = keyed(key, digest)
  return [placed(at, secret.value, Number(ordinal)), secret]
}

/** What reports and baselines may show. */
export const withoutBlind = (fingerprints: readonly Fingerprint[]): Fingerprint[] =>
  fingerprints.filter(({ algorithm }) => algorithm !== 'blind1')

const blindForm = /^([0-9a-f]{32})\.([0-9a-f]{64})\.(\d{1,6})$/

const placed = (at: string, identity: string, ordinal: number): Fingerprint => ({
  algorithm: 'ctx1',
  value: hash(at, identity, String(ordinal)),
})

function keyed(key: Uint8Array, digest: string): Fingerprint {
  const mac = createHmac('sha256', key).update('secret1\0').update(digest, 'latin1')
  return { algorithm: 'secret1', value: mac.digest('hex').slice(0, hexDigits) }
}

const sha256 = (value: string) => createHash('sha256').update(value, 'latin1').digest('hex')

/**
 * The fingerprints of one file's weaknesses, other than secrets: 32 hex digits each, matched in
 * this order.
 *
 * - `ctx1`: SHA-256 of rule, path, context and an ordinal among equal ones in the file.
 * - what the engine knows it by (`Identity`): it survives changes of the lines around.
 * - `move1`: rule and context without the path, which follows a renamed file.
 */
export class WeaknessFingerprints implements Naming {
  private readonly ordinals = new Ordinals()

  name(place: Place, identities: readonly Identity[]): Fingerprint[] {
    return this.ordinals.complete(unnumbered.name(place, identities))
  }
}

/** Names the weaknesses of one file, in the order of their places. */
export interface Naming {
  name(place: Place, identities: readonly Identity[]): Fingerprint[]
}

/** Without the ordinals among equal ones, which `Ordinals` puts in when all are known. */
export const unnumbered: Naming = {
  name({ ruleId, path, context }, identities) {
    const named = (algorithm: string, parts: readonly string[]): Fingerprint => ({
      algorithm,
      value: hash(algorithm, ...parts),
    })
    return [
      named('ctx1', [ruleId, path, context]),
      ...identities.map(({ algorithm, parts }) => named(algorithm, [ruleId, ...parts])),
      named('move1', [ruleId, context]),
    ]
  },
}

/** Of one file: its weaknesses are completed in the order of their places. */
export class Ordinals {
  private readonly seen = new Map<string, number>()

  complete(fingerprints: readonly Fingerprint[]): Fingerprint[] {
    return fingerprints.map(({ algorithm, value }) => {
      const ordinal = this.seen.get(value) ?? 0
      this.seen.set(value, ordinal + 1)
      return { algorithm, value: hash(value, String(ordinal)) }
    })
  }
}

const unguessableBits = 80
/** 128 bits: no two findings of any repository share one by chance. */
const hexDigits = 32

function hash(...parts: readonly string[]): string {
  return createHash('sha256').update(parts.join('\0')).digest('hex').slice(0, hexDigits)
}
