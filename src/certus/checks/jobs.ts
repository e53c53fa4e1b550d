// Works checks off: one that was received becomes a scan, one that is settled is answered at its
// code host. What cannot be done now is tried again, later and later, and at last given up.
import { randomUUID } from 'node:crypto'
import { repositoryPushed } from '../../events/repository.ts'
import { sql, type Tx } from '../../platform/db.ts'
import type { Plan } from '../../platform/http/caller.ts'
import type { Queue } from '../../platform/jobs.ts'
import { appendEvent } from '../../platform/outbox.ts'
import type { Platform } from '../../platform/platform.ts'
import { bitbucketReporter } from '../bitbucket/report.ts'
import { githubReporter } from '../github/report.ts'
import { gitlabReporter } from '../gitlab/report.ts'
import * as links from '../links/store.ts'
import type { Grade } from '../seal/grade/score.ts'
import { answerOf } from './answer.ts'
import { codeHostCall } from './code-host-call.ts'
import { contentOfPack } from './pack-content.ts'
import { comment, type Reporter } from './reporter.ts'
import * as store from './store.ts'

export const checkQueueName = 'certus.checks'
const attemptsMax = 12
const pauseSecondsMax = 3_600
const forgetMs = 6 * 3_600_000

export function checkQueues(platform: Platform): Queue<never>[] {
  return [workQueue(platform), forgetQueue(platform)] as unknown as Queue<never>[]
}

function workQueue(platform: Platform): Queue<store.CheckRef> {
  return {
    name: checkQueueName,
    concurrency: 4,
    sweepMs: 1_000,
    async due() {
      const refs = await platform.db.inSystem((tx) => store.due(tx, platform.node.isGone))
      return refs.map((ref) => ({ key: `${ref.organizationId} ${ref.checkId}`, data: ref }))
    },
    run: (ref, signal) => runCheck(platform, ref, signal),
  }
}

function forgetQueue({ db }: Platform): Queue {
  return {
    name: 'certus.deliveries',
    concurrency: 1,
    sweepMs: forgetMs,
    due: async () => [{ key: 'old', data: {} }],
    run: () => db.inSystem(store.forgetOld),
  }
}

async function runCheck(
  platform: Platform,
  ref: store.CheckRef,
  signal: AbortSignal,
): Promise<void> {
  const { db, node, log } = platform
  const holder = `${node.id}/${randomUUID()}`
  const check = await db.inTenant(ref.organizationId, (tx) =>
    store.take(tx, ref, { holder, isGone: node.isGone }),
  )
  if (check === null) return
  const change = (work: (tx: Tx) => Promise<unknown>) => db.inTenant(ref.organizationId, work)
  try {
    await step(platform, check)
  } catch (error) {
    if (signal.aborted) return void (await change((tx) => store.release(tx, check)))
    const reason = error instanceof Error ? error.message.slice(0, 500) : 'unknown'
    log.warn({ err: error, check_id: check.id, attempt: check.attempts }, 'a check must wait')
    if (check.attempts >= attemptsMax) {
      await change((tx) => store.giveUp(tx, check, reason))
    } else {
      const seconds = Math.min(5 * 2 ** check.attempts, pauseSecondsMax)
      await change((tx) => store.postpone(tx, check, { seconds, reason }))
    }
  }
}

async function step(platform: Platform, check: store.Check): Promise<void> {
  const { db } = platform
  const link = await db.inTenant(check.organization_id, (tx) => links.find(tx, check.link_id))
  if (link === null) {
    const reason = 'its link to the code host was removed'
    return db.inTenant(check.organization_id, (tx) => store.giveUp(tx, check, reason))
  }
  if (check.state === 'received') return begin(platform, check, link)
  if (check.state === 'settled') return report(platform, check, link)
  const ref = { organizationId: check.organization_id, checkId: check.id }
  const outcome = { kind: 'failed', code: 'timed_out', message: lost } as const
  await db.inTenant(check.organization_id, (tx) => store.settle(tx, ref, outcome))
}

const lost = 'Nothing has been heard of the scan for hours. Push again, or re-run the check.'

async function begin(platform: Platform, check: store.Check, link: links.KnownLink): Promise<void> {
  const { db } = platform
  const organizationId = check.organization_id
  const allowance = await takeFromQuota(platform, organizationId)
  if (!allowance.allowed) {
    const resets_at = new Date(allowance.resetAt * 1_000).toISOString()
    const outcome = { kind: 'quota', limit: allowance.limit, resets_at } as const
    const ref = { organizationId, checkId: check.id }
    await db.inTenant(organizationId, (tx) => store.settle(tx, ref, outcome))
    return
  }
  try {
    // Before the scan, so that nothing is answered twice at once.
    await (await reporterOf(platform, check, link))?.begin()
  } catch (error) {
    // It is scanned whether or not the code host knows.
    platform.log.warn({ err: error, check_id: check.id }, 'a check could not be shown as begun')
  }
  await db.inTenant(organizationId, async (tx) => {
    if (!(await store.begin(tx, check))) return
    await appendEvent(tx, repositoryPushed, {
      organizationId,
      payload: {
        scan_id: check.id,
        provider: link.provider,
        owner: check.owner,
        name: check.name,
        commit: check.commit_hash,
        branch: check.branch,
        pull_request: check.pull_requests[0] ?? null,
        is_fork: check.is_fork,
        // What everybody may read is read without a token where a stranger asks for it.
        installation_id: check.is_fork && !check.is_private ? null : link.installation_id,
      },
    })
  })
}

/** The same as of packs that are sent. */
async function takeFromQuota({ db, plans, limits }: Platform, organizationId: string) {
  const { plan } = await db.inTenant(organizationId, (tx) =>
    tx.one<{ plan: Plan }>(sql`select plan from organizations where id = ${organizationId}`),
  )
  return limits.take(`packs ${organizationId}`, plans.packs(plan))
}

async function report(
  platform: Platform,
  check: store.Check,
  link: links.KnownLink,
): Promise<void> {
  const { outcome } = check
  if (outcome === null) throw new Error('a settled check has an outcome')
  const reporter = await reporterOf(platform, check, link)
  const organizationId = check.organization_id
  if (reporter === null) {
    const reason = 'there is no credential for the code host'
    return platform.db.inTenant(organizationId, (tx) => store.giveUp(tx, check, reason))
  }
  const answer = answerOf({
    outcome,
    content:
      outcome.kind === 'pack'
        ? await contentOfPack(platform, organizationId, outcome.pack_id)
        : null,
    minimumGrade: link.minimum_grade as Grade,
    publicUrl: platform.config.publicUrl,
  })
  await reporter.finish(answer)
  await comment(platform, reporter, { check, link, answer })
  await platform.db.inTenant(organizationId, (tx) => store.reported(tx, check))
}

/** Null where nothing may be written there. */
async function reporterOf(
  platform: Platform,
  check: store.Check,
  link: links.KnownLink,
): Promise<Reporter | null> {
  const { publicUrl } = platform.config
  if (link.provider === 'github') {
    const { github } = platform
    if (github === null || link.installation_id === null) return null
    const keepRun = (id: number) =>
      platform.db.inTenant(check.organization_id, (tx) => store.keepRun(tx, check, id))
    return githubReporter({
      github,
      installationId: link.installation_id,
      check,
      keepRun,
      publicUrl,
    })
  }
  const call = await codeHostCall(platform, check.organization_id, link.provider)
  if (call === null) return null
  const make = link.provider === 'gitlab' ? gitlabReporter : bitbucketReporter
  return make({ call, check, publicUrl })
}
