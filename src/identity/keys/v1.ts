// /identity/v1/auth/api-keys: keys of Identity in the form of its reference.
import { z } from 'zod'
import { originOf } from '../../platform/http/origin.ts'
import { type Route, route } from '../../platform/http/route.ts'
import { acceptedScopes } from './bounds.ts'
import { type Key, KeyPath, RotateKey } from './schema.ts'
import type { KeyService } from './service.ts'

const daysMax = 3_650

const time = z.iso.datetime()

const ListedKey = z.object({
  id: z.string(),
  name: z.string(),
  scopes: z.array(z.string()),
  ip_allow: z.array(z.string()).optional().describe('Only where the key is bound to addresses'),
  created_at: time,
  expires_at: time.nullable(),
  last_used_at: time.nullable(),
})

const MadeKey = z.object({
  id: z.string(),
  name: z.string(),
  api_key: z.string().describe('Shown this once'),
  ...ListedKey.omit({ id: true, name: true }).shape,
})

const RevokedKey = z.object({ id: z.string(), status: z.literal('revoked'), revoked_at: time })

export const Page = z.strictObject({
  page: z.coerce.number().int().min(1).max(100_000).default(1),
  per_page: z.coerce.number().int().min(1).max(100).default(50),
})

export const Pagination = z.object({ total: z.int(), page: z.int(), per_page: z.int() })

const NewKey = z.strictObject({
  name: z.string().trim().min(1).max(200),
  description: z.string().max(1_000).optional(),
  scopes: z
    .array(z.string().max(100))
    .min(1)
    .max(50)
    .describe(`Some of: ${acceptedScopes('identity').join(', ')}`),
  expires_in_days: z.number().int().min(1).max(daysMax).optional(),
  ip_allow: z
    .array(z.string().max(64))
    .max(100)
    .optional()
    .describe('Addresses and CIDR ranges that the key works from; anywhere unless given'),
})

const shared = { tag: 'API keys', permission: 'manage:keys', limit: 'identity.keys' } as const
const surface = 'identity'

export function publishedKeyRoutes(service: KeyService, now: () => number): Route[] {
  return [
    route({
      ...shared,
      method: 'POST',
      path: '/v1/auth/api-keys',
      operationId: 'createApiKey',
      summary: 'Create an API key; the answer alone shows it',
      status: 201,
      body: NewKey,
      reply: MadeKey,
      errors: ['scope_exceeds_maker'],
      handle: async (request) => {
        const { expires_in_days: days, ...wanted } = request.body
        const expiry =
          days === undefined ? {} : { expires_in_days: days, expires_at: inDays(now(), days) }
        const made = await service.create(originOf(request), { surface, ...wanted, ...expiry })
        return { ...shown(made), api_key: made.api_key }
      },
    }),
    route({
      ...shared,
      method: 'GET',
      path: '/v1/auth/api-keys',
      operationId: 'listApiKeys',
      summary: 'List the API keys that are not revoked, the newest first',
      status: 200,
      query: Page,
      reply: z.object({ data: z.array(ListedKey), pagination: Pagination }),
      handle: async ({ caller, query: { page, per_page } }) => {
        const offset = (page - 1) * per_page
        const filter = { surface, live: true, limit: per_page, offset } as const
        const { keys, total } = await service.list(caller, filter)
        return { data: keys.map(shown), pagination: { total, page, per_page } }
      },
    }),
    ...changeRoutes(service, now),
  ]
}

function changeRoutes(service: KeyService, now: () => number): Route[] {
  return [
    route({
      ...shared,
      method: 'POST',
      path: '/v1/auth/api-keys/:key_id/rotate',
      operationId: 'rotateApiKey',
      summary: 'Make a successor with the same rights; the old key ends after the overlap',
      status: 201,
      params: KeyPath,
      body: RotateKey.default({ overlap_hours: 24 }),
      reply: MadeKey,
      errors: ['key_not_found', 'key_not_active', 'scope_exceeds_maker'],
      handle: async (request) => {
        const { key_id: id } = request.params
        const overlapHours = request.body.overlap_hours
        const made = await service.rotate(originOf(request), { id, overlapHours, surface })
        return { ...shown(made), api_key: made.api_key }
      },
    }),
    route({
      ...shared,
      method: 'DELETE',
      path: '/v1/auth/api-keys/:key_id',
      operationId: 'revokeApiKey',
      summary: 'Revoke an API key at once',
      status: 200,
      params: KeyPath,
      reply: RevokedKey,
      errors: ['key_not_found', 'scope_exceeds_maker'],
      handle: async (request) => {
        const key = await service.revoke(originOf(request), request.params.key_id, surface)
        const revoked_at = toSeconds(key.revoked_at ?? new Date(now()).toISOString())
        return { id: key.id, status: 'revoked' as const, revoked_at }
      },
    }),
  ]
}

function shown(key: Key) {
  const { id, name, scopes, ip_allow } = key
  return {
    id,
    name,
    scopes,
    ...(ip_allow.length === 0 ? {} : { ip_allow }),
    created_at: toSeconds(key.created_at),
    expires_at: key.expires_at && toSeconds(key.expires_at),
    last_used_at: key.last_used_at && toSeconds(key.last_used_at),
  }
}

/** The reference writes times without fractions. */
export function toSeconds(time: string): string {
  return time.replace(/\.\d+Z$/, 'Z')
}

function inDays(now: number, days: number): string {
  return new Date(now + days * 86_400_000).toISOString()
}
