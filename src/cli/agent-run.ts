// `panthera agent run`: in the foreground, until a signal; a service manager starts it again.
import { defineCommand } from 'citty'
import {
  type Configuration,
  ConfigurationError,
  readConfiguration,
} from '../agent/configuration.ts'
import { runAgent } from '../agent/run.ts'
import { createLog } from '../platform/log.ts'
import { exitCodes } from './exit-codes.ts'
import { UsageError } from './usage-error.ts'

/** Signals within this time of the first one are one: a terminal and npm both send it. */
const sameSignalMs = 1_000

export const configurationOption = {
  type: 'string',
  default: '/etc/panthera/agent.yaml',
  description: 'The agent’s configuration',
} as const

export const run = defineCommand({
  meta: { name: 'run', description: 'Discover and deploy certificates on this host' },
  args: { config: configurationOption },
  async run({ args }): Promise<number> {
    const configuration = await openConfiguration(args.config)
    const { log: form } = configuration
    const log = createLog(form === undefined ? {} : { pretty: form === 'text' })
    const { signal, ended } = untilSignal()
    try {
      await runAgent({ configuration, env: process.env, log, signal })
    } catch (error) {
      if (!(error instanceof ConfigurationError)) throw error
      throw new UsageError(error.message)
    } finally {
      ended()
    }
    log.info('the agent has ended; nothing was left half-done')
    return exitCodes.clean
  },
})

/** @throws {UsageError} for the first thing wrong in it. */
export async function openConfiguration(file: string): Promise<Configuration> {
  try {
    return await readConfiguration(file)
  } catch (error) {
    if (error instanceof ConfigurationError) throw new UsageError(error.message)
    throw error
  }
}

/** The first signal lets the work at hand be finished; a later one ends at once. */
function untilSignal(): { signal: AbortSignal; ended: () => void } {
  const controller = new AbortController()
  let firstAt: number | null = null
  const hear = () => {
    const now = performance.now()
    // What is cut off stands in the journal, and is undone at the next start.
    if (firstAt !== null && now - firstAt > sameSignalMs) process.exit(exitCodes.internal)
    firstAt ??= now
    controller.abort()
  }
  process.on('SIGTERM', hear)
  process.on('SIGINT', hear)
  const ended = () => {
    process.off('SIGTERM', hear)
    process.off('SIGINT', hear)
  }
  return { signal: controller.signal, ended }
}
