// One request and its answer, with the redirects that were asked for.
import { type Dispatcher, request as send } from 'undici'
import { type BodyLimit, readBody } from './body.ts'
import { outboundError } from './errors.ts'
import { checkedHeaders } from './headers.ts'
import { hostOf, parseTarget, redirectTarget } from './target.ts'

export interface OutboundRequest extends BodyLimit {
  url: string
  method?: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  headers?: Readonly<Record<string, string>>
  body?: string | Uint8Array
  /** From the call to the last byte of the body, looking up the name included; 15 s if absent. */
  timeoutMs?: number
  /** How many redirects of GET and HEAD to follow on the same host; none if absent. */
  redirectsMax?: number
  signal?: AbortSignal
}

export interface OutboundResponse {
  status: number
  /** Names in lower case. */
  headers: Readonly<Record<string, string | string[] | undefined>>
  /** As sent: a content encoding is not undone, since none is asked for. */
  body: Uint8Array
  /** Whether the body was cut at `bytesMax`. */
  truncated: boolean
  durationMs: number
}

export interface ExchangeOptions {
  agent: Dispatcher
  userAgent: string
  signal: AbortSignal
}

/** Throws OutboundRefused, OutboundFailed, or the reason of the signal. */
export async function exchange(
  request: OutboundRequest,
  options: ExchangeOptions,
): Promise<Omit<OutboundResponse, 'durationMs'>> {
  const repeatable = ['GET', 'HEAD'].includes(request.method ?? 'GET')
  let url = parseTarget(request.url)
  for (let left = repeatable ? (request.redirectsMax ?? 0) : 0; ; left -= 1) {
    try {
      const answer = await exchangeOnce(url, request, options)
      const next = left > 0 ? redirectTarget(url, answer.status, answer.headers.location) : null
      if (next === null) return answer
      url = next
    } catch (error) {
      throw outboundError(error, hostOf(url))
    }
  }
}

async function exchangeOnce(
  url: URL,
  request: OutboundRequest,
  { agent, userAgent, signal }: ExchangeOptions,
) {
  const response = await send(url, {
    dispatcher: agent,
    method: request.method ?? 'GET',
    headers: checkedHeaders(request.headers ?? {}, userAgent),
    body: request.body ?? null,
    signal,
  })
  const { statusCode: status, headers } = response
  return { status, headers, ...(await readBody(response.body, request, hostOf(url))) }
}
