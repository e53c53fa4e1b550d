// SQL of policies, their versions, and when which was in force.
import { empty, type Sql, sql, type Tx } from '../../platform/db.ts'
import type { EntityUid, PolicyJson } from '../policy/json.ts'
import type { ContextNeeds } from '../policy/rules/context.ts'
import type { PolicyQuery, PolicyStatus, PolicySummary, WrittenSlots } from './schema.ts'

export interface Content {
  rules: unknown[] | null
  cedar: string
  compiled: readonly PolicyJson[]
  needs: ContextNeeds
  /** Both of a link only, which is kept as what it became. */
  template: string | null
  slots: KeptSlots | null
}

/** What each slot stands for, as it was written and as an entity. */
export type KeptSlots = Readonly<
  Partial<Record<keyof WrittenSlots, { written: string; entity: EntityUid }>>
>

export interface PolicyRow extends PolicySummary {
  rules: unknown[] | null
  cedar: string
  template: string | null
  slots: KeptSlots | null
}

const summary = sql`p.id, p.name, p.description, p.status, p.version, p.metadata, p.created_at,
  p.created_by, p.updated_at, p.updated_by`
const full = sql`${summary}, v.rules, v.cedar, v.template_id as template, v.slots`
const current = sql`policies p join policy_versions v
  on v.organization_id = p.organization_id and v.policy_id = p.id and v.version = p.version`

export async function list(tx: Tx, organizationId: string, query: PolicyQuery) {
  const { page, limit, filter, status } = query
  const like = `%${filter?.replaceAll(/[\\%_]/g, '\\$&')}%`
  const where = sql`where p.organization_id = ${organizationId} and p.deleted_at is null
    ${status === undefined ? empty : sql`and p.status = ${status}`}
    ${
      filter === undefined
        ? empty
        : sql`and (p.name ilike ${like} or coalesce(p.description, '') ilike ${like})`
    }`
  const data = await tx.rows<PolicySummary>(sql`select ${summary} from policies p ${where}
    order by p.created_at desc, p.id limit ${limit} offset ${(page - 1) * limit}`)
  const { total } = await tx.one<{ total: number }>(
    sql`select count(*) as total from policies p ${where}`,
  )
  return { data, total }
}

export async function find(tx: Tx, organizationId: string, id: string): Promise<PolicyRow | null> {
  return tx.maybe<PolicyRow>(sql`select ${full} from ${current}
    where ${isPolicy(organizationId, id)} and p.deleted_at is null`)
}

/** Until the end of the transaction nobody else changes policies: not their links either. */
export async function lock(tx: Tx, organizationId: string): Promise<void> {
  const name = `panthera.policies ${organizationId}`
  await tx.rows(sql`select pg_advisory_xact_lock(hashtextextended(${name}, 0))`)
}

/** What fills the slots of a template, where it is one. */
export async function linksOf(tx: Tx, organizationId: string, id: string): Promise<PolicyRow[]> {
  return tx.rows<PolicyRow>(sql`select ${full} from ${current}
    where p.organization_id = ${organizationId} and p.template_id = ${id}
      and p.deleted_at is null order by p.id`)
}

/** Locked against others who change it. */
export async function take(tx: Tx, organizationId: string, id: string): Promise<PolicyRow | null> {
  return tx.maybe<PolicyRow>(sql`select ${full} from ${current}
    where ${isPolicy(organizationId, id)} and p.deleted_at is null for no key update of p`)
}

/** Of all policies, with the characters of their compiled JSON. */
export async function measure(
  tx: Tx,
  organizationId: string,
): Promise<{ count: number; characters: number }> {
  return tx.one<{ count: number; characters: number }>(sql`select count(*) as count,
      coalesce(sum(characters), 0)::bigint as characters from policies
    where organization_id = ${organizationId} and deleted_at is null`)
}

export interface Saved {
  organizationId: string
  id: string
  name: string
  description: string | null
  status: PolicyStatus
  version: number
  metadata: object
  by: string
  generation: number
}

export async function insert(tx: Tx, policy: Saved): Promise<void> {
  await tx.run(sql`insert into policies (organization_id, id, name, description, status, version,
      metadata, created_by, updated_by, generation, characters)
    values (${policy.organizationId}, ${policy.id}, ${policy.name}, ${policy.description},
      ${policy.status}, ${policy.version}, ${JSON.stringify(policy.metadata)}, ${policy.by},
      ${policy.by}, ${policy.generation}, 0)`)
}

export async function update(tx: Tx, policy: Saved): Promise<void> {
  await tx.run(sql`update policies p set name = ${policy.name},
      description = ${policy.description}, status = ${policy.status}, version = ${policy.version},
      metadata = ${JSON.stringify(policy.metadata)}, updated_at = now(), updated_by = ${policy.by},
      generation = ${policy.generation}
    where ${isPolicy(policy.organizationId, policy.id)}`)
}

export async function insertVersion(
  tx: Tx,
  policy: Saved,
  content: Content,
  rolledBackTo: number | null,
): Promise<void> {
  const compiled = JSON.stringify(content.compiled)
  const rules = content.rules === null ? null : JSON.stringify(content.rules)
  await tx.run(sql`insert into policy_versions (organization_id, policy_id, version, name,
      description, metadata, rules, cedar, compiled, needs, created_by, rolled_back_to,
      template_id, slots)
    values (${policy.organizationId}, ${policy.id}, ${policy.version}, ${policy.name},
      ${policy.description}, ${JSON.stringify(policy.metadata)}, ${rules}, ${content.cedar},
      ${compiled}, ${JSON.stringify(content.needs)}, ${policy.by}, ${rolledBackTo},
      ${content.template}, ${content.slots === null ? null : JSON.stringify(content.slots)})`)
  await tx.run(sql`update policies p set characters = ${compiled.length},
      template_id = ${content.template}
    where ${isPolicy(policy.organizationId, policy.id)}`)
}

