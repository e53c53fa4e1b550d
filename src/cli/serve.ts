// `panthera serve`: everything in one process, until a signal.
import { defineCommand } from 'citty'
import { type Config, ConfigError, readConfig } from '../platform/config.ts'
import { firstRunPath, hasFirstRun } from '../platform/first-run-file.ts'
import { createLog, type Logger } from '../platform/log.ts'
import { type Server, startServer } from '../server.ts'
import { exitCodes } from './exit-codes.ts'

/** Signals within this time of the first one are one: a terminal and npm both send it. */
const sameSignalMs = 1_000
const drainMsMax = 10_000

export const serve = defineCommand({
  meta: {
    name: 'serve',
    description: 'Start Panthera: http://localhost:4000 with an embedded database',
  },
  async run(): Promise<number> {
    let config: Config
    try {
      config = readConfig(process.env)
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error
      process.stderr.write(`panthera: ${error.message}\n`)
      return exitCodes.usage
    }
    const log = createLog({ level: config.logLevel })
    const stopped = untilSignal()
    let server: Server
    try {
      server = await startServer(config, log)
    } catch (error) {
      process.stderr.write(`panthera: ${explainStart(error, config)}\n`)
      return exitCodes.usage
    }
    await warnOfFirstRun(config, server.isFirstRun, log)
    process.stdout.write(`Panthera is ready at ${config.publicUrl}\n`)
    await stopped
    await withinDrainTime(server.stop(), log)
    return exitCodes.clean
  },
})

type StartPlaces = Pick<Config, 'host' | 'port' | 'databaseUrl'>

/** Known failures of a start, in one line with what to do; anything else keeps its own words. */
export function explainStart(error: unknown, config: StartPlaces): string {
  if (!(error instanceof Error)) return String(error)
  const { code } = error as { code?: string }
  const place = `PANTHERA_HOST=${config.host}, PANTHERA_PORT=${config.port}`
  if (code === 'EADDRINUSE') {
    return `${place} is already in use: stop what listens there or set PANTHERA_PORT`
  }
  if (code === 'EACCES' || code === 'EADDRNOTAVAIL') {
    return `${place} cannot be listened on (${code}): set another host or port`
  }
  if (isUnknownHost(error, config)) {
    return `${place}: the host name is not known here (${code}): set PANTHERA_HOST to an address`
  }
  if (config.databaseUrl !== null && databaseCodes.includes(code ?? '')) {
    return `DATABASE_URL does not lead to a database (${error.message}): check host, user and name`
  }
  const { fix } = error as { fix?: string }
  return fix === undefined ? error.message : `${error.message}: ${fix}`
}

const unknownHost = ['ENOTFOUND', 'EAI_AGAIN']
const databaseCodes = ['ECONNREFUSED', ...unknownHost, '28P01', '3D000', '28000']

/** The name that was looked up tells who asked; the database is asked before anything listens. */
function isUnknownHost(error: Error, { host, databaseUrl }: StartPlaces): boolean {
  const { code = '', syscall, hostname } = error as NodeJS.ErrnoException & { hostname?: string }
  if (!unknownHost.includes(code)) return false
  if (databaseUrl === null || syscall === 'listen') return true
  return hostname === host && !(URL.canParse(databaseUrl) && new URL(databaseUrl).hostname === host)
}

async function warnOfFirstRun(config: Config, isFirstRun: boolean, log: Logger): Promise<void> {
  const path = firstRunPath(config.dataDir)
  if (isFirstRun) {
    log.info({ path }, 'the first keys and the owner’s password are in first-run.json')
  } else if (await hasFirstRun(config.dataDir)) {
    log.warn({ path }, 'first-run.json still holds the first keys: panthera first-run --clear')
  }
}

/** The first SIGTERM or SIGINT; one that comes well after it ends the process at once. */
function untilSignal(): Promise<void> {
  return new Promise((resolve) => {
    let firstAt: number | null = null
    const onSignal = () => {
      const now = performance.now()
      if (firstAt === null) {
        firstAt = now
        resolve()
      } else if (now - firstAt > sameSignalMs) {
        process.exit(exitCodes.internal)
      }
    }
    process.on('SIGTERM', onSignal)
    process.on('SIGINT', onSignal)
  })
}

async function withinDrainTime(stopping: Promise<void>, log: Logger): Promise<void> {
  const late = setTimeout(() => {
    log.error('draining took too long; what was at work is taken up again at the next start')
    process.exit(exitCodes.clean)
  }, drainMsMax)
  await stopping
  clearTimeout(late)
}
