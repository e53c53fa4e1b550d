// Runs an import: the stored document becomes findings, in one transaction with the scan's end.
import type { Platform } from '../../platform/platform.ts'
import { tenantKey } from '../../platform/tenant-keys.ts'
import { beginIngest } from '../findings/ingest.ts'
import {
  type ImportDocument,
  inspectDocument,
  readDocument,
  readSetAside,
} from '../imports/document.ts'
import { newestAdvisory } from './advisories.ts'
import { storePackages } from './package-store.ts'
import { fingerprintPurpose } from './run.ts'
import type { RunContext, TakenScan } from './taken.ts'
import * as work from './work.ts'

export async function runImport(
  platform: Platform,
  scan: TakenScan,
  context: RunContext,
): Promise<void> {
  const { organizationId } = scan
  const path = platform.artefacts.path(scan.artefact ?? '')
  const document = await inspectDocument(path, { repositoryName: scan.name })
  const branch = scan.branch ?? ''
  const newest = await newestAdvisory(platform.config)
  await platform.db.inTenant(organizationId, async (tx) => {
    const place = { organizationId, purpose: fingerprintPurpose }
    const fingerprintKey = await tenantKey(tx, platform.secrets, place)
    const ingest = await beginIngest(tx, { ...scan, branch })
    const skipped: Record<string, number> = {}
    let read = 0
    const onSkip = (reason: string) => {
      skipped[reason] = (skipped[reason] ?? 0) + 1
    }
    for await (const batch of readDocument(document, { fingerprintKey, onSkip })) {
      context.signal.throwIfAborted()
      await ingest.add(batch)
      read += batch.length
      context.progress({ stage: 'storing', files_done: read, files_total: document.results })
    }
    for await (const batch of readSetAside(document, { fingerprintKey })) {
      context.signal.throwIfAborted()
      await ingest.addSetAside(batch)
    }
    const result = await ingest.finish(proofOf(document, newest))
    await storePackages(tx, { ...scan, packages: document.packages })
    const held = { ...scan, node: context.holder }
    await work.complete(tx, held, {
      branch,
      commit: scan.commit,
      complete: document.isComplete,
      coverage: coverageOf(document, skipped),
      result,
    })
  })
}

/** Of our own document what the scan looked at; of others how many results were no findings. */
function coverageOf({ format, results, coverage }: ImportDocument, skipped: object) {
  return { skipped, ...coverage, format, results }
}

/**
 * A tool that did not get through proves nothing; one whose advisories are older than ours, nothing
 * about dependencies.
 */
function proofOf({ isComplete, ruleIds, scope }: ImportDocument, newest: string | null) {
  const { history, advisories, within } = scope
  const isOld = newest !== null && (advisories === null || advisories < newest)
  const scanTypes = scope.scanTypes.filter((type) => type === 'sca' && !isOld)
  if (!isComplete) return null
  const only = within === null ? {} : { within }
  return { ruleIds, scanTypes, history, branches: null, ...only }
}
