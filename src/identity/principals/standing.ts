// Whether a credential still stands: the worst of its principal's status, of those of the chain of
// owners above it, and of the person's who made it.
import { type Sql, sql } from '../../platform/db.ts'
import type { Status } from './schema.ts'

export type Standing = Status

/** `credential`: the alias of a table with organization_id, principal_id and person_id. */
export function standingOf(credential: Sql): Sql {
  return sql`case when ${credential}.principal_id is not null and principal_standing(
      ${credential}.organization_id, ${credential}.principal_id) = 'terminated' then 'terminated'
    when ${credential}.principal_id is not null and principal_standing(
      ${credential}.organization_id, ${credential}.principal_id) = 'suspended'
      or is_suspended(${credential}.organization_id, ${credential}.person_id) then 'suspended'
    else 'active' end`
}
