// What a route is: one value that is validation, types, documentation and access at once.
import type { IncomingHttpHeaders } from 'node:http'
import type { Readable } from 'node:stream'
import type { z } from 'zod'
import type { Problem } from '../errors.ts'
import type { Permission } from '../permissions.ts'
import type { LimitName } from '../rates.ts'
import type { Caller } from './caller.ts'

export interface Request<Params, Query, Body> {
  caller: Caller
  params: Params
  query: Query
  body: Body
  requestId: string
  address: string
  /** Below the surface's base path, with its query, as it was asked. */
  url: string
  headers: IncomingHttpHeaders
  /** Sets a header of the answer, also where it becomes an error. */
  header(name: string, value: string): void
  /** Aborts when the client goes away. */
  signal: AbortSignal
}

export interface Route {
  /** HEAD is answered as GET is; a row of its own says where the two differ. */
  method: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  /** Below the surface's base path, `/api/scans/:scan_id`. */
  path: string
  operationId: string
  summary: string
  tag: string
  /**
   * `session`: whoever is logged in, and no key. `any`: whoever authenticates; the route decides.
   * `public` routes stand in a list of their test.
   */
  permission: Permission | 'session' | 'any' | 'public'
  params?: z.ZodType
  query?: z.ZodType
  body?: z.ZodType
  /** The raw body is handed over as a stream; the route bounds it. */
  rawBody?: readonly string[]
  /**
   * The body is handed over as text, whatever its content type, and the route reads it; `body`
   * then documents it only, as each of the types.
   */
  textBody?: { types: readonly string[]; bytesMax: number }
  /** A limit of its own beside the plan's, counted per organization. */
  limit?: LimitName
  /** Renders errors for clients that expect another form; null: the surface's own. */
  errorForm?: ErrorForm
  /** The answer carries the `X-Request-ID` of a client that sent one; ours stands in the log. */
  echoRequestId?: true
  status: number
  /** What a success looks like; a content type where it is not JSON. */
  reply: z.ZodType | string
  /** Codes beyond those every route has. */
  errors?: readonly string[]
  handle: (request: never) => Promise<unknown>
}

export type ErrorForm = (
  problem: Problem,
  headers: IncomingHttpHeaders,
) => { status: number; body: object; contentType?: string } | null

interface TypedRoute<
  Params extends z.ZodType,
  Query extends z.ZodType,
  Body extends z.ZodType,
  Reply extends z.ZodType | string,
> extends Omit<Route, 'params' | 'query' | 'body' | 'reply' | 'handle'> {
  params?: Params
  query?: Query
  body?: Body
  reply: Reply
  handle: (
    request: Request<z.output<Params>, z.output<Query>, z.output<Body>>,
  ) => Promise<Reply extends z.ZodType ? z.input<Reply> : Streamed>
}

/** An answer that is written piece by piece. */
export interface Streamed {
  /** The route's own unless given; with 304 the client has what is asked for already. */
  status?: number
  contentType: string
  fileName?: string
  body: AsyncIterable<string | Uint8Array>
}

/** Ties the handler's types to the schemas; at run time it only returns its argument. */
export function route<
  Params extends z.ZodType = z.ZodUndefined,
  Query extends z.ZodType = z.ZodUndefined,
  Body extends z.ZodType = z.ZodUndefined,
  Reply extends z.ZodType | string = string,
>(definition: TypedRoute<Params, Query, Body, Reply>): Route {
  return definition as unknown as Route
}

/** The body of a route with `rawBody`. */
export type RawBody = Readable
