// Changes policies: each change is a row, a version where the content changed, the period in which
// it is in force, an audit row and an announcement, together.
import type { Origin } from '../../platform/audit/audit.ts'
import type { Database, Tx } from '../../platform/db.ts'
import { invalidField } from '../../platform/http/validation.ts'
import { prefixedId } from '../../platform/ids.ts'
import { announceAuthorizationChange, readGeneration } from '../authorization/generation.ts'
import { errors } from '../errors.ts'
import type { PolicyError } from '../policy/parse.ts'
import { filled, hasLinks, linkOf, requireRoomForLink, requireSlots } from './links.ts'
import { type PolicyAction, record } from './record.ts'
import type { ChangePolicy, NewPolicy, PolicyStatus, Written, WrittenSlots } from './schema.ts'
import { readSchema } from './schema-text.ts'
import type { Content, KeptSlots, PolicyRow, Saved } from './store.ts'
import * as store from './store.ts'
import { type Check, compile } from './written.ts'

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
  check: Check
  /** Called after the commit, so that this node decides anew at once. */
  changed: (organizationId: string) => void
}): PolicyService {
  async function inTransaction<Result>(
    origin: Origin,
    work: (tx: Tx) => Promise<Result>,
  ): Promise<Result> {
    const { organizationId } = origin.caller
    try {
      return await options.db.inTenant(organizationId, async (tx) => {
        await store.lock(tx, organizationId)
        return work(tx)
      })
    } finally {
      options.changed(organizationId)
    }
  }

  /** Before the transaction, which others may wait for. Throws `invalid_policy`. */
  async function compiled({ caller }: Origin, { rules, cedar }: Written): Promise<Made> {
    if (rules === undefined && cedar === undefined) return { content: null, warnings: [] }
    const { organizationId } = caller
    const schema = await options.db.inTenant(organizationId, (tx) => readSchema(tx, organizationId))
    return compile(options.check, { rules, cedar }, schema)
  }

  return {
    async create(origin, wanted) {
      const made = await compiled(origin, wanted)
      return inTransaction(origin, (tx) => create(tx, origin, { ...wanted, ...made }))
    },
    async change(origin, id, wanted) {
      const made = await compiled(origin, wanted)
      return inTransaction(origin, (tx) => change(tx, origin, { ...wanted, ...made, id }))
    },
    rollback: (origin, id, version) =>
      inTransaction(origin, async (tx) => {
        const { organizationId } = origin.caller
        const before = await taken(tx, organizationId, id)
        const found = await store.findVersion(tx, { organizationId, id, version })
        if (found === null) throw errors.problem('policy_version_not_found')
        const { name, description, metadata } = found
        const content = (await relinked(tx, organizationId, found)) ?? found
        const next = { ...before, name, description, metadata, version: before.version + 1 }
        const action = 'policy.rolled_back' as const
        const more = { inForce: content, action, rolledBackTo: version }
        return save(tx, origin, { before, next, content, ...more })
      }),
    remove: (origin, id) =>
      inTransaction(origin, async (tx) => {
        const { organizationId, actor } = origin.caller
        const before = await taken(tx, organizationId, id)
        const links = await store.linksOf(tx, organizationId, id)
        if (links.length > 0) throw hasLinks(links)
        const generation = await nextGeneration(tx, organizationId)
        const gone = await store.remove(tx, { organizationId, id, generation, by: actor.id })
        await record(tx, origin, { action: 'policy.deleted', policy: before })
        return gone
      }),
  }
}

/** Null where nothing was written: then it is a link, or stays what it is. */
interface Made {
  content: Content | null
  warnings: PolicyError[]
}

