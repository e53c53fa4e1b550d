// The content of a pack for whoever goes on working with it: only what was found to be as it was
// signed.
import type { Tx } from '../../platform/db.ts'
import type { Platform } from '../../platform/platform.ts'
import { damaged } from '../log/damage.ts'
import type { Reader } from './reach.ts'
import { Submission } from './schema.ts'
import { openEvidence } from './service.ts'

export type VerifiedPack = Awaited<ReturnType<typeof openEvidence>> & { submission: Submission }

/** Throws 404, and `evidence_damaged` where anything of the pack does not hold. */
export async function verifiedEvidence(
  platform: Pick<Platform, 'db' | 'secrets'>,
  at: { tx: Tx; reader: Reader },
  id: string,
): Promise<VerifiedPack> {
  const opened = await openEvidence(platform, at, id)
  const failed = opened.checks.find(({ holds }) => !holds)
  if (failed !== undefined || opened.content === null) {
    throw damaged(`${failed?.check ?? 'the content'} of ${id}: ${failed?.reason ?? 'is missing'}`)
  }
  return { ...opened, submission: submissionIn(opened.content, opened.row.signed_hash) }
}

export function submissionIn(content: Buffer, signedHash: string): Submission {
  return Submission.parse({ ...JSON.parse(content.toString()), signed_hash: signedHash })
}
