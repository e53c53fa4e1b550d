// Creates, changes and ends principals. An AI agent comes with its own key.
import type { Origin } from '../../platform/audit/audit.ts'
import type { Database, Tx } from '../../platform/db.ts'
import type { Caller } from '../../platform/http/caller.ts'
import { invalidField } from '../../platform/http/validation.ts'
import { prefixedId } from '../../platform/ids.ts'
import type { Secrets } from '../../platform/secrets.ts'
import { checkAttributes, checkMetadata, merge } from '../attributes.ts'
import { errors } from '../errors.ts'
import { announceRevocation } from '../revocations.ts'
import { requireMaker } from '../users/maker.ts'
import * as members from '../users/members-store.ts'
import { checkAgentKey, mintAgentKey } from './agent-key.ts'
import { endKeys, keepAnOwner, requireControl } from './credentials.ts'
import { checkOwner } from './owners.ts'
import { record } from './record.ts'
import type { ChangePrincipal, CreatePrincipal } from './schema.ts'
import type { NewPrincipal, PrincipalFilter, PrincipalRow } from './store.ts'
import * as store from './store.ts'

export interface PrincipalService {
  list(caller: Caller, query: Page & { filter: PrincipalFilter }): Promise<Found>
  get(caller: Caller, id: string): Promise<PrincipalRow>
  create(origin: Origin, wanted: CreatePrincipal): Promise<Created>
  change(origin: Origin, id: string, wanted: ChangePrincipal): Promise<PrincipalRow>
  remove(origin: Origin, id: string): Promise<{ deleted_at: string }>
}

interface Page {
  limit: number
  offset: number
}

interface Found {
  rows: PrincipalRow[]
  total: number
}

export interface Created {
  principal: PrincipalRow
  /** Of an AI agent. */
  key: { id: string; api_key: string; scopes: string[] } | null
}

export interface PrincipalOptions {
  db: Database
  secrets: Secrets
  now: () => number
  /** Called after the commit of a change, so that this node forgets at once. */
  changed: (organizationId: string) => void
  /** The same where credentials may have ended, or hold again. */
  revoked: () => void
}

export function principalService(options: PrincipalOptions): PrincipalService {
  const { db, changed, revoked } = options
  const inTenant = async <Result>(caller: Caller, work: (tx: Tx) => Promise<Result>) => {
    const result = await db.inTenant(caller.organizationId, work)
    changed(caller.organizationId)
    return result
  }
  return {
    list: ({ organizationId }, query) =>
      db.inTenant(organizationId, (tx) => store.list(tx, organizationId, query)),
    get: ({ organizationId }, id) =>
      db.inTenant(organizationId, async (tx) => found(await store.find(tx, organizationId, id))),
    create: (origin, wanted) =>
      inTenant(origin.caller, (tx) => create(tx, options, { origin, wanted })),
    async change(origin, id, wanted) {
      const row = await inTenant(origin.caller, (tx) => change(tx, { origin, id, wanted }))
      if (wanted.status !== undefined || wanted.owner !== undefined) revoked()
      return row
    },
    async remove(origin, id) {
      const gone = await inTenant(origin.caller, (tx) => remove(tx, origin, id))
      revoked()
      return gone
    },
  }
}

/** Throws 404. */
export function found(row: PrincipalRow | null): PrincipalRow {
  if (row === null) throw errors.problem('principal_not_found')
  return row
}

async function create(
  tx: Tx,
  { secrets, now }: PrincipalOptions,
  { origin, wanted }: { origin: Origin; wanted: CreatePrincipal },
): Promise<Created> {
  const { caller } = origin
  const isAgent = wanted.type === 'AI_AGENT'
  if (!isAgent && wanted.scopes !== undefined) throw invalidField('scopes', onlyAgents)
  if (!isAgent && wanted.expires_in_days !== undefined) {
    throw invalidField('expires_in_days', onlyAgents)
  }
  const carried = isAgent ? checkAgentKey(caller, wanted, now()) : null
  if (carried !== null) await requireMaker(tx, caller)
  const owner = await ownerFor(tx, caller, wanted)
  const principal = await store.insert(tx, { ...rowOf(wanted), ...madeBy(caller), owner })
  if (principal === null) throw errors.problem('principal_exists')
  const key = carried && (await mintAgentKey(tx, secrets, { origin, principal, carried }))
  await record(tx, origin, { action: 'created', principal, details: { owner } })
  return { principal, key }
}

const onlyAgents = 'is only for principals of the type AI_AGENT, which come with a key'

