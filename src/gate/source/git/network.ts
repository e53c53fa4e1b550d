// What git needs to know to reach one server: the protocol, the checked addresses and the token,
// all by environment, so that nothing of it stands on a command line or in a file.
import { isIP } from 'node:net'
import { CloneError } from './clone-error.ts'
import type { CloneUrl } from './clone-url.ts'

export interface NetworkOptions {
  token?: string | undefined
  /** The user name that goes with the token; GitHub and GitLab take any, Bitbucket its own. */
  tokenUser?: string | undefined
  /** Looks a host up and refuses what may not be reached; git then connects to these only. */
  resolve?: ((host: string, port: number) => Promise<string[]>) | undefined
}

/** @throws {CloneError} where a host has no address; what `resolve` throws passes unchanged. */
export async function networkEnvironment(
  target: CloneUrl,
  options: NetworkOptions,
): Promise<Record<string, string>> {
  const remote = target.protocol !== 'file'
  const settings = [
    ...(remote && options.resolve ? await pinned(target, options.resolve) : []),
    ...(remote && options.token !== undefined
      ? [authorization(target, options.token, options)]
      : []),
  ]
  const variables = settings.flatMap(([key, value], i) => [
    [`GIT_CONFIG_KEY_${i}`, key],
    [`GIT_CONFIG_VALUE_${i}`, value],
  ])
  return {
    GIT_ALLOW_PROTOCOL: target.protocol,
    GIT_CONFIG_COUNT: String(settings.length),
    ...Object.fromEntries(variables),
  }
}

type Setting = readonly [key: string, value: string]

// Looked up once and checked by the caller, then connected to: a second look-up by git could
// answer another address.
async function pinned(
  { host, port }: CloneUrl,
  resolve: (host: string, port: number) => Promise<string[]>,
): Promise<Setting[]> {
  const addresses = await resolve(host, port)
  if (addresses.length === 0) {
    throw new CloneError(
      'clone_failed',
      'The server could not be reached: its name has no address.',
    )
  }
  if (isIP(host) !== 0) return []
  const list = addresses.map((address) => (isIP(address) === 6 ? `[${address}]` : address))
  return [['http.curloptResolve', `${host}:${port}:${list.join(',')}`]]
}

function authorization(target: CloneUrl, token: string, options: NetworkOptions): Setting {
  const pair = Buffer.from(`${options.tokenUser ?? 'x-access-token'}:${token}`).toString('base64')
  return [`http.${target.origin}/.extraHeader`, `Authorization: Basic ${pair}`]
}
