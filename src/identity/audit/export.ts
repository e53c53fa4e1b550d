// The audit log as a file that proves itself: a header with the public key, then every row with its
// hash and every checkpoint at its place, one JSON object per line.

import { firstPrevious } from '../../platform/audit/chain.ts'
import type { Sealer } from '../../platform/audit/sealer.ts'
import { auditSigningKey } from '../../platform/audit/signing-key.ts'
import { exportFormat } from '../../platform/audit/verify.ts'
import type { Database } from '../../platform/db.ts'
import { invalidField } from '../../platform/http/validation.ts'
import type { Secrets } from '../../platform/secrets.ts'
import type { SignedCheckpoint } from './schema.ts'
import * as store from './store.ts'

export interface AuditExport {
  lines(organizationId: string, fromSeq: number): Promise<AsyncIterable<string>>
  /** Signs where the chain stands now. */
  checkpoint(organizationId: string): Promise<SignedCheckpoint>
}

const rowsPerRead = 500

export function auditExport(options: {
  db: Database
  secrets: Secrets
  sealer: Sealer
  now: () => number
}): AuditExport {
  const { db, secrets, sealer } = options
  const publicKey = (organizationId: string) =>
    db.inTenant(organizationId, async (tx) => {
      const { id, publicKey: bytes } = await auditSigningKey(tx, secrets, organizationId)
      return { key_id: id, public_key: bytes.toString('base64url') }
    })
  return {
    async lines(organizationId, fromSeq) {
      await sealer.seal(organizationId)
      const key = await publicKey(organizationId)
      const { through, previous } = await db.inTenant(organizationId, async (tx) => {
        const head = await store.head(tx, organizationId)
        const before = await store.hashAt(tx, organizationId, fromSeq - 1)
        return {
          through: head?.seq ?? 0,
          previous: fromSeq === 1 ? firstPrevious : (before?.toString('hex') ?? null),
        }
      })
      if (previous === null) throw invalidField('from_seq', `is above ${through + 1}`)
      const header = {
        format: exportFormat,
        organization_id: organizationId,
        exported_at: new Date(options.now()).toISOString(),
        from_seq: fromSeq,
        previous,
        keys: [key],
      }
      return write(db, { header, organizationId, after: fromSeq - 1, through })
    },
    async checkpoint(organizationId) {
      await sealer.seal(organizationId)
      const key = await publicKey(organizationId)
      const last = await db.inTenant(organizationId, (tx) =>
        store.lastCheckpoint(tx, organizationId),
      )
      const signed = last && signedOf(organizationId, last)
      return { checkpoint: null, signature: null, ...signed, ...key }
    },
  }
}

async function* write(
  db: Database,
  from: { header: object; organizationId: string; after: number; through: number },
): AsyncGenerator<string> {
  yield `${JSON.stringify(from.header)}\n`
  const { organizationId, through } = from
  for (let after = from.after; after < through; ) {
    const { rows, checkpoints } = await db.inTenant(organizationId, async (tx) => {
      const read = await store.chain(tx, organizationId, { after, through, limit: rowsPerRead })
      const until = read.at(-1)?.seq ?? through
      const range = { after, through: until }
      return { rows: read, checkpoints: await store.checkpoints(tx, organizationId, range) }
    })
    // Rows that are gone are not hidden: the file then has a gap, which verifying tells.
    yield lines(organizationId, rows, checkpoints)
    after = rows.at(-1)?.seq ?? through
  }
}

function lines(
  organizationId: string,
  rows: readonly store.ChainRow[],
  checkpoints: readonly store.CheckpointRow[],
): string {
  const bySeq = Map.groupBy(checkpoints, ({ seq }) => seq)
  const texts = rows.flatMap(({ seq, hash, ...event }) => [
    JSON.stringify({ seq, event, hash: hash.toString('hex') }),
    ...(bySeq.get(seq) ?? []).map((row) => JSON.stringify(signedOf(organizationId, row))),
  ])
  return texts.map((text) => `${text}\n`).join('')
}

function signedOf(organizationId: string, row: store.CheckpointRow) {
  return {
    checkpoint: {
      organization_id: organizationId,
      seq: row.seq,
      hash: row.hash.toString('hex'),
      at: row.at,
      key_id: row.key_id,
    },
    signature: row.signature.toString('base64url'),
  }
}
