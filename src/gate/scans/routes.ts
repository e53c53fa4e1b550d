// /gate/api/scans
import { originOf } from '../../platform/http/origin.ts'
import { type Route, route } from '../../platform/http/route.ts'
import type { Platform } from '../../platform/platform.ts'
import { errors } from '../errors.ts'
import { findingsOfScan } from '../findings/store.ts'
import {
  CreateScan,
  findingsEmbeddedMax,
  ScanCreated,
  ScanList,
  ScanPath,
  ScanQuery,
  ScanWithFindings,
} from './schema.ts'
import { createScan, requireOrganization } from './service.ts'
import * as store from './store.ts'

const shared = { tag: 'Scans' } as const

export function scanRoutes(platform: Platform): Route[] {
  const { db } = platform
  return [
    route({
      ...shared,
      method: 'POST',
      path: '/api/scans',
      operationId: 'createScan',
      summary: 'Create a new security scan',
      permission: 'write:scans',
      status: 201,
      body: CreateScan,
      reply: ScanCreated,
      errors: ['organization_not_found', 'not_available', 'provider_not_configured'],
      handle: (request) => createScan(platform, originOf(request), request.body),
    }),
    route({
      ...shared,
      method: 'GET',
      path: '/api/scans',
      operationId: 'listScans',
      summary: 'List the scans of an organization, the newest first',
      permission: 'read:scans',
      status: 200,
      query: ScanQuery,
      reply: ScanList,
      errors: ['organization_not_found'],
      handle: async ({ caller, query }) => {
        requireOrganization(caller, query.organization_id)
        const page = await db.inTenant(caller.organizationId, (tx) => store.list(tx, query))
        return { ...page, limit: query.limit, offset: query.offset }
      },
    }),
    route({
      ...shared,
      method: 'GET',
      path: '/api/scans/:scan_id',
      operationId: 'getScan',
      summary: 'Get scan status and results',
      permission: 'read:scans',
      status: 200,
      params: ScanPath,
      reply: ScanWithFindings,
      errors: ['scan_not_found'],
      handle: ({ caller, params }) =>
        db.inTenant(caller.organizationId, async (tx) => {
          const { organizationId } = caller
          const scan = await store.find(tx, organizationId, params.scan_id)
          if (scan === null) throw errors.problem('scan_not_found')
          const limit = findingsEmbeddedMax
          const findings = await findingsOfScan(tx, organizationId, scan.scan_id, { limit })
          const total = scan.summary?.total_findings ?? 0
          return { ...scan, findings, findings_truncated: total > findings.length }
        }),
    }),
  ]
}