/** Of an agent: whoever makes it, unless another is named. Throws 400. */
async function ownerFor(tx: Tx, caller: Caller, wanted: CreatePrincipal): Promise<string | null> {
  const { organizationId, actor } = caller
  const isDefault = wanted.owner === undefined && wanted.type === 'AI_AGENT'
  const owner = isDefault
    ? await store.principalOfKey(tx, organizationId, actor.id)
    : (wanted.owner ?? null)
  if (owner !== null) await checkOwner(tx, organizationId, { owned: null, owner })
  return owner
}

function madeBy({ organizationId, actor }: Caller) {
  return { organizationId, id: prefixedId('principal'), createdBy: actor.id }
}

function rowOf(wanted: CreatePrincipal): Omit<NewPrincipal, 'organizationId' | 'id' | 'createdBy'> {
  return {
    type: wanted.type,
    status: wanted.status,
    name: wanted.name ?? wanted.email ?? '',
    email: wanted.email ?? null,
    description: wanted.description ?? null,
    attributes: checkAttributes(wanted.attributes),
    groups: [...new Set(wanted.groups)],
    metadata: checkMetadata(wanted.metadata),
    owner: wanted.owner ?? null,
    connector_source: wanted.connector_source ?? null,
    external_id: wanted.external_id ?? null,
  }
}

async function change(
  tx: Tx,
  { origin, id, wanted }: { origin: Origin; id: string; wanted: ChangePrincipal },
): Promise<PrincipalRow> {
  const { caller } = origin
  const { organizationId } = caller
  const seen = found(await store.find(tx, organizationId, id))
  if (seen.status === 'terminated') throw errors.problem('principal_terminated')
  const turns = wanted.status !== undefined && wanted.status !== seen.status
  const moves = wanted.owner !== undefined && wanted.owner !== seen.owner
  // Under another owner a credential may hold that did not, and the other way round.
  if (turns || moves) await requireControl(tx, caller, seen)
  if (turns) await allowTurn(tx, caller, { principal: seen, status: wanted.status })
  // Before the principal's own row, in the order of a key that is revoked.
  const ended = turns && wanted.status === 'terminated' ? await endKeys(tx, organizationId, id) : []
  if (moves && wanted.owner != null) {
    await checkOwner(tx, organizationId, { owned: id, owner: wanted.owner })
  }
  const before = found(await store.findForChange(tx, organizationId, id))
  if (before.status === 'terminated' && wanted.status !== 'terminated') {
    throw errors.problem('principal_terminated')
  }
  const row = await store.update(tx, organizationId, apply(before, wanted))
  if (row === null) throw errors.problem('principal_exists')
  const fields = Object.keys(wanted).filter((field) => field !== 'status' || turns)
  const details = { fields, status: row.status, revoked_keys: ended }
  await record(tx, origin, { action: 'changed', principal: row, details, changed: fields })
  if (turns || moves) await announceRevocation(tx)
  return row
}

/** Throws 409. */
async function allowTurn(
  tx: Tx,
  caller: Caller,
  { principal, status }: { principal: PrincipalRow; status: string | undefined },
): Promise<void> {
  if (principal.user_id === null) return
  if (status === 'terminated') throw errors.problem('principal_is_member')
  await members.lock(tx, caller.organizationId)
  if (status !== 'active') await keepAnOwner(tx, caller.organizationId, principal.user_id)
}

/** Throws 400. */
function apply(before: PrincipalRow, wanted: ChangePrincipal): PrincipalRow {
  const { attributes, metadata, groups, owner, name, email, ...plain } = wanted
  const own = Object.entries({ name, email }).find(([, value]) => value !== undefined)
  if (before.user_id !== null && own !== undefined) {
    throw invalidField(own[0], 'is the person’s own: it is changed in their account')
  }
  return {
    ...before,
    ...given({ ...plain, name, email, owner }),
    attributes: checkAttributes(merge(before.attributes, attributes)),
    metadata: checkMetadata(merge(before.metadata, metadata)),
    groups: groups === undefined ? before.groups : [...new Set(groups)],
  }
}

function given(values: Partial<Record<keyof PrincipalRow, unknown>>): Partial<PrincipalRow> {
  const named = Object.entries(values).filter(([, value]) => value !== undefined)
  return Object.fromEntries(named) as Partial<PrincipalRow>
}

async function remove(tx: Tx, origin: Origin, id: string): Promise<{ deleted_at: string }> {
  const { caller } = origin
  const { organizationId } = caller
  const principal = found(await store.find(tx, organizationId, id))
  await requireControl(tx, caller, principal)
  if (principal.user_id !== null && principal.status !== 'terminated') {
    throw errors.problem('principal_is_member')
  }
  const ended = await endKeys(tx, organizationId, id)
  found(await store.findForChange(tx, organizationId, id))
  const gone = await store.remove(tx, organizationId, id)
  const details = { revoked_keys: ended }
  await record(tx, origin, { action: 'deleted', principal, details })
  await announceRevocation(tx)
  return gone
}
