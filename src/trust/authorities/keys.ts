// Where keys of internal authorities stand: sealed in the database, or on a token that they never
// leave. One on a token is noted before it is made, so that a crash leaves none that nobody knows.
import { randomBytes } from 'node:crypto'
import { type Database, sql, type Tx } from '../../platform/db.ts'
import { invalidField } from '../../platform/http/validation.ts'
import type { Platform } from '../../platform/platform.ts'
import { makeKey } from '../certificates/private-keys.ts'
import type { InternalSettings } from '../connectors/authority/internal.ts'
import type { KeySpec } from '../key-spec.ts'
import { TokenFault, type TokenFaultCode } from '../pkcs11/fault.ts'
import { makeKeyPair } from '../pkcs11/key-pair.ts'
import { librariesOf } from '../pkcs11/library.ts'
import { createTokenSigner } from '../pkcs11/signer.ts'
import { createTokens, type TokenAccess, type Tokens } from '../pkcs11/token.ts'
import { createSoftwareSigner, type Signer } from '../x509/signer.ts'

export type KeySettings = InternalSettings['keys']

/** Exactly one of both: PKCS #8, or the id of a key on the authority's token. */
export interface KeptKey {
  pkcs8: Buffer | null
  tokenKeyId: string | null
}

export interface MadeKey extends KeptKey {
  signer: Signer
}

export type KeyMaker = (spec: KeySpec) => Promise<MadeKey>

/** Throws `invalid_request` where the settings lead to no token that makes keys. */
export function keyMaker(
  platform: Platform,
  organizationId: string,
  settings: KeySettings,
): KeyMaker {
  if (settings.type === 'software') return makeSoftwareKey
  const access = accessOf(settings)
  return async (spec) => {
    try {
      return await makeTokenKey(platform, organizationId, access, spec)
    } catch (error) {
      if (error instanceof TokenFault) throw invalidField(fieldOf[error.code], error.message)
      throw error
    }
  }
}

async function makeSoftwareKey(spec: KeySpec): Promise<MadeKey> {
  const key = await makeKey(spec)
  const pkcs8 = key.export({ type: 'pkcs8', format: 'der' })
  return { signer: createSoftwareSigner(key), pkcs8, tokenKeyId: null }
}

async function makeTokenKey(
  platform: Platform,
  organizationId: string,
  access: TokenAccess,
  spec: KeySpec,
): Promise<MadeKey> {
  const id = randomBytes(16).toString('hex')
  const { db, secrets } = platform
  // Before the key: whatever happens then, the sweep finds it.
  const sealedPin = secrets.seal(access.pin, pinPlace(organizationId, id))
  await db.inTenant(organizationId, (tx) =>
    tx.run(sql`insert into authority_key_intents
        (organization_id, token_key_id, library, token_label, sealed_pin)
      values (${organizationId}, ${id}, ${access.library}, ${access.tokenLabel}, ${sealedPin})`),
  )
  const tokens = tokensOf(platform)
  const key = await tokens.use(access, 'make a key', (session) => makeKeyPair(session, id, spec))
  return { signer: createTokenSigner(tokens, key, () => access), pkcs8: null, tokenKeyId: id }
}

/** In the transaction that names the key for good. */
export async function settleKey(tx: Tx, organizationId: string, { tokenKeyId }: KeptKey) {
  if (tokenKeyId === null) return
  const settled = await tx.run(sql`delete from authority_key_intents
    where organization_id = ${organizationId} and token_key_id = ${tokenKeyId}`)
  // The sweep took it for one that was left behind: then the key is gone.
  if (settled !== 1) throw new TokenFault('no_key', 'the key was removed meanwhile: try again')
}

export function pinPlace(organizationId: string, tokenKeyId: string): string {
  return `organization/${organizationId}/token-key/${tokenKeyId}/pin`
}

/** Throws `invalid_request` where the PIN lacks. */
export function accessOf(settings: KeySettings): TokenAccess {
  if (settings.type !== 'pkcs11' || settings.pin === undefined) {
    throw invalidField('settings.keys.pin', 'is required (string): the PIN of the token')
  }
  const { library, tokenLabel, pin } = settings
  return { library, tokenLabel, pin }
}

const fieldOf: Readonly<Record<TokenFaultCode, string>> = {
  package_missing: 'settings.keys.type',
  library: 'settings.keys.library',
  no_token: 'settings.keys.tokenLabel',
  wrong_pin: 'settings.keys.pin',
  locked: 'settings.keys.tokenLabel',
  no_key: 'settings.keys.tokenLabel',
  not_supported: 'settings.keyType',
  failed: 'settings.keys.tokenLabel',
}

/** A token knows one login of a process: all that use it here share its sessions. */
const known = new WeakMap<Database, Tokens>()

export function tokensOf({ db, config, now }: Platform): Tokens {
  const made = known.get(db) ?? createTokens(librariesOf(config.pkcs11Libraries), now)
  known.set(db, made)
  return made
}
