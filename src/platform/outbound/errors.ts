// The two ways in which an outbound request does not happen: we refuse, or the network fails.
import { errors } from 'undici'

export type RefusalReason =
  /** Not an absolute URL, or a host, port, method or header that no request can carry. */
  | 'invalid_request'
  /** Neither https:// nor http://. */
  | 'scheme'
  /** A user name or password in the URL. */
  | 'credentials'
  /** http:// to an address outside the networks that the operator allows. */
  | 'plain_http'
  /** A private or reserved address outside the networks that the operator allows. */
  | 'private_address'
  /** Link-local, cloud metadata, multicast or unspecified: no setting opens these. */
  | 'forbidden_address'
  /** The host has no address; only said when a URL is checked, a request fails with `dns`. */
  | 'unresolvable'

/** The message is for whoever gave the URL; it names the host but never its address. */
export class OutboundRefused extends Error {
  readonly code = 'outbound_refused'
  readonly reason: RefusalReason
  /** What a name resolved to. For the operator's log: it would tell a tenant about our network. */
  readonly address: string | null

  constructor(reason: RefusalReason, message: string, address: string | null = null) {
    super(message)
    this.name = 'OutboundRefused'
    this.reason = reason
    this.address = address
  }
}

export type FailureCode =
  | 'dns'
  | 'refused'
  | 'unreachable'
  | 'tls'
  | 'reset'
  | 'timeout'
  /** The header, or the body where it was asked for whole. */
  | 'too_large'
  /** The answer is not HTTP. */
  | 'protocol'

export class OutboundFailed extends Error {
  readonly code: FailureCode

  constructor(code: FailureCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'OutboundFailed'
    this.code = code
  }
}

/** Turns what sockets, TLS, DNS and the HTTP client throw into ours; a bug stays as it is. */
export function outboundError(error: unknown, host: string): unknown {
  if (error instanceof OutboundRefused || error instanceof OutboundFailed) return error
  const code = codeOf(error)
  // After close() the client is gone, which is a mistake of the program and not of the network.
  if (code === null || /^UND_ERR_(CLOSED|DESTROYED)$/.test(code)) return error
  if (code === 'UND_ERR_INVALID_ARG') {
    const message = error instanceof Error ? error.message : String(error)
    return new OutboundRefused('invalid_request', `The request cannot be sent: ${message}`)
  }
  const failure = failures.find(([pattern]) => pattern.test(code))?.[1] ?? 'unreachable'
  return new OutboundFailed(failure, `${host} ${texts[failure]} (${code})`, { cause: error })
}

function codeOf(error: unknown): string | null {
  if (!(error instanceof Error)) return null
  if ('code' in error && typeof error.code === 'string') return error.code
  if (error instanceof errors.HTTPParserError) return 'HPE_INVALID'
  // Several addresses were tried, and each failed in its own way.
  return error instanceof AggregateError ? codeOf(error.errors[0]) : null
}

const failures: readonly (readonly [RegExp, FailureCode])[] = [
  [/^(ENOTFOUND|EAI_|ENODATA|ESERVFAIL)/, 'dns'],
  [/^(ETIMEDOUT|UND_ERR_\w+_TIMEOUT)$/, 'timeout'],
  [/^ECONNREFUSED$/, 'refused'],
  [/^(ECONNRESET|ECONNABORTED|EPIPE|UND_ERR_SOCKET)$/, 'reset'],
  [/^(UND_ERR_HEADERS_OVERFLOW|HPE_HEADER_OVERFLOW)$/, 'too_large'],
  [/^(HPE_|UND_ERR_)/, 'protocol'],
  [/^(ERR_SSL_|ERR_TLS_|EPROTO|CERT_|CRL_|UNABLE_TO_|DEPTH_ZERO_|SELF_SIGNED_)/, 'tls'],
  [/^(INVALID_CA|INVALID_PURPOSE|PATH_LENGTH_|HOSTNAME_MISMATCH|ERROR_IN_)/, 'tls'],
]

const texts: Readonly<Record<FailureCode, string>> = {
  dns: 'could not be resolved',
  refused: 'refused the connection',
  unreachable: 'could not be reached',
  tls: 'did not complete a trusted TLS handshake',
  reset: 'closed the connection',
  timeout: 'did not answer in time',
  too_large: 'answered more than is accepted',
  protocol: 'did not answer with HTTP',
}
