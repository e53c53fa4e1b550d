// Requests to GitLab and Bitbucket with the token that the organization has given for them.
import { codeHostToken } from '../../platform/code-host-token.ts'
import type { Platform } from '../../platform/platform.ts'

export class CodeHostRefused extends Error {
  readonly status: number

  constructor(status: number) {
    super(`The code host answered ${status}`)
    this.name = 'CodeHostRefused'
    this.status = status
  }
}

export type CodeHostCall = (asked: {
  method: 'GET' | 'POST' | 'PUT'
  /** Below the API's address, its parts encoded. */
  path: string
  body?: object
}) => Promise<unknown>

const limits = { timeoutMs: 15_000, bytesMax: 2 * 1024 * 1024, overflow: 'fail' } as const

/** Null where the organization has no connection to it. Calls throw CodeHostRefused. */
export async function codeHostCall(
  platform: Pick<Platform, 'config' | 'db' | 'secrets' | 'outbound'>,
  organizationId: string,
  provider: 'gitlab' | 'bitbucket',
): Promise<CodeHostCall | null> {
  const { api, clone } = platform.config.providers[provider]
  const place = { organizationId, provider, host: new URL(clone).host }
  const known = await platform.db.inTenant(organizationId, (tx) =>
    codeHostToken(tx, platform.secrets, place),
  )
  if (known === null) return null
  const authorization = authorizationOf(provider, known)
  return async ({ method, path, body }) => {
    const answer = await platform.outbound.request({
      url: `${api}${path}`,
      method,
      headers: { authorization, accept: 'application/json', 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      ...limits,
    })
    if (answer.status >= 300) throw new CodeHostRefused(answer.status)
    return JSON.parse(Buffer.from(answer.body).toString() || 'null') as unknown
  }
}

/** Bitbucket's app passwords come with a user name. */
function authorizationOf(
  provider: 'gitlab' | 'bitbucket',
  { token, username }: { token: string; username: string | null },
): string {
  if (provider === 'gitlab' || username === null) return `Bearer ${token}`
  return `Basic ${Buffer.from(`${username}:${token}`).toString('base64')}`
}

/** False where it was deleted, or is another's who has copied our mark. */
export async function unlessGone(work: () => Promise<unknown>): Promise<boolean> {
  try {
    await work()
    return true
  } catch (error) {
    if (error instanceof CodeHostRefused && [403, 404, 410].includes(error.status)) return false
    throw error
  }
}
