// What every code host can be told, and the one comment that a pull request keeps.
import type { Platform } from '../../platform/platform.ts'
import type { KnownLink } from '../links/store.ts'
import type { Answer } from './answer.ts'
import * as comments from './comment-store.ts'
import type { Check } from './store.ts'

export interface Reporter {
  /** That a scan is under way. May be called again. */
  begin(): Promise<void>
  /** May be called again after it was cut short, and then goes on where it stopped. */
  finish(answer: Answer): Promise<void>
  /** Looks among the comments of a pull request for ours. */
  findComment(pullRequest: number, mark: string): Promise<string | null>
  createComment(pullRequest: number, text: string): Promise<string>
  /** False where somebody has deleted it. */
  updateComment(comment: { pullRequest: number; id: string }, text: string): Promise<boolean>
}

/** Says which comment is ours; nobody sees it. */
export function markOf(organizationId: string): string {
  return `<!-- panthera ${organizationId} -->`
}

/** The newest commit's answer stays, whichever is there first. */
export async function comment(
  { db }: Pick<Platform, 'db'>,
  reporter: Reporter,
  { check, link, answer }: { check: Check; link: KnownLink; answer: Answer },
): Promise<void> {
  const mark = markOf(check.organization_id)
  const text = [
    mark,
    `### Panthera: ${answer.title}`,
    '',
    answer.summary,
    '',
    `Commit: \`${check.commit_hash}\``,
  ].join('\n')
  for (const pullRequest of check.pull_requests) {
    const place = { ...check, linkId: link.id, pullRequest }
    const known = await db.inTenant(check.organization_id, (tx) => comments.find(tx, place))
    if (known !== null && known.shows_since > check.created_at) continue
    const id = await write(reporter, { pullRequest, text, mark, known: known?.comment_id ?? null })
    await db.inTenant(check.organization_id, (tx) =>
      comments.keep(tx, place, { id, showsSince: check.created_at }),
    )
  }
}

async function write(
  reporter: Reporter,
  wanted: { pullRequest: number; text: string; mark: string; known: string | null },
): Promise<string> {
  const { pullRequest, text, mark } = wanted
  // A crash may have come between the comment and the row that remembers it.
  const id = wanted.known ?? (await reporter.findComment(pullRequest, mark))
  if (id !== null && (await reporter.updateComment({ pullRequest, id }, text))) return id
  return reporter.createComment(pullRequest, text)
}
