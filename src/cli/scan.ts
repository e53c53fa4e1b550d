// `panthera scan`: finds weaknesses in a folder, without a server, an account or a network.
import { existsSync } from 'node:fs'
import { defineCommand } from 'citty'
import { writeBaseline } from '../gate/scanner/baseline.ts'
import { type Finding, severities } from '../gate/scanner/finding.ts'
import type { EngineName } from '../gate/scanner/project/settings.ts'
import { withoutCommands } from '../gate/scanner/report/layout.ts'
import { defaultCacheDirectory } from '../gate/source/scan.ts'
import { valuesOf } from './arguments.ts'
import { exitCodes } from './exit-codes.ts'
import { writeToFile } from './output.ts'
import { projectOf, type ScanProject } from './project.ts'
import { withServer } from './remote.ts'
import { scanArguments as args } from './scan-arguments.ts'
import { knownSince, openBaseline, splitByKnown } from './scan-known.ts'
import { nextSteps } from './scan-next.ts'
import {
  asColourChoice,
  asThreshold,
  isAtOrAbove,
  readTargets,
  readWorkers,
} from './scan-options.ts'
import { writeReports } from './scan-report.ts'
import { reportOf } from './scan-results.ts'
import { runScan } from './scan-run.ts'
import { prepareSending, type Sending } from './scan-send.ts'
import {
  asideLines,
  type Judged,
  notesOn,
  skippedLines,
  summaryOf,
  type Verdict,
  verdictOf,
} from './scan-verdict.ts'
import { engineList } from './settings.ts'
import { UsageError } from './usage-error.ts'

export const scan = defineCommand({
  meta: {
    name: 'scan',
    description: 'Find weaknesses in code, dependencies, secrets and infrastructure',
  },
  args,
  async run({ args: asked, rawArgs }): Promise<number> {
    const targets = readTargets(valuesOf(args, rawArgs, 'format'))
    const workers = readWorkers(asked.workers)
    const { quiet = false, 'exit-zero': exitZero = false, strict = false } = asked
    const root = existing(asked.path)
    const project = await projectOf(root, { flags: flagsOf(asked, rawArgs), env: process.env })
    const { settings } = project
    const { baseline, engines } = settings
    const known =
      baseline.value === null
        ? []
        : [await openBaseline({ ...baseline, value: baseline.value }, project.files)]
    const since = asked.since ?? null
    const { sending, refused } = await sendingOf(root, asked)
    if (refused !== exitCodes.clean) return refused
    const { outcome: found, before } = await runScan({
      root,
      engines: switchesOf(engines.value),
      project: asked.ignore ? project.word : withoutExclusions(project),
      history: asked.history,
      ignore: asked.ignore,
      workers,
      cacheDir: asked.cache ? defaultCacheDirectory() : null,
      quiet,
      since,
      ...sending?.scan,
    })
    const outcome = sending === null ? found : sending.shown(found)
    if (since !== null && before !== null) known.push(knownSince(since, before.findings))
    const split = splitByKnown(outcome.findings, known)
    const wroteBaseline = asked['write-baseline'] ?? null
    if (wroteBaseline !== null) {
      await writeToFile(wroteBaseline, [writeBaseline(outcome.findings)])
    }
    const threshold = settings.failOn.value
    const minSeverity = severities.find((each) => each === asked['min-severity']) ?? 'low'
    const cutBefore = { name: since ?? '', shortfalls: before?.shortfalls ?? [] }
    const judged = {
      ...{ outcome, split, threshold, exitZero, strict, wroteBaseline, minSeverity },
      cutBefore,
    }
    const shown = split.fresh.filter(({ severity }) => isAtOrAbove(severity, minSeverity))
    const report = await reportOf(outcome, shown, { root, suppressed: asked.suppressed })
    const summary = summaryOf(judged)
    const accepted = wroteBaseline !== null
    await writeReports(targets, { report, summary, accepted, colour: asColourChoice(asked.color) })

    const forPeople = targets.some(({ format, file }) => format === 'text' && file === null)
    if (!quiet && !forPeople) tell(summary)
    if (!quiet) tell(notesOn(judged, asked.path))
    if (sending !== null) {
      const code = await withServer(async () => tell([await sending.finish(found, report)]))
      if (code !== exitCodes.clean) return code
    }
    if (asked.skipped) tell(skippedLines(outcome))
    if (asked['set-aside']) tell(asideLines(outcome))
    if (forPeople && !quiet) tell(nextOf(judged, shown, asked.path))
    return endWith(verdictOf(judged))
  },
})

function nextOf(
  { outcome, split, wroteBaseline }: Judged,
  shown: readonly Finding[],
  path: string,
) {
  return nextSteps(wroteBaseline === null ? shown : [], {
    path,
    compared: split.known.length > 0,
    advisoriesLack: lacksAdvisories(outcome),
  })
}

function endWith({ exitCode, reason }: Verdict): number {
  if (reason !== null) tell([reason])
  return exitCode
}

/** Before the scan, which nobody should wait for in vain. */
async function sendingOf(root: string, { send, repository, branch }: SendOptions) {
  let sending: Sending | null = null
  const refused = await withServer(async () => {
    if (send) sending = await prepareSending({ root, repository, branch, env: process.env })
  })
  return { sending: sending as Sending | null, refused }
}

interface SendOptions {
  send?: boolean | undefined
  repository?: string | undefined
  branch?: string | undefined
}

interface AskedSettings {
  only?: string | undefined
  skip?: string | undefined
  baseline?: string | undefined
  'fail-on'?: string | undefined
}

function flagsOf(asked: AskedSettings, raw: readonly string[]) {
  const { only, skip, baseline } = asked
  const exclude = valuesOf(args, raw, 'exclude')
  return {
    only: only === undefined ? undefined : engineList(only, '--only'),
    skip: skip === undefined ? undefined : engineList(skip, '--skip'),
    failOn: asThreshold(asked['fail-on']),
    exclude: exclude.length === 0 ? undefined : exclude,
    baseline,
  }
}

function existing(path: string): string {
  if (existsSync(path)) return path
  throw new UsageError(`${path} does not exist`)
}

function switchesOf(names: readonly EngineName[]) {
  const on = (name: EngineName) => names.includes(name)
  return {
    secrets: on('secrets'),
    code: on('code'),
    dependencies: on('dependencies'),
    infrastructure: on('infrastructure'),
  }
}

function lacksAdvisories({ packages, advisories }: Judged['outcome']): boolean {
  return packages.length > 0 && (advisories.uncovered.length > 0 || advisories.selected !== null)
}

function withoutExclusions({ word }: ScanProject): ScanProject['word'] {
  const { settings } = word
  return { ...word, settings: { ...settings, scan: { ...settings.scan, exclude: [] } } }
}

function tell(lines: readonly string[]): void {
  for (const line of lines) process.stderr.write(`${withoutCommands(line)}\n`)
}
