// The one way out: every outbound request passes this guard, whichever part of the program asks.
import { Agent } from 'undici'
import { addressPolicy } from './address-policy.ts'
import { guardedConnector, type TlsOptions } from './connector.ts'
import { startDeadline } from './deadline.ts'
import { OutboundFailed, OutboundRefused, outboundError } from './errors.ts'
import { exchange, type OutboundRequest, type OutboundResponse } from './exchange.ts'
import { createResolver, type Lookup } from './resolver.ts'
import { hostOf, parseHost, parseTarget } from './target.ts'

export { type FailureCode, OutboundFailed, OutboundRefused, type RefusalReason } from './errors.ts'
export type { OutboundRequest, OutboundResponse } from './exchange.ts'
export { InvalidCidr } from './networks.ts'

export interface Outbound {
  /**
   * Sends a request and reads its answer, of whatever status. Throws OutboundRefused,
   * OutboundFailed, or the reason of `signal`.
   */
  request(request: OutboundRequest): Promise<OutboundResponse>
  /**
   * Whether a URL may be requested as things stand, to tell whoever gives it at once; throws
   * OutboundRefused. A request is checked again, since names change what they resolve to.
   */
  check(url: string): Promise<void>
  /**
   * Checked addresses of a host for a program of its own, such as git, which pins them as
   * `host:port:address`. Throws OutboundRefused or OutboundFailed.
   */
  resolve(host: string, port: number): Promise<string[]>
  /** Lets requests under way finish, and closes idle connections. */
  close(): Promise<void>
}

export interface OutboundOptions {
  /** Networks beyond the public internet, as the operator set them; throws InvalidCidr. */
  allowCidrs: readonly string[]
  /** The environment variable that holds `allowCidrs`, for messages. */
  setting: string
  userAgent: string
  /** For protocols that are plain HTTP by nature, as ACME's http-01, CRLs and OCSP are. */
  plainHttpAnywhere?: boolean
  tls?: TlsOptions
  lookup?: Lookup
}

const timeoutDefaultMs = 15_000
const connectMs = 10_000
const lookupMs = 5_000
const headerBytesMax = 32_768

/**
 * Makes a guard with connections of its own, so that none is ever reused under another policy.
 *
 * http:// is for operator-allowed networks only. Redirects are not followed, unless asked for and
 * on the same host. Any port may be reached.
 */
export function createOutbound(options: OutboundOptions): Outbound {
  const { plainHttpAnywhere = false, lookup, setting, userAgent } = options
  const policy = addressPolicy(options.allowCidrs, { plainHttpAnywhere })
  const resolver = createResolver({ policy, lookup, lookupMs, setting })
  const agent = new Agent({
    connect: guardedConnector({ resolver, tls: options.tls ?? {}, connectMs }),
    allowH2: false,
    maxHeaderSize: headerBytesMax,
    keepAliveMaxTimeout: 10_000,
    // One clock for all phases, the deadline of the request.
    headersTimeout: 0,
    bodyTimeout: 0,
  })

  async function requestInTime(request: OutboundRequest): Promise<OutboundResponse> {
    const started = performance.now()
    const deadline = startDeadline(request.timeoutMs ?? timeoutDefaultMs, request.signal)
    try {
      const answer = await deadline.race(
        exchange(request, { agent, userAgent, signal: deadline.signal }),
      )
      return { ...answer, durationMs: performance.now() - started }
    } finally {
      deadline.clear()
    }
  }

  const underWay = new Set<Promise<unknown>>()
  let closing: Promise<void> | null = null

  return {
    async request(request) {
      if (closing !== null) throw new Error('This way out has been closed')
      const work = requestInTime(request)
      underWay.add(work)
      try {
        return await work
      } finally {
        underWay.delete(work)
      }
    },
    async check(text) {
      const url = parseTarget(text)
      try {
        await resolver.addresses(hostOf(url), { plainHttp: url.protocol === 'http:' })
      } catch (thrown) {
        const error = outboundError(thrown, hostOf(url))
        if (!(error instanceof OutboundFailed)) throw error
        throw new OutboundRefused('unresolvable', error.message)
      }
    },
    async resolve(text, port) {
      const host = parseHost(text)
      if (!Number.isInteger(port) || port < 1 || port > 65_535) {
        throw new OutboundRefused('invalid_request', 'A port is a whole number from 1 to 65535')
      }
      try {
        return await resolver.addresses(host, { plainHttp: false })
      } catch (error) {
        throw outboundError(error, host)
      }
    },
    close() {
      // Not `agent.close()`, which would also wait for connections that no request wants any more.
      closing ??= Promise.allSettled(underWay).then(() => agent.destroy())
      return closing
    },
  }
}
