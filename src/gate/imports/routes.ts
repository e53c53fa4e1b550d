// /gate/api/scans/import
import { originOf } from '../../platform/http/origin.ts'
import { type RawBody, type Route, route } from '../../platform/http/route.ts'
import type { Platform } from '../../platform/platform.ts'
import { Scan } from '../scans/schema.ts'
import { contentTypes, ImportQuery } from './schema.ts'
import { importDocument } from './service.ts'

export function importRoutes(platform: Platform): Route[] {
  return [
    route({
      tag: 'Scans',
      permission: 'write:scans',
      method: 'POST',
      path: '/api/scans/import',
      operationId: 'importScan',
      summary: 'Import a SARIF or CycloneDX document as a scan; answers when it is done',
      status: 201,
      query: ImportQuery,
      rawBody: contentTypes,
      reply: Scan,
      errors: [
        'organization_not_found',
        'provider_not_configured',
        'invalid_document',
        'too_large',
        'unsupported_media_type',
      ],
      handle: (request) =>
        importDocument(platform, originOf(request), {
          query: request.query,
          body: request.body as unknown as RawBody,
          contentEncoding: request.headers['content-encoding'],
          signal: request.signal,
        }),
    }),
  ]
}
