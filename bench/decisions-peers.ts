// OPA and Cerbos with the scenario of `decisions.ts`, each as its own server on loopback.
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { LoadOrder } from './decisions-load.ts'
import {
  cerbosPolicy,
  forCerbos,
  forOpa,
  policyCount,
  questions,
  rego,
} from './decisions-scenario.ts'

export interface Peer {
  name: string
  pid: number
  order: Pick<LoadOrder, 'url' | 'path' | 'bodies' | 'allowed'>
  stop(): Promise<void>
}

const randomPort = () => 40_000 + Math.floor(Math.random() * 20_000)

export async function startOpa(program: string): Promise<Peer> {
  const folder = await mkdtemp(join(tmpdir(), 'panthera-bench-opa-'))
  const file = join(folder, 'policy.rego')
  await writeFile(file, rego())
  const address = `127.0.0.1:${randomPort()}`
  const url = `http://${address}`
  const child = start(program, ['run', '--server', '--log-level=error', `--addr=${address}`, file])
  await answering(child, `${url}/health`)
  return {
    name: 'OPA',
    pid: child.pid ?? 0,
    order: {
      url,
      path: '/v1/data/bench/allow',
      bodies: questions.map((question) => JSON.stringify(forOpa(question))),
      allowed: '"result":true',
    },
    stop: () => stop(child, folder),
  }
}

export async function startCerbos(program: string): Promise<Peer> {
  const folder = await mkdtemp(join(tmpdir(), 'panthera-bench-cerbos-'))
  const policies = join(folder, 'policies')
  await mkdir(policies)
  for (let nth = 0; nth < policyCount; nth++) {
    await writeFile(join(policies, `kind_${nth}.yaml`), cerbosPolicy(nth))
  }
  const port = randomPort()
  const url = `http://127.0.0.1:${port}`
  const child = start(program, [
    'server',
    '--log-level=error',
    `--set=server.httpListenAddr=127.0.0.1:${port}`,
    `--set=server.grpcListenAddr=127.0.0.1:${port + 1}`,
    '--set=storage.driver=disk',
    `--set=storage.disk.directory=${policies}`,
    '--set=telemetry.disabled=true',
  ])
  await answering(child, `${url}/_cerbos/health`)
  return {
    name: 'Cerbos',
    pid: child.pid ?? 0,
    order: {
      url,
      path: '/api/check/resources',
      bodies: questions.map((question) => JSON.stringify(forCerbos(question))),
      allowed: 'EFFECT_ALLOW',
    },
    stop: () => stop(child, folder),
  }
}

/** Our HTTP server with nothing behind it. */
export async function startBare(): Promise<Peer> {
  const path = fileURLToPath(new URL('./decisions-bare.ts', import.meta.url))
  const child = spawn(process.execPath, [path], { stdio: ['ignore', 'pipe', 'inherit'] })
  const url = await new Promise<string>((resolve) => child.stdout.once('data', resolve)).then(
    String,
  )
  return {
    name: 'bare Fastify',
    pid: child.pid ?? 0,
    order: { url, path: '/', bodies: questions.map((one) => JSON.stringify(one)), allowed: 'true' },
    stop: () => stop(child),
  }
}

function start(program: string, args: readonly string[]): ChildProcess {
  return spawn(program, args, { stdio: ['ignore', 'ignore', 'inherit'] })
}

async function stop(child: ChildProcess, folder?: string): Promise<void> {
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  child.kill('SIGTERM')
  await exited
  if (folder !== undefined) await rm(folder, { recursive: true, force: true })
}

async function answering(child: ChildProcess, url: string): Promise<void> {
  for (let attempt = 0; attempt < 600; attempt++) {
    if (child.exitCode !== null) break
    const answer = await fetch(url).catch(() => null)
    if (answer?.ok) return
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  throw new Error(`${url} does not answer`)
}
