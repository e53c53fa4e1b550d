// One holder per name on this machine, freed by the kernel however the holder ends: a listening
// abstract Unix socket (unix(7)). No lock file can grow stale.
import { connect, createServer, type Server, type Socket } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { EmbeddedPostgresError, useDatabaseUrl } from './error.ts'
import { noticing } from './notice.ts'

export interface MutexOptions {
  timeoutMs: number
  /** Called about every five seconds of waiting, with the holder's process id where it told. */
  onWait?: (holder: string) => void
  signal?: AbortSignal
}

/** A holder that let go is noticed at once; this bounds the time between two looks. */
const lookMs = 2_500

/**
 * Runs `work` while no other holder of `name` runs, in this process or in another of the same
 * network namespace. Throws `postgres_busy` after `timeoutMs`, and the signal's reason.
 */
export async function withMutex<Result>(
  name: string,
  options: MutexOptions,
  work: () => Promise<Result>,
): Promise<Result> {
  const release = await acquire(`\0${name}`, options)
  try {
    return await work()
  } finally {
    await release()
  }
}

type Release = () => Promise<void>

async function acquire(address: string, options: MutexOptions): Promise<Release> {
  const deadline = performance.now() + options.timeoutMs
  let holder = ''
  const notice = noticing(() => options.onWait?.(holder))
  for (;;) {
    options.signal?.throwIfAborted()
    const release = await tryHold(address)
    if (release !== null) return release
    const left = deadline - performance.now()
    if (left <= 0) throw busy(holder, options.timeoutMs)
    holder = await heldUntil(address, Math.min(left, lookMs), options.signal)
    notice()
  }
}

function tryHold(address: string): Promise<Release | null> {
  return new Promise((resolve, reject) => {
    const waiting = new Set<Socket>()
    const server = createServer((socket) => {
      waiting.add(socket)
      socket.on('close', () => waiting.delete(socket))
      socket.on('error', () => socket.destroy())
      socket.write(String(process.pid))
    })
    server.maxConnections = 256
    server.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE') resolve(null)
      else reject(error)
    })
    // Exclusive, or a worker of node:cluster would share the socket instead of competing for it.
    server.listen({ path: address, exclusive: true }, () => resolve(() => letGo(server, waiting)))
  })
}

function letGo(server: Server, waiting: Set<Socket>): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve())
    for (const socket of waiting) socket.destroy()
  })
}

/** Resolves when the holder lets go or the time is over; answers the holder's process id. */
async function heldUntil(address: string, ms: number, signal?: AbortSignal): Promise<string> {
  let holder = ''
  await new Promise<void>((resolve) => {
    const socket = connect(address)
    const done = () => socket.destroy()
    const timer = setTimeout(done, Math.max(0, ms))
    signal?.addEventListener('abort', done)
    socket.on('data', (bytes) => {
      holder = (holder + bytes.toString('latin1')).slice(0, 10)
    })
    // A refused connection means that the holder has just gone.
    socket.on('error', done)
    socket.on('close', () => {
      clearTimeout(timer)
      signal?.removeEventListener('abort', done)
      resolve()
    })
  })
  // All that waited wake together; a short random pause lets one of them be first.
  await delay(1 + Math.random() * 10)
  return /^\d+$/.test(holder) ? holder : 'unknown'
}

function busy(holder: string, timeoutMs: number): EmbeddedPostgresError {
  return new EmbeddedPostgresError(
    'postgres_busy',
    `process ${holder} has been starting or stopping the database for over ${timeoutMs} ms`,
    `end process ${holder} if it hangs and start again, or ${useDatabaseUrl}`,
  )
}
