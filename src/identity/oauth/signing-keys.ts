// The keys that sign access tokens. Each is published before it signs, so that whoever verifies
// knows it in time, and stays published until the last token that it signed has expired.
import { generateKeyPair } from 'node:crypto'
import { promisify } from 'node:util'
import {
  type CryptoKey,
  calculateJwkThumbprint,
  exportJWK,
  importJWK,
  importPKCS8,
  type JWK,
} from 'jose'
import { type Database, sql, type Tx } from '../../platform/db.ts'
import { common } from '../../platform/errors.ts'
import type { Secrets } from '../../platform/secrets.ts'
import { announceRevocation, type Revocations } from '../revocations.ts'

export interface SigningKeys {
  current(): Promise<SigningKey>
  /** Null for one that is not published; asks the database about one that it has not seen. */
  verifier(kid: string): Promise<CryptoKey | null>
  published(): Promise<JWK[]>
  /** Of use at once where the others are withdrawn, else when everybody had time to see it. */
  rotate(tx: Tx, options: { withdraw: boolean }): Promise<KeyState>
}

export interface SigningKey {
  kid: string
  privateKey: CryptoKey
}

export interface KeyState {
  kid: string
  created_at: string
  signs_from: string
}

interface StoredKey extends KeyState {
  public_jwk: JWK
  sealed_private_key: Buffer
}

interface RingKey {
  kid: string
  jwk: JWK
  signsFrom: number
  /** When the next one took over. */
  signedUntil: number
  publicKey: CryptoKey
  privateKey: CryptoKey
}

const day = 86_400_000
const rotateMs = 90 * day
/** Longer than a node or a verifier remembers what is published. */
const publishedBeforeMs = 15 * 60_000
const publishedAfterMs = 2 * 3_600_000
const reloadMs = 60_000
const unknownReloadMs = 1_000
const algorithm = 'RS256'

export function createSigningKeys(options: {
  db: Database
  secrets: Secrets
  revocations: Revocations
  now: () => number
}): SigningKeys {
  const { db, secrets, revocations, now } = options
  let ring: RingKey[] = []
  let loadedAt = 0
  let loading: Promise<void> | null = null
  revocations.onChange(() => {
    loadedAt = 0
  })

  async function read(at: number): Promise<StoredKey[]> {
    try {
      const stored = await db.inSystem(readKeys)
      return isDue(stored, at) ? await db.inSystem((tx) => addWhereDue(tx, options)) : stored
    } catch (cause) {
      throw common.problem('unavailable', { cause })
    }
  }

  async function load(): Promise<void> {
    const askedAt = now()
    const before = revocations.generation()
    const stored = await read(askedAt)
    ring = await Promise.all(stored.map((key, at) => open(secrets, key, stored[at + 1])))
    // What was withdrawn while the answer was under way may be in it.
    loadedAt = before === revocations.generation() ? askedAt : 0
  }

  async function keys(ageMsMax: number): Promise<readonly RingKey[]> {
    if (now() - loadedAt > ageMsMax || (loadedAt > 0 && !revocations.isFresh())) {
      loading ??= load().finally(() => {
        loading = null
      })
      await loading
    }
    return ring.filter(({ signedUntil }) => signedUntil + publishedAfterMs > now())
  }

  return {
    async current() {
      const known = await keys(reloadMs)
      // The first one where the clock of the node that made it is ahead of this one's.
      const found = known.findLast(({ signsFrom }) => signsFrom <= now()) ?? known[0]
      if (found === undefined) throw common.problem('unavailable')
      return found
    },
    async verifier(kid) {
      const named = (key: RingKey) => key.kid === kid
      const found = (await keys(reloadMs)).find(named) ?? (await keys(unknownReloadMs)).find(named)
      return found?.publicKey ?? null
    },
    published: async () => (await keys(reloadMs)).map(({ jwk }) => jwk),
    rotate: (tx, { withdraw }) => rotate(tx, { ...options, withdraw }),
  }
}

async function rotate(
  tx: Tx,
  { secrets, now, withdraw }: { secrets: Secrets; now: () => number; withdraw: boolean },
): Promise<KeyState> {
  await lock(tx)
  if (withdraw) {
    await tx.run(sql`update signing_keys set withdrawn_at = now() where withdrawn_at is null`)
  }
  const made = await insert(tx, secrets, now() + (withdraw ? 0 : publishedBeforeMs))
  if (withdraw) await announceRevocation(tx)
  return made
}

/** Whether none signs, or the newest has to be followed. */
function isDue(stored: readonly StoredKey[], now: number): boolean {
  const newest = stored.at(-1)
  return newest === undefined || Date.parse(newest.signs_from) + rotateMs - day <= now
}

async function addWhereDue(
  tx: Tx,
  { secrets, now }: { secrets: Secrets; now: () => number },
): Promise<StoredKey[]> {
  await lock(tx)
  const stored = await readKeys(tx)
  if (isDue(stored, now())) await insert(tx, secrets, now() + (stored.length === 0 ? 0 : day))
  return readKeys(tx)
}

async function lock(tx: Tx): Promise<void> {
  await tx.rows(sql`select pg_advisory_xact_lock(hashtext('panthera.signing-keys'))`)
}

async function insert(tx: Tx, secrets: Secrets, signsFrom: number): Promise<KeyState> {
  const pair = await promisify(generateKeyPair)('rsa', { modulusLength: 2048 })
  const exported = await exportJWK(pair.publicKey)
  const kid = await calculateJwkThumbprint(exported)
  const jwk = { ...exported, kid, alg: algorithm, use: 'sig' }
  const pem = pair.privateKey.export({ type: 'pkcs8', format: 'pem' })
  return tx.one<KeyState>(sql`
    insert into signing_keys (kid, public_jwk, sealed_private_key, signs_from)
    values (${kid}, ${JSON.stringify(jwk)}, ${secrets.seal(pem.toString(), context(kid))},
      ${new Date(signsFrom)})
    returning kid, created_at, signs_from`)
}

function readKeys(tx: Tx): Promise<StoredKey[]> {
  return tx.rows<StoredKey>(sql`select kid, public_jwk, sealed_private_key, created_at, signs_from
    from signing_keys where withdrawn_at is null order by signs_from, created_at`)
}

async function open(
  secrets: Secrets,
  key: StoredKey,
  next: StoredKey | undefined,
): Promise<RingKey> {
  const pem = secrets.open(key.sealed_private_key, context(key.kid)).toString()
  return {
    kid: key.kid,
    jwk: key.public_jwk,
    signsFrom: Date.parse(key.signs_from),
    signedUntil: next === undefined ? Number.POSITIVE_INFINITY : Date.parse(next.signs_from),
    publicKey: (await importJWK(key.public_jwk, algorithm)) as CryptoKey,
    privateKey: await importPKCS8(pem, algorithm),
  }
}

/** Ties a sealed private key to its place. */
function context(kid: string): string {
  return `signing-key/${kid}`
}
