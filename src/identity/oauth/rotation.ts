// /console/api/signing-keys: for operators of the installation, whose tokens they all sign.
import { z } from 'zod'
import { appendAudit, type Origin } from '../../platform/audit/audit.ts'
import { type Database, enterSystem, enterTenant, sql } from '../../platform/db.ts'
import { originOf } from '../../platform/http/origin.ts'
import { type Route, route } from '../../platform/http/route.ts'
import { requireOperator } from '../organizations/operators.ts'
import type { KeyState, SigningKeys } from './signing-keys.ts'

const SigningKey = z.object({
  kid: z.string(),
  created_at: z.iso.datetime(),
  signs_from: z.iso.datetime(),
})

const Rotate = z.strictObject({
  withdraw: z
    .boolean()
    .default(false)
    .describe('After a compromise: the other keys, and all tokens they signed, end at once'),
})

const shared = { tag: 'Signing keys', permission: 'admin:console' } as const

interface Options {
  db: Database
  keys: SigningKeys
  revoked: () => void
}

export function signingKeyRoutes(options: Options): Route[] {
  return [
    route({
      ...shared,
      method: 'GET',
      path: '/api/signing-keys',
      operationId: 'listSigningKeys',
      summary: 'List the keys that sign access tokens, those to come included',
      status: 200,
      reply: z.object({ signing_keys: z.array(SigningKey) }),
      errors: ['not_first_organization'],
      handle: async ({ caller }) => {
        const signing_keys = await options.db.inSystem(async (tx) => {
          await requireOperator(tx, caller)
          return tx.rows<KeyState>(sql`select kid, created_at, signs_from from signing_keys
            where withdrawn_at is null order by signs_from desc limit 100`)
        })
        return { signing_keys }
      },
    }),
    route({
      ...shared,
      method: 'POST',
      path: '/api/signing-keys/rotate',
      operationId: 'rotateSigningKey',
      summary: 'Make the key that signs access tokens next',
      status: 201,
      body: Rotate.default({ withdraw: false }),
      reply: SigningKey,
      errors: ['not_first_organization'],
      handle: (request) => rotate(options, originOf(request), request.body.withdraw),
    }),
  ]
}

async function rotate(options: Options, origin: Origin, withdraw: boolean): Promise<KeyState> {
  const made = await options.db.inSystem(async (tx) => {
    await requireOperator(tx, origin.caller)
    const key = await options.keys.rotate(tx, { withdraw })
    await enterTenant(tx, origin.caller.organizationId)
    await appendAudit(tx, origin, {
      action: 'signing_key.rotated',
      objectType: 'signing_key',
      objectId: key.kid,
      details: { withdraw },
    })
    await enterSystem(tx)
    return key
  })
  options.revoked()
  return made
}
