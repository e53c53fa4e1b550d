// /identity/v1/policies/schema: what types, attributes and actions policies may name.
import { z } from 'zod'
import type { Database } from '../../platform/db.ts'
import { originOf } from '../../platform/http/origin.ts'
import { type Route, route } from '../../platform/http/route.ts'
import { invalidField } from '../../platform/http/validation.ts'
import { errors } from '../errors.ts'
import { toSeconds } from '../keys/v1.ts'
import { findSchema, keepSchema, removeSchema, type StoredSchema } from './schema-text.ts'
import { check } from './written.ts'

const lengthMax = 64 * 1024

const PutSchema = z.strictObject({
  schema: z.string().trim().min(1).max(lengthMax).describe('In Cedar’s schema language'),
})

const Schema = z.object({
  schema: z.string(),
  updated_at: z.iso.datetime(),
  updated_by: z.string(),
})

const Deleted = z.object({ status: z.literal('deleted') })

const path = '/v1/policies/schema'
const tag = 'Policies'

export function schemaRoutes({ db }: { db: Database }): Route[] {
  return [
    route({
      tag,
      permission: 'read:policies',
      method: 'GET',
      path,
      operationId: 'getPolicySchema',
      summary: 'The schema that policies are checked against',
      status: 200,
      reply: Schema,
      errors: ['policy_schema_not_found'],
      handle: async ({ caller: { organizationId } }) => {
        const found = await db.inTenant(organizationId, (tx) => findSchema(tx, organizationId))
        if (found === null) throw errors.problem('policy_schema_not_found')
        return shown(found)
      },
    }),
    route({
      tag,
      permission: 'write:policies',
      method: 'PUT',
      path,
      operationId: 'putPolicySchema',
      summary: 'Check policies against this schema from now on, when they are saved',
      status: 200,
      body: PutSchema,
      reply: Schema,
      handle: async (request) => {
        const { schema } = request.body
        requireValid(schema)
        const { organizationId } = request.caller
        const kept = await db.inTenant(organizationId, (tx) =>
          keepSchema(tx, originOf(request), schema),
        )
        return shown(kept)
      },
    }),
    route({
      tag,
      permission: 'write:policies',
      method: 'DELETE',
      path,
      operationId: 'deletePolicySchema',
      summary: 'Check policies against no schema any more',
      status: 200,
      reply: Deleted,
      errors: ['policy_schema_not_found'],
      handle: async (request) => {
        const { organizationId } = request.caller
        const removed = await db.inTenant(organizationId, (tx) =>
          removeSchema(tx, originOf(request)),
        )
        if (!removed) throw errors.problem('policy_schema_not_found')
        return { status: 'deleted' as const }
      },
    }),
  ]
}

/** A schema that cannot be read is told by whatever is checked against it. */
function requireValid(schema: string): void {
  const everything = { cedar: 'permit (principal, action, resource);' }
  const [first] = check(everything, schema).errors
  if (first !== undefined) throw invalidField('schema', first.message)
}

function shown({ updated_at, ...schema }: StoredSchema) {
  return { ...schema, updated_at: toSeconds(updated_at) }
}
