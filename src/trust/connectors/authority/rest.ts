// How authorities with an API of their own are asked: through the outbound guard, bounded, and with
// their refusals told apart from what passes.
import { z } from 'zod'
import {
  type Outbound,
  OutboundFailed,
  OutboundRefused,
  type OutboundRequest,
} from '../../../platform/outbound/index.ts'
import { Refused, Unreachable } from './contract.ts'

/** An address to which paths are appended; what may be reached is the guard's to say. */
export const ServiceUrl = z
  .string()
  .max(300)
  .refine(isService, 'must be an https URL without query and credentials')
  .transform((address) => address.replace(/\/+$/, ''))

/** What goes into a header, where other characters mean nothing certain. */
export function headerText(lengthMax: number) {
  return z
    .string()
    .trim()
    .min(1)
    .max(lengthMax)
    .regex(/^[\x20-\x7e]+$/, 'must be printable ASCII')
}

export interface RestAnswer {
  status: number
  /** Null where the body is none. */
  json: unknown
  text: string
  headers: Readonly<Record<string, string | string[] | undefined>>
}

export interface Rest {
  /** Statuses of success, and those named in `accepts`; throws Refused or Unreachable. */
  ask(asked: Asked): Promise<RestAnswer>
}

export interface Asked {
  method: NonNullable<OutboundRequest['method']>
  path: string
  body?: unknown
  headers?: Readonly<Record<string, string>>
  /** Statuses that the caller looks at itself. */
  accepts?: readonly number[]
}

export interface RestOptions {
  outbound: Pick<Outbound, 'request'>
  /** As people call it. */
  name: string
  baseUrl: string
  headers(): Promise<Readonly<Record<string, string>>>
  /** What an answer says of its own failure; null where it says nothing. */
  reasonOf(answer: RestAnswer): string | null
  now(): number
}

const bodyBytesMax = 4 * 1024 * 1024
const timeoutMs = 20_000
const retryAfterMsMax = 6 * 3_600_000

export function createRest(options: RestOptions): Rest {
  const { name, baseUrl, outbound } = options
  return {
    async ask({ method, path, body, headers = {}, accepts = [] }) {
      const own = await options.headers()
      const answer = await send(outbound, name, {
        url: `${baseUrl}${path}`,
        method,
        headers: {
          accept: 'application/json',
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
          ...own,
          ...headers,
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      })
      if (answer.status < 300 || accepts.includes(answer.status)) return answer
      throw failure(options, answer)
    },
  }
}

/** Throws Refused where the guard does not let it out, Unreachable where no answer came. */
export async function send(
  outbound: Pick<Outbound, 'request'>,
  name: string,
  request: OutboundRequest,
): Promise<RestAnswer> {
  try {
    const limits = { timeoutMs, bytesMax: bodyBytesMax, overflow: 'fail' } as const
    const { status, body, headers } = await outbound.request({ ...limits, ...request })
    const text = Buffer.from(body).toString('utf8')
    return { status, text, json: jsonOf(text), headers }
  } catch (error) {
    if (error instanceof OutboundRefused) {
      throw new Refused(`${name} cannot be reached: ${error.message}`, null, { cause: error })
    }
    if (error instanceof OutboundFailed) {
      throw new Unreachable(`${name}: ${error.message}`, { cause: error })
    }
    throw error
  }
}

function failure({ name, reasonOf, now }: RestOptions, answer: RestAnswer): Error {
  const said = plain(reasonOf(answer) ?? '')
  const detail = said === '' ? `status ${answer.status}` : `${said} (status ${answer.status})`
  if (answer.status === 429 || answer.status === 503) {
    const retryAfterMs = retryAfterOf(answer, now()) ?? 0
    return new Unreachable(`${name} asks to come back later: ${detail}`, { retryAfterMs })
  }
  if (answer.status >= 500 || answer.status === 408 || answer.status === 425) {
    return new Unreachable(`${name} failed: ${detail}`)
  }
  if (answer.status === 401) {
    return new Refused(`${name} does not accept the credentials: ${detail}; change the settings`)
  }
  return new Refused(`${name} refuses: ${detail}`)
}

/** Seconds or a date (RFC 9110, section 10.2.3), within bounds. */
function retryAfterOf({ headers }: RestAnswer, now: number): number | null {
  const sent = [headers['retry-after']].flat()[0]
  if (sent === undefined) return null
  const ms = /^\d{1,9}$/.test(sent) ? Number(sent) * 1_000 : Date.parse(sent) - now
  return Number.isNaN(ms) ? null : Math.min(Math.max(ms, 1_000), retryAfterMsMax)
}

/** Words of another system, which stand in messages and logs: one line, and not long. */
export function plain(text: string): string {
  return text
    .replaceAll(/[\p{Cc}\p{Cf}\u2028\u2029]+/gu, ' ')
    .trim()
    .slice(0, 300)
}

/** Whether a serial number in hex is this one, however either is written; true where none is. */
export function saysSerial(said: string | null | undefined, serial: string): boolean {
  const bare = (text: string) =>
    text
      .replace(/[^0-9a-f]/gi, '')
      .replace(/^0+/, '')
      .toLowerCase()
  return !said || bare(said) === bare(serial)
}

/** Half as long again each time, at most ten minutes. */
export function pollDelayMs(pollSeconds: number, polls: number): number {
  return Math.min(pollSeconds * 1_000 * 1.5 ** Math.min(polls, 20), 600_000)
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

function isService(address: string): boolean {
  const url = URL.parse(address)
  if (url === null || !/^https?:$/.test(url.protocol)) return false
  return url.search === '' && url.hash === '' && url.username === '' && url.password === ''
}
