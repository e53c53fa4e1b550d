// One agent per data folder: a listening socket, which the kernel frees however its holder ends.
import { createHash } from 'node:crypto'
import { realpathSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { connect, createServer } from 'node:net'
import { join } from 'node:path'
import { ConfigurationError } from './configuration.ts'

/** Answers what lets go. @throws {ConfigurationError} where another one holds it. */
export async function lockFolder(data: string): Promise<() => Promise<void>> {
  const address = await addressOf(data)
  const server = createServer((socket) => socket.destroy())
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EADDRINUSE') return reject(error)
      reject(
        new ConfigurationError(`another agent runs on ${data}: stop it, or use another folder`),
      )
    })
    server.listen({ path: address, exclusive: true }, resolve)
  })
  return () => new Promise((resolve) => server.close(() => resolve()))
}

async function addressOf(data: string): Promise<string> {
  const real = realpathSync(data)
  if (process.platform === 'linux') {
    const digest = createHash('sha256').update(real).digest('hex').slice(0, 40)
    return `\0panthera-agent-${digest}`
  }
  // Elsewhere a socket is a file, which outlives its holder.
  const path = join(real, 'agent.sock')
  const lives = await new Promise<boolean>((resolve) => {
    const socket = connect(path)
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false))
    socket.once('connect', () => socket.destroy())
  })
  if (!lives) await rm(path, { force: true })
  return path
}
