// Makes, changes and removes certificate authorities; the first internal one is made when it is
// needed, so that a certificate can be issued at once.

import { z } from 'zod'
import { type AuditOrigin, appendAudit, type Origin } from '../../platform/audit/audit.ts'
import { sql, type Tx } from '../../platform/db.ts'
import { invalidField, validate } from '../../platform/http/validation.ts'
import { randomBase62, uuid7 } from '../../platform/ids.ts'
import type { Platform } from '../../platform/platform.ts'
import { authorityTypes } from '../connectors/authority/index.ts'
import { changeableSettings, InternalSettings } from '../connectors/authority/internal.ts'
import { errors } from '../errors.ts'
import { requireWholeOrganization } from '../reach.ts'
import { X509Error } from '../x509/error.ts'
import { type Authorities, keyPlace, pointersTo } from './load.ts'
import { makeInternal } from './make.ts'
import type { CreateAuthority, UpdateAuthority } from './schema.ts'
import * as store from './store.ts'

export interface AuthorityService {
  list: (
    organizationId: string,
    page: { page: number; limit: number },
  ) => ReturnType<typeof store.list>
  find(organizationId: string, id: number): Promise<store.AuthorityRow>
  create(origin: Origin, wanted: CreateAuthority): Promise<store.AuthorityRow>
  update(origin: Origin, id: number, change: UpdateAuthority): Promise<store.AuthorityRow>
  remove(origin: Origin, id: number): Promise<void>
  test(organizationId: string, id: number): Promise<{ ok: boolean; message: string }>
  /** The one that serves who names none, made where there was none yet. */
  ensureDefault(organizationId: string): Promise<void>
}

export const defaultName = 'Panthera Internal CA'

export function authorityService(platform: Platform, authorities: Authorities): AuthorityService {
  const { db, secrets, now, config } = platform

  /** Keys are made before the transaction: that of RSA takes seconds. */
  async function make(
    origin: AuditOrigin,
    wanted: CreateAuthority,
  ): Promise<store.AuthorityRow | null> {
    const { organizationId, actor } = origin.caller
    const settings = settingsOf(wanted.type, wanted.settings)
    const token = randomBase62(22)
    const made = await madeBefore(wanted, settings, token)
    return db.inTenant(organizationId, async (tx) => {
      await oneAtATime(tx, organizationId)
      const first = wanted.isDefault || (await store.findDefault(tx, organizationId)) === null
      const isDefault = wanted.type === 'internal' && first
      const row = await store.insert(tx, {
        organizationId,
        ...wanted,
        settings,
        token,
        isDefault,
        createdBy: actor.id,
      })
      if (row === null) return null
      for (const { role, certificate, key } of made) {
        const id = uuid7()
        const sealedKey = secrets.seal(key, keyPlace(organizationId, id))
        const der = Buffer.from(certificate.der)
        const place = { organizationId, authorityId: row.id }
        await store.insertCertificate(tx, place, {
          id,
          role,
          der,
          sealedKey,
          validTo: certificate.validTo,
        })
      }
      await appendAudit(tx, origin, entry('certificate_authority.created', row))
      return row
    })
  }

  async function madeBefore(wanted: CreateAuthority, settings: object, token: string) {
    if (wanted.type !== 'internal') return []
    const internal = InternalSettings.parse(settings)
    const rootPointers = pointersTo(config.publicUrl, { token, settings: internal }, 'root')
    try {
      return await makeInternal(wanted.name, internal, { now: now(), rootPointers })
    } catch (error) {
      if (error instanceof X509Error) throw invalidField('settings', error.message)
      throw error
    }
  }

  return {
    list: (organizationId, page) =>
      db.inTenant(organizationId, (tx) => store.list(tx, organizationId, page)),
    async find(organizationId, id) {
      const row = await db.inTenant(organizationId, (tx) => store.find(tx, organizationId, id))
      if (row === null) throw errors.problem('certificate_authority_not_found')
      return row
    },
    async create(origin, wanted) {
      requireWholeOrganization(origin.caller)
      const row = await make(origin, wanted)
      if (row === null) throw errors.problem('name_taken', { details: { field: 'name' } })
      return row
    },
    async update(origin, id, change) {
      requireWholeOrganization(origin.caller)
      const { organizationId } = origin.caller
      return db.inTenant(organizationId, async (tx) => {
        const row = await store.find(tx, organizationId, id, { locked: true })
        if (row === null) throw errors.problem('certificate_authority_not_found')
        const changed = merged(row, change)
        if (!(await store.update(tx, row, changed))) {
          throw errors.problem('name_taken', { details: { field: 'name' } })
        }
        await appendAudit(tx, origin, entry('certificate_authority.changed', row, change))
        return { ...row, ...changed }
      })
    },
    async remove(origin, id) {
      requireWholeOrganization(origin.caller)
      const { organizationId } = origin.caller
      await db.inTenant(organizationId, async (tx) => {
        const row = await store.find(tx, organizationId, id, { locked: true })
        if (row === null) throw errors.problem('certificate_authority_not_found')
        const certificates = await store.dependents(tx, row)
        if (certificates > 0) {
          throw errors.problem('certificate_authority_in_use', { details: { certificates } })
        }
        await store.remove(tx, row)
        await appendAudit(tx, origin, entry('certificate_authority.deleted', row))
      })
    },
    async test(organizationId, id) {
      return db.inTenant(organizationId, async (tx) => {
        const row = await store.find(tx, organizationId, id)
        if (row === null) throw errors.problem('certificate_authority_not_found')
        return (await authorities.connector(tx, row)).test(now())
      })
    },
    async ensureDefault(organizationId) {
      const known = await db.inTenant(organizationId, (tx) => store.findDefault(tx, organizationId))
      if (known !== null) return
      const settings = {}
      const wanted = { name: defaultName, type: 'internal', settings, isDefault: false } as const
      await make(byNeed(organizationId), wanted)
    },
  }
}

/** Two first requests make one authority: the second finds the name taken. */
async function oneAtATime(tx: Tx, organizationId: string): Promise<void> {
  const name = `trust.authorities ${organizationId}`
  await tx.rows(sql`select pg_advisory_xact_lock(hashtextextended(${name}, 0))`)
}

/** Throws `invalid_request` that names the setting. */
function settingsOf(type: CreateAuthority['type'], sent: object): Record<string, unknown> {
  const { settings } = authorityTypes[type]
  return validate(z.object({ settings }), { settings: sent }, 'body').settings
}

function merged(row: store.AuthorityRow, change: UpdateAuthority) {
  const sent = change.settings ?? {}
  const fixed = Object.keys(sent).find(
    (name) => row.type === 'internal' && !changeableSettings.includes(name),
  )
  if (fixed !== undefined) {
    const accepted = changeableSettings.join(', ')
    throw invalidField(`settings.${fixed}`, `cannot change; what can is ${accepted}`)
  }
  if (change.isDefault === true && row.type !== 'internal') {
    throw invalidField('isDefault', 'must be an internal authority, which issues at once')
  }
  return {
    name: change.name ?? row.name,
    settings: settingsOf(row.type, { ...row.settings, ...sent }),
    isDefault: change.isDefault ?? row.isDefault,
  }
}

function byNeed(organizationId: string): AuditOrigin {
  const actor = { kind: 'system', id: 'trust', name: 'Trust' } as const
  return { caller: { organizationId, actor }, address: null, requestId: null }
}

function entry(action: string, row: store.AuthorityRow, change: object = {}) {
  const details = { name: row.name, type: row.type, ...change }
  return { action, objectType: 'certificate_authority', objectId: String(row.id), details }
}
