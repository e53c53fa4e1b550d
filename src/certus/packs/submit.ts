// Takes a submission: read strictly, its seal checked, its grade computed again, then stored with
// its signature and its place in the log in one transaction, or not at all.
import { setImmediate } from 'node:timers/promises'
import { promisify } from 'node:util'
import { zstdCompress } from 'node:zlib'
import { packStored } from '../../events/pack.ts'
import { type AuditOrigin, appendAudit, type Origin } from '../../platform/audit/audit.ts'
import type { Tx } from '../../platform/db.ts'
import { common, Problem } from '../../platform/errors.ts'
import { evidenceSecret } from '../../platform/evidence-secret.ts'
import { rateLimited } from '../../platform/http/rate-limit.ts'
import { invalidField, validate } from '../../platform/http/validation.ts'
import { uuid7 } from '../../platform/ids.ts'
import { appendEvent } from '../../platform/outbox.ts'
import type { Platform } from '../../platform/platform.ts'
import { errors } from '../errors.ts'
import { frameworkCatalogue } from '../frameworks/folder.ts'
import { appendEntry } from '../log/append.ts'
import { originOfLog } from '../log/record.ts'
import { evidenceSigner } from '../log/signing-key.ts'
import * as log from '../log/store.ts'
import { controlOf } from '../seal/controls/framework.ts'
import { type Envelope, signEnvelope } from '../seal/envelope.ts'
import { canonicalJson } from '../seal/json/canonical.ts'
import { type Json, JsonFault, type JsonObject, readJson } from '../seal/json/read.ts'
import { statementPayloadType } from '../seal/statement.ts'
import { digestOf, sealedBytes, sealHolds } from '../seal/submission.ts'
import { type Facts, factsOf } from './facts.ts'
import { type Stored, Submission } from './schema.ts'
import { digestsOf, type Shown, statementOfPack } from './signed.ts'
import * as store from './store.ts'
import { contentBytesMax } from './verify.ts'

const compress = promisify(zstdCompress)
const bounds = { depthMax: 64, valuesMax: 1_500_000 }

/**
 * Throws 400 `invalid_request`, 400 `invalid_seal`, 409 `evidence_pack_exists`, 413, 429, and 503
 * `log_damaged`.
 */
export async function submit(platform: Platform, origin: Origin, text: string): Promise<Stored> {
  const raw = objectIn(text)
  // Each step over a large pack takes some tenths of a second: others get their turn in between.
  await setImmediate()
  const submission = validate(Submission, raw, 'body')
  requireOwnId(submission)
  requireControls(submission)
  await setImmediate()
  const sealed = sealedBytes(raw)
  await setImmediate()
  // Numbers may be longer in canonical form than they were sent.
  if (sealed.length > contentBytesMax) {
    throw common.problem('too_large', { details: { canonical_bytes_max: contentBytesMax } })
  }
  const { organizationId } = origin.caller
  const keyId = keyOf(origin)
  const place = { organizationId, keyId }
  const secret = await platform.db.inTenant(organizationId, (tx) =>
    evidenceSecret(tx, platform.secrets, place),
  )
  if (secret === null) throw errors.problem('no_evidence_secret')
  if (!sealHolds(sealed, secret, submission.signed_hash)) {
    await refused(platform, origin, submission.evidence_pack_id, 'invalid_seal')
    throw errors.problem('invalid_seal', {
      details: { evidence_pack_id: submission.evidence_pack_id },
    })
  }
  const digest = digestOf(sealed)
  const content = await compress(sealed)
  return inTurn(organizationId, async () => {
    const known = await platform.db.inTenant(organizationId, (tx) =>
      sameAsBefore(tx, organizationId, { submission, digest }),
    )
    if (known !== null) return known
    await takeFromQuota(platform, origin)
    return stored({ platform, origin }, { submission, digest, content, keyId })
  })
}

const turns = new Map<string, Promise<unknown>>()

