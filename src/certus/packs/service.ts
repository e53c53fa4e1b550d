// Reads packs, verified anew, and bundles what an auditor needs to verify one without us.
import { createPublicKey } from 'node:crypto'
import { readFileSync } from 'node:fs'
import type { Tx } from '../../platform/db.ts'
import { evidenceSecret } from '../../platform/evidence-secret.ts'
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
import { isWhole, type Reader } from './reach.ts'
import type { Bundle, Check, EvidencePack, EvidenceQuery, EvidenceSummary } from './schema.ts'
import { packOf, summaryOf } from './shown.ts'
import * as store from './store.ts'
import { checkContent, checkLog, checkShown, checkWhole, contentOf, openSigned } from './verify.ts'

const verifier = readFileSync(new URL('./verify-bundle.mjs', import.meta.url), 'utf8')
const recipe = readFileSync(new URL('./verify-signature.sh', import.meta.url), 'utf8')

type Sources = Pick<Platform, 'db' | 'secrets'>

/** Contents are not read for a list; signatures, fields and places in the log are checked. */
export async function listEvidence(platform: Sources, reader: Reader, query: EvidenceQuery) {
  const { organizationId } = reader
  return platform.db.inTenant(organizationId, async (tx) => {
    const { rows, total } = await store.list(tx, reader, query)
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
  platform: Sources,
  reader: Reader,
  id: string,
): Promise<EvidencePack> {
  return platform.db.inTenant(reader.organizationId, async (tx) => {
    const { row, around, checks } = await openEvidence(platform, { tx, reader }, id)
    return packOf(row, around.origin, checks)
  })
}

/** A pack with its content, and all that was checked of both. Throws 404. */
export async function openEvidence(
  platform: Sources,
  { tx, reader }: { tx: Tx; reader: Reader },
  id: string,
) {
  const { organizationId } = reader
  const row = await found(tx, reader, id)
  const around = await aroundOf(platform, tx, organizationId)
  const content = await contentOf(await store.content(tx, organizationId, id))
  const place = { organizationId, keyId: row.key_id }
  const secret = await evidenceSecret(tx, platform.secrets, place)
  const opened = openSigned(row, around.publicKey)
  const checks: Check[] = [
    ...checkContent(row, content, secret),
    opened.check,
    checkWhole(row, opened, content),
    await checkLog(row, around),
  ]
  return { row, around, content, checks }
}

/** Throws 404, and `evidence_damaged` where what must be in the bundle is not there. */
export async function bundleOf(platform: Sources, reader: Reader, id: string): Promise<Bundle> {
  const { organizationId } = reader
  return platform.db.inTenant(organizationId, async (tx) => {
    const row = await found(tx, reader, id)
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
    return {
      format: 'panthera-evidence-bundle/1' as const,
      content: content.toString(),
      signed_hash: row.signed_hash,
      envelope: row.envelope,
      log_proof: proofText(row.log_index, path, checkpoint),
      public_key: pemOf(publicKey),
      verifier_key: verifierKey({ name: origin, publicKey }),
      verifier,
      openssl_recipe: recipe,
    }
  })
}

function pemOf(publicKey: Uint8Array): string {
  const der = Buffer.from(spkiOf(publicKey))
  const key = createPublicKey({ key: der, format: 'der', type: 'spki' })
  return key.export({ format: 'pem', type: 'spki' }).toString()
}

async function found(tx: Tx, reader: Reader, id: string): Promise<store.WholeRow> {
  const row = await store.find(tx, reader, id)
  if (row !== null) return row
  const removed = isWhole(reader) ? await store.tombstone(tx, reader.organizationId, id) : null
  if (removed !== null) throw errors.problem('evidence_removed', { details: { ...removed } })
  throw errors.problem('evidence_pack_not_found')
}

async function aroundOf(platform: Sources, tx: Tx, organizationId: string) {
  const head = { origin: '', size: 0, checkpoint: '', ...(await log.head(tx, organizationId)) }
  const { publicKey } = await evidenceSigner(tx, platform.secrets, organizationId)
  const read = log.tilesOf(tx, organizationId)
  return { ...head, publicKey, read, opened: await openHead(head, read, publicKey) }
}
