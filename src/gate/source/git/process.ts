// Runs git: one process group per call, bounded memory and output, killed as a whole when the
// caller gives up, and never left behind when this process ends.
import { type ChildProcess, spawn } from 'node:child_process'
import type { Readable, Writable } from 'node:stream'
import type { Git } from './environment.ts'

/** git ended with something else than success. `stderr` may hold addresses: never show it. */
export class GitFailed extends Error {
  readonly exitCode: number | null
  readonly stderr: string

  constructor(verb: string, exitCode: number | null, stderr: string) {
    super(`git ${verb} failed${exitCode === null ? '' : ` with exit code ${exitCode}`}`)
    this.name = 'GitFailed'
    this.exitCode = exitCode
    this.stderr = stderr
  }
}

export interface GitOptions {
  signal?: AbortSignal | undefined
  /** Added to the environment of the job, for this process only. */
  env?: Readonly<Record<string, string>>
}

export interface GitProcess {
  stdin: Writable
  stdout: Readable
  /** Settles when all processes of the group have closed their output; rejects as `runGit`. */
  done: Promise<void>
  kill(): void
}

/** Starts git with `args`. An abort kills the whole process group. */
export function startGit(git: Git, args: readonly string[], options: GitOptions = {}): GitProcess {
  options.signal?.throwIfAborted()
  const child = spawn('sh', ['-c', boundedExec, String(memoryKibMax), 'git', ...args], {
    env: { ...git.env, ...options.env },
    cwd: git.scratchDir,
    stdio: 'pipe',
    detached: true,
  })
  liveGroups.add(child)
  const kill = () => killGroup(child)
  options.signal?.addEventListener('abort', kill, { once: true })
  // A process that ended early makes writing fail; `done` tells why.
  child.stdin.on('error', () => {})
  const done = ended(child, verbOf(args), options.signal).finally(() => {
    liveGroups.delete(child)
    options.signal?.removeEventListener('abort', kill)
  })
  // The caller may be busy reading and look at `done` only later.
  done.catch(() => {})
  return { stdin: child.stdin, stdout: child.stdout, done, kill }
}

/**
 * Runs git to its end and answers what it printed.
 * @throws {GitFailed} when git fails or prints over 16 MiB; the signal's reason after an abort.
 */
export async function runGit(
  git: Git,
  args: readonly string[],
  options: GitOptions & { input?: string } = {},
): Promise<string> {
  const running = startGit(git, args, options)
  running.stdin.end(options.input ?? '')
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of running.stdout) {
    bytes += chunk.length
    if (bytes > outputBytesMax) {
      running.kill()
      await running.done.catch(() => {})
      throw new GitFailed(verbOf(args), null, 'too much output')
    }
    chunks.push(chunk)
  }
  await running.done
  return Buffer.concat(chunks).toString('utf8')
}

// Leading options may name folders of this machine, which no message should.
const verbOf = (args: readonly string[]) => args.find((arg) => !arg.startsWith('-')) ?? ''

const outputBytesMax = 16 << 20
const stderrCharsMax = 16_384

// A crafted pack can inflate to any size: past this much address space git fails, not the host.
const memoryKibMax = 4 << 20
// And an hour of processor time, should this process be killed and leave git to itself.
const boundedExec = 'ulimit -v "$0" 2>/dev/null; ulimit -t 3600; ulimit -c 0; exec "$@"'

function ended(child: ChildProcess, verb: string, signal?: AbortSignal): Promise<void> {
  let stderr = ''
  child.stderr?.setEncoding('utf8')
  child.stderr?.on('data', (text: string) => {
    stderr = (stderr + text).slice(-stderrCharsMax)
  })
  return new Promise((resolve, reject) => {
    child.on('error', () => reject(new GitFailed(verb, null, 'git could not be started')))
    child.on('close', (code) => {
      if (signal?.aborted) reject(signal.reason)
      else if (code === 0) resolve()
      else reject(new GitFailed(verb, code, stderr))
    })
  })
}

function killGroup(child: ChildProcess): void {
  if (child.pid === undefined) return
  try {
    process.kill(-child.pid, 'SIGKILL')
  } catch {
    // The group has already ended.
  }
}

const liveGroups = new Set<ChildProcess>()
process.on('exit', () => {
  for (const child of liveGroups) killGroup(child)
})
