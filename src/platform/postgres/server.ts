// Starts the server of a data directory that has none, with what this machine offers.
import { chmodSync, closeSync, lstatSync, mkdirSync, openSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { writeAtomic } from '../files.ts'
import { type Installation, labelOf, type PlacedBinaries, placeBinaries } from './binaries.ts'
import { createCluster, readCluster } from './cluster.ts'
import { EmbeddedPostgresError, useDatabaseUrl } from './error.ts'
import type { Layout } from './layout.ts'
import { logTail } from './log-files.ts'
import { noticing } from './notice.ts'
import { findPostmaster } from './postmaster.ts'
import { chooseRunAs, type RunAs } from './run-as.ts'
import { type Settings, serverArguments, settingsFile, settingsText } from './settings.ts'
import { removeEntries } from './tree.ts'

export type Log = (line: string, fields?: object) => void

export interface ServerOptions {
  layout: Layout
  installations: readonly Installation[]
  settings: Settings
  log: Log
}

/** Crash recovery replays what the last checkpoint left: seconds, on slow disks minutes. */
const startMs = 600_000

/**
 * Starts the server detached from this process and resolves when it takes connections. A data
 * directory that does not exist is created. Only under the mutex, and where no server runs.
 */
export async function startServer(options: ServerOptions): Promise<void> {
  try {
    await start(options)
  } catch (error) {
    if (error instanceof EmbeddedPostgresError) throw error
    throw new EmbeddedPostgresError(
      'postgres_start_failed',
      `PostgreSQL could not be started in ${options.layout.root}: ${error}`,
      `remove the cause and start again, or ${useDatabaseUrl}`,
      error,
    )
  }
}

async function start(options: ServerOptions): Promise<void> {
  const { layout, log } = options
  const began = performance.now()
  removeEntries(layout.root, (name) => /\.new-[0-9a-f]{12}$/.test(name))
  const cluster = readCluster(layout.cluster)
  const runAs = await chooseRunAs(layout, cluster)
  const { installation, placed } = await usableInstallation(options, cluster?.major ?? null, runAs)
  const { major } = installation
  let bin: string
  try {
    if (cluster === null) await createCluster(layout.cluster, placed.bin, major, runAs)
    bin = await placed.keep()
  } finally {
    placed.discard()
  }
  serverDirectory(layout.cluster, runAs)
  serverDirectory(layout.log, runAs)
  serverDirectory(layout.socketDirectory, runAs)
  const text = settingsText(layout, options.settings)
  await writeAtomic(join(layout.cluster, settingsFile), text)
  runAs.handOver(join(layout.cluster, settingsFile))
  await launch(options, join(bin, 'postgres'), labelOf(installation), runAs)
  removeEntries(layout.root, (name) => isCopy(name) && name !== installation.version)
  log('database started', {
    binaries: labelOf(installation),
    runs_as: runAs.kind,
    created: cluster === null,
    ms: Math.round(performance.now() - began),
  })
}

function isCopy(name: string): boolean {
  return /^\d+\.\d+\.\d+(-[\w.]+)?$/.test(name)
}

/** The first that fits the data and runs here. */
async function usableInstallation(
  { layout, installations, log }: ServerOptions,
  major: number | null,
  runAs: RunAs,
): Promise<{ installation: Installation; placed: PlacedBinaries }> {
  const reasons: string[] = []
  for (const installation of installations) {
    if (major !== null && installation.major !== major) continue
    let placed: PlacedBinaries | null = null
    try {
      placed = placeBinaries(installation, layout.root, runAs)
      const test = await runAs.run(join(placed.bin, 'postgres'), ['-V'], { timeoutMs: 10_000 })
      if (test.ok) return { installation, placed }
      reasons.push(`${labelOf(installation)} does not run: ${test.output}`)
    } catch (error) {
      reasons.push(`${labelOf(installation)} cannot be copied: ${error}`)
    }
    placed?.discard()
    log('PostgreSQL cannot be used', { reason: reasons.at(-1) })
  }
  const offered = installations.map(labelOf).join(', ')
  if (major !== null && reasons.length === 0 && offered !== '') throw otherMajor(major, offered)
  const found = reasons.length > 0 ? reasons.join('; ') : 'there is none for this machine'
  throw new EmbeddedPostgresError(
    'postgres_unavailable',
    `no PostgreSQL can be started: ${found}`,
    `install PostgreSQL 15 or later, or ${useDatabaseUrl}`,
  )
}

async function launch(
  { layout, log }: ServerOptions,
  program: string,
  label: string,
  runAs: RunAs,
): Promise<void> {
  const output = openSync(layout.startLog, 'w', 0o600)
  const child = runAs.start(program, serverArguments(layout, label), {
    detached: true,
    stdio: ['ignore', output, output],
  })
  closeSync(output)
  let ended = false
  let failure = ''
  child.on('exit', (code, signal) => {
    ended = true
    failure = `it ended with ${signal ?? code}`
  })
  child.on('error', (error) => {
    ended = true
    failure = error.message
  })
  child.unref()
  const deadline = performance.now() + startMs
  const notice = noticing(() => log('the database is starting', { pid: child.pid }))
  while (!ended) {
    notice()
    const found = await findPostmaster(layout.cluster)
    if (found.state === 'ready' && found.pid === child.pid) return
    if (performance.now() > deadline) {
      failure = `it was not ready after ${startMs / 1_000} s`
      break
    }
    await delay(5)
  }
  throw new EmbeddedPostgresError(
    'postgres_start_failed',
    `PostgreSQL did not start, ${failure}: ${logTail(layout)}`,
    `remove the cause that ${layout.log} tells and start again, or ${useDatabaseUrl}`,
  )
}

/** A directory that the server writes to and nobody else enters. */
function serverDirectory(path: string, runAs: RunAs): void {
  mkdirSync(path, { recursive: true, mode: 0o700 })
  const found = lstatSync(path)
  const ours = found.uid === runAs.uid || found.uid === process.getuid?.()
  if (!found.isDirectory() || !ours) {
    // In /tmp somebody else may have been first.
    throw new EmbeddedPostgresError(
      'postgres_data_dir_unusable',
      `${path} is not a directory of user ${runAs.uid}, who runs PostgreSQL`,
      `remove ${path} and start again`,
    )
  }
  // A data directory that was copied by hand has often lost its permissions.
  chmodSync(path, 0o700)
  if (found.uid !== runAs.uid) runAs.handOver(path)
}

function otherMajor(major: number, offered: string): EmbeddedPostgresError {
  return new EmbeddedPostgresError(
    'postgres_major_mismatch',
    `the data directory was made by PostgreSQL ${major}, and here are only ${offered}`,
    'make a backup with the version of Panthera that used it last (panthera backup), and restore ' +
      'it into an empty data directory with this one (panthera restore)',
  )
}