/** What of it is in force from this generation on: this version where it is active, or nothing. */
export async function setPeriod(tx: Tx, policy: Saved): Promise<void> {
  const { organizationId, id, version, generation } = policy
  const isActive = policy.status === 'active'
  await tx.run(sql`update policy_periods set until_generation = ${generation}
    where organization_id = ${organizationId} and policy_id = ${id} and until_generation is null
      ${isActive ? sql`and version <> ${version}` : empty}`)
  if (!isActive) return
  await tx.run(sql`insert into policy_periods
      (organization_id, policy_id, version, from_generation)
    values (${organizationId}, ${id}, ${version}, ${generation}) on conflict do nothing`)
}

export async function remove(
  tx: Tx,
  policy: Pick<Saved, 'organizationId' | 'id' | 'generation' | 'by'>,
): Promise<{ deleted_at: string }> {
  const { organizationId, id, generation } = policy
  await tx.run(sql`update policy_periods set until_generation = ${generation}
    where organization_id = ${organizationId} and policy_id = ${id} and until_generation is null`)
  return tx.one<{ deleted_at: string }>(sql`update policies p set deleted_at = now(),
      status = 'archived', generation = ${generation}, updated_at = now(), updated_by = ${policy.by}
    where ${isPolicy(organizationId, id)} returning deleted_at`)
}

export interface VersionRow {
  id: string
  version: number
  name: string
  description: string | null
  metadata: Record<string, unknown>
  rules: unknown[] | null
  cedar: string
  template: string | null
  slots: KeptSlots | null
  created_at: string
  created_by: string
  rolled_back_to: number | null
}

const ofVersion = sql`v.policy_id as id, v.version, v.name, v.description, v.metadata, v.rules,
  v.cedar, v.template_id as template, v.slots, v.created_at, v.created_by, v.rolled_back_to`

export async function listVersions(
  tx: Tx,
  policy: { organizationId: string; id: string },
  page: { limit: number; offset: number },
) {
  const where = sql`where v.organization_id = ${policy.organizationId}
    and v.policy_id = ${policy.id}`
  const data = await tx.rows<VersionRow>(sql`select ${ofVersion} from policy_versions v ${where}
    order by v.version desc limit ${page.limit} offset ${page.offset}`)
  const { total } = await tx.one<{ total: number }>(
    sql`select count(*) as total from policy_versions v ${where}`,
  )
  return { data, total }
}

export type FullVersion = VersionRow & Content

export async function findVersion(
  tx: Tx,
  policy: { organizationId: string; id: string; version: number },
): Promise<FullVersion | null> {
  return tx.maybe<FullVersion>(sql`select ${ofVersion}, v.compiled, v.needs
    from policy_versions v where v.organization_id = ${policy.organizationId}
      and v.policy_id = ${policy.id} and v.version = ${policy.version}`)
}

/** What decides, of one policy. */
export interface InForce {
  id: string
  name: string
  version: number
  compiled: readonly PolicyJson[]
  needs: ContextNeeds
}

export interface Change extends InForce {
  isActive: boolean
}

/**
 * Every policy that changed after a generation, and the generation of now, as one moment saw them.
 * After 0 only what is active.
 */
export async function changesAfter(
  tx: Tx,
  organizationId: string,
  after: number,
): Promise<{ generation: number; changes: Change[] }> {
  const rows = await tx.rows<Omit<Change, 'id'> & { generation: number; id: string | null }>(sql`
    with g as (select coalesce((select policies from authorization_generations
      where organization_id = ${organizationId}), 0) as generation)
    select g.generation, c.id, c.name, c.version, c.compiled, c.needs, c.is_active as "isActive"
    from g left join (
      select p.id, p.name, p.version, p.status = 'active' as is_active,
        case when p.status = 'active' then v.compiled end as compiled,
        case when p.status = 'active' then v.needs end as needs
      from ${current} where p.organization_id = ${organizationId} and p.generation > ${after}
        ${after === 0 ? sql`and p.status = 'active'` : empty} order by p.id) c on true`)
  const changes = rows.flatMap(({ generation: _, id, ...rest }) =>
    id === null ? [] : [{ id, ...rest }],
  )
  return { generation: rows[0]?.generation ?? 0, changes }
}

/** Those that were written in Cedar, which a schema speaks of. */
export async function activeInCedar(
  tx: Tx,
  organizationId: string,
): Promise<{ id: string; name: string; cedar: string }[]> {
  return tx.rows<{ id: string; name: string; cedar: string }>(sql`select p.id, p.name, v.cedar
    from ${current} where p.organization_id = ${organizationId} and p.status = 'active'
      and p.deleted_at is null and v.rules is null order by p.id`)
}

/** The policies that were in force at a generation. */
export async function inForceAt(
  tx: Tx,
  organizationId: string,
  generation: number,
): Promise<InForce[]> {
  return tx.rows<InForce>(sql`select v.policy_id as id, v.name, v.version, v.compiled, v.needs
    from policy_periods q join policy_versions v on v.organization_id = q.organization_id
      and v.policy_id = q.policy_id and v.version = q.version
    where q.organization_id = ${organizationId} and q.from_generation <= ${generation}
      and (q.until_generation is null or q.until_generation > ${generation})
    order by v.policy_id`)
}

function isPolicy(organizationId: string, id: string): Sql {
  return sql`p.organization_id = ${organizationId} and p.id = ${id}`
}
