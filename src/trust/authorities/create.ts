// Creates a certificate authority: its row, and of an internal one its certificates with their
// keys, in one transaction.

import { z } from 'zod'
import { type AuditOrigin, appendAudit } from '../../platform/audit/audit.ts'
import { sql, type Tx } from '../../platform/db.ts'
import { invalidField, validate } from '../../platform/http/validation.ts'
import { randomBase62, uuid7 } from '../../platform/ids.ts'
import type { Platform } from '../../platform/platform.ts'
import { authorityTypes } from '../connectors/authority/index.ts'
import { InternalSettings } from '../connectors/authority/internal.ts'
import { errors } from '../errors.ts'
import { X509Error } from '../x509/error.ts'
import { keyMaker, settleKey } from './keys.ts'
import { keyPlace, pointersTo } from './load.ts'
import { type MadeCertificate, makeInternal } from './make.ts'
import type { CreateAuthority } from './schema.ts'
import { sealSettings, shownSettings } from './sealed-settings.ts'
import * as store from './store.ts'

/** Throws `name_taken`. */
export async function createAuthority(
  platform: Platform,
  origin: AuditOrigin,
  wanted: CreateAuthority,
): Promise<store.AuthorityRow> {
  const { organizationId, actor } = origin.caller
  await platform.db.inTenant(organizationId, (tx) => requireFree(tx, organizationId, wanted.name))
  const settings = settingsOf(wanted.type, wanted.settings)
  const token = randomBase62(22)
  const made = await makeBefore(platform, organizationId, wanted, { settings, token })
  return platform.db.inTenant(organizationId, async (tx) => {
    await oneAtATime(tx, organizationId)
    await requireFree(tx, organizationId, wanted.name)
    const isFirst = (await store.livingInternal(tx, organizationId)) === null
    const isDefault = wanted.type === 'internal' && (wanted.isDefault || isFirst)
    const { type } = wanted
    const own = {
      organizationId,
      settings: shownSettings(type, settings),
      sealedSettings: sealSettings(platform.secrets, { organizationId, token, type }, settings),
      token,
      isDefault,
      createdBy: actor.id,
    }
    const row = await store.insert(tx, { ...wanted, ...own })
    for (const each of made) await insertCertificate(platform, tx, row, each)
    await appendAudit(tx, origin, entry('certificate_authority.created', row))
    return row
  })
}

/** Keys are made before the transaction: that of RSA takes seconds. */
async function makeBefore(
  platform: Platform,
  organizationId: string,
  wanted: CreateAuthority,
  { settings, token }: { settings: object; token: string },
): Promise<MadeCertificate[]> {
  if (wanted.type !== 'internal') return []
  const internal = InternalSettings.parse(settings)
  const { config, now } = platform
  const rootPointers = pointersTo(config.publicUrl, { token, settings: internal }, 'root')
  const makeKey = keyMaker(platform, organizationId, internal.keys)
  try {
    return await makeInternal(wanted.name, internal, { now: now(), rootPointers, makeKey })
  } catch (error) {
    if (error instanceof X509Error) throw invalidField('settings', error.message)
    throw error
  }
}

export async function insertCertificate(
  { secrets }: Platform,
  tx: Tx,
  { organizationId, id: authorityId }: Pick<store.AuthorityRow, 'organizationId' | 'id'>,
  { role, generation, certificate, pkcs8, tokenKeyId }: MadeCertificate,
): Promise<void> {
  const id = uuid7()
  const sealedKey = pkcs8 === null ? null : secrets.seal(pkcs8, keyPlace(organizationId, id))
  const { validTo } = certificate
  const { subjectKeyId } = certificate.says
  const der = Buffer.from(certificate.der)
  const place = { organizationId, authorityId }
  const key = { sealedKey, tokenKeyId }
  await store.insertCertificate(tx, place, {
    ...key,
    id,
    role,
    generation,
    der,
    subjectKeyId,
    validTo,
  })
  await settleKey(tx, organizationId, { pkcs8, tokenKeyId })
}

/** Also before keys are made, which takes time. */
async function requireFree(tx: Tx, organizationId: string, name: string): Promise<void> {
  if (!(await store.isTaken(tx, organizationId, name))) return
  throw errors.problem('name_taken', { details: { field: 'name' } })
}

/** Two first requests make one authority, and one of all is the default. */
export async function oneAtATime(tx: Tx, organizationId: string): Promise<void> {
  const name = `trust.authorities ${organizationId}`
  await tx.rows(sql`select pg_advisory_xact_lock(hashtextextended(${name}, 0))`)
}

/** Throws `invalid_request` that names the setting. */
export function settingsOf(type: CreateAuthority['type'], sent: object): Record<string, unknown> {
  const { settings } = authorityTypes[type]
  return validate(z.object({ settings }), { settings: sent }, 'body').settings
}

export function entry(action: string, row: store.AuthorityRow, change: object = {}) {
  const details = { name: row.name, type: row.type, ...change }
  return { action, objectType: 'certificate_authority', objectId: String(row.id), details }
}
