// Goes in as a person does, with a password and perhaps a code, for as long as it takes to make
// keys. Cookies are kept in memory only.
import { refusal, ServerUnreachable } from './client.ts'

export interface Doorway {
  /** Throws ServerUnreachable or Refused. */
  enter(given: { email: string; password: string }, askCode: () => Promise<string>): Promise<void>
  call<Answer>(method: string, path: string, body?: object): Promise<Answer>
  leave(): Promise<void>
}

const timeoutMs = 60_000

/** Asks the server which origin its own pages have, because changes must come from there. */
export async function openDoorway(url: string): Promise<Doorway> {
  const cookies = new Map<string, string>()
  let origin: string | null = null

  async function call<Answer>(method: string, path: string, body?: object): Promise<Answer> {
    let response: Response
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ')
    try {
      response = await fetch(`${url}${path}`, {
        method,
        redirect: 'error',
        signal: AbortSignal.timeout(timeoutMs),
        headers: {
          ...(origin === null ? {} : { origin }),
          ...(cookie === '' ? {} : { cookie }),
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      })
    } catch (cause) {
      throw new ServerUnreachable(url, cause)
    }
    for (const line of response.headers.getSetCookie()) {
      const [, name, value] = /^([^=;]+)=([^;]*)/.exec(line) ?? []
      if (name !== undefined && value !== undefined) cookies.set(name, value)
    }
    const text = await response.text()
    if (!response.ok) throw refusal(response.status, text)
    return JSON.parse(text) as Answer
  }

  interface Description {
    servers: { url: string }[]
  }
  const { servers } = await call<Description>('GET', '/trust/openapi.json')
  origin = new URL(servers[0]?.url ?? url).origin
  return {
    call,
    async enter(given, askCode) {
      const answer = await call<{ requires2FA?: boolean; token?: string }>(
        'POST',
        '/trust/api/auth/login',
        given,
      )
      if (answer.requires2FA !== true) return
      const code = await askCode()
      await call('POST', '/trust/api/auth/verify-2fa', { token: answer.token, code })
    },
    async leave() {
      await call('POST', '/trust/api/auth/logout').catch(() => undefined)
    },
  }
}
