// `panthera scan`: finds secrets in a folder, without a server, an account or a network.
import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { type ArgsDef, defineCommand } from 'citty'
import {
  type Baseline,
  BaselineError,
  readBaseline,
  splitByBaseline,
  writeBaseline,
} from '../gate/scanner/baseline.ts'
import { packageVersion } from '../gate/source/package.ts'
import {
  defaultCacheDirectory,
  type FolderScan,
  NoHistoryError,
  type ScanOutcome,
  scanFolder,
} from '../gate/source/scan.ts'
import { valuesOf } from './arguments.ts'
import { interruptible } from './interruption.ts'
import { writeToFile } from './output.ts'
import { startProgress } from './progress.ts'
import {
  asColourChoice,
  asThreshold,
  formats,
  readTargets,
  readWorkers,
  thresholds,
} from './scan-options.ts'
import { writeReports } from './scan-report.ts'
import { notesOn, skippedLines, summaryOf, verdictOf } from './scan-verdict.ts'
import { colourChoices } from './terminal.ts'
import { UsageError } from './usage-error.ts'

const args = {
  path: { type: 'positional', default: '.', description: 'A folder or a file' },
  format: {
    type: 'string',
    valueHint: 'FORMAT[=FILE]',
    default: 'text',
    description: `${formats.join(', ')}, to a file where one is named; may be repeated`,
  },
  'fail-on': {
    type: 'enum',
    options: [...thresholds],
    default: 'high',
    description: 'the least severity that makes the exit code 1',
  },
  'exit-zero': { type: 'boolean', description: 'exit with 0 although there are findings' },
  strict: { type: 'boolean', description: 'exit with 3 when the scan is incomplete' },
  history: { type: 'boolean', description: 'also scan everything the git repository ever held' },
  baseline: { type: 'string', valueHint: 'FILE', description: 'tell only what FILE does not know' },
  'write-baseline': {
    type: 'string',
    valueHint: 'FILE',
    description: 'write what there is now, so that it is known later',
  },
  ignore: {
    type: 'boolean',
    default: true,
    negativeDescription: 'scan also what .gitignore, .pantheraignore and the defaults leave out',
  },
  cache: { type: 'boolean', default: true, negativeDescription: 'scan everything anew' },
  workers: {
    type: 'string',
    valueHint: 'N',
    description: 'processes that scan; as many as processors',
  },
  skipped: { type: 'boolean', description: 'list what was left out, with the reason' },
  quiet: { type: 'boolean', description: 'no progress and no notes, only results' },
  color: {
    type: 'enum',
    options: [...colourChoices],
    default: 'auto',
    description: 'colour; NO_COLOR and FORCE_COLOR count too',
  },
} satisfies ArgsDef

export const scan = defineCommand({
  meta: { name: 'scan', description: 'Find secrets in a folder' },
  args,
  async run({ args: asked, rawArgs }): Promise<number> {
    const targets = readTargets(valuesOf(args, rawArgs, 'format'))
    const workers = readWorkers(asked.workers)
    const { quiet = false } = asked
    const baseline = await openBaseline(asked.baseline)
    const outcome = await scanPath({
      root: existing(asked.path),
      history: asked.history,
      ignore: asked.ignore,
      workers,
      cacheDir: asked.cache ? defaultCacheDirectory() : null,
      quiet,
    })
    const split = splitByBaseline(outcome.findings, baseline)
    const wroteBaseline = asked['write-baseline'] ?? null
    if (wroteBaseline !== null) {
      await writeToFile(wroteBaseline, [writeBaseline(outcome.findings)])
    }
    const threshold = asThreshold(asked['fail-on'])
    const { 'exit-zero': exitZero = false, strict = false } = asked
    const judged = { outcome, split, threshold, exitZero, strict, wroteBaseline }
    const { coverage, rules } = outcome
    const tool = { name: 'Panthera', version: await packageVersion() }
    const report = { tool, rules, findings: split.fresh, coverage }
    const summary = summaryOf(judged)
    await writeReports(targets, { report, summary, colour: asColourChoice(asked.color) })

    const forPeople = targets.some(({ format, file }) => format === 'text' && file === null)
    if (!quiet && !forPeople) tell(summary)
    if (!quiet) tell(notesOn(judged, asked.path))
    if (asked.skipped) tell(skippedLines(outcome))
    const { exitCode, reason } = verdictOf(judged)
    if (reason !== null) tell([reason])
    return exitCode
  },
})

function existing(path: string): string {
  if (existsSync(path)) return path
  throw new UsageError(`${path} does not exist`)
}

async function scanPath({
  quiet,
  ...options
}: FolderScan & { quiet: boolean }): Promise<ScanOutcome> {
  const progress = quiet ? null : startProgress({ stream: process.stderr })
  try {
    return await interruptible((signal) =>
      scanFolder({
        ...options,
        signal,
        onProgress({ stage, files_done: done, files_total: total }) {
          const label = stage === 'history' ? 'Scanning the history' : 'Scanning'
          progress?.update({ label, done, total })
        },
      }),
    )
  } catch (error) {
    throw refusal(error, options.root) ?? error
  } finally {
    progress?.end()
  }
}

/** What the caller can mend, as a refusal; null for anything else. */
function refusal(error: unknown, path: string): UsageError | null {
  if (error instanceof NoHistoryError) return new UsageError(`--history: ${error.message}`)
  const { code } = error as NodeJS.ErrnoException
  const unreadable = ['ENOENT', 'EACCES', 'EPERM', 'ENOTDIR', 'ELOOP'].includes(code ?? '')
  return unreadable ? new UsageError(`${path} cannot be read: ${code}`) : null
}

async function openBaseline(path: string | undefined): Promise<Baseline> {
  if (path === undefined) return { findings: [] }
  try {
    return readBaseline(await readFile(path, 'utf8'))
  } catch (error) {
    if (error instanceof BaselineError) throw new UsageError(`${path}: ${error.message}`)
    const { code } = error as NodeJS.ErrnoException
    throw new UsageError(
      `--baseline ${path} cannot be read: ${code}`,
      `Make it with: panthera scan --write-baseline ${path}`,
    )
  }
}

function tell(lines: readonly string[]): void {
  for (const line of lines) process.stderr.write(`${line}\n`)
}
