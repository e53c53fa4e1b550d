// Entries of the log that are no packs: what was done to evidence, signed as packs are, so that it
// cannot be denied later. In the transaction of what was done.
import type { Tx } from '../../platform/db.ts'
import type { Platform } from '../../platform/platform.ts'
import { signEnvelope } from '../seal/envelope.ts'
import { canonicalJson } from '../seal/json/canonical.ts'
import type { JsonObject } from '../seal/json/read.ts'
import { statementPayloadType, statementType } from '../seal/statement.ts'
import { digestOf } from '../seal/submission.ts'
import { appendEntry } from './append.ts'
import { evidenceSigner } from './signing-key.ts'
import * as store from './store.ts'

export interface Recorded {
  /** `urn:panthera:evidence-…`. */
  predicateType: string
  /** Names what it is about; its digest is the predicate's unless it has its own. */
  subject: readonly { name: string; sha256?: string }[]
  predicate: JsonObject
}

/** Answers the entry's index. Within the tenant. Throws `log_damaged`. */
export async function recordInLog(
  { config, secrets }: Pick<Platform, 'config' | 'secrets'>,
  tx: Tx,
  organizationId: string,
  { predicateType, subject, predicate }: Recorded,
): Promise<number> {
  const own = digestOf(new TextEncoder().encode(canonicalJson(predicate)))
  const statement = canonicalJson({
    _type: statementType,
    subject: subject.map(({ name, sha256 = own }) => ({ name, digest: { sha256 } })),
    predicateType,
    predicate,
  })
  const signer = await evidenceSigner(tx, secrets, organizationId)
  const head = await store.lock(tx, organizationId, originOfLog(config.publicUrl, organizationId))
  const bytes = new TextEncoder().encode(statement)
  const entry = canonicalJson({ ...signEnvelope(bytes, statementPayloadType, signer) })
  const at = { organizationId, head, signer: { ...signer, name: head.origin } }
  const index = await appendEntry(tx, at, entry)
  await store.insertRecord(tx, organizationId, { index, entry })
  return index
}

/** The name of a log that begins now. */
export function originOfLog(publicUrl: string, organizationId: string): string {
  return `${new URL(publicUrl).host}/certus/log/${organizationId}`
}
