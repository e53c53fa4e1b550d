// Changes policies: each change is a row, a version where the content changed, the period in which
// it is in force, an audit row and an announcement, together.
import type { Origin } from '../../platform/audit/audit.ts'
import type { Database, Tx } from '../../platform/db.ts'
import { invalidField } from '../../platform/http/validation.ts'
import { prefixedId } from '../../platform/ids.ts'
import { announceAuthorizationChange, readGeneration } from '../authorization/generation.ts'
import { errors } from '../errors.ts'
import type { PolicyError } from '../policy/parse.ts'
import { type PolicyAction, record } from './record.ts'
import type { ChangePolicy, NewPolicy, PolicyStatus, Written } from './schema.ts'
import { readSchema } from './schema-text.ts'
import type { Content, PolicyRow, Saved } from './store.ts'
import * as store from './store.ts'
import { type Compiled, compile } from './written.ts'

export interface Changed extends PolicyRow {
  warnings: PolicyError[]
}

export interface PolicyService {
  create(origin: Origin, wanted: NewPolicy): Promise<Changed>
  /** What is undefined stays as it is. */
  change(origin: Origin, id: string, wanted: ChangePolicy): Promise<Changed>
  /** The content of an earlier version becomes the next one. */
  rollback(origin: Origin, id: string, version: number): Promise<PolicyRow>
  remove(origin: Origin, id: string): Promise<{ deleted_at: string }>
}

/** Of one organization: what each node that decides for it holds in memory. */
const policiesMax = 20_000
const charactersMax = 32 * 1024 * 1024

export function policyService(options: {
  db: Database
  /** Called after the commit, so that this node decides anew at once. */
  changed: (organizationId: string) => void
}): PolicyService {
  async function inTransaction<Result>(
    origin: Origin,
    work: (tx: Tx) => Promise<Result>,
  ): Promise<Result> {
    const { organizationId } = origin.caller
    try {
      return await options.db.inTenant(organizationId, work)
    } finally {
      options.changed(organizationId)
    }
  }

  /** Before the transaction, which others may wait for. Throws `invalid_policy`. */
  async function compiled({ caller }: Origin, { rules, cedar }: Written): Promise<Compiled> {
    const { organizationId } = caller
    const schema = await options.db.inTenant(organizationId, (tx) => readSchema(tx, organizationId))
    return compile({ rules, cedar }, schema)
  }

  return {
    async create(origin, wanted) {
      const made = await compiled(origin, wanted)
      return inTransaction(origin, (tx) => create(tx, origin, { ...wanted, ...made }))
    },
    async change(origin, id, wanted) {
      const isWritten = wanted.rules !== undefined || wanted.cedar !== undefined
      const made = isWritten ? await compiled(origin, wanted) : { content: null, warnings: [] }
      return inTransaction(origin, (tx) => change(tx, origin, { ...wanted, ...made, id }))
    },
    rollback: (origin, id, version) =>
      inTransaction(origin, async (tx) => {
        const { organizationId } = origin.caller
        const before = await taken(tx, organizationId, id)
        const found = await store.findVersion(tx, { organizationId, id, version })
        if (found === null) throw errors.problem('policy_version_not_found')
        const { name, description, metadata } = found
        const next = { ...before, name, description, metadata, version: before.version + 1 }
        const action = 'policy.rolled_back'
        return save(tx, origin, { before, next, content: found, action, rolledBackTo: version })
      }),
    remove: (origin, id) =>
      inTransaction(origin, async (tx) => {
        const { organizationId, actor } = origin.caller
        const before = await taken(tx, organizationId, id)
        const generation = await nextGeneration(tx, organizationId)
        const gone = await store.remove(tx, { organizationId, id, generation, by: actor.id })
        await record(tx, origin, { action: 'policy.deleted', policy: before })
        return gone
      }),
  }
}

async function create(tx: Tx, origin: Origin, wanted: NewPolicy & Compiled): Promise<Changed> {
  const { organizationId, actor } = origin.caller
  const { content, warnings } = wanted
  await requireRoom(tx, organizationId)
  const saved: Saved = {
    organizationId,
    id: prefixedId('policy'),
    name: wanted.name,
    description: wanted.description ?? null,
    status: wanted.status,
    version: 1,
    metadata: wanted.metadata,
    by: actor.id,
    generation: await nextGeneration(tx, organizationId),
  }
  await store.insert(tx, saved)
  await store.insertVersion(tx, saved, content, null)
  await store.setPeriod(tx, saved)
  await record(tx, origin, { action: 'policy.created', policy: saved })
  return { ...(await found(tx, saved)), warnings }
}

