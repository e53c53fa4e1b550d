// Calls of the APIs of DNS providers: what passes, what is wrong for good, and what was answered.
import {
  type Outbound,
  OutboundFailed,
  OutboundRefused,
  type OutboundRequest,
} from '../../../../../platform/outbound/index.ts'
import { Refused, Unreachable } from '../../contract.ts'
import { retryAfterMs } from '../remote/retry-after.ts'

export interface RestAnswer {
  status: number
  /** Undefined where the body is no JSON. */
  json: unknown
  text: string
}

export interface RestCall extends Pick<OutboundRequest, 'url' | 'method' | 'headers'> {
  body?: object | string
  /** Beyond success, which the caller understands. */
  accepts?: readonly number[]
}

const bodyBytesMax = 4 * 1_048_576
const saidMax = 300

export async function callRest(
  { outbound, now }: { outbound: Outbound; now: () => number },
  provider: string,
  { accepts = [], body, headers = {}, ...call }: RestCall,
): Promise<RestAnswer> {
  const isJson = typeof body === 'object'
  try {
    const answer = await outbound.request({
      ...call,
      bytesMax: bodyBytesMax,
      overflow: 'fail',
      headers: { ...(isJson ? { 'content-type': 'application/json' } : {}), ...headers },
      ...(body === undefined ? {} : { body: isJson ? JSON.stringify(body) : body }),
    })
    const { status } = answer
    const text = Buffer.from(answer.body).toString('utf8')
    if ((status >= 200 && status < 300) || accepts.includes(status)) {
      return { status, json: parsed(text), text }
    }
    const said = `${provider} answered ${status}: ${inWords(text)}`
    if (status === 429 || status >= 500) {
      const after = retryAfterMs(answer.headers['retry-after'], now())
      throw new Unreachable(said, { retryAfterMs: after })
    }
    throw new Refused(said)
  } catch (error) {
    if (error instanceof OutboundFailed || error instanceof OutboundRefused) {
      throw new Unreachable(`${provider}: ${error.message}`, { cause: error })
    }
    throw error
  }
}

export function noZone(provider: string, name: string): Refused {
  return new Refused(`${provider} has no zone for ${name} that these credentials may change`)
}

/** Providers differ in their errors; none of them repeats a secret. */
function inWords(text: string): string {
  return (
    text
      .replaceAll(/[\p{Cc}\s]+/gu, ' ')
      .trim()
      .slice(0, saidMax) || 'nothing more'
  )
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
