// Looks for certificates from the agent's machine, each source at its own pace, for as long as the
// agent runs, and sends what it finds.
import { randomUUID } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { z } from 'zod'
import { writeAtomic } from '../platform/files.ts'
import type { Logger } from '../platform/log.ts'
import { discoverAcm } from '../trust/connectors/discover/acm.ts'
import {
  type Discovered,
  type DiscoveryContext,
  DiscoveryRefused,
  type DiscoverySettings,
  type Source,
} from '../trust/connectors/discover/contract.ts'
import { discoverFiles } from '../trust/connectors/discover/files.ts'
import { discoverKubernetes } from '../trust/connectors/discover/kubernetes.ts'
import { discoverTls } from '../trust/connectors/discover/tls.ts'
import { type Memory, openMemory } from './discovery/memory.ts'
import { type Send, sendAll } from './discovery/reports.ts'

export interface DiscoveryOptions {
  settings: DiscoverySettings
  /** Of the agent's own, private to it. */
  stateFolder: string
  /** Rejects where the report did not arrive: the pass is then done again. */
  send: Send
  /** Milliseconds since 1970. */
  now(): number
  signal: AbortSignal
  log: Logger
  /** For tests, which wait for nothing. */
  wait?: (ms: number, signal: AbortSignal) => Promise<void>
  random?: () => number
}

/** Ends with the signal; rejects where the folder cannot be used. */
export async function runDiscovery(options: DiscoveryOptions): Promise<void> {
  const memory = await openMemory(options.stateFolder)
  const schedule = await openSchedule(join(options.stateFolder, 'discovery-schedule.json'))
  await Promise.all(jobsOf(options, memory, schedule).map((job) => repeat(job, options, schedule)))
}

interface Job {
  name: string
  source: Source
  everyMs: number
  /** One pass; `done` when all of it has arrived. */
  begin(): { start(context: DiscoveryContext): AsyncIterable<Discovered>; done(): Promise<void> }
}

const minuteMs = 60_000
const nothing = async () => {}

function jobsOf({ settings, now }: DiscoveryOptions, memory: Memory, schedule: Schedule): Job[] {
  const { files, tls, kubernetes, acm } = settings
  const jobs: Job[] = []
  if (files !== undefined) {
    const begin = () => {
      const startedAt = now()
      const deep = startedAt - schedule.last('deep') >= files.deepEveryHours * 60 * minuteMs
      // Once a day all is told in full, so that a server which has lost something learns it again.
      const pass = memory.begin({ deep, full: deep })
      return {
        start: (context: DiscoveryContext) =>
          discoverFiles({ ...files, deep }, { ...context, state: pass.state }),
        async done() {
          await pass.commit()
          if (deep) await schedule.note('deep', startedAt)
        },
      }
    }
    jobs.push({
      name: 'files',
      source: 'filesystem',
      everyMs: files.everyMinutes * minuteMs,
      begin,
    })
  }
  const add = (
    name: string,
    source: Source,
    everyMinutes: number,
    start: (context: DiscoveryContext) => AsyncIterable<Discovered>,
  ) => {
    jobs.push({
      ...{ name, source },
      everyMs: everyMinutes * minuteMs,
      begin: () => ({ start, done: nothing }),
    })
  }
  if (tls !== undefined) add('tls', 'network', tls.everyMinutes, (c) => discoverTls(tls, c))
  if (kubernetes !== undefined) {
    const { everyMinutes } = kubernetes
    add('kubernetes', 'kubernetes', everyMinutes, (c) => discoverKubernetes(kubernetes, c))
  }
  if (acm !== undefined) add('acm', 'cloud', acm.everyMinutes, (c) => discoverAcm(acm, c))
  return jobs
}

const retryMs = 5 * minuteMs
const retriesMax = 6

/** Passes of one source, which never overlap. */
async function repeat(job: Job, options: DiscoveryOptions, schedule: Schedule): Promise<void> {
  const { now, signal, random = Math.random, wait = pause } = options
  let failures = 0
  try {
    while (!signal.aborted) {
      // A tenth sooner or later, so that many agents do not come at once.
      const everyMs = job.everyMs * (0.9 + random() * 0.2)
      const due = failures === 0 ? schedule.last(job.name) + everyMs - now() : backoffOf(failures)
      if (due > 0) await wait(Math.min(due, job.everyMs), signal)
      if (signal.aborted) return
      failures = (await onePass(job, options, schedule)) ? 0 : failures + 1
    }
  } catch (error) {
    if (!signal.aborted) throw error
  }
}

function backoffOf(failures: number): number {
  return retryMs * 2 ** (Math.min(failures, retriesMax) - 1)
}

/** Whether all of it has arrived. */
async function onePass(
  job: Job,
  { now, send, signal, log }: DiscoveryOptions,
  schedule: Schedule,
): Promise<boolean> {
  const { name, source } = job
  const startedAt = now()
  try {
    const { start, done } = job.begin()
    const sent = await sendAll(source, start({ signal, hostname: hostname() }), send)
    await done()
    await schedule.note(name, startedAt)
    log.info({ source: name, ...sent }, 'Looked for certificates')
    return true
  } catch (error) {
    signal.throwIfAborted()
    if (error instanceof DiscoveryRefused) {
      const reason = error.hint === null ? error.message : `${error.message}. ${error.hint}`
      log.warn({ source: name, reason }, 'Certificates cannot be looked for')
      const skipped = [{ path: name, reason }]
      const report = { source, complete: false, sightings: [], skipped, unchanged: [] }
      await send(report, randomUUID()).catch(nothing)
      return false
    }
    log.warn({ source: name, err: error }, 'Looking for certificates did not end')
    return false
  }
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await sleep(ms, undefined, { signal })
}

interface Schedule {
  /** When it last began, 0 for never. */
  last(name: string): number
  note(name: string, at: number): Promise<void>
}

/** Kept on disk: an agent that is started again and again must not scan a network each time. */
async function openSchedule(path: string): Promise<Schedule> {
  const times = new Map(Object.entries(await readTimes(path)))
  let writing: Promise<void> = Promise.resolve()
  return {
    last: (name) => times.get(name) ?? 0,
    note(name, at) {
      times.set(name, at)
      const write = () => writeAtomic(path, JSON.stringify(Object.fromEntries(times)))
      writing = writing.then(write, write)
      return writing
    },
  }
}

async function readTimes(path: string): Promise<Record<string, number>> {
  try {
    return z.record(z.string(), z.number()).parse(JSON.parse(await readFile(path, 'utf8')))
  } catch {
    return {}
  }
}
