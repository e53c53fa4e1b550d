// OpenAPI 3.1 of one surface, derived from its routes: what validates is what is documented.
import { z } from 'zod'
import type { ErrorEntry } from '../errors.ts'
import { Problem } from '../errors.ts'
import { type Mount, permissions } from '../permissions.ts'
import { sessionCookie } from './browser.ts'
import { renderProblem } from './render.ts'
import type { Route } from './route.ts'

export interface Surroundings {
  mount: Mount
  version: string
  publicUrl: string
  errors: Readonly<Record<string, ErrorEntry>>
}

const titles: Record<Mount, string> = {
  gate: 'Panthera Gate: scans, findings and webhooks',
  trust: 'Panthera Trust: certificates',
  identity: 'Panthera Identity: keys, tokens and decisions',
  certus: 'Panthera Certus: evidence',
  console: 'Panthera Console: what the dashboard and the command line use',
}

/** Codes that any route with a permission may answer. */
const guarded = ['unauthorized', 'token_expired', 'key_revoked', 'forbidden', 'rate_limited']

/** Where a browser's cookie opens what a key does. */
const sessionMounts: readonly Mount[] = ['trust', 'console']
const session = {
  type: 'apiKey',
  in: 'cookie',
  name: sessionCookie,
  description: 'A person who is logged in; changes need an Origin of this installation.',
}

/** Trust's reference sends keys in a header of their own; as bearer they work, too. */
const agentKey = { type: 'apiKey', in: 'header', name: 'X-Agent-API-Key' }

export function openapi(routes: readonly Route[], around: Surroundings): object {
  const paths: Record<string, Record<string, object>> = {}
  const lifted: Lifted = { schemas: {}, prefixes: new Map() }
  for (const route of routes) {
    const path = route.path.replaceAll(/:(\w+)/g, '{$1}').replace(/\*$/, '{*}')
    paths[path] = { ...paths[path], [route.method.toLowerCase()]: operation(route, around, lifted) }
  }
  return {
    openapi: '3.1.0',
    info: { title: titles[around.mount], version: around.version },
    servers: [{ url: `${around.publicUrl}/${around.mount}` }],
    tags: tagsOf(routes, around.mount),
    paths,
    components: {
      schemas: lifted.schemas,
      securitySchemes: {
        key: {
          type: 'http',
          scheme: 'bearer',
          description:
            around.mount === 'console'
              ? 'An Identity key with the scope admin:console.'
              : `A key of this surface. Scopes: ${permissions[around.mount].join(', ')}.`,
        },
        ...(around.mount === 'trust' ? { agentKey } : {}),
        ...(sessionMounts.includes(around.mount) ? { session } : {}),
      },
    },
  }
}

/** What people come for stands first; the rest follows as it comes. */
const leadingTags: Partial<Record<Mount, readonly string[]>> = {
  identity: ['Policies', 'Decisions', 'AuthZEN', 'Principals', 'Resources', 'Keys'],
}

function tagsOf(routes: readonly Route[], mount: Mount): { name: string }[] {
  const used = new Set(routes.map(({ tag }) => tag))
  const first = (leadingTags[mount] ?? []).filter((tag) => used.has(tag))
  return [...new Set([...first, ...used])].map((name) => ({ name }))
}

function operation(route: Route, around: Surroundings, lifted: Lifted): object {
  return {
    operationId: route.operationId,
    summary: route.summary,
    tags: [route.tag],
    ...security(route.permission, around.mount),
    parameters: [
      ...parameters(route.params, 'path', lifted),
      ...parameters(route.query, 'query', lifted),
    ],
    ...requestBody(route, lifted),
    responses: {
      [route.status]: success(route, lifted),
      ...failures(route, around),
    },
  }
}

function security(permission: Route['permission'], mount: Mount): object {
  if (permission === 'public') return { security: [] }
  if (permission === 'session') {
    return { security: [{ session: [] }], description: 'Needs a person who is logged in.' }
  }
  const ways: object[] = [{ key: [] }]
  if (mount === 'trust') ways.push({ agentKey: [] })
  if (sessionMounts.includes(mount)) ways.push({ session: [] })
  if (permission === 'any') return { security: ways }
  return { security: ways, description: `Needs the scope \`${permission}\`.` }
}

