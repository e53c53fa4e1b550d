// Keeps certificate authorities; the first internal one is made when it is needed, so that a
// certificate can be issued at once.
import { type AuditOrigin, appendAudit, type Origin } from '../../platform/audit/audit.ts'
import type { Tx } from '../../platform/db.ts'
import { Problem } from '../../platform/errors.ts'
import { invalidField } from '../../platform/http/validation.ts'
import type { Platform } from '../../platform/platform.ts'
import { type AuthorityType, Refused, Unreachable } from '../connectors/authority/contract.ts'
import { authorityTypes } from '../connectors/authority/index.ts'
import { changeableSettings } from '../connectors/authority/internal.ts'
import { errors } from '../errors.ts'
import { requireWholeOrganization } from '../reach.ts'
import { createAuthority, entry, oneAtATime, settingsOf } from './create.ts'
import type { Authorities } from './load.ts'
import { rollOver } from './roll-over.ts'
import type { CreateAuthority, UpdateAuthority } from './schema.ts'
import { sealSettings, shownSettings, wholeSettings } from './sealed-settings.ts'
import * as store from './store.ts'

export interface AuthorityService {
  list(organizationId: string, page: { page: number; limit: number }): ReturnType<typeof store.list>
  find(organizationId: string, id: number): Promise<store.AuthorityRow>
  create(origin: Origin, wanted: CreateAuthority): Promise<store.AuthorityRow>
  update(origin: Origin, id: number, change: UpdateAuthority): Promise<store.AuthorityRow>
  remove(origin: Origin, id: number): Promise<void>
  /** A new intermediate signs from then on; those before answer for what they signed. */
  rollOver(origin: Origin, id: number): Promise<store.AuthorityRow>
  test(organizationId: string, id: number): Promise<{ ok: boolean; message: string }>
  /** The one that serves who names none, made where there was none yet. */
  ensureDefault(organizationId: string): Promise<void>
}

const defaultName = 'Panthera Internal CA'

export function authorityService(platform: Platform, authorities: Authorities): AuthorityService {
  const { db, now } = platform
  return {
    list: (organizationId, page) =>
      db.inTenant(organizationId, (tx) => store.list(tx, organizationId, page)),
    find: (organizationId, id) =>
      db.inTenant(organizationId, (tx) => mustFind(tx, organizationId, id)),
    async create(origin, wanted) {
      requireWholeOrganization(origin.caller)
      requireOwnNames(platform, origin, wanted)
      return createAuthority(platform, origin, wanted)
    },
    async update(origin, id, change) {
      requireWholeOrganization(origin.caller)
      const { organizationId } = origin.caller
      const row = await db.inTenant(organizationId, (tx) =>
        update(platform, tx, origin, { id, ...change }),
      )
      // With a new PIN at once, at least on this node.
      if (row.type === 'internal') {
        await db.inTenant(organizationId, (tx) => authorities.keys(tx, row, { fresh: true }))
      }
      return row
    },
    async remove(origin, id) {
      requireWholeOrganization(origin.caller)
      await db.inTenant(origin.caller.organizationId, (tx) => remove(tx, origin, id))
    },
    async rollOver(origin, id) {
      requireWholeOrganization(origin.caller)
      const { organizationId } = origin.caller
      const row = await db.inTenant(organizationId, (tx) => mustFind(tx, organizationId, id))
      await rollOver(platform, authorities, origin, row)
      return row
    },
    async test(organizationId, id) {
      // No transaction waits for an authority elsewhere.
      const connector = await db.inTenant(organizationId, async (tx) =>
        authorities.connector(tx, await mustFind(tx, organizationId, id)),
      )
      try {
        return await connector.test(now())
      } catch (error) {
        if (!(error instanceof Refused || error instanceof Unreachable)) throw error
        return { ok: false, message: error.message }
      }
    },
    ensureDefault: (organizationId) => ensureDefault(platform, organizationId),
  }
}

async function ensureDefault(platform: Platform, organizationId: string): Promise<void> {
  const { db } = platform
  const known = await db.inTenant(organizationId, (tx) => store.findDefault(tx, organizationId))
  if (known !== null) return
  const name = await db.inTenant(organizationId, async (tx) => {
    await oneAtATime(tx, organizationId)
    const isThere = (await store.findDefault(tx, organizationId)) !== null
    return isThere || (await handOn(tx, byNeed(organizationId)))
      ? null
      : freeName(tx, organizationId)
  })
  if (name === null) return
  const wanted = { name, type: 'internal', settings: {}, isDefault: false } as const
  try {
    await createAuthority(platform, byNeed(organizationId), wanted)
  } catch (error) {
    // Another request made it in between.
    if (!(error instanceof Problem) || error.code !== 'name_taken') throw error
  }
}

/** The oldest serves who names none. Answers false where there is none that still signs. */
async function handOn(tx: Tx, origin: AuditOrigin): Promise<boolean> {
  const next = await store.livingInternal(tx, origin.caller.organizationId)
  if (next === null) return false
  await store.makeDefault(tx, next)
  await appendAudit(tx, origin, entry('certificate_authority.changed', next, { isDefault: true }))
  return true
}

async function freeName(tx: Tx, organizationId: string): Promise<string> {
  for (let n = 1; ; n++) {
    const name = n === 1 ? defaultName : `${defaultName} ${n}`
    if (!(await store.isTaken(tx, organizationId, name))) return name
  }
}

