// Opens the sockets of outbound requests, and lets none reach an address that is not permitted.
//
// Filtering the lookup alone does not do: for a host that is an address no lookup takes place. And
// checking before the request does not either, because a name may resolve to something else a
// moment later. So addresses are checked here, where the connection is made, and again on the
// connected socket, before a single byte is sent.
import { once } from 'node:events'
import { connect, type LookupFunction, type Socket } from 'node:net'
import { buildConnector } from 'undici'
import { OutboundFailed } from './errors.ts'
import type { Resolver } from './resolver.ts'

export interface TlsOptions {
  /** Certificates to trust instead of the system's, PEM. */
  ca?: string | string[]
  /** A client certificate and its key, PEM. */
  cert?: string
  key?: string
}

export function guardedConnector(options: {
  resolver: Resolver
  tls: TlsOptions
  /** Bounds the TCP and the TLS handshake, each. */
  connectMs: number
}): buildConnector.connector {
  const { resolver, connectMs } = options
  // HTTP/1.1 alone: one request per connection at a time, and every limit is known to hold.
  const upgrade = buildConnector({ ...options.tls, allowH2: false, timeout: connectMs })

  async function open(target: buildConnector.Options): Promise<Socket> {
    const use = { plainHttp: target.protocol === 'http:' }
    const addresses = await resolver.addresses(target.hostname, use)
    const port = target.port === '' ? (use.plainHttp ? 80 : 443) : Number(target.port)
    const socket = connect({
      host: target.hostname,
      port,
      lookup: answerWith(addresses),
      autoSelectFamily: true,
      keepAlive: true,
      noDelay: true,
    })
    try {
      await connected(socket, target.hostname, connectMs)
      resolver.checkConnected(target.hostname, socket.remoteAddress, use)
      return use.plainHttp ? socket : await secured({ ...target, httpSocket: socket })
    } catch (error) {
      socket.destroy()
      throw error
    }
  }

  function secured(target: buildConnector.Options): Promise<Socket> {
    const { promise, resolve, reject } = Promise.withResolvers<Socket>()
    upgrade(target, (error, socket) => (error === null ? resolve(socket) : reject(error)))
    return promise
  }

  return (target, callback) => {
    open(target).then(
      (socket) => callback(null, socket),
      (error) => callback(error, null),
    )
  }
}

/** A lookup for `net.connect` that knows the answer: only checked addresses are ever tried. */
function answerWith(addresses: readonly string[]): LookupFunction {
  const answers = addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }))
  return (_hostname, { all }, callback) => {
    const [first] = answers
    if (all || first === undefined) callback(null, answers)
    else callback(null, first.address, first.family)
  }
}

async function connected(socket: Socket, host: string, connectMs: number): Promise<void> {
  const signal = AbortSignal.timeout(connectMs)
  try {
    await once(socket, 'connect', { signal })
  } catch (error) {
    if (!signal.aborted) throw error
    throw new OutboundFailed('timeout', `${host} did not accept a connection in ${connectMs} ms`)
  }
}
