// Keeps of a completed scan what evidence can be made of, as an artefact: the event that tells of
// the scan carries its digest.
import { join } from 'node:path'
import type { ScanEvidence } from '../../events/scan.ts'
import type { Platform } from '../../platform/platform.ts'
import { writeCyclonedx } from '../scanner/report/cyclonedx.ts'
import { gapsOf } from '../scanner/report/gaps.ts'
import { factsOf, type ScanOptions, type ScanOutcome } from '../source/scan.ts'
import type { TakenScan } from './taken.ts'

const bytesMax = 128 * 2 ** 20

interface Scanned {
  branch: string
  commit: string
  engines: ScanOptions['engines']
  outcome: ScanOutcome
}

/**
 * The same content for the same scan, so that a repeat after a crash is the same artefact. Null
 * where it cannot be kept: a scan is not lost because no evidence can be made of it.
 */
export async function keepEvidence(
  { artefacts, config, log, version }: Platform,
  scan: TakenScan,
  { branch, commit, engines, outcome }: Scanned,
): Promise<ScanEvidence | null> {
  try {
    const cacheDirectory = config.cacheDir ? join(config.cacheDir, 'scan') : null
    const facts = await factsOf(outcome, { engines, cacheDirectory })
    const sbom = await billOf(outcome, { scan, commit, version })
    const content = Buffer.from(JSON.stringify({ scan_id: scan.scanId, version, facts, sbom }))
    const { sha256 } = await artefacts.put(content, { bytesMax })
    const { provider, owner, name, pullRequest = null, startedAt } = scan
    return {
      ...{ provider, owner, name, branch, commit },
      pull_request: pullRequest,
      scanned_at: new Date(startedAt).toISOString(),
      artefact: sha256,
    }
  } catch (error) {
    log.error({ err: error, scan_id: scan.scanId }, 'no evidence can be made of a scan')
    return null
  }
}

async function billOf(
  outcome: ScanOutcome,
  { scan, commit, version }: { scan: TakenScan; commit: string; version: string },
): Promise<unknown> {
  const { packages, findings, rules, coverage, advisories, shortfalls } = outcome
  if (packages.length === 0) return null
  const report = writeCyclonedx({
    tool: { name: 'Panthera', version },
    project: { name: scan.name, revision: commit },
    createdAt: new Date(scan.startedAt).toISOString().replace(/\.\d+/, ''),
    ...{ rules, findings, packages, coverage, suppressed: [] },
    advisories: advisories.date,
    selectedAdvisories: advisories.selected,
    gaps: gapsOf({ coverage, shortfalls, ...advisories }),
  })
  let text = ''
  for await (const chunk of report) text += chunk
  return JSON.parse(text)
}
