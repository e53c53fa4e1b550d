// The HTTP server: surfaces under their base paths or their own host names, health, readiness and
// metrics beside them.
import { createHash, timingSafeEqual } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import Fastify, {
  type FastifyError,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
} from 'fastify'
import type { NoteRefused } from '../audit/refusals.ts'
import { common, type ErrorEntry } from '../errors.ts'
import { prefixedId } from '../ids.ts'
import type { Logger } from '../log.ts'
import type { Metrics } from '../metrics.ts'
import { type Mount, type Surface, surfaces } from '../permissions.ts'
import type { Access } from './access.ts'
import { clientAddress } from './address.ts'
import { pathOf, sendError } from './failure.ts'
import { missing } from './methods.ts'
import type { Route } from './route.ts'
import { surface } from './surface.ts'
import { paramLengthMax } from './validation.ts'
import { welcome } from './welcome.ts'

export interface HttpOptions {
  mounts: ReadonlyMap<Mount, readonly Route[]>
  errors: Readonly<Record<string, ErrorEntry>>
  access: Access
  noteRefused: NoteRefused
  log: Logger
  metrics: Metrics
  metricsToken: string | null
  /** Addresses and networks whose `X-Forwarded-For` is believed; none unless given. */
  trustProxy?: readonly string[]
  /** Resolves when the node can serve; throws with what is missing. */
  ready: () => Promise<void>
  surfaceHosts: ReadonlyMap<string, Surface>
  version: string
  publicUrl: string
}

export async function createHttp(options: HttpOptions): Promise<FastifyInstance> {
  const { trustProxy = [] } = options
  const recorded = { observed: requestTimes(options.metrics), log: options.log }
  const app = Fastify({
    genReqId: () => prefixedId('req'),
    rewriteUrl: (request) => rewrite(request, options.surfaceHosts),
    frameworkErrors: (error, request, reply) => {
      // The router met it: no hook ran and none will.
      addHeaders(request, reply)
      sendError(error, { request, reply, log: options.log })
      record(request, reply, recorded)
    },
    trustProxy: trustProxy.length === 0 ? false : [...trustProxy],
    routerOptions: { maxParamLength: paramLengthMax, ignoreTrailingSlash: true },
    forceCloseConnections: 'idle',
    // Long enough for the largest import on a slow line.
    requestTimeout: 3_600_000,
    connectionTimeout: 0,
    keepAliveTimeout: 72_000,
  })
  app.server.headersTimeout = 30_000
  observe(app, recorded)
  addErrors(app, options)
  addHealth(app, options)
  const shared = {
    errors: options.errors,
    access: options.access,
    noteRefused: options.noteRefused,
    log: options.log,
    version: options.version,
    publicUrl: options.publicUrl,
  }
  for (const [mount, routes] of options.mounts) {
    await app.register(surface, { prefix: `/${mount}`, mount, routes, ...shared })
  }
  return app
}

/** `Host: api.example.com` of a mapped host stands for the surface's base path. */
function rewrite(request: IncomingMessage, hosts: ReadonlyMap<string, Surface>): string {
  const url = request.url ?? '/'
  const wellKnown = url.startsWith('/.well-known/') ? wellKnownOf(url) : null
  // Where authorities look for it, whatever host they ask (RFC 8555, section 8.3).
  if (url.startsWith(challengePath))
    return `/trust/acme-challenge/${url.slice(challengePath.length)}`
  if (wellKnown !== null) return wellKnown
  if (hosts.size === 0) return url
  const mount = hosts.get((request.headers.host ?? '').toLowerCase().replace(/:\d+$/, ''))
  if (mount === undefined || url === `/${mount}` || url.startsWith(`/${mount}/`)) return url
  return `/${mount}${url}`
}

/** RFC 8414, section 3.1: the document's name stands before the issuer's path, or after it. */
function wellKnownOf(url: string): string | null {
  const match = wellKnown.exec(pathOf(url))
  return match && `/${match[2]}/.well-known/${match[1]}`
}

