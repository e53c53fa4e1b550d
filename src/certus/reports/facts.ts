// All that a report tells, gathered in one transaction: pages are made of this alone.
import type { Platform } from '../../platform/platform.ts'
import { effectOf } from '../exceptions/effect.ts'
import type { Exception } from '../exceptions/schema.ts'
import { active } from '../exceptions/store.ts'
import { frameworkCatalogue } from '../frameworks/folder.ts'
import { damaged } from '../log/damage.ts'
import { submissionIn } from '../packs/content.ts'
import type { Reader } from '../packs/reach.ts'
import type { Check, Submission } from '../packs/schema.ts'
import { openEvidence } from '../packs/service.ts'
import type { WholeRow } from '../packs/store.ts'
import type { Framework } from '../seal/controls/framework.ts'
import { keyIdOf } from '../seal/envelope.ts'
import { type Assessed, assessedFrameworks } from '../seal/oscal/findings.ts'
import { kindsOf } from '../seal/oscal/observations.ts'
import type { AssessedPack } from '../seal/oscal/pack.ts'

export interface ReportFacts {
  row: WholeRow
  submission: Submission
  checks: readonly Check[]
  log: { origin: string; size: number; keyId: string }
  frameworks: readonly { framework: Framework; assessed: readonly Assessed[] }[]
  exceptions: readonly Exception[]
  effect: ReturnType<typeof effectOf> | null
}

/**
 * Also of a pack that does not verify, as long as it can be read: a report says so. Throws 404, and
 * `evidence_damaged` for one that cannot.
 */
export async function reportFacts(
  platform: Platform,
  reader: Reader,
  id: string,
): Promise<ReportFacts> {
  return platform.db.inTenant(reader.organizationId, async (tx) => {
    const { row, around, content, checks } = await openEvidence(platform, { tx, reader }, id)
    const submission = readable(content, row)
    const { repository } = row
    const exceptions = await active(tx, reader.organizationId, [repository])
    const { origin, size, publicKey } = around
    return {
      row,
      submission,
      checks,
      log: { origin, size, keyId: keyIdOf(publicKey) },
      frameworks: assessedFrameworks(
        frameworkCatalogue(),
        {
          controlResults: submission.control_results,
          kinds: kindsOf(frameworkCatalogue(), submission.findings),
        },
        reader.reach?.frameworks,
      ),
      exceptions,
      effect: exceptions.length === 0 ? null : effectOf(submission, exceptions),
    }
  })
}

/** For the export, which vouches: only where everything holds. Throws `evidence_damaged`. */
export function assessedPack({ row, submission, checks, log }: ReportFacts): AssessedPack {
  const failed = checks.find(({ holds }) => !holds)
  if (failed !== undefined) throw damaged(`${failed.check} of ${row.id}: ${failed.reason}`)
  return {
    id: row.id,
    repository: row.repository,
    commit: row.commit,
    branch: row.branch,
    scannedAt: row.scanned_at,
    storedAt: row.stored_at,
    digest: row.digest.toString('hex'),
    log: { origin: log.origin, index: row.log_index },
    computed: row.computed,
    findings: submission.findings,
    controlResults: submission.control_results,
    scannerVersions: submission.scanner_versions ?? {},
  }
}

function readable(content: Buffer | null, row: WholeRow): Submission {
  try {
    if (content !== null) return submissionIn(content, row.signed_hash)
  } catch {
    // Told below, as that there is none.
  }
  throw damaged(`the content of ${row.id}`)
}