async function requireRoom(tx: Tx, organizationId: string): Promise<void> {
  const { count, characters } = await store.measure(tx, organizationId)
  if (count < policiesMax && characters < charactersMax) return
  const details = { policies_max: policiesMax, characters_max: charactersMax }
  throw errors.problem('too_many_policies', { details })
}

interface Wanted extends ChangePolicy {
  id: string
  content: Content | null
  warnings: PolicyError[]
}

async function change(tx: Tx, origin: Origin, wanted: Wanted): Promise<Changed> {
  const { organizationId } = origin.caller
  const { id, content, warnings } = wanted
  const before = await taken(tx, organizationId, id)
  if (wanted.version !== undefined && wanted.version !== before.version) {
    throw errors.problem('policy_changed', { details: { version: before.version } })
  }
  const { name = before.name, metadata = before.metadata, status = before.status } = wanted
  const { description = before.description } = wanted
  const isNew = content !== null || !isSame(before, { name, description, metadata })
  const version = before.version + (isNew ? 1 : 0)
  const next = { ...before, name, description, metadata, status, version }
  if (!isNew && status === before.status) return { ...before, warnings }
  if (content !== null) await requireRoom(tx, organizationId)
  const kept = await store.findVersion(tx, { organizationId, id, version: before.version })
  if (kept === null) throw errors.problem('policy_version_not_found')
  const action = isNew ? 'policy.updated' : actions[status]
  const row = await save(tx, origin, {
    before,
    next,
    content: isNew ? (content ?? kept) : null,
    action,
    rolledBackTo: null,
  })
  return { ...row, warnings }
}

const actions: Record<PolicyStatus, PolicyAction> = {
  active: 'policy.activated',
  draft: 'policy.deactivated',
  archived: 'policy.archived',
}

/** @param change content null: the version stays */
async function save(
  tx: Tx,
  origin: Origin,
  {
    before,
    next,
    content,
    action,
    rolledBackTo,
  }: {
    before: PolicyRow
    next: PolicyRow
    content: Content | null
    action: PolicyAction
    rolledBackTo: number | null
  },
): Promise<PolicyRow> {
  const { organizationId, actor } = origin.caller
  const saved: Saved = {
    ...next,
    organizationId,
    by: actor.id,
    generation: await nextGeneration(tx, organizationId),
  }
  if (content !== null) await store.insertVersion(tx, saved, content, rolledBackTo)
  await store.update(tx, saved)
  await store.setPeriod(tx, saved)
  const from = { version: before.version, status: before.status }
  const more = rolledBackTo === null ? { from } : { from, rolled_back_to: rolledBackTo }
  await record(tx, origin, { action, policy: saved, more })
  return found(tx, saved)
}

/** From here until the commit no other change of the organization's policies goes on. */
async function nextGeneration(tx: Tx, organizationId: string): Promise<number> {
  await announceAuthorizationChange(tx, organizationId, 'policies')
  return (await readGeneration(tx, organizationId)).policies
}

async function taken(tx: Tx, organizationId: string, id: string): Promise<PolicyRow> {
  const policy = await store.take(tx, organizationId, id)
  if (policy === null) throw errors.problem('policy_not_found')
  return policy
}

async function found(tx: Tx, saved: Saved): Promise<PolicyRow> {
  const policy = await store.find(tx, saved.organizationId, saved.id)
  if (policy === null) throw errors.problem('policy_not_found')
  return policy
}

type Described = Pick<PolicyRow, 'name' | 'description' | 'metadata'>

function isSame(a: Described, b: Described): boolean {
  const text = ({ name, description, metadata }: Described) =>
    JSON.stringify([name, description, metadata])
  return text(a) === text(b)
}

/** `If-Match: "3"` says the same as `version: 3` in the body. Throws 400. */
export function versionOf(header: string | undefined, version?: number): { version?: number } {
  if (header === undefined || header.trim() === '*') return version === undefined ? {} : { version }
  const match = /^\s*(?:W\/)?"(\d{1,9})"\s*$/.exec(header)
  if (match === null) throw invalidField('If-Match', 'must be a version in quotation marks: "3"')
  const matched = Number(match[1])
  if (version !== undefined && version !== matched) {
    throw invalidField('version', 'differs from the one in If-Match')
  }
  return { version: matched }
}