const challengePath = '/.well-known/acme-challenge/'
const wellKnown = new RegExp(String.raw`^/\.well-known/([\w-]+)/(\w+/\w+|${surfaces.join('|')})/?$`)

/** Told once which series an observation belongs to, and not again with each request. */
function requestTimes({ requests }: Metrics): Observe {
  const series = new Map<string, { observe(seconds: number): void }>()
  return (operation, status, seconds) => {
    const name = `${operation} ${status}`
    let known = series.get(name)
    if (known === undefined) {
      known = requests.labels(operation, String(status))
      series.set(name, known)
    }
    known.observe(seconds)
  }
}

type Observe = (operation: string, status: number, seconds: number) => void

function observe(app: FastifyInstance, options: Recorded): void {
  app.addHook('onRequest', (request, reply, done) => {
    addHeaders(request, reply)
    done()
  })
  app.addHook('onResponse', (request, reply, done) => {
    record(request, reply, options)
    done()
  })
}

function addHeaders(request: FastifyRequest, reply: FastifyReply): void {
  const asked = request.routeOptions.config?.echoRequestId && request.headers['x-request-id']
  reply.header('x-request-id', asked || request.id)
  reply.header('x-content-type-options', 'nosniff')
}

interface Recorded {
  observed: Observe
  log: Logger
}

function record(request: FastifyRequest, reply: FastifyReply, { observed, log }: Recorded): void {
  const { operationId = 'other' } = request.routeOptions.config ?? {}
  observed(operationId, reply.statusCode, reply.elapsedTime / 1000)
  const level = reply.statusCode >= 500 ? 'error' : reply.statusCode >= 400 ? 'info' : 'debug'
  if (!log.isLevelEnabled(level)) return
  log[level](
    {
      request_id: request.id,
      operation: operationId,
      method: request.method,
      path: pathOf(request.url),
      status: reply.statusCode,
      duration_ms: Math.round(reply.elapsedTime * 10) / 10,
      address: clientAddress(request),
    },
    'request',
  )
}

const healthPaths = ['/healthz', '/readyz', '/metrics']

/** For what lies outside every surface. */
function addErrors(app: FastifyInstance, { log }: HttpOptions): void {
  const table = healthPaths.map((path) => ({ method: 'GET' as const, path }))
  app.setErrorHandler((error: FastifyError, request, reply) => {
    return sendError(error, { request, reply, log })
  })
  app.setNotFoundHandler((request, reply) => {
    return sendError(missing(table, pathOf(request.url)), { request, reply, log })
  })
}

function addHealth(app: FastifyInstance, options: HttpOptions): void {
  const page = welcome(options.mounts.keys(), options.version)
  app.get('/', (_request, reply) => reply.type('text/html; charset=utf-8').send(page))
  app.get('/healthz', () => ({ status: 'ok' }))
  app.get('/readyz', async (_request, reply) => {
    try {
      await options.ready()
      return { status: 'ready' }
    } catch (error) {
      options.log.warn({ err: error }, 'not ready')
      return reply.code(503).send({ status: 'not_ready' })
    }
  })
  app.get('/metrics', async (request, reply) => {
    if (!mayReadMetrics(request, options.metricsToken)) {
      throw common.problem('metrics_closed')
    }
    return reply.type(options.metrics.contentType).send(await options.metrics.text())
  })
}

function mayReadMetrics(request: FastifyRequest, token: string | null): boolean {
  // Set, it is asked for everywhere: a proxy beside the server makes the world look like loopback.
  if (token !== null) return sameText(request.headers.authorization ?? '', `Bearer ${token}`)
  return ['127.0.0.1', '::1', '::ffff:127.0.0.1'].includes(clientAddress(request))
}

/** In constant time: digests have one length, whatever was sent. */
function sameText(given: string, expected: string): boolean {
  const [a, b] = [given, expected].map((text) => createHash('sha256').update(text).digest())
  return a !== undefined && b !== undefined && timingSafeEqual(a, b)
}
