// /certus/auth: the session of Certus, by the local account or an OpenID provider. Its cookie is
// good on Certus only, and comes along when another site leads there.
import type { IncomingHttpHeaders } from 'node:http'
import { z } from 'zod'
import type { Config } from '../../platform/config.ts'
import { Problem } from '../../platform/errors.ts'
import {
  certusCookie,
  cookie,
  type OriginRule,
  requireOwnOrigin,
  setCookie,
} from '../../platform/http/browser.ts'
import { type Request, type Route, route, type Streamed } from '../../platform/http/route.ts'
import * as sessions from '../sessions/store.ts'
import { codePage, loginPage, logoutPage, pageHeaders, pageType, streamed } from './pages.ts'
import { type Provider, ProviderRefused } from './provider.ts'
import { record } from './record.ts'
import { Login, VerifyCode } from './schema.ts'
import type { FirstStep, LoginParts, LoginService } from './service.ts'
import { keepDevice, refuseOthersPages, visitOf } from './visit.ts'
import { loginByProvider } from './vouched-for.ts'

export interface CertusLoginOptions {
  service: LoginService
  parts: LoginParts
  provider: Provider | null
  config: Pick<Config, 'publicUrl' | 'surfaceHosts'>
  isOwnOrigin: OriginRule
}

type Asked = Request<unknown, unknown, unknown>

const formBytesMax = 16_384
const beginCookie = 'certus.login'
const beginSeconds = 600

const LoginQuery = z.object({
  next: z.string().max(2_000).optional().describe('Where to go on, a path of Certus'),
  with: z.literal('provider').optional().describe('Go to the OpenID provider at once'),
})

const CallbackQuery = z
  .record(z.string().max(100), z.string().max(4_000))
  .describe('As the provider answers: code and state, or an error')

const shared = { tag: 'Session', permission: 'public', reply: pageType, status: 200 } as const

export function certusLoginRoutes(options: CertusLoginOptions): Route[] {
  return [
    route({
      ...shared,
      method: 'GET',
      path: '/auth/login',
      operationId: 'showLogin',
      summary: 'The page to log in on',
      query: LoginQuery,
      handle: (request) => show(options, request, request.query),
    }),
    route({
      ...shared,
      method: 'POST',
      path: '/auth/login',
      operationId: 'logIn',
      summary: 'Log in with the form of the page, in one step or two',
      textBody: { types: ['application/x-www-form-urlencoded'], bytesMax: formBytesMax },
      errors: ['unauthorized', 'forbidden', 'rate_limited'],
      handle: (request) => {
        refuseOthersPages(request, options.isOwnOrigin)
        return enter(options, request)
      },
    }),
    route({
      ...shared,
      method: 'GET',
      path: '/auth/callback',
      operationId: 'finishProviderLogin',
      summary: 'Where the OpenID provider sends the browser back to',
      query: CallbackQuery,
      handle: (request) => comeBack(options, request, request.query),
    }),
    route({
      ...shared,
      method: 'GET',
      path: '/auth/logout',
      operationId: 'showLogout',
      summary: 'End this session; where another site led here, ask first',
      handle: async (request) => {
        page(request)
        const from = request.headers['sec-fetch-site']
        if (from === 'same-origin' || from === 'none') return leave(options, request)
        return streamed(200, logoutPage(baseOf(options.config, request.headers).path))
      },
    }),
    route({
      ...shared,
      method: 'POST',
      path: '/auth/logout',
      operationId: 'logOut',
      summary: 'End this session',
      textBody: { types: ['application/x-www-form-urlencoded'], bytesMax: formBytesMax },
      errors: ['forbidden'],
      handle: async (request) => {
        requireOwnOrigin({ method: 'POST', headers: request.headers }, options.isOwnOrigin)
        return leave(options, request)
      },
    }),
  ]
}

interface Base {
  origin: string
  /** Of Certus's paths: empty on a host name of its own. */
  path: string
}

function baseOf(
  { publicUrl, surfaceHosts }: CertusLoginOptions['config'],
  headers: IncomingHttpHeaders,
): Base {
  const host = (headers.host ?? '').toLowerCase()
  if (surfaceHosts.get(host.replace(/:\d+$/, '')) !== 'certus') {
    return { origin: publicUrl, path: '/certus' }
  }
  return { origin: `${new URL(publicUrl).protocol}//${host}`, path: '' }
}

/** A path of Certus, so that no link leads from a login to another site. */
function nextOf({ path }: Base, wanted: string | null | undefined): string {
  const asked = wanted ?? ''
  const isOurs = asked.startsWith(`${path}/`) && /^\/(?![/\\])[\x21-\x5b\x5d-\x7e]*$/.test(asked)
  return isOurs ? asked : `${path}/docs`
}

function page(request: Asked): void {
  for (const [name, value] of Object.entries(pageHeaders)) request.header(name, value)
}

function redirect(request: Asked, url: string): Streamed {
  request.header('location', url)
  return streamed(303, '')
}

