// A small client of Panthera's own API, for the command line: one call, one answer, clear failures.
import type { Credentials } from './credentials.ts'

export class ServerUnreachable extends Error {
  constructor(url: string, cause: unknown) {
    super(`${url} cannot be reached: start it with "panthera serve", or check PANTHERA_URL`, {
      cause,
    })
    this.name = 'ServerUnreachable'
  }
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
}

const timeoutMs = 30_000

export function createClient({ url, key }: Credentials): Client {
  return {
    async call<Answer>(method: string, path: string, body?: object): Promise<Answer> {
      const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' }
      let response: Response
      try {
        response = await fetch(`${url}${path}`, {
          method,
          headers,
          redirect: 'error',
          signal: AbortSignal.timeout(timeoutMs),
          ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        })
      } catch (cause) {
        throw new ServerUnreachable(url, cause)
      }
      const text = await response.text()
      if (!response.ok) throw refusal(response.status, text)
      return JSON.parse(text) as Answer
    },
  }
}

function refusal(status: number, text: string): Refused {
  try {
    const { error } = JSON.parse(text) as { error: { code: string; message: string } }
    return new Refused(status, error.code, error.message)
  } catch {
    return new Refused(status, 'unknown', `the server answered ${status} without an explanation`)
  }
}
