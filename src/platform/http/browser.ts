// What a browser does by itself: it sends a cookie with every request, also with those that another
// site made it send. So a change under a cookie needs an Origin of ours.
import type { IncomingHttpHeaders } from 'node:http'
import { common, Problem } from '../errors.ts'
import type { Mount, Surface } from '../permissions.ts'

export const sessionCookie = 'connect.sid'
/** Of Certus, whose pages other sites may lead to. */
export const certusCookie = 'certus.sid'

export function sessionCookieOf(mount: Mount): string {
  return mount === 'certus' ? certusCookie : sessionCookie
}

/** Whether pages of an origin may change things under a cookie. */
export type OriginRule = (origin: string) => boolean

/** The public URL, and the surfaces' own host names under the same scheme and port. */
export function originRule(config: {
  publicUrl: string
  surfaceHosts: ReadonlyMap<string, Surface>
}): OriginRule {
  const { origin, protocol, port } = new URL(config.publicUrl)
  const hosts = [...config.surfaceHosts.keys()]
  const own = hosts.map((host) => `${protocol}//${host}${port === '' ? '' : `:${port}`}`)
  const allowed = new Set([origin, ...own])
  return (text) => allowed.has(text)
}

const foreignPage = {
  ...common.entries.forbidden,
  title: 'The request does not come from a page of this installation',
  fix: 'Send the Origin of PANTHERA_PUBLIC_URL, or a key instead of the cookie',
}

const safeMethods = ['GET', 'HEAD', 'OPTIONS']

/** Throws 403 where a page of another site may have made the browser send this. */
export function requireOwnOrigin(
  request: { method: string; headers: IncomingHttpHeaders },
  isOwn: OriginRule,
): void {
  if (safeMethods.includes(request.method)) return
  const { origin } = request.headers
  if (origin !== undefined && isOwn(origin)) return
  throw new Problem('forbidden', foreignPage, {
    details: { header: 'Origin', value: origin?.slice(0, 300) ?? null },
  })
}

/** The first cookie of that name; null where there is none. */
export function cookie(headers: IncomingHttpHeaders, name: string): string | null {
  for (const pair of headers.cookie?.split(';') ?? []) {
    const at = pair.indexOf('=')
    if (at !== -1 && pair.slice(0, at).trim() === name) return pair.slice(at + 1).trim()
  }
  return null
}

/** Over http a browser would not keep a Secure cookie, and nobody could log in. */
export function setCookie(publicUrl: string, made: CookieMade): string {
  const secure = publicUrl.startsWith('https:') ? ' Secure;' : ''
  const { name, value, seconds, path = '/', sameSite = 'Strict' } = made
  const rules = `Path=${path}; Max-Age=${seconds}; HttpOnly;${secure} SameSite=${sameSite}`
  return `${name}=${value}; ${rules}`
}

interface CookieMade {
  name: string
  value: string
  seconds: number
  path?: string
  sameSite?: 'Strict' | 'Lax'
}
