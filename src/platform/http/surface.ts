// Mounts one surface: its routes behind access, limits and validation, its errors in its own form,
// its OpenAPI document and its reference page.
import type { IncomingHttpHeaders, ServerResponse } from 'node:http'
import { Readable } from 'node:stream'
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { NoteRefused } from '../audit/refusals.ts'
import { common, type ErrorEntry, Problem } from '../errors.ts'
import type { Logger } from '../log.ts'
import { holds, type Mount } from '../permissions.ts'
import type { Access } from './access.ts'
import { clientAddress } from './address.ts'
import { ambiguity } from './ambiguity.ts'
import { type Caller, WorkspaceDenied } from './caller.ts'
import { pathOf, sendError } from './failure.ts'
import { missing } from './methods.ts'
import { openapi } from './openapi.ts'
import { reference } from './reference.ts'
import type { ErrorForm, Route, Streamed } from './route.ts'
import { bodyBytesMax, isPlainJson, validate } from './validation.ts'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Names the route in metrics and logs. */
    operationId?: string
    /** Content types that its body may have. */
    accepts?: readonly string[]
    errorForm?: ErrorForm
    /** The client's own `X-Request-ID` is the answer's. */
    echoRequestId?: true
  }
  interface FastifyRequest {
    /** Once it is let in. */
    caller?: Caller
    /** Of its body, as `isPlainJson` says. */
    isPlain: boolean
  }
}

export interface SurfaceOptions {
  mount: Mount
  routes: readonly Route[]
  errors: Readonly<Record<string, ErrorEntry>>
  access: Access
  noteRefused: NoteRefused
  log: Logger
  version: string
  publicUrl: string
}

const jsonOnly = ['application/json']
/** What `reference` adds to every surface. */
const documents = ['/openapi.json', '/docs'].map((path) => ({ method: 'GET' as const, path }))

/** A Fastify plugin; register it under the surface's prefix. */
export async function surface(app: FastifyInstance, options: SurfaceOptions): Promise<void> {
  readJson(app)
  app.decorateRequest('caller')
  app.decorateRequest('isPlain', false)
  app.setErrorHandler((error: FastifyError, request, reply) => {
    noteForbidden(error, request, options.noteRefused)
    return sendError(error, { request, reply, log: options.log })
  })
  const table = [...options.routes, ...documents]
  app.setNotFoundHandler((request, reply) => {
    const path = pathOf(request.url).slice(`/${options.mount}`.length)
    return sendError(missing(table, path), { request, reply, log: options.log })
  })
  for (const route of options.routes) addRoute(app, route, options)
  const document = openapi(options.routes, options)
  await app.register(reference, { document, mount: options.mount })
}

function addRoute(app: FastifyInstance, route: Route, options: SurfaceOptions): void {
  const { permission } = route
  const add = (scope: FastifyInstance) =>
    scope.route({
      method: route.method,
      url: route.path,
      config: {
        operationId: route.operationId,
        accepts: route.rawBody ?? jsonOnly,
        ...(route.errorForm === undefined ? {} : { errorForm: route.errorForm }),
        ...(route.echoRequestId === undefined ? {} : { echoRequestId: true as const }),
      },
      bodyLimit: route.textBody?.bytesMax ?? bodyBytesMax,
      ...(permission === 'public'
        ? {}
        : {
            onRequest: async (request: FastifyRequest, reply: FastifyReply) => {
              const caller = await options.access.admit(options.mount, request, reply, {
                limit: route.limit,
              })
              request.caller = caller
              requirePermission(caller, permission)
            },
          }),
      handler: (request, reply) => answer(route, request, reply),
    })
  const { rawBody } = route
  if (rawBody !== undefined) app.register(async (scope) => add(rawBodies(scope, rawBody)))
  else if (route.textBody !== undefined) app.register(async (scope) => add(textBodies(scope)))
  else add(app)
}

/** Throws 403. */
function requirePermission(caller: Caller, permission: Exclude<Route['permission'], 'public'>) {
  if (permission === 'any') return
  if (permission !== 'session') {
    if (holds(caller.scopes, permission)) return
    throw common.problem('forbidden', { details: { scope: permission } })
  }
  if (caller.session !== undefined) return
  throw common.problem('forbidden', {
    message: 'Only a person who is logged in may do this',
    details: { credential: 'session' },
  })
}

