// One attempt to deliver: sign, send, and say in our own words what came of it. What the receiver
// answers beyond its status is not kept: a tenant must not read other people's pages through us.

import type { Outbound, OutboundResponse, RefusalReason } from '../outbound/index.ts'
import { type FailureCode, OutboundFailed, OutboundRefused } from '../outbound/index.ts'
import type { DeliveryOutcome } from './schedule.ts'
import { signedHeaders } from './signature.ts'
import type { SigningKey } from './signing-key.ts'

export interface Attempt {
  /** When it began. */
  at: string
  durationMs: number
  /** Null where there was no answer. */
  status: number | null
  /** Null where it was delivered. */
  error: AttemptError | null
  retryAfter: string | null
}

export type AttemptError =
  | FailureCode
  | RefusalReason
  /** An answer outside 200 to 299. */
  | 'bad_status'
  /** Redirects are not followed: the endpoint's URL is what was checked. */
  | 'redirect'
  /** The signing secrets could not be read, as after the loss of a master key. */
  | 'secret_unreadable'
  | 'internal'

export interface Letter {
  url: string
  messageId: string
  /** Sent byte for byte: it is what the signature is over. */
  body: string
}

const timeoutMs = 15_000
/** An answer is read and dropped, so that its connection can be used again; more cuts it. */
const answerBytesMax = 65_536

/** Throws the reason of `signal`, and nothing else that the network or the receiver could cause. */
export async function send(
  letter: Letter,
  keys: readonly SigningKey[],
  around: { outbound: Outbound; now: () => number; signal: AbortSignal },
): Promise<Attempt> {
  const now = around.now()
  const started = performance.now()
  const { messageId: id, body } = letter
  const base = { at: new Date(now).toISOString(), retryAfter: null }
  try {
    const response = await around.outbound.request({
      url: letter.url,
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        ...signedHeaders({ id, timestamp: Math.floor(now / 1000), body }, keys),
      },
      body,
      timeoutMs,
      bytesMax: answerBytesMax,
      overflow: 'cut',
      signal: around.signal,
    })
    const { status, durationMs } = response
    return { ...base, durationMs, status, error: judge(status), retryAfter: retryAfter(response) }
  } catch (error) {
    const durationMs = performance.now() - started
    return { ...base, durationMs, status: null, error: failure(error) }
  }
}

export function outcomeOf({ status, retryAfter }: Attempt): DeliveryOutcome {
  return status === null ? { kind: 'failed' } : { kind: 'answered', status, retryAfter }
}

/** An attempt that came to nothing on our side, before anything was sent. */
export function notSent(error: AttemptError, now: number): Attempt {
  const at = new Date(now).toISOString()
  return { at, durationMs: 0, status: null, error, retryAfter: null }
}

function judge(status: number): AttemptError | null {
  if (status >= 200 && status < 300) return null
  return status >= 300 && status < 400 ? 'redirect' : 'bad_status'
}

function failure(error: unknown): AttemptError {
  if (error instanceof OutboundFailed) return error.code
  if (error instanceof OutboundRefused) return error.reason
  throw error
}

function retryAfter({ headers }: OutboundResponse): string | null {
  const value = headers['retry-after']
  return typeof value === 'string' ? value : null
}
