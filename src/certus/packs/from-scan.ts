// A completed scan of the platform becomes a pack: mapped to controls, graded, sealed with the
// organization's own secret, signed and logged like those that are sent.
import { setImmediate } from 'node:timers/promises'
import { promisify } from 'node:util'
import { zstdCompress } from 'node:zlib'
import { z } from 'zod'
import { type ScanEvidence, scanCompleted } from '../../events/scan.ts'
import { ArtefactMissing } from '../../platform/artefacts.ts'
import type { AuditOrigin } from '../../platform/audit/audit.ts'
import type { Tx } from '../../platform/db.ts'
import { evidenceSecret, organizationKeyId } from '../../platform/evidence-secret.ts'
import type { Queue } from '../../platform/jobs.ts'
import type { Subscription } from '../../platform/module.ts'
import type { Platform } from '../../platform/platform.ts'
import { settle } from '../checks/store.ts'
import { frameworkCatalogue } from '../frameworks/folder.ts'
import { severities } from '../seal/grade/score.ts'
import type { Json, JsonObject } from '../seal/json/read.ts'
import { engines } from '../seal/scan/facts.ts'
import { packOf } from '../seal/scan/pack.ts'
import { slugOf } from '../seal/scan/slug.ts'
import { digestOf, sealedBytes, sealOf } from '../seal/submission.ts'
import * as scans from './scan-store.ts'
import { Submission } from './schema.ts'
import { spellingOf } from './store.ts'
import { inTurn, storePack } from './submit.ts'
import { contentBytesMax } from './verify.ts'

const compress = promisify(zstdCompress)
const queueName = 'certus.scans'
/** With pauses of up to an hour: about a day. */
const attemptsMax = 30
const artefactBytesMax = 128 * 2 ** 20

/** Of imports nothing is made: what another tool looked at is not known. */
export const scanSubscription: Subscription = {
  event: scanCompleted.name,
  handle: async (tx, event) => {
    const { scan_id: scanId, evidence } = scanCompleted.schema.parse(event.payload)
    const data = { organizationId: event.organizationId, scanId }
    if (evidence === null) {
      await tellCheck(tx, data)
      return []
    }
    await scans.queue(tx, data, evidence)
    return [{ queue: queueName, key: scanId, data }]
  },
}

export function scanQueue(platform: Platform): Queue<scans.ScanRef> {
  const { db, log } = platform
  return {
    name: queueName,
    concurrency: 1,
    sweepMs: 5_000,
    due: async () => {
      const rows = await db.inSystem(scans.due)
      return rows.map((data) => ({ key: data.scanId, data }))
    },
    async run(scan) {
      const row = await db.inTenant(scan.organizationId, (tx) => scans.read(tx, scan))
      if (row === null) return
      try {
        await packFrom(platform, scan, row.evidence)
      } catch (error) {
        const reason = (error as Error).message.slice(0, 1_000)
        const isLast = error instanceof Hopeless || row.attempts + 1 >= attemptsMax
        log.error({ err: error, scan_id: scan.scanId, again: !isLast }, 'a scan became no pack')
        if (!isLast) {
          await db.inTenant(scan.organizationId, (tx) => scans.postpone(tx, scan, reason))
          return
        }
        await ended(platform, scan, { state: 'failed', reason }, row.evidence)
      }
    },
  }
}

/** No other attempt would come to more. */
class Hopeless extends Error {}

