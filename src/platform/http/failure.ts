// Answers an error in the form of the surface that the address belongs to, whoever met it: a
// handler, the parser, the router, or nobody at all.
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify'
import { common, Problem } from '../errors.ts'
import type { Logger } from '../log.ts'
import { type Mount, surfaces } from '../permissions.ts'
import { renderProblem } from './render.ts'
import { bodyBytesMax, fromFastify } from './validation.ts'

export interface FailureContext {
  request: FastifyRequest
  reply: FastifyReply
  log: Logger
}

const mounts: readonly Mount[] = [...surfaces, 'console']
const jsonOnly = ['application/json']

export function sendError(error: FastifyError | Problem, context: FailureContext): FastifyReply {
  const { request, reply, log } = context
  const { config, bodyLimit: bytesMax = bodyBytesMax } = request.routeOptions
  const accepted = config?.accepts ?? jsonOnly
  const problem =
    error instanceof Problem
      ? error
      : (fromFastify(error, { accepted, bytesMax }) ?? internal(error))
  if (problem.status >= 500) {
    log.error({ err: problem.cause ?? problem, request_id: request.id }, problem.message)
  }
  for (const [name, value] of Object.entries(problem.headers)) reply.header(name, value)
  const own = request.routeOptions.config?.errorForm?.(problem, request.headers)
  if (problem.status === 401 && !own && problem.headers['www-authenticate'] === undefined) {
    reply.header('www-authenticate', 'Bearer realm="panthera"')
  }
  const {
    status,
    body,
    contentType = 'application/json; charset=utf-8',
  } = own ?? {
    status: problem.status,
    body: renderProblem(mountOf(request.url), problem, request.id),
  }
  // As bytes: of a text Fastify would name the character set, which problem+json does not have.
  return reply
    .code(status)
    .header('cache-control', 'no-store')
    .header('content-type', contentType)
    .send(Buffer.from(JSON.stringify(body)))
}

/** Outside any surface errors have Gate's form. */
export function mountOf(url: string): Mount {
  const [, first] = pathOf(url).split('/')
  return mounts.find((mount) => mount === first) ?? 'gate'
}

export function pathOf(url: string): string {
  return url.split('?', 1)[0] ?? ''
}

function internal(cause: Error): Problem {
  const lost = ['ECONNREFUSED', 'ENOENT', '57P01', '57P03', '53300'].includes(
    (cause as { code?: string }).code ?? '',
  )
  return common.problem(lost ? 'unavailable' : 'internal', { cause })
}
