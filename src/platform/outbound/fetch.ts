// Lends the guard to libraries that want a `fetch` of their own.
import type { Outbound, OutboundRequest } from './index.ts'

const methods = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'] as const
/** Answers that may not have a body, also not an empty one. */
const bodiless = [101, 204, 205, 304]

/** Bodies are text or form fields; redirects are not followed; a longer answer is a failure. */
export function guardedFetch(
  outbound: Pick<Outbound, 'request'>,
  limits: { bytesMax: number; timeoutMs: number },
): typeof fetch {
  return async (input, init = {}) => {
    const answer = await outbound.request({
      url: input instanceof Request ? input.url : String(input),
      method: methodOf(init.method),
      headers: headersOf(init.headers),
      ...bodyOf(init.body),
      ...(init.signal ? { signal: init.signal as AbortSignal } : {}),
      ...limits,
      overflow: 'fail',
    })
    const body = bodiless.includes(answer.status) ? null : Buffer.from(answer.body)
    const headers = Object.entries(answer.headers).flatMap(([name, value]) =>
      (Array.isArray(value) ? value : [value ?? '']).map((one): [string, string] => [name, one]),
    )
    return new Response(body, { status: answer.status, headers })
  }
}

function methodOf(method = 'GET'): NonNullable<OutboundRequest['method']> {
  const known = methods.find((name) => name === method.toUpperCase())
  if (known === undefined) throw new TypeError(`${method} is not a method of requests from here`)
  return known
}

/** The guard names the program itself. */
function headersOf(headers: RequestInit['headers']): Record<string, string> {
  const all = Object.fromEntries(new Headers(headers ?? {}))
  const { 'user-agent': _, ...others } = all
  return others
}

function bodyOf(body: RequestInit['body']): { body?: string } {
  if (body === undefined || body === null) return {}
  if (typeof body === 'string') return { body }
  if (body instanceof URLSearchParams) return { body: body.toString() }
  throw new TypeError('a body is text or form fields here')
}
