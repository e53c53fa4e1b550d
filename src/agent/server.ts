// The server as the agent reaches it: outbound HTTPS alone, each request with a proof of its own.
import { randomUUID } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { getCACertificates } from 'node:tls'
import { Agent, request } from 'undici'
import type { z } from 'zod'
import {
  type DiscoveryReport,
  Enrolled,
  type Enrolment,
  type JobResult,
  OfferedJobs,
  type Progress,
} from '../trust/connectors/agent-protocol.ts'
import { bodyHash, proofType, signWords } from '../trust/connectors/agent-words.ts'
import type { Identity } from './identity.ts'

/** The server did not answer, or cannot now: to be asked again. */
export class Unreachable extends Error {
  /** Null where the server did not say. */
  readonly retryAfterMs: number | null

  constructor(message: string, retryAfterMs: number | null = null, options?: ErrorOptions) {
    super(message, options)
    this.name = 'Unreachable'
    this.retryAfterMs = retryAfterMs
  }
}

/** The server answered that it will not. */
export class RefusedByServer extends Error {
  readonly status: number
  readonly code: string

  constructor(status: number, code: string, message: string) {
    super(message)
    this.name = 'RefusedByServer'
    this.status = status
    this.code = code
  }
}

export interface Server {
  enrol(told: z.input<typeof Enrolment>): Promise<z.infer<typeof Enrolled>>
  /** Waits up to `waitSeconds` for something to do. `idle` asks again for all that was offered. */
  jobs(wanted: Wanted, signal: AbortSignal): Promise<z.infer<typeof OfferedJobs>['data']>
  progress(jobId: string, told: z.input<typeof Progress>): Promise<void>
  result(jobId: string, result: JobResult): Promise<void>
  discoveries(report: DiscoveryReport): Promise<void>
  close(): Promise<void>
}

export interface Wanted {
  waitSeconds: number
  idle: boolean
}

export interface ServerOptions {
  /** Of the Trust surface. */
  url: string
  /** PEM of whom to trust; null for the authorities of the system and of Node. */
  caFile: string | null
  apiKey: () => Promise<string>
  identity: Identity
  version: string
  now: () => Date
}

const answerMax = 16 << 20
const timeoutMs = 30_000

export async function connectServer(options: ServerOptions): Promise<Server> {
  const { url, caFile } = options
  const ca =
    caFile === null
      ? [...getCACertificates('default'), ...getCACertificates('system')]
      : await readFile(caFile, 'utf8')
  const dispatcher = new Agent({
    connect: { timeout: timeoutMs, ca },
    maxResponseSize: answerMax,
    connections: 4,
  })

  async function call(method: 'GET' | 'POST', path: string, more: Call = {}): Promise<unknown> {
    const body = more.body === undefined ? '' : JSON.stringify(more.body)
    const headers = {
      'x-agent-api-key': await options.apiKey(),
      'user-agent': `panthera-agent/${options.version}`,
      ...(body === '' ? {} : { 'content-type': 'application/json' }),
      ...proofFor(options, { method, path, body }),
    }
    const wait = timeoutMs + (more.waitMs ?? 0)
    const answer = await exchange(`${url}${path}`, {
      dispatcher,
      method,
      headers,
      headersTimeout: wait,
      bodyTimeout: wait,
      ...(body === '' ? {} : { body }),
      ...(more.signal === undefined ? {} : { signal: more.signal }),
    })
    return readAnswer(answer)
  }

  const onJob = (jobId: string, what: string) =>
    `/api/agents/me/jobs/${encodeURIComponent(jobId)}/${what}`
  return {
    async enrol(told) {
      return Enrolled.parse(await call('POST', '/api/agents/enrol', { body: told }))
    },
    async jobs({ waitSeconds, idle }, signal) {
      const path = `/api/agents/me/jobs?wait=${waitSeconds}${idle ? '&idle=true' : ''}`
      const answer = await call('GET', path, { waitMs: waitSeconds * 1000, signal })
      return OfferedJobs.parse(answer).data
    },
    async progress(jobId, told) {
      await call('POST', onJob(jobId, 'progress'), { body: told })
    },
    async result(jobId, result) {
      await call('POST', onJob(jobId, 'result'), { body: result })
    },
    async discoveries(report) {
      await call('POST', '/api/agents/me/discoveries', { body: report })
    },
    close: () => dispatcher.destroy(),
  }
}

interface Call {
  body?: object
  waitMs?: number
  signal?: AbortSignal
}

/** Before it has enrolled there is nobody to prove. */
function proofFor(
  { identity, now }: ServerOptions,
  { method, path, body }: { method: string; path: string; body: string },
): Record<string, string> {
  if (identity.enrolled === null || path === '/api/agents/enrol') return {}
  const iat = Math.floor(now().getTime() / 1000)
  const claims = { method, path, body: bodyHash(body), iat, jti: randomUUID() }
  const head = { typ: proofType, kid: identity.enrolled.agentId }
  return { 'x-agent-proof': signWords(identity.proofKey, head, claims) }
}

interface Answer {
  statusCode: number
  headers: Readonly<Record<string, string | string[] | undefined>>
}

async function exchange(
  url: string,
  options: Parameters<typeof request>[1] & { signal?: AbortSignal },
): Promise<{ answer: Answer; text: string }> {
  try {
    const answer = await request(url, options)
    return { answer, text: await answer.body.text() }
  } catch (cause) {
    if (options.signal?.aborted) throw options.signal.reason
    const { code, message } = cause as NodeJS.ErrnoException
    const told = `${new URL(url).origin} cannot be reached (${code ?? message})`
    throw new Unreachable(told, null, { cause })
  }
}

function readAnswer({ answer, text }: { answer: Answer; text: string }): unknown {
  const { statusCode, headers } = answer
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch {
    json = null
  }
  if (statusCode >= 200 && statusCode < 300 && json !== null) return json
  const { code, message } = errorIn(json)
  if (statusCode === 429 || statusCode >= 500) {
    const seconds = Number(headers['retry-after'])
    const retryAfterMs = Number.isFinite(seconds) ? Math.min(seconds, 300) * 1000 : null
    throw new Unreachable(`the server cannot now: ${message ?? statusCode}`, retryAfterMs)
  }
  const told = message ?? `the server answers ${statusCode} as Panthera does not: is it one?`
  throw new RefusedByServer(statusCode, code ?? 'unknown', told)
}

function errorIn(json: unknown): { code?: string; message?: string } {
  const error = (json as { error?: { code?: unknown; message?: unknown } } | null)?.error
  return {
    ...(typeof error?.code === 'string' ? { code: error.code } : {}),
    ...(typeof error?.message === 'string' ? { message: error.message } : {}),
  }
}