async function show(
  options: CertusLoginOptions,
  request: Asked,
  query: z.infer<typeof LoginQuery>,
): Promise<Streamed> {
  page(request)
  const { provider, config, parts } = options
  const base = baseOf(config, request.headers)
  const next = nextOf(base, query.next)
  const shown = { base: base.path, next, provider: provider?.name ?? null }
  if (query.with === undefined || provider === null) return streamed(200, loginPage(shown))
  try {
    const redirectUri = `${base.origin}${base.path}/auth/callback`
    const { url, kept } = await provider.begin({ redirectUri, next })
    keepBegun(options, request, { value: kept, seconds: beginSeconds })
    return redirect(request, url)
  } catch (error) {
    parts.log.warn({ err: error }, 'the OpenID provider cannot be reached')
    const message = 'The provider cannot be reached now. Try again in a minute.'
    return streamed(503, loginPage({ ...shown, message }))
  }
}

async function enter(options: CertusLoginOptions, request: Asked): Promise<Streamed> {
  page(request)
  const { service, provider, config } = options
  const base = baseOf(config, request.headers)
  const fields = new URLSearchParams(String(request.body ?? ''))
  const next = nextOf(base, fields.get('next'))
  const token = fields.get('token')
  const email = fields.get('email') ?? ''
  const visit = visitOf(request, 'certus')
  try {
    if (token === null) {
      const given = read(Login, { email, password: fields.get('password') ?? '' })
      return welcome(options, request, { next, step: await service.login(visit, given) })
    }
    const given = read(VerifyCode, { token, code: fields.get('code') ?? '' })
    return welcome(options, request, { next, step: await service.verify(visit, given) })
  } catch (error) {
    if (!(error instanceof Problem)) throw error
    for (const [name, value] of Object.entries(error.headers)) request.header(name, value)
    const message = `${error.message}. ${error.fix}.`
    const shown = { base: base.path, next, message }
    const isCode = token !== null && error.message.startsWith('The code')
    const html = isCode
      ? codePage({ ...shown, token })
      : loginPage({ ...shown, provider: provider?.name ?? null, email: email.slice(0, 320) })
    return streamed(error.status, html)
  }
}

/** A form that people fill in wrongly is shown again; it names no fields of JSON. */
function read<Schema extends z.ZodType>(schema: Schema, value: unknown): z.output<Schema> {
  const parsed = schema.safeParse(value)
  if (parsed.success) return parsed.data
  throw new Problem('invalid_request', {
    status: 400,
    title: 'Something is missing or too long',
    fix: 'Fill in both fields',
  })
}

function welcome(
  options: CertusLoginOptions,
  request: Asked,
  { next, step }: { next: string; step: FirstStep },
): Streamed {
  const { publicUrl } = options.config
  const base = baseOf(options.config, request.headers)
  if (step.cookies === null) {
    return streamed(200, codePage({ base: base.path, next, token: step.answer.token }))
  }
  const made = { value: step.cookies.session, seconds: sessions.sessionSeconds }
  keep(options, request, { name: certusCookie, ...made })
  keepDevice(request, publicUrl, step.cookies.device)
  return redirect(request, next)
}

async function comeBack(
  options: CertusLoginOptions,
  request: Asked,
  query: z.infer<typeof CallbackQuery>,
): Promise<Streamed> {
  page(request)
  const { provider, parts, config } = options
  const base = baseOf(config, request.headers)
  const shown = { base: base.path, next: nextOf(base, null), provider: provider?.name ?? null }
  if (provider === null) return streamed(404, loginPage(shown))
  keepBegun(options, request, { value: '', seconds: 0 })
  const refused = (status: number, message: string) =>
    streamed(status, loginPage({ ...shown, message }))
  try {
    const came = new URL(`${base.origin}${base.path}/auth/callback?${new URLSearchParams(query)}`)
    const { proved, next } = await provider.finish(came, cookie(request.headers, beginCookie))
    const step = await loginByProvider(parts, visitOf(request, 'certus'), proved)
    if (step !== null) return welcome(options, request, { next: nextOf(base, next), step })
    return refused(403, 'There is no account for you here. Ask an admin to invite your address.')
  } catch (error) {
    if (error instanceof Problem) throw error
    parts.log.warn({ err: error }, 'a login by the OpenID provider failed')
    const isRefusal = error instanceof ProviderRefused
    const again = 'Try again, or log in with your password.'
    if (isRefusal) return refused(401, `You were not logged in: ${error.message}. ${again}`)
    return refused(503, `The provider cannot be reached now. ${again}`)
  }
}

async function leave(options: CertusLoginOptions, request: Asked): Promise<Streamed> {
  const { config, parts } = options
  const value = cookie(request.headers, certusCookie)
  if (value !== null) {
    await parts.db.inSystem(async (tx) => {
      const session = await sessions.find(tx, value, 'certus')
      if (session === null) return
      await sessions.close(tx, session.user_id, session.id)
      const person = { id: session.user_id, email: session.email }
      const { address, requestId } = request
      await record(tx, { person, address, requestId }, { action: 'session.closed' })
    })
  }
  keep(options, request, { name: certusCookie, value: '', seconds: 0 })
  return redirect(request, `${baseOf(config, request.headers).path}/auth/login`)
}

function keepBegun(
  options: CertusLoginOptions,
  request: Asked,
  made: { value: string; seconds: number },
): void {
  keep(options, request, { name: beginCookie, ...made }, '/auth')
}

function keep(
  { config }: CertusLoginOptions,
  request: Asked,
  made: { name: string; value: string; seconds: number },
  below = '',
): void {
  const path = `${baseOf(config, request.headers).path}${below}` || '/'
  request.header('set-cookie', setCookie(config.publicUrl, { ...made, path, sameSite: 'Lax' }))
}