interface ObjectSchema {
  properties?: Record<string, { description?: string }>
  required?: string[]
}

function parameters(
  schema: z.ZodType | undefined,
  place: 'path' | 'query',
  lifted: Lifted,
): object[] {
  if (schema === undefined) return []
  const { properties = {}, required = [] } = jsonSchema(schema, 'input', lifted) as ObjectSchema
  return Object.entries(properties).map(([name, { description, ...property }]) => ({
    name,
    in: place,
    required: place === 'path' || required.includes(name),
    ...(description === undefined ? {} : { description }),
    schema: property,
  }))
}

function requestBody(route: Route, lifted: Lifted): object {
  if (route.rawBody !== undefined && route.body === undefined) {
    const content = Object.fromEntries(route.rawBody.map((type) => [type, {}]))
    return { requestBody: { required: true, content } }
  }
  if (route.body === undefined) return {}
  const schema = jsonSchema(route.body, 'input', lifted)
  const example = z.globalRegistry.get(route.body)?.example
  const shown = example === undefined ? { schema } : { schema, example }
  const types = route.textBody?.types ?? route.rawBody ?? ['application/json']
  const content = Object.fromEntries(types.map((type) => [type, shown]))
  return { requestBody: { required: true, content } }
}

function success(route: Route, lifted: Lifted): object {
  const description = 'Success'
  if (typeof route.reply === 'string') return { description, content: { [route.reply]: {} } }
  const content = { 'application/json': { schema: jsonSchema(route.reply, 'output', lifted) } }
  return { description, content }
}

function failures(route: Route, around: Surroundings): Record<string, object> {
  const takesInput = [route.params, route.query, route.body, route.rawBody].some(Boolean)
  const codes = [
    ...(takesInput ? ['invalid_request'] : []),
    ...(route.permission === 'public' ? [] : guarded),
    ...(route.errors ?? []),
    'internal',
  ]
  const byStatus: Record<string, { description: string; content: object }> = {}
  for (const [status, entries] of Map.groupBy(
    new Set(codes),
    (code) => known(code, around).status,
  )) {
    const examples = Object.fromEntries(
      entries.map((code) => {
        const problem = new Problem(code, known(code, around))
        return [code, { value: renderProblem(around.mount, problem, 'req_1a2b3c4d5e6f') }]
      }),
    )
    byStatus[status] = {
      description: entries.map((code) => known(code, around).title).join('; '),
      content: { 'application/json': { examples } },
    }
  }
  return byStatus
}

function known(code: string, around: Surroundings): ErrorEntry {
  const entry = around.errors[code]
  if (entry === undefined) throw new Error(`a route names the unknown error ${code}`)
  return entry
}

/**
 * Recursive schemas refer to definitions from the root of what they stand in, and `#` is the whole
 * document where many stand together: so these definitions stand among its components.
 */
function jsonSchema(schema: z.ZodType, io: 'input' | 'output', lifted: Lifted): object {
  const { $schema: _, ...written } = z.toJSONSchema(schema, { io, unrepresentable: 'any' })
  const text = JSON.stringify(written)
  if (!/"\$ref":"#/.test(text)) return written
  const prefix = lifted.prefixes.get(text) ?? `Recursive${lifted.prefixes.size + 1}`
  lifted.prefixes.set(text, prefix)
  const own = text.replaceAll(/"\$ref":"#(?:\/\$defs\/([^"]*))?"/g, (_whole, name = '') =>
    JSON.stringify({ $ref: `#/components/schemas/${prefix}${name}` }).slice(1, -1),
  )
  const { $defs = {}, ...rest } = JSON.parse(own) as { $defs?: Record<string, object> }
  for (const [name, definition] of Object.entries($defs)) lifted.schemas[prefix + name] = definition
  if (own.includes(`"#/components/schemas/${prefix}"`)) lifted.schemas[prefix] = rest
  return rest
}

interface Lifted {
  schemas: Record<string, object>
  /** By the text of what they were lifted from: the same schema stands in several routes. */
  prefixes: Map<string, string>
}
