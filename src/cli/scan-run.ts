// Runs a scan with its progress on stderr; what the caller can mend becomes a refusal.
import {
  type Before,
  type FolderScan,
  NoHistoryError,
  type ScanOptions,
  type ScanOutcome,
  SinceError,
  scanFolder,
  scanSince,
} from '../gate/source/scan.ts'
import { interruptible } from './interruption.ts'
import { startProgress } from './progress.ts'
import { UsageError } from './usage-error.ts'

export interface RunOptions extends FolderScan {
  quiet: boolean
  /** Also what was found there, in the same way. */
  since: string | null
}

export interface Run {
  outcome: ScanOutcome
  /** What the earlier commit has; null where none was asked for. */
  before: Before | null
}

/** @throws {UsageError} for what the caller can mend */
export async function runScan({ quiet, since, ...options }: RunOptions): Promise<Run> {
  const progress = quiet ? null : startProgress({ stream: process.stderr })
  const told =
    (label: string): NonNullable<ScanOptions['onProgress']> =>
    ({ stage, files_done: done, files_total: total }) =>
      progress?.update({
        label: stage === 'history' ? 'Scanning the history' : label,
        done,
        total,
      })
  try {
    return await interruptible(async (signal) => {
      const scan = { ...options, signal }
      const outcome = await scanFolder({ ...scan, onProgress: told('Scanning') })
      if (since === null) return { outcome, before: null }
      // Afterwards, because what has not changed is in the cache by now.
      const onProgress = told(`Scanning ${since}`)
      return { outcome, before: await scanSince({ ...scan, reference: since, onProgress }) }
    })
  } catch (error) {
    throw refusal(error, { path: options.root, since }) ?? error
  } finally {
    progress?.end()
  }
}

/** What the caller can mend, as a refusal; null for anything else. */
function refusal(
  error: unknown,
  { path, since }: { path: string; since: string | null },
): UsageError | null {
  if (error instanceof NoHistoryError) return new UsageError(`--history: ${error.message}`)
  if (error instanceof SinceError) return new UsageError(`--since ${since}: ${error.message}`)
  const { code } = error as NodeJS.ErrnoException
  const unreadable = ['ENOENT', 'EACCES', 'EPERM', 'ENOTDIR', 'ELOOP'].includes(code ?? '')
  return unreadable ? new UsageError(`${path} cannot be read: ${code}`) : null
}
