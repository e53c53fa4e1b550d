// Runs a scan of the platform's own: clone without a checkout, scan the commit, take away what the
// base has, and store the rest in one transaction with the scan's end.
import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { GithubRefused } from '../../platform/github.ts'
import type { Platform } from '../../platform/platform.ts'
import { tenantKey } from '../../platform/tenant-keys.ts'
import { tokenFor } from '../connections/service.ts'
import { beginIngest } from '../findings/ingest.ts'
import type { Proof } from '../findings/target.ts'
import { cloneUrl } from '../repositories/place.ts'
import * as repositories from '../repositories/store.ts'
import type { Finding } from '../scanner/finding.ts'
import { type Clone, cloneRepository } from '../source/git/clone.ts'
import { CloneError } from '../source/git/clone-error.ts'
import { provenTypes, type ScanOutcome, scanCommit, unheard, unseenIn } from '../source/scan.ts'
import { advisoryFolders } from './advisories.ts'
import { keepEvidence } from './evidence.ts'
import { storePackages } from './package-store.ts'
import type { ScanConfig } from './schema.ts'
import { makeScratch } from './scratch.ts'
import type { RunContext, TakenScan } from './taken.ts'
import * as work from './work.ts'

/** One key for scans and imports: a secret is the same secret whoever found it. */
export const fingerprintPurpose = 'gate.fingerprints'

const cloneLimits = { bytesMax: 4 * 2 ** 30, timeoutMs: 15 * 60_000 }
const ingestBatch = 1_000

export async function runScan(
  platform: Platform,
  scan: TakenScan,
  context: RunContext,
): Promise<void> {
  const scratchDir = await makeScratch(platform.config.dataDir, scan.scanId)
  try {
    const head = await cloneAndScan(platform, scan, { ...context, scratchDir })
    const known =
      scan.base === null ? null : await scanBase(platform, scan, { ...context, scratchDir })
    const findings = head.outcome.findings.filter((finding) => isNew(finding, known))
    const aside = head.outcome.suppressed.filter(({ finding }) => isNew(finding, known))
    await store(platform, scan, { ...head, findings, aside, holder: context.holder })
  } finally {
    await rm(scratchDir, { recursive: true, force: true })
  }
}

interface Scanned {
  clone: Clone
  outcome: ScanOutcome
}

async function cloneAndScan(
  platform: Platform,
  scan: TakenScan,
  context: RunContext & { scratchDir: string },
): Promise<Scanned> {
  const { config, db, secrets, outbound } = platform
  context.progress({ stage: 'cloning', files_done: 0, files_total: null })
  const credential = await credentialFor(platform, scan)
  const clone = await cloneRepository({
    url: cloneUrl(config, scan),
    // A stranger's branch is not one of this repository, though its commits are in it.
    branch: scan.isFork ? undefined : (scan.branch ?? undefined),
    commit: scan.commit ?? undefined,
    depth: scan.config.history ? 'full' : 'tip',
    scratchDir: context.scratchDir,
    limits: cloneLimits,
    signal: context.signal,
    token: credential?.token,
    tokenUser: credential?.username ?? undefined,
    resolve: outbound.resolve,
  })
  const { organizationId } = scan
  const fingerprintKey = await db.inTenant(organizationId, (tx) =>
    tenantKey(tx, secrets, { organizationId, purpose: fingerprintPurpose }),
  )
  const outcome = await scanCommit({
    gitDir: clone.gitDir,
    commit: clone.commit,
    scratchDir: context.scratchDir,
    history: scan.config.history,
    fingerprintKey,
    engines: enginesOf(scan.config),
    cacheDir: config.cacheDir,
    // Comments in the code count all the same.
    ...(scan.config.project_settings === false && { project: unheard }),
    advisories: await advisoryFolders(config),
    signal: context.signal,
    onProgress: context.progress,
  })
  return { clone, outcome }
}

