// Runs scans and imports: takes one under a lease, keeps the lease while it works, and ends it as
// completed, failed, or given back. Whatever happens, no scan stays `running` for ever.
import { randomUUID } from 'node:crypto'
import { availableParallelism } from 'node:os'
import type { Queue } from '../../platform/jobs.ts'
import type { Platform } from '../../platform/platform.ts'
import { releaseDocument } from '../imports/release.ts'
import { CloneError } from '../source/git/clone-error.ts'
import { failureOf, gitWords } from './failure.ts'
import { runImport } from './import-run.ts'
import { queueNames } from './queue-name.ts'
import { runScan } from './run.ts'
import type { Progress } from './schema.ts'
import type { ScanRef, TakenScan } from './taken.ts'
import * as work from './work.ts'

/** Of a whole run, the clone included. */
const runMsMax = 2 * 3_600_000
const heartbeatMs = 4_000
const progressMs = 500

/** One queue for scans, one for imports: an import has a client waiting for it. */
export function scanQueues(platform: Platform): Queue<ScanRef>[] {
  const held = new Set<string>()
  return [queueOf(platform, 'platform', held), queueOf(platform, 'import', held)]
}

function queueOf(
  platform: Platform,
  source: TakenScan['source'],
  held: Set<string>,
): Queue<ScanRef> {
  const { db, node } = platform
  return {
    name: queueNames[source],
    concurrency: Math.max(2, availableParallelism()),
    sweepMs: 1_000,
    async due() {
      const waiting = await db.inSystem((tx) => work.due(tx, source, node.isGone))
      return waiting.map((data) => ({ key: data.scanId, data }))
    },
    async run(job, signal) {
      // A lease that ran out while this node was asleep is no reason to run beside oneself.
      if (held.has(job.scanId)) return
      held.add(job.scanId)
      try {
        await runJob(platform, job, signal)
      } finally {
        held.delete(job.scanId)
      }
    },
  }
}

async function runJob(platform: Platform, job: ScanRef, stopping: AbortSignal): Promise<void> {
  // Each taking has a name of its own: what an earlier one still does cannot pass for it.
  const holder = `${platform.node.id}/${randomUUID()}`
  const taken = await take(platform, job, holder)
  if (taken === null) return
  const held = { ...job, node: holder }
  const keeper = keepLease(platform, held)
  const deadline = AbortSignal.timeout(runMsMax)
  const signal = AbortSignal.any([stopping, keeper.lost, deadline])
  try {
    if (taken.attempts > work.attemptsMax) throw new Error('tried too often')
    const context = { signal, holder, progress: keeper.progress }
    if (taken.source === 'import') await runImport(platform, taken, context)
    else await runScan(platform, taken, context)
    platform.metrics.scans.labels('completed').inc()
  } catch (error) {
    const reason = deadline.aborted ? new CloneError('timed_out') : error
    await end({ platform, held, error: reason, stopping, lost: keeper.lost })
  } finally {
    keeper.stop()
    if (taken.source === 'import') await release(platform, taken)
  }
}

/** The document of an import that has ended is of no more use, and may hold secrets in full. */
async function release(platform: Platform, { artefact, scanId }: TakenScan): Promise<void> {
  try {
    if (artefact !== null) await releaseDocument(platform, artefact)
  } catch (error) {
    platform.log.warn({ err: error, scan_id: scanId }, 'a document was not removed')
  }
}

async function take(platform: Platform, job: ScanRef, holder: string): Promise<TakenScan | null> {
  const { db, node, plans } = platform
  return db.inTenant(job.organizationId, async (tx) => {
    const plan = await work.planOf(tx, job.organizationId)
    return work.take(tx, {
      ...job,
      node: holder,
      isGone: node.isGone,
      scansAtOnceMax: plans.scansAtOnce(plan),
    })
  })
}

/** Renews the lease and writes progress, which also is a sign of life. */
function keepLease(platform: Platform, held: ScanRef & { node: string }) {
  const lost = new AbortController()
  let latest: Progress | null = null
  let written: Progress | null = null
  let writtenAt = performance.now()
  let writing = false

  async function tick(): Promise<void> {
    const due = performance.now() - writtenAt >= heartbeatMs
    if (writing || (latest === written && !due)) return
    writing = true
    try {
      const progress = latest
      const kept = await platform.db.inTenant(held.organizationId, (tx) =>
        work.keep(tx, { ...held, progress }),
      )
      if (!kept) lost.abort(new work.LeaseLost())
      written = progress
      writtenAt = performance.now()
    } catch (error) {
      platform.log.warn({ err: error, scan_id: held.scanId }, 'a lease could not be renewed')
    } finally {
      writing = false
    }
  }

  const timer = setInterval(() => void tick(), progressMs)
  return {
    lost: lost.signal,
    progress: (state: Progress) => {
      latest = state
    },
    stop: () => clearInterval(timer),
  }
}

async function end(ending: {
  platform: Platform
  held: ScanRef & { node: string }
  error: unknown
  stopping: AbortSignal
  lost: AbortSignal
}): Promise<void> {
  const { platform, held, error } = ending
  const { db, log, metrics } = platform
  if (ending.lost.aborted || error instanceof work.LeaseLost) {
    log.warn({ scan_id: held.scanId }, 'this scan is another node’s now')
    return
  }
  if (ending.stopping.aborted) {
    await db.inTenant(held.organizationId, (tx) => work.release(tx, held))
    return
  }
  const shown = failureOf(error)
  log[shown.code === 'internal_error' ? 'error' : 'info'](
    { err: error, scan_id: held.scanId, code: shown.code, ...gitWords(error) },
    'a scan failed',
  )
  await db.inTenant(held.organizationId, (tx) => work.fail(tx, held, shown))
  metrics.scans.labels('failed').inc()
}
