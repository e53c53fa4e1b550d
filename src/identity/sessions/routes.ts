// /trust/api/auth/sessions: where somebody is logged in.
import { z } from 'zod'
import type { Database } from '../../platform/db.ts'
import type { Caller } from '../../platform/http/caller.ts'
import { originOf } from '../../platform/http/origin.ts'
import { type Route, route } from '../../platform/http/route.ts'
import { errors } from '../errors.ts'
import { record } from '../login/record.ts'
import { personOf, sessionOf, where } from '../login/service.ts'
import * as store from './store.ts'

export const Session = z.object({
  id: z.uuid(),
  current: z.boolean(),
  createdAt: z.iso.datetime(),
  lastSeenAt: z.iso.datetime(),
  expiresAt: z.iso.datetime(),
  address: z.string(),
  userAgent: z.string().nullable(),
  methods: z.array(z.string()).describe('pwd, otp (RFC 8176)'),
})

const SessionPath = z.object({ session_id: z.uuid().toLowerCase() })

const shared = { tag: 'Sessions', permission: 'session', status: 200 } as const

export function sessionRoutes({ db }: { db: Database }): Route[] {
  return [
    route({
      ...shared,
      method: 'GET',
      path: '/api/auth/sessions',
      operationId: 'listSessions',
      summary: 'List your sessions, the last one seen first',
      reply: z.object({ data: z.array(Session) }),
      handle: ({ caller }) =>
        db.inSystem(async (tx) => {
          const rows = await store.list(tx, sessionOf(caller).userId)
          return { data: rows.map((row) => shown(row, caller)) }
        }),
    }),
    route({
      ...shared,
      method: 'DELETE',
      path: '/api/auth/sessions/:session_id',
      operationId: 'revokeSession',
      summary: 'End one of your sessions at once',
      params: SessionPath,
      reply: z.object({ data: Session }),
      errors: ['session_not_found'],
      handle: (request) =>
        db.inSystem(async (tx) => {
          const { caller, ...from } = originOf(request)
          const { session_id: id } = request.params
          const closed = await store.close(tx, sessionOf(caller).userId, id)
          if (closed === null) throw errors.problem('session_not_found')
          const entry = { action: 'session.revoked', details: { session_id: id } }
          await record(tx, { person: personOf(caller), ...where(from) }, entry)
          return { data: shown(closed, caller) }
        }),
    }),
    route({
      ...shared,
      method: 'DELETE',
      path: '/api/auth/sessions',
      operationId: 'revokeOtherSessions',
      summary: 'End all your sessions but this one',
      reply: z.object({ data: z.object({ ended: z.int() }) }),
      handle: (request) =>
        db.inSystem(async (tx) => {
          const { caller, ...from } = originOf(request)
          const { id, userId } = sessionOf(caller)
          const ended = await store.closeOthers(tx, userId, id)
          const entry = { action: 'sessions.revoked', details: { ended } }
          await record(tx, { person: personOf(caller), ...where(from) }, entry)
          return { data: { ended } }
        }),
    }),
  ]
}

function shown(row: store.SessionRow, caller: Caller): z.infer<typeof Session> {
  return {
    id: row.id,
    current: row.id === sessionOf(caller).id,
    createdAt: row.created_at,
    lastSeenAt: row.last_seen_at,
    expiresAt: row.expires_at,
    address: row.address,
    userAgent: row.user_agent,
    methods: row.methods,
  }
}
