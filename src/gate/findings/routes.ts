// /gate/api/findings
import { originOf } from '../../platform/http/origin.ts'
import { type Route, route } from '../../platform/http/route.ts'
import type { Platform } from '../../platform/platform.ts'
import {
  ChangeFinding,
  ChangeFindings,
  FindingDetail,
  FindingFilter,
  FindingList,
  FindingPath,
  FindingQuery,
  FindingsChanged,
} from './schema.ts'
import { changeFinding, changeFindings, getFinding, listFindings } from './service.ts'

const shared = { tag: 'Findings', status: 200 } as const

export function findingRoutes(platform: Platform): Route[] {
  return [
    route({
      ...shared,
      method: 'GET',
      path: '/api/findings',
      operationId: 'listFindings',
      summary: 'Query findings across all scans, the newest first',
      permission: 'read:findings',
      query: FindingQuery,
      reply: FindingList,
      errors: ['organization_not_found', 'scan_not_found'],
      handle: ({ caller, query }) => listFindings(platform, caller, query),
    }),
    route({
      ...shared,
      method: 'PATCH',
      path: '/api/findings',
      operationId: 'changeFindings',
      summary: 'Update the status of every finding that the filters in the query mean',
      permission: 'write:findings',
      query: FindingFilter,
      body: ChangeFindings,
      reply: FindingsChanged,
      errors: ['organization_not_found', 'scan_not_found', 'too_many_findings', 'unavailable'],
      handle: (request) => changeFindings(platform, originOf(request), request.query, request.body),
    }),
    route({
      ...shared,
      method: 'GET',
      path: '/api/findings/:finding_id',
      operationId: 'getFinding',
      summary: 'Get a finding with its code, its data flow and its history',
      permission: 'read:findings',
      params: FindingPath,
      reply: FindingDetail,
      errors: ['finding_not_found'],
      handle: ({ caller, params }) => getFinding(platform, caller, params.finding_id),
    }),
    route({
      ...shared,
      method: 'PATCH',
      path: '/api/findings/:finding_id',
      operationId: 'changeFinding',
      summary: 'Update finding status',
      permission: 'write:findings',
      params: FindingPath,
      body: ChangeFinding,
      reply: FindingDetail,
      errors: ['finding_not_found'],
      handle: (request) =>
        changeFinding(platform, originOf(request), request.params.finding_id, request.body),
    }),
  ]
}
