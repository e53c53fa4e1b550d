// The GitHub App as a client: tokens of its installations, for one repository and one purpose each,
// cached by the library until they end, and requests made with them. No token is ever logged.
import { createAppAuth, type StrategyOptions } from '@octokit/auth-app'
import { request as octokit } from '@octokit/request'
import { guardedFetch } from './outbound/fetch.ts'
import type { Outbound } from './outbound/index.ts'
import type { GithubApp } from './outside-settings.ts'

export interface GithubCall {
  method: 'GET' | 'POST' | 'PATCH'
  /** Below the API's address, its parts encoded. */
  path: string
  body?: Readonly<Record<string, unknown>>
}

export interface GithubAnswer {
  data: unknown
  /** Of the next page; null where this is the last. */
  next: string | null
}

type Permissions = Readonly<Record<string, 'read' | 'write'>>

export interface Installed {
  installationId: string
  /** Without its owner: an installation has one. */
  repository: string
  permissions: Permissions
}

export interface Github {
  /** Its number: what it has written tells it. */
  appId: string
  /** Throws GithubRefused, OutboundRefused, OutboundFailed, as all of these do. */
  asApp(call: GithubCall): Promise<GithubAnswer>
  asInstallation(installed: Installed, call: GithubCall): Promise<GithubAnswer>
  /** Reads one repository, for an hour. */
  cloneToken(installationId: string, repository: string): Promise<string>
  /** Whether who brings this code from GitHub owns the installation’s account; null: unknown. */
  isTheirs: ((code: string, installationId: string) => Promise<boolean>) | null
}

export class GithubRefused extends Error {
  readonly status: number

  constructor(status: number, message: string) {
    super(message)
    this.name = 'GithubRefused'
    this.status = status
  }
}

/** As much of an account, or of a membership of one, as a proof needs. */
interface Account {
  type?: string
  id?: number
  login?: string
  state?: string
  role?: string
}

interface ListedInstallation {
  id?: number
  account?: Account | null
}

const limits = { bytesMax: 4 * 1024 * 1024, timeoutMs: 15_000 }
const pagesMax = 10

export function createGithub(options: {
  app: GithubApp
  /** `https://api.github.com`, or of a server of one's own. */
  api: string
  outbound: Pick<Outbound, 'request'>
}): Github {
  const { app, api, outbound } = options
  const request = octokit.defaults({
    baseUrl: api,
    headers: { 'x-github-api-version': '2022-11-28' },
    request: { fetch: guardedFetch(outbound, limits) },
  })
  const strategy: StrategyOptions = {
    appId: app.id,
    privateKey: app.key,
    request,
    log: { warn: () => undefined },
    ...(app.client && { clientId: app.client.id, clientSecret: app.client.secret }),
  }
  const auth = createAppAuth(strategy)

  async function call(token: string, { method, path, body }: GithubCall): Promise<GithubAnswer> {
    const headers = { authorization: `bearer ${token}` }
    const answer = await refusable(() => request({ method, url: path, headers, ...body }))
    return { data: answer.data, next: nextOf(answer.headers.link, api) }
  }

  async function tokenOf({ installationId, repository, permissions }: Installed): Promise<string> {
    const { token } = await refusable(() =>
      auth({
        type: 'installation',
        installationId,
        repositoryNames: [repository],
        permissions: { ...permissions },
      }),
    )
    return token
  }

  async function isTheirs(code: string, installationId: string): Promise<boolean> {
    const { token } = await refusable(() => auth({ type: 'oauth-user', code }))
    let path: string | null = '/user/installations?per_page=100'
    for (let page = 0; path !== null && page < pagesMax; page += 1) {
      const answer: GithubAnswer = await call(token, { method: 'GET', path })
      const { installations = [] } = answer.data as { installations?: ListedInstallation[] }
      const found = installations.find(({ id }) => String(id) === installationId)
      if (found !== undefined) {
        const read = async (path: string) => (await call(token, { method: 'GET', path })).data
        return owns(found.account ?? {}, read)
      }
      path = answer.next
    }
    return false
  }

  return {
    appId: app.id,
    async asApp(asked) {
      const { token } = await refusable(() => auth({ type: 'app' }))
      return call(token, asked)
    },
    asInstallation: async (installed, asked) => call(await tokenOf(installed), asked),
    cloneToken: (installationId, repository) =>
      tokenOf({ installationId, repository, permissions: { contents: 'read' } }),
    isTheirs: app.client === null ? null : isTheirs,
  }
}

/** The list has every installation of which somebody may read one repository. */
async function owns(
  { type, id, login = '' }: Account,
  read: (path: string) => Promise<unknown>,
): Promise<boolean> {
  if (type === 'User') return id !== undefined && ((await read('/user')) as Account).id === id
  if (type !== 'Organization') return false
  const path = `/user/memberships/orgs/${encodeURIComponent(login)}`
  const { state, role } = (await read(path)) as Account
  return state === 'active' && role === 'admin'
}

/** The library's errors carry the whole request; only the status and the words go on. */
async function refusable<Result>(work: () => Promise<Result>): Promise<Result> {
  try {
    return await work()
  } catch (error) {
    const { name, status, message, cause } = error as Error & { status?: unknown }
    if (name !== 'HttpError' || typeof status !== 'number') throw error
    // It wraps what the guard says, too, as if it were an answer.
    if (cause instanceof Error) throw cause
    throw new GithubRefused(status, message.slice(0, 300))
  }
}

function nextOf(link: string | undefined, api: string): string | null {
  const [, url] = /<([^<>]+)>; *rel="next"/.exec(link ?? '') ?? []
  // A page is of the same API, or it is none.
  return url?.startsWith(`${api}/`) ? url.slice(api.length) : null
}