async function packFrom(
  platform: Platform,
  scan: scans.ScanRef,
  evidence: ScanEvidence,
): Promise<void> {
  const { organizationId, scanId } = scan
  const slug = slugOf(evidence.owner, evidence.name)
  if (slug === null) {
    const reason = `${evidence.owner}/${evidence.name} is no name that evidence is filed under`
    await ended(platform, scan, { state: 'skipped', reason }, evidence)
    return
  }
  const kept = await artefactOf(platform, evidence.artefact)
  const { secret, repo_slug } = await platform.db.inTenant(organizationId, async (tx) => ({
    secret: await evidenceSecret(tx, platform.secrets, {
      organizationId,
      keyId: organizationKeyId,
    }),
    repo_slug: (await spellingOf(tx, organizationId, slug)) ?? slug,
  }))
  const { pull_request } = evidence
  // Others get their turn between the steps over a large scan.
  await setImmediate()
  const content: JsonObject = packOf(frameworkCatalogue(), kept.facts, {
    evidence_pack_id: `scan-${scanId}`,
    repo_slug,
    commit_hash: evidence.commit,
    branch: evidence.branch.slice(0, 255),
    ...(pull_request === null ? {} : { pull_request }),
    scanned_at: evidence.scanned_at,
    scanner_versions: { panthera: kept.version },
    sbom: kept.sbom as Json,
  })
  await setImmediate()
  const sealed = sealedBytes(content)
  if (sealed.length > contentBytesMax) throw new Hopeless('the pack is larger than packs may be')
  const signed_hash = sealOf(sealed, secret ?? '')
  const submission = Submission.parse({ ...content, signed_hash })
  const given = { submission, digest: digestOf(sealed), content: await compress(sealed) }
  const isStored = await inTurn(organizationId, () =>
    platform.db.inTenant(organizationId, async (tx) => {
      if (!(await scans.hold(tx, scan))) return false
      const origin = originOf(organizationId)
      await storePack({ platform, tx, origin }, { ...given, keyId: organizationKeyId, scanId })
      await scans.end(tx, scan, { state: 'stored', reason: null })
      return true
    }),
  )
  if (isStored) await platform.artefacts.delete(evidence.artefact)
}

/** Afterwards the artefact is of no more use. */
async function ended(
  platform: Platform,
  scan: scans.ScanRef,
  how: { state: 'failed' | 'skipped'; reason: string },
  { artefact }: ScanEvidence,
): Promise<void> {
  await platform.db.inTenant(scan.organizationId, async (tx) => {
    await scans.end(tx, scan, how)
    await tellCheck(tx, scan)
  })
  await platform.artefacts.delete(artefact)
}

/** A push that waits for this scan, if there is one, would wait for hours. */
async function tellCheck(tx: Tx, { organizationId, scanId }: scans.ScanRef): Promise<void> {
  const message = 'The scan is done, but no evidence pack could be made of it.'
  const outcome = { kind: 'failed', code: 'no_evidence', message } as const
  await settle(tx, { organizationId, checkId: scanId }, outcome)
}

function originOf(organizationId: string): AuditOrigin {
  const actor = { kind: 'system' as const, id: 'certus', name: 'evidence of scans' }
  return { caller: { organizationId, actor }, address: null, requestId: null }
}

const KeptFinding = z.object({
  fingerprint: z.string(),
  title: z.string(),
  severity: z.enum(severities),
  scan_type: z.string(),
  rule_id: z.string(),
  file_path: z.string().nullable(),
  line_number: z.int().min(0).nullable(),
  cwe_id: z.string().nullable(),
})

const Kept = z.object({
  version: z.string(),
  sbom: z.unknown(),
  facts: z.object({
    findings: z
      .array(KeptFinding.extend({ description: z.string(), remediation: z.string() }))
      .max(100_000),
    left_out: z.int(),
    engines: z
      .array(
        z.object({
          engine: z.enum(engines),
          state: z.enum(['ran', 'cut', 'failed', 'off']),
          told: z.string().nullable(),
          looked: z.int(),
          rules: z.int(),
          cwe: z.array(z.string()).max(10_000),
        }),
      )
      .max(20),
    set_aside: z.array(KeptFinding.extend({ reason: z.string() })).max(100_000),
    advisories: z.string().nullable(),
  }),
})

/** Throws Hopeless where it is gone, or not what Gate keeps. */
async function artefactOf({ artefacts }: Platform, sha256: string): Promise<z.infer<typeof Kept>> {
  try {
    const file = await artefacts.open(sha256)
    try {
      const { size } = await file.stat()
      if (size > artefactBytesMax) throw new Hopeless(`the artefact has ${size} bytes`)
      return Kept.parse(JSON.parse(await file.readFile('utf8')))
    } finally {
      await file.close()
    }
  } catch (error) {
    if (error instanceof ArtefactMissing) throw new Hopeless('the artefact is gone')
    throw error
  }
}
