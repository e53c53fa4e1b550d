// Reads packs, verified anew, and bundles what an auditor needs to verify one without us.
import { createPublicKey } from 'node:crypto'
import { readFileSync } from 'node:fs'
import type { Tx } from '../../platform/db.ts'
import { evidenceSecret } from '../../platform/evidence-secret.ts'
import type { Caller } from '../../platform/http/caller.ts'
import type { Platform } from '../../platform/platform.ts'
import { errors } from '../errors.ts'
import { damaged, whole } from '../log/damage.ts'
import { openHead } from '../log/head.ts'
import { evidenceSigner } from '../log/signing-key.ts'
import * as log from '../log/store.ts'
import { spkiOf } from '../seal/crypto.ts'
import { verifierKey } from '../seal/log/note.ts'
import { proofText } from '../seal/log/proof.ts'
import { inclusionPath } from '../seal/log/tiles.ts'
import type { Bundle, EvidencePack, EvidenceQuery, EvidenceSummary } from './schema.ts'
import { packOf, summaryOf } from './shown.ts'
import * as store from './store.ts'
import { checkContent, checkLog, checkShown, checkWhole, contentOf, openSigned } from './verify.ts'

const verifier = readFileSync(new URL('./verify-bundle.mjs', import.meta.url), 'utf8')

type Reader = Pick<Platform, 'db' | 'secrets'>

/** Contents are not read for a list; signatures, fields and places in the log are checked. */
export async function listEvidence(platform: Reader, caller: Caller, query: EvidenceQuery) {
  const { organizationId } = caller
  return platform.db.inTenant(organizationId, async (tx) => {
    const { rows, total } = await store.list(tx, organizationId, query)
    const around = await aroundOf(platform, tx, organizationId)
    const evidence_packs: EvidenceSummary[] = []
    for (const row of rows) {
      const opened = openSigned(row, around.publicKey)
      const checks = [opened.check, checkShown(row, opened, null), await checkLog(row, around)]
      evidence_packs.push(summaryOf(row, around.origin, checks))
    }
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
    const opened = openSigned(row, around.publicKey)
    return packOf(row, around.origin, [
      ...checkContent(row, content, secret),
      opened.check,
      checkWhole(row, opened, content),
      await checkLog(row, around),
    ])
  })
}

/** Throws 404, and `evidence_damaged` where what must be in the bundle is not there. */
export async function bundleOf(platform: Reader, caller: Caller, id: string): Promise<Bundle> {
  const { organizationId } = caller
  return platform.db.inTenant(organizationId, async (tx) => {
    const row = await found(tx, organizationId, id)
    const { origin, size, checkpoint, read, publicKey, opened } = await aroundOf(
      platform,
      tx,
      organizationId,
    )
    const content = await contentOf(await store.content(tx, organizationId, id))
    if (content === null) throw damaged(`the content of ${id}`)
    if (opened.fault !== null) throw damaged(`the log: ${opened.fault}`)
    if (row.log_index >= size) throw damaged('the log does not reach that far')
    const path = await whole(inclusionPath(read, row.log_index, size))
    const key = createPublicKey({
      key: Buffer.from(spkiOf(publicKey)),
      format: 'der',
      type: 'spki',
    })
    return {
      format: 'panthera-evidence-bundle/1' as const,
      content: content.toString(),
      signed_hash: row.signed_hash,
      envelope: row.envelope,
      log_proof: proofText(row.log_index, path, checkpoint),
      public_key: key.export({ format: 'pem', type: 'spki' }).toString(),
      verifier_key: verifierKey({ name: origin, publicKey }),
      verifier,
    }
  })
}

async function found(tx: Tx, organizationId: string, id: string): Promise<store.WholeRow> {
  const row = await store.find(tx, organizationId, id)
  if (row === null) throw errors.problem('evidence_pack_not_found')
  return row
}

async function aroundOf(platform: Reader, tx: Tx, organizationId: string) {
  const head = { origin: '', size: 0, checkpoint: '', ...(await log.head(tx, organizationId)) }
  const { publicKey } = await evidenceSigner(tx, platform.secrets, organizationId)
  const read = log.tilesOf(tx, organizationId)
  return { ...head, publicKey, read, opened: await openHead(head, read, publicKey) }
}
