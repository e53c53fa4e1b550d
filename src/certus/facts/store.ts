// SQL of facts: the last state of each thing that the platform's own records tell of.
import { sql, type Tx } from '../../platform/db.ts'

export type FactKind = 'certificates' | 'decisions' | 'identity' | 'audit'

export interface Fact {
  kind: FactKind
  /** As its own surface names it. */
  object: string
  /** For people. */
  name: string
  /** `warning`: it will be bad unless somebody acts. `gone`: it speaks for nothing any more. */
  state: 'good' | 'warning' | 'bad' | 'gone'
  reason: string | null
  /** RFC 3339; from then on it is bad. Null: for as long as nothing else is told. */
  goodUntil: string | null
}

interface Source {
  organizationId: string
  event: { id: string; name: string; createdAt: string }
}

/** The object of the one fact about the log of decisions, beside those about policies. */
export const decisionLog = 'log'

const goneDaysMax = 400

/**
 * Events come in any order: the latest counts, and of one moment the worst. A warning takes nothing
 * back: what is bad is so until it is told to be good, or gone.
 */
export async function record(tx: Tx, { organizationId, event }: Source, fact: Fact): Promise<void> {
  await tx.run(sql`
    insert into evidence_facts as f
      (organization_id, kind, object, name, state, reason, good_until, observed_at, event_name,
       event_id)
    values (${organizationId}, ${fact.kind}, ${fact.object}, ${fact.name.slice(0, 500)},
      ${fact.state}, ${fact.reason?.slice(0, 500) ?? null}, ${fact.goodUntil},
      ${event.createdAt}, ${event.name}, ${event.id})
    on conflict (organization_id, kind, object) do update set
      name = excluded.name, state = excluded.state, reason = excluded.reason,
      good_until = excluded.good_until, observed_at = excluded.observed_at,
      event_name = excluded.event_name, event_id = excluded.event_id
    where (excluded.observed_at > f.observed_at
        and not (f.state = 'bad' and excluded.state = 'warning'))
      or (excluded.observed_at = f.observed_at and ${rank('excluded')} > ${rank('f')})`)
  if (fact.state !== 'gone') return
  await tx.run(sql`delete from evidence_facts where organization_id = ${organizationId}
    and state = 'gone' and observed_at < now() - ${goneDaysMax} * interval '1 day'`)
}

function rank(row: 'excluded' | 'f') {
  return row === 'f'
    ? sql`array_position(array['good', 'warning', 'bad', 'gone'], f.state)`
    : sql`array_position(array['good', 'warning', 'bad', 'gone'], excluded.state)`
}

export interface FactSum {
  kind: FactKind
  state: 'good' | 'warning' | 'bad'
  count: number
  oldest: string
  /** A few of them, with why. */
  named: string[]
  /** When the log of decisions was last heard of; null where it is not among them. */
  loggedAt: string | null
}

const namedMax = 5

/** Of what is not gone, by kind and state as of `now`. */
export async function sums(tx: Tx, organizationId: string, now: Date): Promise<FactSum[]> {
  return tx.rows<FactSum>(sql`
    with current as (
      select kind, object, observed_at,
          case when good_until <= ${now} then 'bad' else state end as state,
          name || case
            when good_until <= ${now} then ': ended ' || to_char(good_until, 'YYYY-MM-DD')
            when reason is null then '' else ': ' || reason end as told
        from evidence_facts where organization_id = ${organizationId} and state <> 'gone')
    select kind, state, count(*)::integer as count, min(observed_at) as oldest,
        (array_agg(told order by told, object))[1:${namedMax}::integer] as named,
        max(observed_at) filter (where object = ${decisionLog}) as "loggedAt"
      from current group by kind, state`)
}
