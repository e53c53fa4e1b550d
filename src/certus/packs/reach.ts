// How far somebody may read: an auditor's link may open a part of an organization's evidence only.
import { type Sql, sql } from '../../platform/db.ts'
import type { Caller } from '../../platform/http/caller.ts'

/** Each null: without that bound. */
export interface Reach {
  repositories: readonly string[] | null
  /** Packs with a result for one of them. */
  frameworks: readonly string[] | null
  /** Of storage: inclusive and exclusive. */
  from: string | null
  to: string | null
}

export interface Reader extends Pick<Caller, 'organizationId'> {
  /** Absent: all of the organization's. */
  reach?: Reach
}

export function isWhole({ reach }: Reader): boolean {
  return reach === undefined || Object.values(reach).every((bound) => bound === null)
}

export function mayReadFramework({ reach }: Reader, framework: string): boolean {
  return reach?.frameworks?.includes(framework) ?? true
}

/** Conditions on rows of evidence_packs; none where there is no bound. */
export function reachConditions({ reach }: Reader): Sql[] {
  if (reach === undefined) return []
  const { repositories, frameworks, from, to } = reach
  return [
    ...(repositories === null ? [] : [sql`repository = any(${repositories}::text[])`]),
    ...(frameworks === null ? [] : [sql`frameworks && ${frameworks}::text[]`]),
    ...(from === null ? [] : [sql`stored_at >= ${from}`]),
    ...(to === null ? [] : [sql`stored_at < ${to}`]),
  ]
}
