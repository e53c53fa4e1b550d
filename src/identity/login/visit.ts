// The part of a request that logging in is about, and what its answer sets.
import {
  cookie,
  type OriginRule,
  requireOwnOrigin,
  sessionCookie,
  sessionCookieOf,
  setCookie,
} from '../../platform/http/browser.ts'
import type { Request } from '../../platform/http/route.ts'
import { type SessionSurface, sessionSeconds } from '../sessions/store.ts'
import { deviceCookie, deviceSeconds } from './device.ts'

export interface Visit {
  address: string
  requestId: string
  userAgent: string | null
  /** Brought along from an earlier login; it ends when a new one begins. */
  session: string | null
  device: string | null
  /** On which surface the session will be good. */
  surface: SessionSurface
  /** How the first step was done (RFC 8176); by password unless given. */
  methods?: readonly string[]
}

export function visitOf(
  { headers, ...request }: Request<unknown, unknown, unknown>,
  surface: SessionSurface = 'trust',
): Visit {
  return {
    address: request.address,
    requestId: request.requestId,
    userAgent: headers['user-agent'] ?? null,
    session: cookie(headers, sessionCookieOf(surface)),
    device: cookie(headers, deviceCookie),
    surface,
  }
}

export interface Cookies {
  session: string
  device: string
}

type Answering = Pick<Request<unknown, unknown, unknown>, 'header'>

export function keepCookies(request: Answering, publicUrl: string, cookies: Cookies): void {
  const session = { name: sessionCookie, value: cookies.session, seconds: sessionSeconds }
  request.header('set-cookie', setCookie(publicUrl, session))
  keepDevice(request, publicUrl, cookies.device)
}

export function keepDevice(request: Answering, publicUrl: string, value: string): void {
  const device = { name: deviceCookie, value, seconds: deviceSeconds }
  request.header('set-cookie', setCookie(publicUrl, device))
}

/** The browser stays known. */
export function dropSession(request: Answering, publicUrl: string): void {
  request.header('set-cookie', setCookie(publicUrl, { name: sessionCookie, value: '', seconds: 0 }))
}

/** Programs send no Origin; a page that does must be ours, or it could log people in as another. */
export function refuseOthersPages(
  request: Pick<Request<unknown, unknown, unknown>, 'headers'>,
  isOwnOrigin: OriginRule,
): void {
  if (request.headers.origin === undefined) return
  requireOwnOrigin({ method: 'POST', headers: request.headers }, isOwnOrigin)
}
