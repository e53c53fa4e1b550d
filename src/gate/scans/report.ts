// /gate/api/scans/:scan_id/report: what a scan saw, in a format for other programs, however much.
import { z } from 'zod'
import { type Route, route, type Streamed } from '../../platform/http/route.ts'
import type { Platform } from '../../platform/platform.ts'
import { errors } from '../errors.ts'
import { pagesOfScan, setAsideOfScan } from '../findings/store.ts'
import { isObject } from '../imports/json/values.ts'
import type { Finding } from '../scanner/finding.ts'
import { type ReportFormatName, reportFormats } from '../scanner/report/formats.ts'
import { gapsOf } from '../scanner/report/gaps.ts'
import type { Report } from '../scanner/report/report.ts'
import { packagesOfScan } from './package-store.ts'
import { coverageOf, rulesOfScan, shortfallsOf, wasComplete } from './report-store.ts'
import { type Scan, ScanPath } from './schema.ts'
import { platformTool } from './service.ts'
import * as store from './store.ts'

const ReportQuery = z.strictObject({
  format: z
    .enum(reportFormats.map(({ name }) => name))
    .default('json')
    .describe(reportFormats.map(({ name, summary }) => `${name}: ${summary}`).join('; ')),
})

export function reportRoutes(platform: Platform): Route[] {
  return [
    route({
      tag: 'Scans',
      permission: 'read:scans',
      method: 'GET',
      path: '/api/scans/:scan_id/report',
      operationId: 'getScanReport',
      summary: 'Get everything a scan saw, in a format of your choice',
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
  format: ReportFormatName
}

async function reportOf(platform: Platform, wanted: Wanted): Promise<Streamed> {
  const { db } = platform
  const { organizationId, scanId, format } = wanted
  const chosen = reportFormats.find(({ name }) => name === format)
  if (chosen === undefined) throw new RangeError(`no format ${format}`)
  const write = await chosen.load()
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
      packages: await packagesOfScan(tx, organizationId, scanId),
    }
  })
  const coverage = coverageOf(scan, facts.complete)
  const shortfalls = shortfallsOf(scan)
  const report: Report = {
    tool: { name: toolOf(scan), version: platform.version },
    project: { name: scan.repo_name, revision: scan.commit },
    createdAt: scan.completed_at ?? scan.created_at,
    rules: facts.rules,
    findings: findingsOf(pagesOfScan(db, wanted)),
    suppressed: setAsideOfScan(db, wanted),
    packages: facts.packages,
    advisories: advisoriesOf(scan),
    coverage,
    selectedAdvisories: shortfalls.selected ?? null,
    gaps: gapsOf({ coverage, ...shortfalls }),
  }
  const fileName = fileNameOf(scan, chosen.extension)
  return { contentType: chosen.mediaType, fileName, body: inBlocks(write(report)) }
}

/** The version is ours, so an imported report says through whom it came. */
function toolOf({ tool }: Scan): string {
  return tool === platformTool ? 'Panthera' : `${tool} (through Panthera)`
}

/** The day of the data that its dependencies were compared with. */
function advisoriesOf({ coverage }: Scan): string | null {
  const { advisories } = coverage ?? {}
  return isObject(advisories) && typeof advisories.date === 'string' ? advisories.date : null
}

function fileNameOf({ repo_name, scan_id }: Scan, extension: string): string {
  return `${repo_name.replace(/[^A-Za-z0-9._-]/g, '_')}-${scan_id}.${extension}`
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
