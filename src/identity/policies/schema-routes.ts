// /identity/v1/policies/schema: what types, attributes and actions policies may name.
import { z } from 'zod'
import type { Database } from '../../platform/db.ts'
import { originOf } from '../../platform/http/origin.ts'
import { type Route, route } from '../../platform/http/route.ts'
import { invalidField } from '../../platform/http/validation.ts'
import { errors } from '../errors.ts'
import { toSeconds } from '../keys/v1.ts'
import { findSchema, keepSchema, removeSchema, type StoredSchema } from './schema-text.ts'
import * as store from './store.ts'
import type { Check } from './written.ts'

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

interface Options {
  db: Database
  check: Check
}

export function schemaRoutes(options: Options): Route[] {
  const { db } = options
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
      summary:
        'Check policies against this schema, the active ones now and all when they are saved',
      status: 200,
      body: PutSchema,
      reply: Schema,
      errors: ['schema_refuses_policies'],
      handle: async (request) => {
        const { schema } = request.body
        const { organizationId } = request.caller
        await requireValid(options, schema)
        await requireFit(options, { organizationId, schema, signal: request.signal })
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

/** A schema that cannot be read is told by whatever is checked against it. Throws 400. */
async function requireValid({ check }: Options, schema: string): Promise<void> {
  const everything = { cedar: 'permit (principal, action, resource);' }
  const [first] = (await check(everything, schema)).errors
  if (first !== undefined) throw invalidField('schema', first.message)
}

const refusedMax = 20
const errorsOfEachMax = 5

/** Of the active policies; rules look at what attributes are at the time. Throws 400. */
async function requireFit(
  { db, check }: Options,
  asked: { organizationId: string; schema: string; signal: AbortSignal },
): Promise<void> {
  const { organizationId, schema, signal } = asked
  const active = await db.inTenant(organizationId, (tx) => store.activeInCedar(tx, organizationId))
  const policies: object[] = []
  for (const { id, name, cedar } of active) {
    signal.throwIfAborted()
    if (policies.length >= refusedMax) break
    const found = (await check({ cedar }, schema)).errors
    if (found.length > 0) policies.push({ id, name, errors: found.slice(0, errorsOfEachMax) })
  }
  if (policies.length === 0) return
  throw errors.problem('schema_refuses_policies', { details: { policies } })
}

function shown({ updated_at, ...schema }: StoredSchema) {
  return { ...schema, updated_at: toSeconds(updated_at) }
}
