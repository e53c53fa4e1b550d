// /certus/api/scans and /certus/api/evidence
import { originOf } from '../../platform/http/origin.ts'
import { type RawBody, type Route, route } from '../../platform/http/route.ts'
import type { Platform } from '../../platform/platform.ts'
import { textOf } from './body.ts'
import {
  Bundle,
  EvidenceList,
  EvidencePack,
  EvidenceQuery,
  PackPath,
  Stored,
  Submission,
} from './schema.ts'
import { bundleOf, listEvidence, readEvidence } from './service.ts'
import { submit } from './submit.ts'

export function packRoutes(platform: Platform): Route[] {
  const reading = { tag: 'Evidence', permission: 'read:evidence', status: 200 } as const
  return [
    route({
      tag: 'Scans',
      permission: 'write:scans',
      method: 'POST',
      path: '/api/scans',
      operationId: 'submitScan',
      summary: 'Submit the results of a scan as a sealed evidence pack',
      status: 201,
      rawBody: ['application/json'],
      body: Submission,
      reply: Stored,
      errors: [
        'invalid_seal',
        'no_evidence_secret',
        'evidence_pack_exists',
        'quota_exhausted',
        'log_damaged',
      ],
      handle: async (request) => {
        const text = await textOf(request.body as unknown as RawBody | undefined)
        return submit(platform, originOf(request), text)
      },
    }),
    route({
      ...reading,
      method: 'GET',
      path: '/api/evidence',
      operationId: 'listEvidence',
      summary:
        'List evidence packs, the newest first; signature, fields and place in the log are checked',
      query: EvidenceQuery,
      reply: EvidenceList,
      handle: ({ caller, query }) => listEvidence(platform, caller, query),
    }),
    route({
      ...reading,
      method: 'GET',
      path: '/api/evidence/:evidence_pack_id',
      operationId: 'getEvidence',
      summary: 'Read an evidence pack, verified anew: content, seal, signature, fields and log',
      params: PackPath,
      reply: EvidencePack,
      errors: ['evidence_pack_not_found', 'evidence_removed'],
      handle: ({ caller, params }) => readEvidence(platform, caller, params.evidence_pack_id),
    }),
    route({
      ...reading,
      method: 'GET',
      path: '/api/evidence/:evidence_pack_id/bundle',
      operationId: 'getEvidenceBundle',
      summary: 'All that is needed to verify the pack without this server',
      params: PackPath,
      reply: Bundle,
      errors: ['evidence_pack_not_found', 'evidence_removed', 'evidence_damaged'],
      handle: ({ caller, params }) => bundleOf(platform, caller, params.evidence_pack_id),
    }),
  ]
}
