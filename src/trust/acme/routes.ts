// /trust/acme/<authority>/…: the table of endpoints as routes.
import { z } from 'zod'
import { type Request, type Route, route, type Streamed } from '../../platform/http/route.ts'
import type { Trust } from '../parts.ts'
import { admit } from './admit.ts'
import { type AcmeAuthority, knownAuthorities } from './authority.ts'
import type { Acme, AcmeAnswer, Endpoint } from './endpoint.ts'
import { endpoints } from './endpoints.ts'
import { acmeErrors, problemDocument } from './errors.ts'
import { createNonces } from './nonces.ts'
import { renewalInformation } from './renewal-info.ts'

const tag = 'ACME'
const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/
const requestBytesMax = 131_072
const types = ['application/jose+json']
const AuthorityPath = z.object({ authority: z.string() })
const shared = { tag, permission: 'public', errorForm: problemDocument } as const

export function acmeRoutes(trust: Trust): Route[] {
  const { platform } = trust
  const acme = {
    trust,
    authorities: knownAuthorities(platform),
    nonces: createNonces(platform),
  }
  return [
    directoryRoute(acme),
    ...nonceRoutes(acme),
    renewalInfoRoute(acme),
    ...endpoints.map((endpoint) => endpointRoute(acme, endpoint)),
  ]
}

function directoryRoute(acme: Acme): Route {
  return route({
    ...shared,
    method: 'GET',
    path: '/acme/:authority/directory',
    operationId: 'acmeDirectory',
    summary: 'Where an ACME client begins (RFC 8555)',
    status: 200,
    params: AuthorityPath,
    reply: 'application/json',
    handle: async ({ params }) => {
      const { url, settings } = await authorityIn(acme, params)
      return json(200, {
        newNonce: url('/new-nonce'),
        newAccount: url('/new-account'),
        newOrder: url('/new-order'),
        revokeCert: url('/revoke-cert'),
        keyChange: url('/key-change'),
        renewalInfo: url('/renewal-info'),
        meta: { externalAccountRequired: settings.externalAccountRequired },
      })
    },
  })
}

function nonceRoutes(acme: Acme): Route[] {
  const nonce = (method: 'GET' | 'HEAD', status: number) =>
    route({
      ...shared,
      method,
      path: '/acme/:authority/new-nonce',
      operationId: method === 'GET' ? 'acmeNewNonce' : 'acmeHeadNonce',
      summary: 'A fresh nonce, in Replay-Nonce',
      status,
      params: AuthorityPath,
      reply: 'application/json',
      handle: async ({ params, header }) => {
        const authority = await authorityIn(acme, params)
        welcome(acme, authority, header)
        return { contentType: 'application/json', body: written('') }
      },
    })
  return [nonce('HEAD', 200), nonce('GET', 204)]
}

function renewalInfoRoute(acme: Acme): Route {
  return route({
    ...shared,
    method: 'GET',
    path: '/acme/:authority/renewal-info/:certificate',
    operationId: 'acmeRenewalInfo',
    summary: 'When a certificate is best renewed (RFC 9773)',
    status: 200,
    params: AuthorityPath.extend({ certificate: z.string() }),
    reply: 'application/json',
    handle: async ({ params, header }) => {
      const authority = await authorityIn(acme, params)
      header('retry-after', '21600')
      return json(200, await renewalInformation(acme, authority, params.certificate))
    },
  })
}

function endpointRoute(acme: Acme, endpoint: Endpoint): Route {
  const path = `/acme/:authority${endpoint.path}`
  const names = [...path.matchAll(/:(\w+)/g)].map(([, name = '']) => [name, z.string()] as const)
  return route({
    ...shared,
    method: 'POST',
    path,
    operationId: endpoint.operationId,
    summary: endpoint.summary,
    status: 200,
    params: z.object(Object.fromEntries(names)),
    textBody: { types, bytesMax: requestBytesMax },
    reply: 'application/json',
    handle: (request) => answer(acme, endpoint, request),
  })
}

async function answer(
  acme: Acme,
  endpoint: Endpoint,
  request: Request<Record<string, string>, unknown, unknown>,
): Promise<Streamed> {
  const { params, header, headers, body, address, requestId } = request
  const { authority: named = '', ...ids } = params
  const authority = await authorityIn(acme, { authority: named })
  welcome(acme, authority, header)
  if (!Object.values(ids).every((id) => uuid.test(id))) throw acmeErrors.problem('acme_missing')
  const sent = { contentType: headers['content-type'], body, params: ids, address, requestId }
  const told = await endpoint.handle(acme, await admit(acme, authority, endpoint, sent))
  for (const [name, value] of Object.entries(told.headers ?? {})) header(name, value)
  if (told.up !== undefined) header('link', `${indexLink(authority)}, <${told.up}>;rel="up"`)
  return replied(told)
}

function replied({ status, body }: AcmeAnswer): Streamed {
  if (typeof body !== 'string') return json(status, body)
  return { status, contentType: 'application/pem-certificate-chain', body: written(body) }
}

/** The next nonce, also beside an error. */
function welcome(acme: Acme, authority: AcmeAuthority, header: (a: string, b: string) => void) {
  header('replay-nonce', acme.nonces.make(authority.id))
  header('link', indexLink(authority))
}

function indexLink({ url }: AcmeAuthority): string {
  return `<${url('/directory')}>;rel="index"`
}

async function authorityIn(acme: Acme, { authority }: { authority: string }) {
  if (!/^[1-9]\d{0,14}$/.test(authority)) throw acmeErrors.problem('acme_missing')
  return acme.authorities(Number(authority))
}

function json(status: number, body: object | null): Streamed {
  const text = body === null ? '' : JSON.stringify(body)
  return { status, contentType: 'application/json', body: written(text) }
}

async function* written(text: string) {
  if (text !== '') yield text
}
