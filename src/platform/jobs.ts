// Background work on pg-boss. The domain's rows are the truth: a job only says "look at this row",
// so a lost job is found by the sweep and a doubled one meets a row that is already taken.
import { PgBoss } from 'pg-boss'
import type { Connection } from './db.ts'
import type { Logger } from './log.ts'
import type { Metrics } from './metrics.ts'

export interface Queue<Data extends object = object> {
  name: string
  /** Jobs at once on one node. */
  concurrency: number
  /** How often to look for work that nobody holds. */
  sweepMs: number
  /** Rows that wait or whose holder is gone. */
  due(): Promise<readonly { key: string; data: Data }[]>
  /** Idempotent: it may be called twice for one row. `signal` aborts at shutdown. */
  run(data: Data, signal: AbortSignal): Promise<void>
}

/** Asks a queue to look at one piece of work, after the commit. */
export interface Wake {
  queue: string
  /** Two wakes with one key are one. */
  key: string
  data: object
}

export interface Jobs {
  wake(wake: Wake): Promise<void>
  start(queues: readonly Queue[]): Promise<void>
  /** Aborts what runs, waits for it to let go, closes. */
  stop(): Promise<void>
}

const jobSecondsMax = 6 * 3_600
const stopMsMax = 8_000

export function createJobs(options: {
  connection: Connection
  log: Logger
  metrics: Metrics
}): Jobs {
  const { connection, log } = options
  const boss = new PgBoss({
    ...(typeof connection === 'string' ? { connectionString: connection } : connection),
    application_name: 'panthera-jobs',
    schema: 'pgboss',
    max: 4,
    useListenNotify: true,
    superviseIntervalSeconds: 60,
    maintenanceIntervalSeconds: 3_600,
  } as ConstructorParameters<typeof PgBoss>[0])
  boss.on('error', (error) => log.error({ err: error }, 'the job queue reports an error'))
  const stopping = new AbortController()
  const sweeps: NodeJS.Timeout[] = []

  async function wake(asked: Wake): Promise<void> {
    if (stopping.signal.aborted) return
    await boss.send(asked.queue, asked.data, { singletonKey: asked.key })
  }

  async function serve(queue: Queue): Promise<void> {
    await boss.createQueue(queue.name, {
      policy: 'short',
      notify: true,
      retryLimit: 0,
      expireInSeconds: jobSecondsMax,
      deleteAfterSeconds: 60,
    })
    await boss.work<object>(
      queue.name,
      { localConcurrency: queue.concurrency, batchSize: 1, pollingIntervalSeconds: 2 },
      async ([job]) => {
        if (job === undefined) return
        const end = options.metrics.jobs.startTimer({ queue: queue.name })
        try {
          await queue.run(job.data, stopping.signal)
        } catch (error) {
          log.error({ err: error, queue: queue.name, job: job.data }, 'a job failed')
        } finally {
          end()
        }
      },
    )
    sweeps.push(sweepEvery(queue, wake, log))
  }

  return {
    wake,
    async start(queues) {
      await boss.start()
      for (const queue of queues) await serve(queue)
    },
    async stop() {
      for (const sweep of sweeps) clearInterval(sweep)
      stopping.abort(new Error('the server is stopping'))
      await boss.stop({ graceful: true, timeout: stopMsMax, close: true })
    },
  }
}

function sweepEvery(
  queue: Queue,
  wake: (asked: Wake) => Promise<void>,
  log: Logger,
): NodeJS.Timeout {
  let sweeping = false
  const sweep = async () => {
    if (sweeping) return
    sweeping = true
    try {
      for (const { key, data } of await queue.due()) await wake({ queue: queue.name, key, data })
    } catch (error) {
      log.warn({ err: error, queue: queue.name }, 'a sweep failed and will be repeated')
    } finally {
      sweeping = false
    }
  }
  void sweep()
  return setInterval(() => void sweep(), queue.sweepMs)
}
