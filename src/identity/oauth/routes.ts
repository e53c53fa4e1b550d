// /identity/v1/oauth/* and the documents beside it.
import { z } from 'zod'
import { common, type Problem } from '../../platform/errors.ts'
import { network } from '../../platform/http/address.ts'
import type { Authenticator } from '../../platform/http/caller.ts'
import { rateHeaders, rateLimited } from '../../platform/http/rate-limit.ts'
import { type Reach, reachOf } from '../../platform/http/reach.ts'
import { type Request, type Route, route } from '../../platform/http/route.ts'
import { invalidField } from '../../platform/http/validation.ts'
import type { Limits } from '../../platform/limits.ts'
import { holds } from '../../platform/permissions.ts'
import type { LimitName, PlanLimits } from '../../platform/rates.ts'
import { errors } from '../errors.ts'
import { toSeconds } from '../keys/v1.ts'
import type { ClientAuthentication } from './client-authentication.ts'
import { inDialect, oauthErrors } from './dialect.ts'
import { type IntrospectOptions, introspect } from './introspect.ts'
import { Metadata, metadata } from './metadata.ts'
import {
  bodyBytesMax,
  bodyTypes,
  dialectOf,
  type Parameters,
  readParameters,
  required,
} from './parameters.ts'
import { type RevokeOptions, revokeToken } from './revoke.ts'
import { Introspection, Revoked, Token, TokenNamed, TokenRequest } from './schema.ts'
import type { SigningKeys } from './signing-keys.ts'
import type { TokenService } from './tokens.ts'

export interface OAuthOptions extends RevokeOptions, IntrospectOptions {
  service: TokenService
  clients: ClientAuthentication
  keys: SigningKeys
  limits: Limits
  plans: PlanLimits
  /** For introspection by whoever has a key or a token. */
  authenticate: Authenticator
  now: () => number
}

type Sent = Omit<Request<unknown, unknown, unknown>, 'caller' | 'params' | 'query' | 'signal'>

const endpoint = {
  method: 'POST',
  tag: 'OAuth 2.0',
  permission: 'public',
  status: 200,
  textBody: { types: bodyTypes, bytesMax: bodyBytesMax },
  errorForm: oauthErrors,
} as const

export function oauthRoutes(options: OAuthOptions): Route[] {
  return [tokenRoute(options), revokeRoute(options), introspectRoute(options)].concat(
    documentRoutes(options),
  )
}

function tokenRoute(options: OAuthOptions): Route {
  return route({
    ...endpoint,
    path: '/v1/oauth/token',
    operationId: 'issueToken',
    summary: 'Exchange credentials of a client, or a refresh token, for an access token',
    body: TokenRequest,
    reply: Token,
    errors: [
      'invalid_client',
      'invalid_grant',
      'invalid_scope',
      'unauthorized_client',
      'unsupported_grant_type',
      'rate_limited',
    ],
    handle: (request) =>
      answer(request, async (parameters) => {
        const grantType = required(parameters, 'grant_type')
        if (grantType !== 'client_credentials' && grantType !== 'refresh_token') {
          throw errors.problem('unsupported_grant_type')
        }
        const { headers, address, requestId } = request
        const client = await options.clients.authenticate({
          headers,
          parameters,
          address,
          requestId,
        })
        const asking = { client, parameters, address, requestId }
        const limit = grantType === 'refresh_token' ? 'identity.refresh' : 'identity.token'
        await spend(options, request, { limit, who: client.id })
        return grantType === 'refresh_token'
          ? options.service.byRefreshToken(asking)
          : options.service.byClientCredentials(asking)
      }),
  })
}

function revokeRoute(options: OAuthOptions): Route {
  return route({
    ...endpoint,
    path: '/v1/oauth/revoke',
    operationId: 'revokeToken',
    summary: 'Revoke an access token, or a refresh token with all that came of it',
    body: TokenNamed,
    reply: Revoked,
    errors: ['invalid_client', 'rate_limited'],
    handle: (request) =>
      answer(request, async (parameters) => {
        const { headers, address, requestId } = request
        await spend(options, request, { limit: 'identity.revoke', who: network(address) })
        const attempt = { headers, parameters, address, requestId }
        if (options.clients.offered(attempt)) await options.clients.authenticate(attempt)
        await revokeToken(options, required(parameters, 'token'), { address, requestId })
        const revoked_at = toSeconds(new Date(options.now()).toISOString())
        return { status: 'revoked' as const, revoked_at }
      }),
  })
}

