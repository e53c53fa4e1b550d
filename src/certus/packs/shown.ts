// A pack's row as it is answered. A damaged column must not keep the rest from being read: what has
// no readable value is shown as the worst, beside the check that names it.
import { z } from 'zod'
import { totalOf } from '../seal/grade/submission.ts'
import {
  type Check,
  ControlResult,
  EvidencePack,
  EvidenceSummary,
  type EvidencePack as Pack,
  type EvidenceSummary as Summary,
} from './schema.ts'
import type { Row, WholeRow } from './store.ts'

const { shape } = EvidenceSummary
const never = '1970-01-01T00:00:00.000Z'
const none = { critical: 0, high: 0, medium: 0, low: 0, info: 0, total: 0 }
const worst = {
  grade: 'F' as const,
  score: 0,
  findings_score: 0,
  controls_score: null,
  debt: 0,
  formula_version: 0,
}

const Readable = EvidenceSummary.extend({
  scan_id: shape.scan_id.catch('00000000-0000-0000-0000-000000000000'),
  pull_request: shape.pull_request.catch(null),
  findings: shape.findings.catch(none),
  controls: shape.controls.catch({ pass: 0, fail: 0, partial: 0, not_tested: 0 }),
  claimed: shape.claimed.catch({ grade: 'F', score: 0 }),
  computed: shape.computed.catch(worst),
  signatures: shape.signatures.catch([]),
  log: shape.log.catch({ origin: '', index: 0 }),
  scanned_at: shape.scanned_at.catch(null),
  created_at: shape.created_at.catch(never),
})

const Results = z.array(ControlResult).catch([])

export function summaryOf(row: Row, origin: string, checks: Check[]): Summary {
  const { computed, claimed_grade, claimed_score } = row
  const failed = checks.some(({ holds }) => !holds)
  return Readable.parse({
    id: row.id,
    scan_id: row.scan_id,
    repository: row.repository,
    branch: row.branch,
    commit: row.commit,
    pull_request: row.pull_request,
    findings: { ...row.severities, total: totalOf(row.severities ?? none) },
    controls: row.controls,
    claimed: { grade: claimed_grade, score: claimed_score },
    computed,
    differs: computed?.grade !== claimed_grade || computed?.score !== claimed_score,
    seal: {
      algorithm: 'HMAC-SHA-256',
      signed_hash: row.signed_hash,
      key_id: row.key_id,
      digest: row.digest.toString('hex'),
    },
    signatures: signaturesIn(row.envelope),
    log: { origin, index: row.log_index },
    verification: { verdict: failed ? 'failed' : 'verified', checks },
    scanned_at: row.scanned_at,
    created_at: row.stored_at,
  })
}

export function packOf(row: WholeRow, origin: string, checks: Check[]): Pack {
  const control_results = Results.parse(row.control_results)
  return EvidencePack.parse({ ...summaryOf(row, origin, checks), control_results })
}

function signaturesIn(envelope: string): unknown {
  try {
    return JSON.parse(envelope)?.signatures
  } catch {
    return []
  }
}