/** Who is let in and reaches for more: of interest to their organization. */
function noteForbidden(error: Error, request: FastifyRequest, note: NoteRefused): void {
  if (!(error instanceof Problem) || error.status !== 403) return
  const caller = error instanceof WorkspaceDenied ? error.counted : request.caller
  if (caller === undefined) return
  const { scope, workspace_id } = error.details
  const details = {
    ...(typeof scope === 'string' ? { scope } : {}),
    ...(typeof workspace_id === 'string' ? { workspace_id: workspace_id.slice(0, 64) } : {}),
  }
  note(
    { caller, address: clientAddress(request), requestId: request.id },
    {
      action: 'request.refused',
      objectType: 'operation',
      objectId: request.routeOptions.config?.operationId ?? 'other',
      reason: error.code,
      details,
    },
  )
}

/** What a handler is given. Few of them ask for the signal, so it is made when they do. */
class Handled {
  caller: Caller | undefined
  params: unknown
  query: unknown
  body: unknown
  requestId: string
  address: string
  url: string
  headers: IncomingHttpHeaders
  header: (name: string, value: string) => void
  readonly #response: ServerResponse
  #signal: AbortSignal | undefined

  constructor(route: Route, request: FastifyRequest, reply: FastifyReply) {
    this.caller = request.caller
    this.params = route.params && validate(route.params, request.params, 'path')
    this.query = route.query && validate(route.query, request.query, 'query')
    this.body = bodyOf(route, request)
    this.requestId = request.id
    this.address = clientAddress(request)
    this.url = request.url.replace(/^\/[^/?]*/, '')
    this.headers = request.headers
    this.header = (name, value) => void reply.header(name, value)
    this.#response = reply.raw
  }

  get signal(): AbortSignal {
    this.#signal ??= goneSignal(this.#response)
    return this.#signal
  }
}

/** Aborts when the client goes away, or where it has gone already. */
function goneSignal(response: ServerResponse): AbortSignal {
  const gone = new AbortController()
  const closed = () => {
    if (!response.writableFinished) gone.abort(new Error('the client went away'))
  }
  if (response.closed) closed()
  else response.once('close', closed)
  return gone.signal
}

async function answer(route: Route, request: FastifyRequest, reply: FastifyReply) {
  const result = await route.handle(new Handled(route, request, reply) as never)
  reply.code(route.status)
  if (!reply.hasHeader('cache-control')) reply.header('cache-control', 'no-store')
  if (typeof route.reply === 'string') return sendStream(reply, result as Streamed)
  // Parsing drops what the schema does not name: no column leaves by accident.
  const body = JSON.stringify(route.reply.parse(result))
  return reply.header('content-type', 'application/json; charset=utf-8').send(body)
}

function bodyOf(route: Route, request: FastifyRequest): unknown {
  if (route.rawBody !== undefined || route.textBody !== undefined) return request.body
  const { isPlain } = request
  return route.body && validate(route.body, request.body, 'body', { isPlain })
}

function sendStream(reply: FastifyReply, streamed: Streamed) {
  if (streamed.status === 304) return reply.code(304).send()
  if (streamed.status !== undefined) reply.code(streamed.status)
  reply.header('content-type', streamed.contentType)
  if (streamed.fileName !== undefined) {
    reply.header('content-disposition', `attachment; filename="${streamed.fileName}"`)
  }
  return reply.send(Readable.from(streamed.body))
}

/**
 * Clients that always send the JSON content type also send it with DELETE and no body. A name that
 * comes twice is refused.
 */
function readJson(app: FastifyInstance): void {
  const parse = app.getDefaultJsonParser('error', 'error')
  app.removeContentTypeParser('application/json')
  app.addContentTypeParser('application/json', { parseAs: 'string' }, (request, body, done) => {
    const text = body as string
    if (text === '') return done(null, undefined)
    request.isPlain = isPlainJson(text)
    parse(request, text, (error, value) => {
      const problem = error ?? ambiguity(text)
      if (problem === null) done(null, value)
      else done(problem)
    })
  })
}

function rawBodies(scope: FastifyInstance, types: readonly string[]): FastifyInstance {
  scope.removeAllContentTypeParsers()
  for (const type of types) {
    scope.addContentTypeParser(type, (_request, payload, done) => done(null, payload))
  }
  return scope
}

function textBodies(scope: FastifyInstance): FastifyInstance {
  scope.removeAllContentTypeParsers()
  scope.addContentTypeParser('*', { parseAs: 'string' }, (_request, body, done) => {
    done(null, body)
  })
  return scope
}