function introspectRoute(options: OAuthOptions): Route {
  return route({
    ...endpoint,
    path: '/v1/oauth/introspect',
    operationId: 'introspectToken',
    summary: 'Tell whether a token holds; asked by a client, or with the scope manage:keys',
    body: TokenNamed,
    reply: Introspection,
    errors: ['invalid_client', 'unauthorized', 'forbidden', 'rate_limited'],
    handle: (request) =>
      answer(request, async (parameters) => {
        const who = network(request.address)
        await spend(options, request, { limit: 'identity.introspect', who })
        const reach = await reachOfAsker(options, request, parameters)
        return introspect(options, required(parameters, 'token'), reach)
      }),
  })
}

function documentRoutes({ keys, tokens }: OAuthOptions): Route[] {
  const shared = { method: 'GET', tag: 'OAuth 2.0', permission: 'public', status: 200 } as const
  const kept = 'public, max-age=300'
  return [
    route({
      ...shared,
      path: '/v1/.well-known/jwks.json',
      operationId: 'getJwks',
      summary: 'The public keys that access tokens are signed with',
      reply: z.object({ keys: z.array(z.record(z.string(), z.unknown())) }),
      handle: async ({ header }) => {
        const published = await keys.published()
        header('cache-control', kept)
        return { keys: published.map((jwk) => ({ ...jwk })) }
      },
    }),
    route({
      ...shared,
      path: '/v1/.well-known/oauth-authorization-server',
      operationId: 'getAuthorizationServer',
      summary: 'Where the endpoints are and what they take (RFC 8414)',
      reply: Metadata,
      handle: async ({ header }) => {
        header('cache-control', kept)
        return metadata(tokens.issuer)
      },
    }),
  ]
}

async function answer<Result>(
  request: Sent,
  work: (parameters: Parameters) => Promise<Result>,
): Promise<Result> {
  try {
    const result = await work(readParameters(request.headers, request.body))
    request.header('pragma', 'no-cache')
    return result
  } catch (error) {
    if (!isClientProblem(error)) throw error
    throw inDialect(error, dialectOf(request.headers))
  }
}

function isClientProblem(error: unknown): error is Problem {
  return error instanceof Error && (error as { code?: string }).code === 'invalid_client'
}

async function spend(
  { limits, plans, now }: OAuthOptions,
  request: Sent,
  { limit, who }: { limit: LimitName; who: string },
): Promise<void> {
  const allowance = await limits.take(`${limit} ${who}`, plans.named(limit))
  for (const [name, value] of Object.entries(rateHeaders(allowance))) request.header(name, value)
  if (!allowance.allowed) throw rateLimited(allowance, now())
}

/** A client asks by what it is; a key or a token needs the scope that shows clients anyway. */
async function reachOfAsker(
  options: OAuthOptions,
  { headers, address, requestId }: Sent,
  parameters: Parameters,
): Promise<Reach> {
  const bearer = /^Bearer +(\S+) *$/i.exec(headers.authorization ?? '')?.[1]
  const attempt = { headers, parameters, address, requestId }
  if (bearer === undefined) {
    const client = await options.clients.authenticate(attempt)
    const workspaceId = client.in_default_workspace ? null : client.workspace_id
    return { organizationId: client.organization_id, workspaceId }
  }
  if (options.clients.offered(attempt)) {
    throw invalidField('client_secret', 'must not stand beside a bearer token: send one of them')
  }
  const credentials = { mount: 'identity', token: bearer, workspaceId: null, address } as const
  const caller = await options.authenticate({ ...credentials, session: null })
  if (!holds(caller.scopes, introspection)) {
    throw common.problem('forbidden', { details: { scope: introspection } })
  }
  return reachOf(caller)
}

const introspection = 'manage:keys'
