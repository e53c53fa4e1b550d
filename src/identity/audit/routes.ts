// /identity/v1/audit and /trust/api/audit: who did what, on what, from where, with what result.
import type { Database } from '../../platform/db.ts'
import { common } from '../../platform/errors.ts'
import type { Caller } from '../../platform/http/caller.ts'
import { type Route, route } from '../../platform/http/route.ts'
import { errors } from '../errors.ts'
import { offsetOf, pageOf } from '../paging.ts'
import type { AuditExport } from './export.ts'
import {
  type AuditEvent,
  AuditEventList,
  AuditEventPath,
  AuditEvent as AuditEventSchema,
  AuditQuery,
  ExportQuery,
  SignedCheckpoint,
  type TrustAuditEvent,
  TrustAuditList,
  TrustAuditQuery,
} from './schema.ts'
import * as store from './store.ts'

const shared = { tag: 'Audit', permission: 'read:audit', method: 'GET', status: 200 } as const
const refusals = ['workspace_access_denied']

export interface AuditRouteOptions {
  db: Database
  exports: AuditExport
}

export function identityAuditRoutes({ db, exports }: AuditRouteOptions): Route[] {
  return [
    route({
      ...shared,
      path: '/v1/audit/events',
      operationId: 'listAuditEvents',
      summary: 'List what was done in this organization, the newest first',
      query: AuditQuery,
      reply: AuditEventList,
      errors: refusals,
      handle: async ({ caller, query }) => {
        const { page, per_page, actor_id, object_type, object_id, ...rest } = query
        const filter = {
          ...rest,
          actor: actor_id,
          objectType: object_type,
          objectId: object_id,
        }
        const wanted = { filter, limit: per_page, offset: (page - 1) * per_page }
        const { rows, total } = await read(db, caller, wanted)
        return { data: rows.map(shown), pagination: { total, page, per_page } }
      },
    }),
    route({
      ...shared,
      path: '/v1/audit/events/:event_id',
      operationId: 'showAuditEvent',
      summary: 'One audit event',
      params: AuditEventPath,
      reply: AuditEventSchema,
      errors: ['audit_event_not_found', ...refusals],
      handle: async ({ caller, params }) => {
        const organizationId = wholeOrganization(caller)
        const row = await db.inTenant(organizationId, (tx) =>
          store.find(tx, organizationId, params.event_id),
        )
        if (row === null) throw errors.problem('audit_event_not_found')
        return shown(row)
      },
    }),
    ...proofRoutes(exports),
  ]
}

function proofRoutes(exports: AuditExport): Route[] {
  return [
    route({
      ...shared,
      path: '/v1/audit/export',
      operationId: 'exportAuditLog',
      summary: 'The audit log as lines of JSON that `panthera audit verify` proves offline',
      query: ExportQuery,
      reply: 'application/x-ndjson',
      errors: refusals,
      handle: async ({ caller, query }) => ({
        contentType: 'application/x-ndjson',
        fileName: 'audit.ndjson',
        body: await exports.lines(wholeOrganization(caller), query.from_seq),
      }),
    }),
    route({
      ...shared,
      path: '/v1/audit/checkpoint',
      operationId: 'showAuditCheckpoint',
      summary: 'Where the chain stands now, signed: kept elsewhere, it shows a log that was cut',
      reply: SignedCheckpoint,
      errors: refusals,
      handle: async ({ caller }) => exports.checkpoint(wholeOrganization(caller)),
    }),
  ]
}

export function trustAuditRoutes({ db }: { db: Database }): Route[] {
  return [
    route({
      ...shared,
      path: '/api/audit',
      operationId: 'listAudit',
      summary: 'List what was done in this organization, the newest first',
      query: TrustAuditQuery,
      reply: TrustAuditList,
      errors: refusals,
      handle: async ({ caller, query }) => {
        const { page, limit, actorId, resourceType, resourceId, ipAddress, ...rest } = query
        const filter = {
          ...rest,
          actor: actorId,
          objectType: resourceType,
          objectId: resourceId,
          address: ipAddress,
        }
        const wanted = { filter, limit, offset: offsetOf({ page, limit }) }
        const { rows, total } = await read(db, caller, wanted)
        return { data: rows.map(shownOnTrust), pagination: pageOf({ page, limit }, total) }
      },
    }),
  ]
}

/** Rows tell no workspace, so who is kept to one sees none. Throws 403. */
function wholeOrganization(caller: Caller): string {
  if (caller.organizationWide === true) return caller.organizationId
  throw common.problem('workspace_access_denied', {
    message: 'The audit log is that of the whole organization',
    details: { workspace_id: caller.workspaceId },
  })
}

function read(
  db: Database,
  caller: Caller,
  wanted: { filter: store.AuditFilter; limit: number; offset: number },
) {
  const organizationId = wholeOrganization(caller)
  return db.inTenant(organizationId, (tx) => store.list(tx, organizationId, wanted))
}

function shown(row: store.AuditRow): AuditEvent {
  const { id, at, actor, action, address, request_id, result, details } = row
  const object = { type: row.object_type, id: row.object_id }
  return { id, at, actor, action, object, address, request_id, result, details, seal: sealOf(row) }
}

function shownOnTrust(row: store.AuditRow): TrustAuditEvent {
  const { id, at, actor, action, result, details } = row
  return {
    id,
    timestamp: at,
    actor,
    action,
    resource: { type: row.object_type, id: row.object_id },
    ipAddress: row.address,
    requestId: row.request_id,
    result,
    details,
    seal: sealOf(row),
  }
}

function sealOf({ seq, hash }: store.AuditRow) {
  return seq === null || hash === null ? null : { seq, hash: hash.toString('hex') }
}
