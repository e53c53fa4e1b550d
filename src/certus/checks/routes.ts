// /certus/api/webhooks: what code hosts tell. Answered once it is stored; all work comes later.
import { hash } from 'node:crypto'
import type { IncomingHttpHeaders } from 'node:http'
import { z } from 'zod'
import { enterTenant } from '../../platform/db.ts'
import type { Request } from '../../platform/http/route.ts'
import { type RawBody, type Route, route } from '../../platform/http/route.ts'
import type { Platform } from '../../platform/platform.ts'
import { headsOf } from '../bitbucket/events.ts'
import { errors } from '../errors.ts'
import { headOf, installationOf, isRemoval } from '../github/events.ts'
import { headOf as gitlabHeadOf } from '../gitlab/events.ts'
import { LinkPath } from '../links/schema.ts'
import { noteLink, secretContext } from '../links/service.ts'
import * as links from '../links/store.ts'
import { bytesOf, deliveryTypes, payloadOf } from './delivery-body.ts'
import type { Head } from './head.ts'
import { type Delivery, originOf, receive } from './receive.ts'
import { gitlabSignatureHolds, hubSignatureHolds } from './signature.ts'

const Received = z.object({ received: z.literal(true) })
const received = { received: true as const }

const shared = {
  tag: 'Webhooks',
  permission: 'public',
  method: 'POST',
  status: 200,
  rawBody: deliveryTypes,
  reply: Received,
} as const

type Handled<Params> = Request<Params, unknown, unknown>

export function webhookRoutes(platform: Platform): Route[] {
  return [
    route({
      ...shared,
      path: '/api/webhooks/github',
      operationId: 'receiveGithubDelivery',
      summary: 'What GitHub tells the app: pushes, pull requests and check suites are scanned',
      errors: ['not_configured', 'invalid_signature'],
      handle: (request) => fromGithub(platform, request),
    }),
    route({
      ...shared,
      path: '/api/webhooks/gitlab/:link_id',
      operationId: 'receiveGitlabDelivery',
      summary: 'What GitLab tells: pushes and merge requests are scanned',
      params: LinkPath,
      errors: ['invalid_signature'],
      handle: (request) => fromLink(platform, request, 'gitlab'),
    }),
    route({
      ...shared,
      path: '/api/webhooks/bitbucket/:link_id',
      operationId: 'receiveBitbucketDelivery',
      summary: 'What Bitbucket tells: pushes and pull requests are scanned',
      params: LinkPath,
      errors: ['invalid_signature'],
      handle: (request) => fromLink(platform, request, 'bitbucket'),
    }),
  ]
}

/** Throws 401, 413, 503. */
async function fromGithub({ config, db }: Platform, request: Handled<unknown>) {
  const { webhookSecret } = config.github
  if (webhookSecret === null) {
    const details = { variables: ['PANTHERA_GITHUB_WEBHOOK_SECRET'] }
    throw errors.problem('not_configured', { details })
  }
  const bytes = await bytesOf(request.body as RawBody | undefined)
  const { headers } = request
  if (!hubSignatureHolds(headers['x-hub-signature-256'], bytes, webhookSecret)) {
    throw errors.problem('invalid_signature')
  }
  const payload = payloadOf(bytes, headers['content-type'])
  const installationId = installationOf(payload)
  if (installationId === null) return received
  const delivery = deliveryOf(request, bytes, { id: 'x-github-delivery', event: 'x-github-event' })
  const head = headOf(delivery.event, payload)
  const removal = isRemoval(delivery.event, payload)
  if (head === null && !removal) return received
  await db.inSystem(async (tx) => {
    const link = await links.findInstallation(tx, installationId)
    // Of an installation that nobody has bound, nothing is kept.
    if (link === null) return
    await enterTenant(tx, link.organization_id)
    const isNew = await receive(tx, link, delivery, head === null ? [] : [head])
    if (!removal || !isNew) return
    await links.remove(tx, link.organization_id, link.id)
    await noteLink(tx, originOf(link, delivery), 'removed', link)
  })
  return received
}

const named = {
  gitlab: { id: 'x-gitlab-event-uuid', event: 'x-gitlab-event' },
  bitbucket: { id: 'x-request-uuid', event: 'x-event-key' },
} as const

/** Throws 401, also where there is no such link, and 413. */
async function fromLink(
  { db, secrets, now }: Platform,
  request: Handled<{ link_id: string }>,
  provider: 'gitlab' | 'bitbucket',
) {
  const bytes = await bytesOf(request.body as RawBody | undefined)
  const { headers, params } = request
  await db.inSystem(async (tx) => {
    const link = await links.find(tx, params.link_id)
    if (link === null || link.provider !== provider || link.sealed_secret === null) {
      throw errors.problem('invalid_signature')
    }
    const context = secretContext(link.organization_id, link.id)
    const secret = secrets.open(link.sealed_secret, context).toString()
    const holds =
      provider === 'gitlab'
        ? gitlabSignatureHolds(headers, bytes, { secret, now: now() })
        : hubSignatureHolds(headers['x-hub-signature'], bytes, secret)
    if (!holds) throw errors.problem('invalid_signature')
    const payload = payloadOf(bytes, headers['content-type'])
    const delivery = deliveryOf(request, bytes, named[provider])
    const heads =
      provider === 'gitlab' ? listOf(gitlabHeadOf(payload)) : headsOf(delivery.event, payload)
    if (heads.length === 0) return
    await enterTenant(tx, link.organization_id)
    await receive(tx, link, delivery, heads)
  })
  return received
}

function listOf(head: Head | null): Head[] {
  return head === null ? [] : [head]
}

/** Who sends no id of the delivery is recognised by its bytes. */
function deliveryOf(
  { headers, address, requestId }: Handled<unknown>,
  bytes: Buffer,
  names: { id: string; event: string },
): Delivery {
  const { id = '', event = '' } = textsOf(headers, names)
  const known = /^[\w.:-]{1,128}$/.test(id) ? id : `sha256:${hash('sha256', bytes, 'hex')}`
  return { id: known, event: event.slice(0, 100), address, requestId }
}

function textsOf(headers: IncomingHttpHeaders, names: { id: string; event: string }) {
  const text = (name: string) => (typeof headers[name] === 'string' ? headers[name] : '')
  return { id: text(names.id), event: text(names.event) }
}