/** What a stranger wrote is fetched with nothing but what GitHub gives out for that repository. */
async function credentialFor(
  { github, ...platform }: Platform,
  scan: TakenScan,
): Promise<{ token: string; username: string | null } | null> {
  const { installationId, isFork, organizationId, name } = scan
  if (installationId !== null && github !== null) {
    try {
      return { token: await github.cloneToken(installationId, name), username: null }
    } catch (error) {
      throw error instanceof GithubRefused ? new CloneError('access_denied') : error
    }
  }
  return isFork ? null : tokenFor({ ...platform, github }, organizationId, scan)
}

/** The base in a folder of its own; a base that is a commit needs no branch. */
async function scanBase(
  platform: Platform,
  scan: TakenScan,
  context: RunContext & { scratchDir: string },
): Promise<ReadonlySet<string>> {
  const base = scan.base ?? ''
  const isCommit = /^[0-9a-f]{40}$/.test(base)
  const scratchDir = join(context.scratchDir, 'base')
  await mkdir(scratchDir, { mode: 0o700 })
  const { outcome } = await cloneAndScan(
    platform,
    {
      ...scan,
      branch: isCommit ? null : base,
      commit: isCommit ? base : null,
      config: { ...scan.config, history: false },
    },
    { ...context, scratchDir },
  )
  const all = [...outcome.findings, ...outcome.suppressed.map(({ finding }) => finding)]
  return new Set(all.flatMap(({ fingerprints }) => fingerprints.map(nameOf)))
}

function isNew({ fingerprints }: Finding, known: ReadonlySet<string> | null): boolean {
  return known === null || !fingerprints.some((one) => known.has(nameOf(one)))
}

function nameOf({ algorithm, value }: { algorithm: string; value: string }): string {
  return `${algorithm} ${value}`
}

interface New {
  findings: Finding[]
  aside: ScanOutcome['suppressed']
}

async function store(
  platform: Platform,
  scan: TakenScan,
  { clone, outcome, findings, aside, holder }: Scanned & New & { holder: string },
): Promise<void> {
  const { organizationId, repositoryId } = scan
  const branch = (scan.isFork ? scan.branch : clone.branch) ?? clone.commit
  const held = { ...scan, node: holder }
  const place = { branch, commit: clone.commit, engines: enginesOf(scan.config) }
  const evidence = await keepEvidence(platform, scan, { ...place, outcome })
  await platform.db.inTenant(organizationId, async (tx) => {
    if (clone.defaultBranch !== null) {
      const place = { organizationId, id: repositoryId, branch: clone.defaultBranch }
      await repositories.setDefaultBranch(tx, place)
    }
    const ingest = await beginIngest(tx, { ...scan, branch })
    for (let at = 0; at < findings.length; at += ingestBatch) {
      await ingest.add(findings.slice(at, at + ingestBatch))
    }
    for (let at = 0; at < aside.length; at += ingestBatch) {
      await ingest.addSetAside(aside.slice(at, at + ingestBatch))
    }
    const result = await ingest.finish(proofOf(scan, outcome, clone))
    const { history, shortfalls, engines, advisories, packages, notes } = outcome
    await storePackages(tx, { ...scan, packages })
    const coverage = { ...outcome.coverage, engines, history, shortfalls, advisories, notes }
    const { complete } = coverage
    const done = { branch, commit: clone.commit, complete, coverage, result, evidence }
    await work.complete(tx, held, done)
  })
}

function enginesOf(config: ScanConfig) {
  return {
    secrets: config.enable_secrets,
    code: config.enable_sast,
    dependencies: config.enable_sca,
    infrastructure: config.enable_iac,
  }
}

/** Only a scan of a branch's head, without a base, proves that something is gone. */
function proofOf(
  scan: TakenScan,
  outcome: ScanOutcome,
  { branches, isHead }: Pick<Clone, 'branches' | 'isHead'>,
): Proof {
  const unseen = unseenIn(outcome)
  if (scan.base !== null || scan.isFork || unseen === null) return null
  // Who names a commit alone did not mean a branch.
  if (scan.commit !== null && (scan.branch === null || !isHead)) return null
  const ruleIds = [...outcome.rules.map(({ id }) => id), ...outcome.selectedIds]
  const scanTypes = provenTypes(outcome).filter((type) => type === 'sca')
  return {
    ruleIds,
    scanTypes,
    history: scan.config.history,
    branches,
    unseen,
    unproved: outcome.unproved,
  }
}
