// /certus/api/evidence/{id}/oscal and /report
import { z } from 'zod'
import { type Route, route } from '../../platform/http/route.ts'
import type { Platform } from '../../platform/platform.ts'
import { frameworkCatalogue } from '../frameworks/folder.ts'
import type { Reader } from '../packs/reach.ts'
import { PackPath } from '../packs/schema.ts'
import { assessmentResults } from '../seal/oscal/assessment-results.ts'
import { assessedPack, reportFacts } from './facts.ts'
import { setPageHeaders } from './page.ts'
import { createPdf } from './pdf.ts'
import { reportPage } from './report.ts'

const ReportQuery = z.strictObject({ format: z.enum(['html', 'pdf']).default('html') })

export function reportRoutes(platform: Platform): Route[] {
  const reading = { tag: 'Evidence', permission: 'read:evidence', method: 'GET' } as const
  const missing = ['evidence_pack_not_found', 'evidence_removed', 'evidence_damaged']
  const pdf = createPdf(platform.log)
  return [
    route({
      ...reading,
      path: '/api/evidence/:evidence_pack_id/oscal',
      operationId: 'getEvidenceOscal',
      summary: 'The pack as OSCAL assessment results, the same bytes each time',
      status: 200,
      params: PackPath,
      reply: 'application/json',
      errors: missing,
      handle: async ({ caller, params }) => {
        const reader: Reader = caller
        const facts = await reportFacts(platform, reader, params.evidence_pack_id)
        const { reach } = reader
        const catalogue = frameworkCatalogue()
        const document = assessmentResults(assessedPack(facts), catalogue, reach?.frameworks)
        return {
          contentType: 'application/json; charset=utf-8',
          body: once(`${JSON.stringify(document, null, 2)}\n`),
        }
      },
    }),
    route({
      ...reading,
      path: '/api/evidence/:evidence_pack_id/report',
      operationId: 'getEvidenceReport',
      summary: 'A report of the pack for people: one page of HTML, or a PDF of it',
      status: 200,
      params: PackPath,
      query: ReportQuery,
      reply: 'text/html',
      errors: [...missing, 'pdf_unavailable', 'pdf_failed', 'pdf_busy'],
      handle: async ({ caller, params, query, header, signal }) => {
        const text = reportPage(await reportFacts(platform, caller, params.evidence_pack_id))
        if (query.format === 'html') {
          setPageHeaders(header)
          return { contentType: 'text/html; charset=utf-8', body: once(text) }
        }
        return { contentType: 'application/pdf', body: once(await pdf(text, signal)) }
      },
    }),
  ]
}

async function* once(body: string | Uint8Array) {
  yield body
}