/**
 * One after the other, as the organization's log takes them anyway: copies that come at once would
 * each take from the quota. Not in the transaction, where waiting for another connection while
 * holding the log could leave none.
 */
export async function inTurn<Result>(
  turnsOf: string,
  work: () => Promise<Result>,
): Promise<Result> {
  const before = turns.get(turnsOf) ?? Promise.resolve()
  const turn = before.then(work, work)
  turns.set(turnsOf, turn)
  try {
    return await turn
  } finally {
    if (turns.get(turnsOf) === turn) turns.delete(turnsOf)
  }
}

async function stored(
  { platform, origin }: { platform: Platform; origin: Origin },
  given: Sealed,
): Promise<Stored> {
  try {
    return await platform.db.inTenant(origin.caller.organizationId, (tx) =>
      storePack({ platform, tx, origin }, given),
    )
  } catch (error) {
    // What was written is gone with its transaction; that the log is damaged must stay known.
    const isDamaged = error instanceof Problem && error.code === 'log_damaged'
    const { evidence_pack_id } = given.submission
    if (isDamaged) await refused(platform, origin, evidence_pack_id, 'log_damaged')
    throw error
  }
}

function objectIn(text: string): JsonObject {
  const value = jsonIn(text)
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value
  throw invalidField('body', 'must be a JSON object')
}

function jsonIn(text: string): Json {
  try {
    return readJson(text, bounds)
  } catch (error) {
    if (!(error instanceof JsonFault)) throw error
    throw invalidField('body', `${error.message}, at character ${error.at + 1}`)
  }
}

