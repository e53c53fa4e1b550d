// Has policies checked in a process of their own. A long one takes a quarter of a second, in which
// nobody else would be answered; and a text that breaks Cedar's WebAssembly code breaks it for as
// long as its process lives. Not in a thread: there V8's WebAssembly has ended whole processes.
import { type ChildProcess, fork } from 'node:child_process'
import { getCompileCacheDir } from 'node:module'
import { dirname, extname } from 'node:path'
import { common } from '../../../platform/errors.ts'
import { unreadable } from '../../policy/text.ts'
import type { Written } from '../schema.ts'
import type { Check, Checked } from '../written.ts'

export interface Checker {
  /** Throws 503 where too many wait already, or the node stops. */
  check: Check
  stop(): void
}

export interface Question {
  written: Written
  schema: string | null
}

interface Job extends Question {
  resolve(checked: Checked): void
  reject(reason: Error): void
}

/** Each request waits for one at a time. */
const waitingMax = 64
const heapMbMax = 512
const timeoutMsDefault = 10_000

// In the published package the sources are emitted as JavaScript, and `.ts` would not be there.
const workerFile = new URL(`./worker${extname(import.meta.filename)}`, import.meta.url)

/** The process begins with the first policy. */
export function createChecker({
  timeoutMs = timeoutMsDefault,
}: {
  timeoutMs?: number
} = {}): Checker {
  const waiting: Job[] = []
  let current: Job | null = null
  let child: ChildProcess | null = null
  let isStopped = false
  let timer: NodeJS.Timeout | undefined

  function settle(checked: Checked): void {
    clearTimeout(timer)
    const job = current
    current = null
    job?.resolve(checked)
    next()
  }

  function next(): void {
    if (current !== null) return
    current = waiting.shift() ?? null
    if (current === null) return
    child ??= start()
    const { written, schema } = current
    timer = setTimeout(() => give(up(`took longer than ${timeoutMs / 1_000} s`)), timeoutMs)
    // Where this fails the process is ending, and its end settles the matter.
    child.send({ written, schema }, () => {})
  }

  /** Whatever it was: the next one is checked by a process in which all is well. */
  function give(checked: Checked): void {
    child?.kill('SIGKILL')
    child = null
    settle(checked)
  }

  function start(): ChildProcess {
    const started = forked()
    started.on('message', (checked: Checked) => {
      if (started !== child) return
      const isBroken = checked.errors.some(({ message }) => message === unreadable)
      if (isBroken) give(checked)
      else settle(checked)
    })
    started.on('error', () => {})
    started.once('close', () => {
      if (started === child) give(up('ended the process that did it'))
    })
    return started
  }

  return {
    check: (written, schema) =>
      new Promise((resolve, reject) => {
        if (isStopped || waiting.length >= waitingMax) reject(common.problem('unavailable'))
        else waiting.push({ written, schema, resolve, reject })
        next()
      }),
    stop() {
      isStopped = true
      clearTimeout(timer)
      for (const job of [current, ...waiting.splice(0)]) job?.reject(common.problem('unavailable'))
      current = null
      child?.kill('SIGKILL')
      child = null
    },
  }
}

function forked(): ChildProcess {
  const compileCache = getCompileCacheDir()
  const started = fork(workerFile, [], {
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    execArgv: [`--max-old-space-size=${heapMbMax}`],
    // Nothing of ours: what reads the texts of strangers needs no password to a database.
    env: compileCache === undefined ? {} : { NODE_COMPILE_CACHE: dirname(compileCache) },
  })
  // It keeps no node from ending.
  started.unref()
  started.channel?.unref()
  return started
}

function up(reason: string): Checked {
  const error = { message: `checking it ${reason}`, help: 'write it as several policies' }
  return { content: null, errors: [error], warnings: [] }
}
