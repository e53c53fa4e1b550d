// What all benchmarks share: medians, one way of printing, and a server to measure.
import { spawn, spawnSync } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const launcher: string = fileURLToPath(new URL('../bin/panthera.js', import.meta.url))

/** One line of a table: what was measured, ours, and the peer's where one ran. */
export interface Figure {
  what: string
  ours: string
  aim?: string
  peer?: string
}

export function print(figures: readonly Figure[]): void {
  for (const { what, ours, aim, peer } of figures) {
    const notes = [aim && `aim ${aim}`, peer && `beside ${peer}`].filter(Boolean).join('; ')
    process.stdout.write(`${what.padEnd(52)} ${ours.padStart(18)}  ${notes}\n`)
  }
}

export function median(values: readonly number[]): number {
  return percentile(values, 50)
}

/** Nearest rank. */
export function percentile(values: readonly number[], percent: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  const rank = Math.max(1, Math.ceil((percent / 100) * sorted.length))
  return sorted[rank - 1] ?? Number.NaN
}

export interface Times {
  /** User and system time of the process and of all that it started. */
  cpuSeconds: number
  seconds: number
}

export interface Timing {
  runs?: number
  cwd?: string
  env?: Record<string, string>
  /** Exit codes besides 0 that tools use when they have found something. */
  fine?: readonly number[]
}

/** A whole process, timed by the shell. Null where the program is missing or fails. */
export function timed(
  program: string,
  args: readonly string[],
  { runs = 1, cwd, env = {}, fine = [] }: Timing = {},
): Times | null {
  const measured: Times[] = []
  for (let run = 0; run < runs; run++) {
    const { status, stderr } = spawnSync(
      'bash',
      ['-c', `TIMEFORMAT='%U %S %R'; time "$@"`, 'bash', program, ...args],
      { encoding: 'utf8', cwd, env: { ...process.env, ...env }, maxBuffer: 2 ** 28 },
    )
    const times = /([\d.]+) ([\d.]+) ([\d.]+)\s*$/.exec(stderr)
    if (times === null || (status !== 0 && !fine.includes(status ?? -1))) return null
    const [user = 0, system = 0, seconds = 0] = times.slice(1).map(Number)
    measured.push({ cpuSeconds: user + system, seconds })
  }
  return {
    cpuSeconds: median(measured.map(({ cpuSeconds }) => cpuSeconds)),
    seconds: median(measured.map(({ seconds }) => seconds)),
  }
}

/** Processor time of a process until now; NaN where there is no /proc. */
export async function cpuMs(pid: number): Promise<number> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '')
  // After the name in parentheses: state, …, utime and stime in hundredths of a second.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return (Number(fields[11]) + Number(fields[12])) * 10
}

export interface BenchServer {
  url: string
  dataDir: string
  organizationId: string
  keys: Record<string, string>
  pid: number
  /** Seals evidence of the key for Certus. */
  evidenceSecret: string
  stop(): Promise<void>
}

/**
 * A whole server in a process of its own, on an embedded database in a temporary folder: its own,
 * or that of another node beside which it runs, and before which it is stopped.
 */
export async function startServer(
  env: Record<string, string> = {},
  beside?: BenchServer,
): Promise<BenchServer> {
  const dataDir = beside?.dataDir ?? (await mkdtemp(join(tmpdir(), 'panthera-bench-')))
  const port = 20_000 + Math.floor(Math.random() * 20_000)
  const url = `http://127.0.0.1:${port}`
  const child = spawn(process.execPath, [launcher, 'serve'], {
    env: {
      ...process.env,
      PANTHERA_PORT: String(port),
      PANTHERA_DATA_DIR: dataDir,
      PANTHERA_CACHE_DIR: join(dataDir, 'cache'),
      PANTHERA_LOG_LEVEL: 'error',
      PANTHERA_RATE_LIMITS: '{"gate.enterprise.minute":100000000}',
      ...env,
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  await new Promise<void>((resolve, reject) => {
    child.stdout.once('data', () => resolve())
    child.once('exit', (code) => reject(new Error(`the server ended with ${code}`)))
  })
  const firstRun = JSON.parse(await readFile(join(dataDir, 'first-run.json'), 'utf8')) as {
    organization_id: string
    keys: Record<string, string>
    evidence_secret: string
  }
  return {
    url,
    dataDir,
    organizationId: firstRun.organization_id,
    keys: firstRun.keys,
    pid: child.pid ?? 0,
    evidenceSecret: firstRun.evidence_secret,
    async stop() {
      child.kill('SIGTERM')
      await exited
      if (beside === undefined) await rm(dataDir, { recursive: true, force: true })
    },
  }
}