const ofScan = /^scan-[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

/** Whoever took the id of a scan's pack first would stand in the place of what was really found. */
function requireOwnId({ evidence_pack_id: id }: Submission): void {
  if (!ofScan.test(id)) return
  throw invalidField('evidence_pack_id', 'scan-<uuid> is for the platform’s own scans')
}

/** Throws 400 that names the first framework or control that nobody knows, or that is repeated. */
function requireControls({ control_results }: Submission): void {
  const { frameworks } = frameworkCatalogue()
  const seen = new Set<string>()
  for (const [index, { framework: name, control_id }] of control_results.entries()) {
    const framework = frameworks.get(name)
    if (framework === undefined) {
      const known = [...frameworks.keys()].join(', ')
      throw invalidField(`control_results.${index}.framework`, `must be one of ${known}`)
    }
    const field = `control_results.${index}.control_id`
    if (controlOf(framework, control_id) === null) {
      const where = `GET /certus/api/frameworks/${name} has them`
      throw invalidField(field, `is no control of ${name}; ${where}`)
    }
    // Of two results for one control the better would make up for the worse.
    const one = `${name} ${control_id.replace(/^V(?=\d)/, '')}`
    if (seen.has(one)) throw invalidField(field, `is given twice for ${name}; send one result`)
    seen.add(one)
  }
}

/** A session has no secret to seal with. */
function keyOf({ caller }: Origin): string {
  if (caller.actor.kind === 'key') return caller.actor.id
  throw errors.problem('no_evidence_secret')
}

async function refused(
  platform: Platform,
  origin: Origin,
  packId: string,
  reason: 'invalid_seal' | 'log_damaged',
): Promise<void> {
  await platform.db.inTenant(origin.caller.organizationId, (tx) =>
    appendAudit(tx, origin, {
      action: 'evidence.refused',
      objectType: 'evidence_pack',
      objectId: packId,
      result: 'failure',
      details: { reason },
    }),
  )
}

interface Given {
  submission: Submission
  digest: string
}

/** The first answer where this very content is stored; null where the id is new. */
async function sameAsBefore(
  tx: Tx,
  organizationId: string,
  { submission, digest }: Given,
): Promise<Stored | null> {
  const before = await store.find(tx, { organizationId }, submission.evidence_pack_id)
  if (before === null) {
    await requireUnused(tx, organizationId, submission.evidence_pack_id)
    return null
  }
  if (before.digest.toString('hex') !== digest) {
    throw errors.problem('evidence_pack_exists', {
      details: { evidence_pack_id: before.id, stored_timestamp: before.stored_at },
    })
  }
  return { scan_id: before.scan_id, stored_timestamp: before.stored_at }
}

/** The id of a pack that was removed stays taken: proofs of it are still about. */
async function requireUnused(tx: Tx, organizationId: string, id: string): Promise<void> {
  const tombstone = await store.tombstone(tx, organizationId, id)
  if (tombstone === null) return
  throw errors.problem('evidence_pack_exists', {
    details: { evidence_pack_id: id, removed_at: tombstone.removed_at },
  })
}

async function takeFromQuota(platform: Platform, { caller }: Origin): Promise<void> {
  const rates = platform.plans.packs(caller.plan)
  const allowance = await platform.limits.take(`packs ${caller.organizationId}`, rates)
  if (allowance.allowed) return
  const { headers, details } = rateLimited(allowance, platform.now())
  throw errors.problem('quota_exhausted', {
    details: {
      ...details,
      remaining: 0,
      resets_at: new Date(allowance.resetAt * 1_000).toISOString(),
    },
    headers,
  })
}

export interface Around {
  platform: Pick<Platform, 'secrets' | 'config'>
  tx: Tx
  origin: AuditOrigin
}

/** A submission whose seal holds. */
export interface Sealed extends Given {
  /** Compressed. */
  content: Buffer
  /** Whose evidence secret made the seal. */
  keyId: string
  /** The scan's own id, where there is one. */
  scanId?: string
}

/** Within the tenant. Throws 400, 409 `evidence_pack_exists` and 503 `log_damaged`. */
export async function storePack(
  { platform, tx, origin }: Around,
  { submission, digest, content, keyId, scanId = uuid7() }: Sealed,
): Promise<Stored> {
  const { organizationId } = origin.caller
  const signer = await evidenceSigner(tx, platform.secrets, organizationId)
  const name = originOfLog(platform.config.publicUrl, organizationId)
  const head = await log.lock(tx, organizationId, name)
  // Whoever came first with this id has held the log until now.
  const first = await sameAsBefore(tx, organizationId, { submission, digest })
  if (first !== null) return first
  await requireSpelling(tx, organizationId, submission.repo_slug)
  const pack = {
    ...factsOf(submission),
    scan_id: scanId,
    key_id: keyId,
    signed_hash: submission.signed_hash,
    digest: Buffer.from(digest, 'hex'),
    stored_at: await store.now(tx),
    content,
    organizationId,
  }
  const envelope = envelopeOf(pack, signer)
  const at = { organizationId, head, signer: { ...signer, name: head.origin } }
  const log_index = await appendEntry(tx, at, envelope)
  const stored = await store.insert(tx, { ...pack, envelope, log_index })
  await appendAudit(tx, origin, {
    action: 'evidence.stored',
    objectType: 'evidence_pack',
    objectId: pack.id,
    details: { repository: pack.repository, commit: pack.commit, digest, log_index },
  })
  await appendEvent(tx, packStored, {
    organizationId,
    payload: {
      packId: pack.id,
      scanId,
      repository: pack.repository,
      commit: pack.commit,
      pullRequest: pack.pull_request,
      grade: pack.computed.grade,
      score: pack.computed.score,
    },
  })
  return stored
}

/** One repository has one name: where only the case differs, the first one counts. */
async function requireSpelling(tx: Tx, organizationId: string, slug: string): Promise<void> {
  const known = await store.spellingOf(tx, organizationId, slug)
  if (known === null || known === slug) return
  throw invalidField('repo_slug', `must be written as ${known}, which is this repository`)
}

function envelopeOf(pack: Shown & Facts, signer: Parameters<typeof signEnvelope>[2]): string {
  const statement = statementOfPack(pack, digestsOf(pack))
  const envelope: Envelope = signEnvelope(statement, statementPayloadType, signer)
  return canonicalJson({ ...envelope })
}
