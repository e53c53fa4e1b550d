// A small client of Panthera's own API, for the command line: one call, one answer, clear failures.
import { Readable } from 'node:stream'
import { createGzip } from 'node:zlib'
import type { Credentials } from './credentials.ts'

export class ServerUnreachable extends Error {
  constructor(url: string, cause: unknown) {
    const told = isUnknownHost(cause)
      ? `${new URL(url).hostname} cannot be found: check the host in PANTHERA_URL (${url})`
      : `${url} cannot be reached: start it with "panthera serve", or check PANTHERA_URL`
    super(told, { cause })
    this.name = 'ServerUnreachable'
  }
}

function isUnknownHost(error: unknown): boolean {
  const { code, cause } = (error ?? {}) as { code?: unknown; cause?: unknown }
  if (cause !== undefined) return isUnknownHost(cause)
  return /^(?:ENOTFOUND|EAI_\w+)$/.test(String(code))
}

export class Refused extends Error {
  readonly status: number
  readonly code: string

  constructor(status: number, code: string, message: string) {
    super(message)
    this.name = 'Refused'
    this.status = status
    this.code = code
  }
}

export interface Client {
  /** Throws ServerUnreachable or Refused. */
  call<Answer>(method: string, path: string, body?: object): Promise<Answer>
  /** The bytes of a file. Throws the same. */
  download(path: string, headers?: Readonly<Record<string, string>>): Promise<Uint8Array>
  /** Posts JSON that is written while it is sent, compressed. Throws the same. */
  upload<Answer>(path: string, json: AsyncIterable<string>): Promise<Answer>
}

const timeoutMs = 30_000
const uploadTimeoutMs = 15 * 60_000

export function createClient({ url, key }: Credentials): Client {
  const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' }

  async function bytesOf(path: string, init: RequestInit) {
    let response: Response
    let bytes: Uint8Array
    try {
      response = await fetch(`${url}${path}`, { ...init, redirect: 'error' })
      bytes = new Uint8Array(await response.arrayBuffer())
    } catch (cause) {
      throw new ServerUnreachable(url, cause)
    }
    if (!response.ok) throw refusal(response.status, new TextDecoder().decode(bytes))
    return { bytes, status: response.status }
  }

  async function request<Answer>(path: string, init: RequestInit): Promise<Answer> {
    const { bytes, status } = await bytesOf(path, init)
    try {
      return JSON.parse(new TextDecoder().decode(bytes)) as Answer
    } catch {
      throw new Refused(status, 'unknown', `${url} does not answer as Panthera does`)
    }
  }

  return {
    call: (method, path, body) =>
      request(path, {
        method,
        headers,
        signal: AbortSignal.timeout(timeoutMs),
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      }),
    async download(path, more = {}) {
      const signal = AbortSignal.timeout(timeoutMs)
      return (await bytesOf(path, { headers: { ...headers, ...more }, signal })).bytes
    },
    upload: (path, json) =>
      request(path, {
        method: 'POST',
        headers: { ...headers, 'content-encoding': 'gzip' },
        signal: AbortSignal.timeout(uploadTimeoutMs),
        body: Readable.toWeb(Readable.from(json).pipe(createGzip())) as ReadableStream,
        duplex: 'half',
      }),
  }
}

/** What an answer that is no success says. */
export function refusal(status: number, text: string): Refused {
  try {
    const { error } = JSON.parse(text) as {
      error: { code: string; message: string; details?: unknown }
    }
    return new Refused(status, error.code, withDetails(error.message, error.details))
  } catch {
    return new Refused(status, 'unknown', `the server answered ${status} without an explanation`)
  }
}

const detailsMax = 20

/** Where the sentence speaks of details, those that it does not tell follow it, a line each. */
function withDetails(message: string, details: unknown): string {
  if (!/ in details\b/.test(message)) return message
  const lines = detailLines(details).filter((line) => !message.startsWith(line))
  const shown = lines.slice(0, detailsMax).map((line) => `\n  ${line}`)
  const more = lines.length > detailsMax ? `\n  … and ${lines.length - detailsMax} more` : ''
  return `${message.replace(/ in details\b/, ' here')}${shown.join('')}${more}`
}

function detailLines(details: unknown): string[] {
  if (typeof details !== 'object' || details === null) return []
  const { fields, ...rest }: Readonly<Record<string, unknown>> = { ...details }
  const wrong = Array.isArray(fields) ? fields.map(fieldLine) : []
  return [
    ...wrong,
    ...Object.entries(rest).map(([name, value]) => `${name}: ${shownDetail(value)}`),
  ]
}

function fieldLine(fault: unknown): string {
  const { field, message } = { ...(fault as { field?: unknown; message?: unknown } | null) }
  return field === undefined || message === undefined ? shownDetail(fault) : `${field}: ${message}`
}

function shownDetail(value: unknown): string {
  const isPlain = (each: unknown) => typeof each !== 'object' || each === null
  if (Array.isArray(value) && value.every(isPlain)) return value.join(', ')
  return isPlain(value) ? String(value) : JSON.stringify(value)
}
