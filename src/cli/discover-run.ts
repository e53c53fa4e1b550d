// What the commands of `panthera discover` share: options, one run with its progress, the output
// and the exit code.
import { hostname } from 'node:os'
import type { ArgsDef } from 'citty'
import type { z } from 'zod'
import { withoutCommands } from '../gate/scanner/report/layout.ts'
import {
  type Discovered,
  type DiscoveryContext,
  DiscoveryRefused,
  isSighting,
  type Sighting,
  type Skipped,
} from '../trust/connectors/discover/contract.ts'
import { fails, readThreshold } from './discover-fail-on.ts'
import { inventoryOf } from './discover-inventory.ts'
import { jsonOf, skippedLines, summaryLine, tableOf } from './discover-report.ts'
import { type ExitCode, exitCodes } from './exit-codes.ts'
import { interruptible } from './interruption.ts'
import { writeToStdout } from './output.ts'
import { startProgress } from './progress.ts'
import { format } from './remote.ts'
import { UsageError } from './usage-error.ts'

export const shared = {
  format: { ...format, description: 'How to print what was found' },
  'fail-on': {
    type: 'string',
    description: 'Exit with 1 on these: expired, expiring=DAYS or problems',
  },
  'exit-zero': { type: 'boolean', description: 'Exit with 0 all the same' },
  strict: { type: 'boolean', description: 'Exit with 3 where a place could not be read' },
} as const satisfies ArgsDef

interface Run {
  label: string
  unit: string
  /** What to do instead where too much was asked for. */
  hint: string | null
  asked: {
    format: string
    'fail-on'?: string | undefined
    'exit-zero'?: boolean | undefined
    strict?: boolean | undefined
  }
  start(context: DiscoveryContext): AsyncIterable<Discovered>
}

export async function runDiscovery({ label, unit, hint, asked, start }: Run): Promise<ExitCode> {
  const threshold = readThreshold(asked['fail-on'])
  const sightings: Sighting[] = []
  const skipped: Skipped[] = []
  const progress = startProgress({ stream: process.stderr })
  try {
    await interruptible(async (signal) => {
      const tell = (done: number, total: number | null) =>
        progress.update({ label, done, total, unit })
      for await (const each of start({ signal, hostname: hostname(), progress: tell })) {
        if (isSighting(each)) sightings.push(each)
        else if ('reason' in each) skipped.push(each)
      }
    })
  } catch (error) {
    if (error instanceof DiscoveryRefused) throw new UsageError(error.message, error.hint ?? hint)
    throw error
  } finally {
    progress.end()
  }
  const now = new Date()
  const found = inventoryOf(sightings, now)
  if (asked.format === 'json') {
    await writeToStdout([`${JSON.stringify(jsonOf(found, skipped, now), null, 2)}\n`])
  } else {
    if (found.length > 0) await writeToStdout([tableOf(found)])
    for (const line of skippedLines(skipped)) process.stderr.write(`${withoutCommands(line)}\n`)
  }
  process.stderr.write(`${summaryLine(found, skipped)}\n`)
  return exitCodeOf({ asked, failed: fails(found, threshold), isWhole: skipped.length === 0 })
}

function exitCodeOf({
  asked,
  failed,
  isWhole,
}: {
  asked: Run['asked']
  failed: boolean
  isWhole: boolean
}): ExitCode {
  if (asked.strict && !isWhole) return exitCodes.internal
  return failed && !asked['exit-zero'] ? exitCodes.findings : exitCodes.clean
}

/** @throws {UsageError} for what the settings do not take. */
export async function settingsOf<T>(read: () => Promise<z.ZodSafeParseResult<T>>): Promise<T> {
  try {
    const { success, data, error } = await read()
    if (success) return data
    const [issue] = error.issues
    throw new UsageError(`${issue?.path.join('.') ?? 'settings'}: ${issue?.message ?? 'wrong'}`)
  } catch (error) {
    if (error instanceof DiscoveryRefused) throw new UsageError(error.message, error.hint)
    throw error
  }
}

export function wholeNumber(text: string | undefined, name: string, max: number) {
  if (text === undefined) return undefined
  const number = /^\d{1,6}$/.test(text) ? Number(text) : 0
  if (number >= 1 && number <= max) return number
  throw new UsageError(`${name} does not take "${text}"`, `It takes a number from 1 to ${max}.`)
}
