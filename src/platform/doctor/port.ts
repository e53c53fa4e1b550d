// Whether Panthera could listen where it is told to, or does so already.
import { createServer } from 'node:net'
import type { Config } from '../config.ts'
import { isErrno } from '../files.ts'
import { type Check, fail, pass, reasonOf, skip } from './check.ts'

const answerMs = 3_000
const answerBytesMax = 10_000

export async function checkPort(config: Pick<Config, 'host' | 'port' | 'roles'>): Promise<Check> {
  const { host, port, roles } = config
  const place = `PANTHERA_HOST=${host}, PANTHERA_PORT=${port}`
  if (!roles.has('api')) return skip('port', 'this node does not listen (PANTHERA_ROLES)')
  try {
    await listenOnce(host, port)
    return pass('port', `${place} is free`)
  } catch (error) {
    if (!isErrno(error, 'EADDRINUSE')) {
      const detail = `${place} cannot be listened on: ${reasonOf(error)}`
      return fail(
        'port',
        detail,
        'set PANTHERA_HOST to an address of this machine, or another port',
      )
    }
  }
  if (await isPanthera(host, port))
    return pass('port', `${place} is used by Panthera, which answers`)
  const fix = 'stop what listens there, or set PANTHERA_PORT to another port'
  return fail('port', `${place} is used by another program`, fix)
}

function listenOnce(host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen({ host, port, exclusive: true }, () => server.close(() => resolve()))
  })
}

async function isPanthera(host: string, port: number): Promise<boolean> {
  const name = host.includes(':') ? `[${host}]` : host
  // Listening on every address includes this one.
  const address = ['0.0.0.0', '[::]'].includes(name) ? 'localhost' : name
  try {
    const response = await fetch(`http://${address}:${port}/healthz`, {
      signal: AbortSignal.timeout(answerMs),
      redirect: 'manual',
    })
    const bytes = Number(response.headers.get('content-length') ?? answerBytesMax + 1)
    if (response.status !== 200 || bytes > answerBytesMax) return false
    return response.headers.has('x-request-id') && (await response.text()).includes('"status":"ok"')
  } catch {
    return false
  }
}