async function create(tx: Tx, origin: Origin, wanted: NewPolicy & Made): Promise<Changed> {
  const { organizationId, actor } = origin.caller
  const { warnings } = wanted
  const content = wanted.content ?? (await relinked(tx, organizationId, wanted))
  if (content === null) throw new Error('a new policy has a content')
  await requireRoom(tx, organizationId)
  if (content.template !== null) await requireRoomForLink(tx, organizationId, content.template)
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

/** What a link becomes with its template as that is now; null for what is none. */
async function relinked(
  tx: Tx,
  organizationId: string,
  { template, slots }: { template?: string | null | undefined; slots?: Slots },
): Promise<Content | null> {
  if (template == null || slots == null) return null
  const written = Object.fromEntries(
    Object.entries(slots).map(([name, slot]) => [
      name,
      typeof slot === 'string' ? slot : slot?.written,
    ]),
  )
  return linkOf(tx, organizationId, { template, slots: written })
}

type Slots = WrittenSlots | KeptSlots | null | undefined

async function requireRoom(tx: Tx, organizationId: string, more = 0): Promise<void> {
  const { count, characters } = await store.measure(tx, organizationId)
  if (count < policiesMax && characters + more < charactersMax) return
  const details = { policies_max: policiesMax, characters_max: charactersMax }
  throw errors.problem('too_many_policies', { details })
}

interface Wanted extends ChangePolicy, Made {
  id: string
}

async function change(tx: Tx, origin: Origin, wanted: Wanted): Promise<Changed> {
  const { organizationId } = origin.caller
  const { id, warnings } = wanted
  const before = await taken(tx, organizationId, id)
  const content = wanted.content ?? (await linkWanted(tx, organizationId, { before, wanted }))
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
    inForce: content ?? kept,
    action,
    rolledBackTo: null,
  })
  return { ...row, warnings }
}

/** Null where nothing is said of it. Throws 400. */
async function linkWanted(
  tx: Tx,
  organizationId: string,
  { before, wanted }: { before: PolicyRow; wanted: Wanted },
): Promise<Content | null> {
  const { template = before.template, slots = before.slots } = wanted
  if (wanted.template === undefined && wanted.slots === undefined) return null
  if (template === null || slots === null) {
    throw invalidField(template === null ? 'template' : 'slots', 'is required for a link')
  }
  if (template === before.id) throw invalidField('template', 'must be another policy')
  if (template !== before.template) await requireRoomForLink(tx, organizationId, template)
  return relinked(tx, organizationId, { template, slots })
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
    inForce,
    action,
    rolledBackTo,
  }: {
    before: PolicyRow
    next: PolicyRow
    content: Content | null
    /** What it then says, whether that is new or not. */
    inForce: Content
    action: PolicyAction
    rolledBackTo: number | null
  },
): Promise<PolicyRow> {
  const { organizationId, actor } = origin.caller
  const links = await store.linksOf(tx, organizationId, before.id)
  requireSlots(links, inForce)
  const saved: Saved = {
    ...next,
    organizationId,
    by: actor.id,
    generation: await nextGeneration(tx, organizationId),
  }
  if (content !== null) await store.insertVersion(tx, saved, content, rolledBackTo)
  await store.update(tx, saved)
  await store.setPeriod(tx, saved)
  if (next.status === 'active') await passOn(tx, saved, { content: inForce, links })
  const from = { version: before.version, status: before.status }
  const more = {
    from,
    ...(rolledBackTo === null ? {} : { rolled_back_to: rolledBackTo }),
    ...(links.length === 0 ? {} : { links: links.length }),
  }
  await record(tx, origin, { action, policy: saved, more })
  return found(tx, saved)
}

/**
 * What an active template says is a version of each of its links; one that is no longer active
 * leaves them what they are. Throws 409 where all are too much.
 */
async function passOn(
  tx: Tx,
  template: Saved,
  { content, links }: { content: Content; links: readonly PolicyRow[] },
): Promise<void> {
  const { organizationId, id, by, generation } = template
  if (links.length === 0) return
  const { length } = JSON.stringify(content.compiled)
  await requireRoom(tx, organizationId, length * links.length)
  for (const link of links) {
    const own = filled(content, { template: id, slots: link.slots ?? {} })
    if (own.cedar === link.cedar) continue
    const next = { ...link, organizationId, version: link.version + 1, by, generation }
    await store.insertVersion(tx, next, own, null)
    await store.update(tx, next)
    await store.setPeriod(tx, next)
  }
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
