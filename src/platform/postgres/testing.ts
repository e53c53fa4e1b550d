// For tests: data directories that go away, and nodes that are processes of their own.
import { type ChildProcess, spawn } from 'node:child_process'
import { cpSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as delay } from 'node:timers/promises'
import pg from 'pg'
import { onTestFinished } from 'vitest'
import { type Connection, startPostgres } from './index.ts'
import { stopPostmaster } from './postmaster.ts'
import { processEnded, serversOf } from './process.ts'

/** A fresh data directory's path; its server is stopped and it is removed after the test. */
export function temporaryDataDir(prefix = 'panthera-postgres-'): string {
  const parent = mkdtempSync(join(tmpdir(), prefix))
  const dataDir = join(parent, 'data')
  onTestFinished(async () => {
    await stopPostmaster(clusterOf(dataDir), 10_000)
    rmSync(parent, { recursive: true, force: true })
  })
  return dataDir
}

/**
 * The same with a database in it that was used once: a copy, which takes a tenth of the time.
 * The file that calls this ends with `afterAll(removeUsed)`.
 */
export async function usedDataDir(): Promise<string> {
  used ??= makeUsed()
  const dataDir = temporaryDataDir()
  cpSync(await used, dataDir, { recursive: true, verbatimSymlinks: true })
  rmSync(join(dataDir, 'postgres', 'id'))
  return dataDir
}

export async function removeUsed(): Promise<void> {
  if (used !== null) rmSync(await used, { recursive: true, force: true })
  used = null
}

let used: Promise<string> | null = null

async function makeUsed(): Promise<string> {
  const dataDir = mkdtempSync(join(tmpdir(), 'panthera-postgres-used-'))
  const node = await startPostgres({ dataDir })
  await query(node.connection, 'create table kept as select 42 as answer')
  await node.stop()
  return dataDir
}

export function clusterOf(dataDir: string): string {
  return join(dataDir, 'postgres', 'data')
}

/** Resolves when no server works here any more; a slow disk may take longer than a node waits. */
export async function serverEnded(dataDir: string): Promise<void> {
  while (serversOf(clusterOf(dataDir)).length > 0) await delay(10)
}

export interface OtherNode {
  connection: Connection
  lines: string[]
  stop(): Promise<void>
  kill(): Promise<void>
}

export interface NodeOptions {
  env?: NodeJS.ProcessEnv
  /** A command that runs the rest of its arguments. */
  prefix?: string[]
  onSpawn?: (child: ChildProcess) => void
}

/** Starts a node in a process of its own; it ends with the test. */
export async function startNode(
  dataDir: string,
  { env, prefix = [], onSpawn }: NodeOptions = {},
): Promise<OtherNode> {
  const launcher = JSON.stringify(new URL('./index.ts', import.meta.url))
  const script = `
    const { startPostgres } = await import(${launcher})
    const log = (line) => console.log(JSON.stringify({ line }))
    try {
      const node = await startPostgres({ dataDir: ${JSON.stringify(dataDir)}, log })
      process.stdin.on('data', () => node.stop().then(() => process.exit(0)))
      console.log(JSON.stringify({ connection: node.connection }))
    } catch (error) {
      console.log(JSON.stringify({ failure: error.message }))
    }`
  const [program = '', ...args] = [...prefix, process.execPath, '--input-type=module', '-e', script]
  const child = spawn(program, args, {
    env: { ...process.env, ...env },
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  onTestFinished(() => {
    child.kill('SIGKILL')
  })
  onSpawn?.(child)
  const lines: string[] = []
  const connection = await firstConnection(child, lines)
  const ended = () => processEnded(child.pid ?? 0, 20_000)
  return {
    connection,
    lines,
    async stop() {
      child.stdin?.write('stop\n')
      await ended()
    },
    async kill() {
      child.kill('SIGKILL')
      await ended()
    },
  }
}

/** One statement in a session of its own. */
export async function query(
  connection: Connection,
  statement: string,
): Promise<Record<string, unknown>[]> {
  const client = new pg.Client(connection)
  await client.connect()
  try {
    return (await client.query(statement)).rows
  } finally {
    await client.end()
  }
}

function firstConnection(child: ChildProcess, lines: string[]): Promise<Connection> {
  return new Promise((resolve, reject) => {
    child.on('exit', (code) => reject(new Error(`the node ended with ${code}`)))
    if (child.stdout === null) throw new Error('the node has no output')
    createInterface(child.stdout).on('line', (text) => {
      const message = JSON.parse(text)
      if (message.line !== undefined) lines.push(message.line)
      if (message.connection !== undefined) resolve(message.connection)
      if (message.failure !== undefined) reject(new Error(message.failure))
    })
  })
}
