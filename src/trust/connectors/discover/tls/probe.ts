// One TLS handshake that believes nobody: it only wants to see which certificates a server sends.
import { connect as connectTcp, type Socket } from 'node:net'
import {
  connect as connectTls,
  createSecureContext,
  type SecureContext,
  type TLSSocket,
} from 'node:tls'
import { NoTls, type StartTls, startTls } from './starttls.ts'

export interface ProbeOptions {
  address: string
  port: number
  /** Asked for by SNI; null for none. */
  serverName: string | null
  scheme: StartTls | null
  timeoutMs: number
  signal: AbortSignal
}

export type Probe =
  | {
      state: 'certificates'
      /** Leaf first, as far as they link. */
      chain: Uint8Array[]
      /** Null where the handshake broke off after the certificate. */
      protocol: string | null
    }
  /** Nothing listens there, or it says nothing. */
  | { state: 'closed'; reason: string }
  /** Something answers, and no certificate was seen. */
  | { state: 'no_tls'; reason: string }

const chainMax = 20

let shared: SecureContext | undefined

/** Old servers are seen too; without authorities of its own the chain is the one that was sent. */
function contextOfProbes(): SecureContext {
  shared ??= createSecureContext({ ca: [], minVersion: 'TLSv1', ciphers: 'ALL:@SECLEVEL=0' })
  return shared
}

/** Never throws but the signal's reason. */
export async function probe(options: ProbeOptions): Promise<Probe> {
  const { address, port, timeoutMs, signal } = options
  signal.throwIfAborted()
  const socket = connectTcp({ host: address, port, noDelay: true })
  const stop = () => socket.destroy()
  let isLate = false
  const timer = setTimeout(() => {
    isLate = true
    stop()
  }, timeoutMs)
  signal.addEventListener('abort', stop, { once: true })
  try {
    const result = await converse(socket, options)
    if (!isLate || result.state === 'certificates') return result
    return { state: 'closed', reason: 'it did not answer in time' }
  } finally {
    clearTimeout(timer)
    signal.removeEventListener('abort', stop)
    // One that parts in peace has been ended already, and closes by itself.
    if (!socket.writableEnded) socket.destroy()
    signal.throwIfAborted()
  }
}

async function converse(socket: Socket, { scheme, serverName }: ProbeOptions): Promise<Probe> {
  try {
    const refused = await connected(socket)
    if (refused !== null) return { state: 'closed', reason: refused }
    if (scheme !== null) await startTls(socket, scheme)
    return await handshake(socket, serverName)
  } catch (error) {
    if (error instanceof NoTls) return { state: 'no_tls', reason: error.message }
    throw error
  }
}

function connected(socket: Socket): Promise<string | null> {
  const { promise, resolve } = Promise.withResolvers<string | null>()
  socket.once('connect', () => resolve(null))
  // Stays: what fails later must not end the process.
  socket.on('error', (error) => resolve(reasonOf(error)))
  socket.once('close', () => resolve('it closed the connection'))
  return promise
}

function handshake(socket: Socket, serverName: string | null): Promise<Probe> {
  const { promise, resolve } = Promise.withResolvers<Probe>()
  const tls = connectTls({
    socket,
    ...(serverName === null ? {} : { servername: serverName }),
    rejectUnauthorized: false,
    secureContext: contextOfProbes(),
  })
  const finish = (reason: string | null) => {
    const chain = chainOf(tls)
    const protocol = reason === null ? tls.getProtocol() : null
    if (chain.length > 0) resolve({ state: 'certificates', chain, protocol })
    else resolve({ state: 'no_tls', reason: reason ?? 'it sent no certificate' })
    if (protocol === null) tls.destroy()
    else part(tls, socket)
  }
  tls.once('secureConnect', () => finish(null))
  // Who wants a certificate of the client breaks off, after it has sent its own.
  tls.on('error', (error) => finish(reasonOf(error)))
  tls.once('close', () => finish('it closed the connection'))
  socket.once('close', () => finish('it closed the connection'))
  return promise
}

const partMs = 1000

/** Ends the handshake whole: a server would log a connection that breaks off as an error. */
function part(tls: TLSSocket, socket: Socket): void {
  tls.end()
  tls.resume()
  socket.end()
  // Nobody waits for it, and it may not go on for ever.
  setTimeout(() => socket.destroy(), partMs).unref()
  socket.unref()
}

function chainOf(tls: TLSSocket): Uint8Array[] {
  const chain: Uint8Array[] = []
  let next = tls.getPeerX509Certificate()
  while (next !== undefined && chain.length < chainMax) {
    const { raw } = next
    if (chain.some((each) => Buffer.compare(each, raw) === 0)) break
    chain.push(raw)
    next = next.issuerCertificate
  }
  return chain
}

const reasons: Record<string, string> = {
  ECONNREFUSED: 'it refused the connection',
  ECONNRESET: 'it closed the connection',
  EHOSTUNREACH: 'it cannot be reached',
  ENETUNREACH: 'its network cannot be reached',
  ETIMEDOUT: 'it did not answer in time',
  EPROTO: 'it does not speak TLS',
  ERR_SSL_WRONG_VERSION_NUMBER: 'it does not speak TLS',
  ERR_SSL_PACKET_LENGTH_TOO_LONG: 'it does not speak TLS',
  ERR_SSL_TLSV1_UNRECOGNIZED_NAME: 'it knows nobody of that name',
}

function reasonOf(error: Error): string {
  const code = 'code' in error && typeof error.code === 'string' ? error.code : ''
  const alert = code
    .replace(/^ERR_SSL_/, '')
    .replaceAll('_', ' ')
    .toLowerCase()
  return reasons[code] ?? (code === '' ? error.message : `the handshake failed: ${alert}`)
}
