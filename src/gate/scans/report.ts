// /gate/api/scans/:scan_id/report: what a scan saw, in a format for other programs, however much.
import { z } from 'zod'
import { type Route, route, type Streamed } from '../../platform/http/route.ts'
import type { Platform } from '../../platform/platform.ts'
import { errors } from '../errors.ts'
import { pagesOfScan } from '../findings/store.ts'
import type { Finding } from '../scanner/finding.ts'
import { writeCsv } from '../scanner/report/csv.ts'
import { writeJson } from '../scanner/report/json.ts'
import type { Report, ReportWriter } from '../scanner/report/report.ts'
import { writeSarif } from '../scanner/report/sarif.ts'
import { coverageOf, rulesOfScan, wasComplete } from './report-store.ts'
import { type Scan, ScanPath } from './schema.ts'
import { platformTool } from './service.ts'
import * as store from './store.ts'

const formats = ['json', 'sarif', 'csv'] as const
type Format = (typeof formats)[number]

const ReportQuery = z.strictObject({ format: z.enum(formats).default('json') })

const writers: Record<Format, { write: ReportWriter; contentType: string }> = {
  json: { write: writeJson, contentType: 'application/json; charset=utf-8' },
  sarif: { write: writeSarif, contentType: 'application/sarif+json; charset=utf-8' },
  csv: { write: writeCsv, contentType: 'text/csv; charset=utf-8; header=present' },
}

export function reportRoutes(platform: Platform): Route[] {
  return [
    route({
      tag: 'Scans',
      permission: 'read:scans',
      method: 'GET',
      path: '/api/scans/:scan_id/report',
      operationId: 'getScanReport',
      summary: 'Get everything a scan saw, as JSON, SARIF 2.1.0 or CSV',
      status: 200,
      params: ScanPath,
      query: ReportQuery,
      reply: 'application/json',
      errors: ['scan_not_found', 'scan_not_finished'],
      handle: ({ caller, params, query }) =>
        reportOf(platform, { ...caller, scanId: params.scan_id, format: query.format }),
    }),
  ]
}

interface Wanted {
  organizationId: string
  scanId: string
  format: Format
}

async function reportOf(platform: Platform, wanted: Wanted): Promise<Streamed> {
  const { db } = platform
  const { organizationId, scanId, format } = wanted
  const { write, contentType } = writers[format]
  const { scan, ...facts } = await db.inTenant(organizationId, async (tx) => {
    const found = await store.find(tx, organizationId, scanId)
    if (found === null) throw errors.problem('scan_not_found')
    if (found.status !== 'completed') {
      throw errors.problem('scan_not_finished', { details: { status: found.status } })
    }
    return {
      scan: found,
      // A table names no rules but those of its rows.
      rules: format === 'csv' ? [] : await rulesOfScan(tx, organizationId, scanId),
      complete: await wasComplete(tx, organizationId, scanId),
    }
  })
  const report: Report = {
    tool: { name: toolOf(scan), version: platform.version },
    rules: facts.rules,
    findings: findingsOf(pagesOfScan(db, wanted)),
    coverage: coverageOf(scan, facts.complete),
  }
  return { contentType, fileName: fileNameOf(scan, format), body: inBlocks(write(report)) }
}

/** The version is ours, so an imported report says through whom it came. */
function toolOf({ tool }: Scan): string {
  return tool === platformTool ? 'Panthera' : `${tool} (through Panthera)`
}

function fileNameOf({ repo_name, scan_id }: Scan, format: Format): string {
  return `${repo_name.replace(/[^A-Za-z0-9._-]/g, '_')}-${scan_id}.${format}`
}

async function* findingsOf(pages: AsyncIterable<Finding[]>): AsyncGenerator<Finding> {
  for await (const page of pages) yield* page
}

const blockChars = 65_536

/** One write for many findings: a quarter of a million small ones would take their time. */
async function* inBlocks(texts: AsyncIterable<string>): AsyncGenerator<string> {
  let block = ''
  for await (const text of texts) {
    block += text
    if (block.length < blockChars) continue
    yield block
    block = ''
  }
  if (block !== '') yield block
}
