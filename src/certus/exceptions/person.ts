// The person behind a request. Two keys are two people only where two people made them.
import { sql, type Tx } from '../../platform/db.ts'
import type { Caller } from '../../platform/http/caller.ts'
import { errors } from '../errors.ts'

/**
 * Who is logged in, or who made the key, also by a key of theirs. Throws 403 `person_needed` for
 * credentials that are the organization's own: nobody could tell them from those of the other
 * person.
 */
export async function personOf(tx: Tx, caller: Caller): Promise<string> {
  if (caller.session !== undefined) return caller.session.userId
  const key = await tx.maybe<{ person_id: string | null }>(sql`
    select person_id from api_keys
     where organization_id = ${caller.organizationId} and id = ${caller.actor.id}`)
  if (key === null || key.person_id === null) throw errors.problem('person_needed')
  return key.person_id
}