async function mustFind(
  tx: Tx,
  organizationId: string,
  id: number,
  options: Parameters<typeof store.find>[3] = {},
) {
  const row = await store.find(tx, organizationId, id, options)
  if (row === null) throw errors.problem('certificate_authority_not_found')
  return row
}

/**
 * Names that lead to this installation are proven by whoever answers there: not every tenant is to
 * have certificates of them.
 */
function requireOwnNames(
  { config }: Platform,
  { caller }: Origin,
  { type, settings }: Pick<CreateAuthority, 'type' | 'settings'>,
): void {
  if (type !== 'acme' || settings.challenge === 'dns-01') return
  if (caller.firstOrganization || config.acmeAnswersFor === 'all') return
  const why = 'the names that lead here are the operator’s (PANTHERA_ACME_ANSWERS_FOR)'
  throw invalidField('settings.challenge', `must be dns-01: ${why}`)
}

async function update(
  platform: Platform,
  tx: Tx,
  origin: Origin,
  { id, ...change }: UpdateAuthority & { id: number },
) {
  const { organizationId } = origin.caller
  const { secrets } = platform
  await oneAtATime(tx, organizationId)
  const row = await mustFind(tx, organizationId, id, { locked: 'changes' })
  const { settings, ...rest } = merged(row, change, wholeSettings(secrets, row))
  requireOwnNames(platform, origin, { type: row.type, settings })
  const shown = shownSettings(row.type, settings)
  const sealedSettings = sealSettings(secrets, row, settings)
  const changed = { ...rest, settings: shown, sealedSettings }
  if (!(await store.update(tx, row, changed))) {
    throw errors.problem('name_taken', { details: { field: 'name' } })
  }
  if (change.settings !== undefined) await store.askAgainToRevoke(tx, row)
  await appendAudit(tx, origin, entry('certificate_authority.changed', row, told(row, change)))
  return { ...row, ...changed }
}

async function remove(tx: Tx, origin: Origin, id: number): Promise<void> {
  const { organizationId } = origin.caller
  await oneAtATime(tx, organizationId)
  const row = await mustFind(tx, organizationId, id, { locked: 'ends' })
  const certificates = await store.dependents(tx, row)
  if (certificates > 0) {
    throw errors.problem('certificate_authority_in_use', { details: { certificates } })
  }
  await store.remove(tx, row)
  await appendAudit(tx, origin, entry('certificate_authority.deleted', row))
  if (row.isDefault) await handOn(tx, origin)
}

function told(row: store.AuthorityRow, { settings, ...change }: UpdateAuthority) {
  return settings === undefined
    ? change
    : { ...change, settings: shownSettings(row.type, settings) }
}

function merged(
  row: store.AuthorityRow,
  change: UpdateAuthority,
  settings: Record<string, unknown>,
) {
  const sent = change.settings ?? {}
  const keys = row.type === 'internal' ? keysAfter(settings.keys, sent.keys) : {}
  const fixed = Object.keys(sent).find(
    (name) => row.type === 'internal' && name !== 'keys' && !changeableSettings.includes(name),
  )
  if (fixed !== undefined) {
    const accepted = [...changeableSettings, 'keys.pin'].join(', ')
    throw invalidField(`settings.${fixed}`, `cannot change; what can is ${accepted}`)
  }
  if (change.isDefault === true && row.type !== 'internal') {
    throw invalidField('isDefault', 'must be an internal authority, which issues at once')
  }
  const after = settingsOf(row.type, { ...settings, ...sent, ...keys })
  requireSecretsAnew(row, sent, after)
  return {
    name: change.name ?? row.name,
    settings: after,
    isDefault: change.isDefault ?? row.isDefault,
  }
}

/** Else whoever may change settings could have the sealed secrets sent to themselves. */
function requireSecretsAnew(
  { type, settings: before }: store.AuthorityRow,
  sent: Record<string, unknown>,
  after: Record<string, unknown>,
): void {
  const { secrets = [], destinations = [] }: AuthorityType<never> | AuthorityType<unknown> =
    authorityTypes[type]
  const moved = destinations.find((name) => before[name] !== after[name])
  const kept = secrets.find((name) => after[name] !== undefined && sent[name] === undefined)
  if (moved === undefined || kept === undefined) return
  const why = `is required (string) with another ${moved}, to which it is sent`
  throw invalidField(`settings.${kept}`, why)
}

/** Keys stay where they are; the PIN that leads to them may have changed. */
function keysAfter(before: unknown, sent: unknown): { keys?: object } {
  if (sent === undefined) return {}
  const change = sent as Record<string, unknown> | null
  const own = before as Record<string, unknown> | undefined
  const isObject = typeof change === 'object' && change !== null
  const other = isObject
    ? Object.keys(change).find((name) => name !== 'pin' && change[name] !== own?.[name])
    : ''
  if (other === undefined) return { keys: { ...own, ...change } }
  const field = other === '' ? 'settings.keys' : `settings.keys.${other}`
  throw invalidField(field, 'cannot change; what can is keys.pin')
}

function byNeed(organizationId: string): AuditOrigin {
  const actor = { kind: 'system', id: 'trust', name: 'Trust' } as const
  return { caller: { organizationId, actor }, address: null, requestId: null }
}
