// Reads packs, verified anew, and bundles what an auditor needs to verify one without us.
import { createPublicKey } from 'node:crypto'
import { readFileSync } from 'node:fs'
import type { Tx } from '../../platform/db.ts'
import { evidenceSecret } from '../../platform/evidence-secret.ts'
import type { Caller } from '../../platform/http/caller.ts'
import type { Platform } from '../../platform/platform.ts'
import { errors } from '../errors.ts'
import { evidenceSigner } from '../log/signing-key.ts'
import * as log from '../log/store.ts'
import { spkiOf } from '../seal/crypto.ts'
import type { Envelope } from '../seal/envelope.ts'
import { totalOf } from '../seal/grade/submission.ts'
import { verifierKey } from '../seal/log/note.ts'
import { proofText } from '../seal/log/proof.ts'
import { inclusionPath } from '../seal/log/tiles.ts'
import type { Bundle, Check, EvidencePack, EvidenceQuery } from './schema.ts'
import * as store from './store.ts'
import { checkContent, checkLog, checkSignature, contentOf } from './verify.ts'

const verifier = readFileSync(new URL('./verify-bundle.mjs', import.meta.url), 'utf8')

type Reader = Pick<Platform, 'db' | 'secrets'>

/** Signatures and places in the log are checked; contents are not read for a list. */
export async function listEvidence(platform: Reader, caller: Caller, query: EvidenceQuery) {
  const { organizationId } = caller
  return platform.db.inTenant(organizationId, async (tx) => {
    const { rows, total } = await store.list(tx, organizationId, query)
    const around = await aroundOf(platform, tx, organizationId)
    const evidence_packs: EvidencePack[] = []
    for (const row of rows) evidence_packs.push(shown(row, around, await checkOutside(row, around)))
    return { evidence_packs, total, limit: query.limit, offset: query.offset }
  })
}

/** Throws 404. */
export async function readEvidence(
  platform: Reader,
  caller: Caller,
  id: string,
): Promise<EvidencePack> {
  const { organizationId } = caller
  return platform.db.inTenant(organizationId, async (tx) => {
    const row = await found(tx, organizationId, id)
    const around = await aroundOf(platform, tx, organizationId)
    const content = await contentOf(await store.content(tx, organizationId, id))
    const place = { organizationId, keyId: row.key_id }
    const secret = await evidenceSecret(tx, platform.secrets, place)
    const inside = checkContent(row, content, secret)
    return shown(row, around, [...inside, ...(await checkOutside(row, around))])
  })
}

/** Throws 404. */
export async function bundleOf(platform: Reader, caller: Caller, id: string): Promise<Bundle> {
  const { organizationId } = caller
  return platform.db.inTenant(organizationId, async (tx) => {
    const row = await found(tx, organizationId, id)
    const { origin, size, checkpoint, read, publicKey } = await aroundOf(
      platform,
      tx,
      organizationId,
    )
    const content = await contentOf(await store.content(tx, organizationId, id))
    const path = await inclusionPath(read, row.log_index, size)
    const key = createPublicKey({
      key: Buffer.from(spkiOf(publicKey)),
      format: 'der',
      type: 'spki',
    })
    return {
      format: 'panthera-evidence-bundle/1' as const,
      content: content?.toString() ?? '',
      signed_hash: row.signed_hash,
      envelope: row.envelope,
      log_proof: proofText(row.log_index, path, checkpoint),
      public_key: key.export({ format: 'pem', type: 'spki' }).toString(),
      verifier_key: verifierKey({ name: origin, publicKey }),
      verifier,
    }
  })
}

async function found(tx: Tx, organizationId: string, id: string): Promise<store.Row> {
  const row = await store.find(tx, organizationId, id)
  if (row === null) throw errors.problem('evidence_pack_not_found')
  return row
}

type Around = Awaited<ReturnType<typeof aroundOf>>

async function aroundOf(platform: Reader, tx: Tx, organizationId: string) {
  const head = await log.head(tx, organizationId)
  const { publicKey } = await evidenceSigner(tx, platform.secrets, organizationId)
  const read = log.tilesOf(tx, organizationId)
  return { origin: '', size: 0, checkpoint: '', ...head, publicKey, read }
}

async function checkOutside(row: store.Row, around: Around): Promise<Check[]> {
  return [checkSignature(row, around.publicKey), await checkLog(row, around.read, around.size)]
}

function shown(row: store.Row, { origin }: Around, checks: Check[]): EvidencePack {
  const { computed } = row
  const { signatures } = JSON.parse(row.envelope) as Envelope
  return {
    id: row.id,
    scan_id: row.scan_id,
    repository: row.repository,
    branch: row.branch,
    commit: row.commit,
    pull_request: row.pull_request,
    findings: { ...row.severities, total: totalOf(row.severities) },
    control_results: row.control_results,
    claimed: { grade: row.claimed_grade, score: row.claimed_score },
    computed,
    differs: computed.grade !== row.claimed_grade || computed.score !== row.claimed_score,
    seal: {
      algorithm: 'HMAC-SHA-256',
      signed_hash: row.signed_hash,
      key_id: row.key_id,
      digest: row.digest.toString('hex'),
    },
    signatures,
    log: { origin, index: row.log_index },
    verification: {
      verdict: checks.every(({ holds }) => holds) ? 'verified' : 'failed',
      checks,
    },
    scanned_at: row.scanned_at,
    created_at: row.stored_at,
  }
}
