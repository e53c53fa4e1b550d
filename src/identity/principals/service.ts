// Creates, changes and ends principals. An AI agent comes with its own key.
import type { Origin } from '../../platform/audit/audit.ts'
import type { Database, Tx } from '../../platform/db.ts'
import { common } from '../../platform/errors.ts'
import type { Caller } from '../../platform/http/caller.ts'
import { invalidField } from '../../platform/http/validation.ts'
import { prefixedId } from '../../platform/ids.ts'
import { holds } from '../../platform/permissions.ts'
import type { Secrets } from '../../platform/secrets.ts'
import { checkAttributes, checkMetadata, merge } from '../attributes.ts'
import { errors } from '../errors.ts'
import { announceRevocation } from '../revocations.ts'
import { requireMaker } from '../users/maker.ts'
import * as members from '../users/members-store.ts'
import { type AgentKey, checkAgentKey, mintAgentKey } from './agent-key.ts'
import { endKeys, keepAnOwner, requireControl } from './credentials.ts'
import { readPrincipal } from './entities.ts'
import { checkOwner } from './owners.ts'
import { record } from './record.ts'
import type { ChangePrincipal, CreateAgentKey, CreatePrincipal } from './schema.ts'
import type { NewPrincipal, PrincipalFilter, PrincipalRow } from './store.ts'
import * as store from './store.ts'

export interface PrincipalService {
  list(caller: Caller, query: Page & { filter: PrincipalFilter }): Promise<Found>
  get(caller: Caller, id: string): Promise<PrincipalRow>
  create(origin: Origin, wanted: CreatePrincipal): Promise<Created>
  change(origin: Origin, id: string, wanted: ChangePrincipal): Promise<PrincipalRow>
  /** One more for an AI agent, as after its only one was revoked. */
  createKey(origin: Origin, id: string, wanted: CreateAgentKey): Promise<AgentKey>
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
  key: AgentKey | null
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
    createKey: (origin, id, wanted) =>
      db.inTenant(origin.caller.organizationId, (tx) =>
        createKey(tx, options, { origin, id, wanted }),
      ),
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
  const { organizationId } = caller
  const isAgent = wanted.type === 'AI_AGENT'
  const owner =
    isAgent && wanted.owner === undefined
      ? await store.principalOfMaker(tx, caller)
      : (wanted.owner ?? null)
  if (isAgent && owner === null) {
    throw invalidField('owner', 'is required: somebody answers for an AI agent')
  }
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

async function createKey(
  tx: Tx,
  { secrets, now }: PrincipalOptions,
  { origin, id, wanted }: { origin: Origin; id: string; wanted: CreateAgentKey },
): Promise<AgentKey> {
  const { caller } = origin
  const { organizationId } = caller
  // A key of its own is no way to another: it rotates.
  if (caller.task !== undefined || caller.principalId === id) throw common.problem('forbidden')
  const carried = checkAgentKey(caller, wanted, now())
  await requireMaker(tx, caller)
  await store.lock(tx, organizationId, id)
  const principal = found(await store.find(tx, organizationId, id))
  if (principal.type !== 'AI_AGENT') throw errors.problem('principal_not_agent')
  if (principal.status === 'terminated') throw errors.problem('principal_terminated')
  await requireControl(tx, caller, principal)
  return mintAgentKey(tx, secrets, { origin, principal, carried })
}

async function change(
  tx: Tx,
  { origin, id, wanted }: { origin: Origin; id: string; wanted: ChangePrincipal },
): Promise<PrincipalRow> {
  const { caller } = origin
  const { organizationId } = caller
  await store.lock(tx, organizationId, id)
  const seen = found(await store.find(tx, organizationId, id))
  if (seen.status === 'terminated') throw errors.problem('principal_terminated')
  const turns = wanted.status !== undefined && wanted.status !== seen.status
  const moves = wanted.owner !== undefined && wanted.owner !== seen.owner
  await requireOthers(tx, caller, { id, wanted })
  if (moves && wanted.owner === null && seen.type === 'AI_AGENT') {
    throw invalidField('owner', 'is required: somebody answers for an AI agent')
  }
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

/**
 * What decisions look at, nobody changes of their own principal or of one above it, by which they
 * would free themselves of what binds them. Throws 403.
 */
async function requireOthers(
  tx: Tx,
  { organizationId, principalId, scopes }: Caller,
  { id, wanted }: { id: string; wanted: ChangePrincipal },
): Promise<void> {
  const { owner, groups, attributes } = wanted
  const isHarmless = owner === undefined && groups === undefined && attributes === undefined
  if (isHarmless || principalId === undefined || holds(scopes, 'admin:console')) return
  const own = await readPrincipal(tx, organizationId, principalId)
  if (own === null || ![own, ...own.owners].some((each) => each.id === id)) return
  const message =
    'Owner, groups and attributes of one’s own principal, and of its owners, are others’'
  throw common.problem('forbidden', { message, details: { scope: 'admin:console' } })
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
  await store.lock(tx, organizationId, id)
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
