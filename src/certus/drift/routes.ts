// /certus/api/drift
import { type Route, route } from '../../platform/http/route.ts'
import type { Platform } from '../../platform/platform.ts'
import { verifiedEvidence } from '../packs/content.ts'
import { type DriftPack, driftOf } from '../seal/drift.ts'
import { Drift, DriftQuery } from './schema.ts'

export function driftRoutes(platform: Platform): Route[] {
  return [
    route({
      tag: 'Evidence',
      permission: 'read:evidence',
      method: 'GET',
      path: '/api/drift',
      operationId: 'compareEvidence',
      summary: 'What changed between two packs: grade, findings, controls and dependencies',
      status: 200,
      query: DriftQuery,
      reply: Drift,
      errors: ['evidence_pack_not_found', 'evidence_removed', 'evidence_damaged'],
      handle: ({ caller: reader, query }) =>
        platform.db.inTenant(reader.organizationId, async (tx) => {
          const from = await verifiedEvidence(platform, { tx, reader }, query.from)
          const to = await verifiedEvidence(platform, { tx, reader }, query.to)
          return driftOf(from.submission as DriftPack, to.submission as DriftPack)
        }),
    }),
  ]
}
