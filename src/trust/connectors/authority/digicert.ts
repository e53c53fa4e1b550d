// DigiCert CertCentral, by its Services API. It knows no idempotence, so an order carries a tag of
// ours, and its list is asked for that tag before anything is ordered.
import { randomBytes } from 'node:crypto'
import { z } from 'zod'
import type { Outbound } from '../../../platform/outbound/index.ts'
import { parseCertificate } from '../../x509/certificate.ts'
import { encodePem, pemLabels } from '../../x509/pem.ts'
import { isForSameKey, readBundle } from './bundle.ts'
import {
  type Answer,
  type AuthorityConnector,
  type AuthorityType,
  type Intent,
  type Order,
  Refused,
  Unreachable,
} from './contract.ts'
import { requireHosts, requireServer } from './public-names.ts'
import {
  createRest,
  headerText,
  plain,
  pollDelayMs,
  type Rest,
  ServiceUrl,
  saysSerial,
} from './rest.ts'

export const DigicertSettings = z
  .strictObject({
    baseUrl: ServiceUrl.default('https://www.digicert.com/services/v2').describe(
      'https://certcentral.digicert.eu/services/v2 for accounts in Europe',
    ),
    apiKey: headerText(500).describe('Sealed, and never shown again'),
    product: z
      .string()
      .regex(/^[a-z0-9_]{2,60}$/, 'must be the name of a product, as in ssl_basic')
      .default('ssl_basic'),
    organizationId: z.int().min(1).optional().describe('Of the account; DV products need none'),
    containerId: z.int().min(1).optional(),
    caCertificateId: z
      .string()
      .min(1)
      .max(60)
      .optional()
      .describe('The issuing CA, where a choice'),
    dcvMethod: z
      .enum(['email', 'dns-txt-token', 'dns-cname-token', 'http-token'])
      .optional()
      .describe('For DV products'),
    paymentMethod: z.enum(['balance', 'profile']).optional(),
    skipApproval: z.boolean().default(false).describe('Where the API key may approve requests'),
    defaultValidityDays: z.int().min(1).max(1_095).default(90),
    maxValidityDays: z.int().min(1).max(1_095).default(199),
    pollSeconds: z.int().min(1).max(3_600).default(30).describe('Between the first questions'),
  })
  .refine((wanted) => wanted.defaultValidityDays <= wanted.maxValidityDays, {
    path: ['defaultValidityDays'],
    message: 'must not be more than maxValidityDays',
  })
export type DigicertSettings = z.infer<typeof DigicertSettings>

/** In the words of CertCentral, by the codes of RFC 5280. */
const reasons: Readonly<Record<number, string>> = {
  0: 'unspecified',
  1: 'key_compromise',
  3: 'affiliation_changed',
  4: 'superseded',
  5: 'cessation_of_operation',
}

export const digicertType: AuthorityType<DigicertSettings> = {
  settings: DigicertSettings,
  method: 'api',
  secrets: ['apiKey'],
  destinations: ['baseUrl'],
  isRemote: true,
}

const Chosen = z.object({
  tag: z.string(),
  since: z.string(),
  orderId: z.int().optional(),
  polls: z.int().default(0),
})
type Chosen = z.infer<typeof Chosen>

const Placed = z.object({
  id: z.int(),
  certificate_id: z.int().optional(),
  requests: z.array(z.object({ status: z.string() })).default([]),
})
const OrderInfo = z.object({
  id: z.int(),
  status: z.string(),
  certificate: z.object({ id: z.int().optional(), csr: z.string().optional() }).default({}),
  requests: z.array(z.object({ comments: z.string().nullish() })).default([]),
})
type OrderInfo = z.infer<typeof OrderInfo>
const OrderPage = z.object({ orders: z.array(z.object({ id: z.int() })).default([]) })
const Failure = z.object({
  errors: z.array(z.object({ code: z.string().nullish(), message: z.string().nullish() })).min(1),
})

/** So many of the newest orders of a name are looked at for one of ours. */
const candidatesMax = 20
const clockSkewMs = 3_600_000

export interface DigicertParts {
  settings: DigicertSettings
  outbound: Pick<Outbound, 'request'>
  now: () => number
}

export function createDigicertAuthority(parts: DigicertParts): AuthorityConnector {
  const { settings } = parts
  const rest = createRest({
    outbound: parts.outbound,
    name: 'DigiCert',
    baseUrl: settings.baseUrl,
    headers: async () => ({ 'x-dc-devkey': settings.apiKey }),
    reasonOf: ({ json }) => {
      const failure = Failure.safeParse(json).data?.errors[0]
      return failure === undefined ? null : [failure.message, failure.code].join(' ').trim()
    },
    now: parts.now,
  })
  const certify = (order: Order, intent: Intent) =>
    goOn({ rest, settings }, order, Chosen.parse(intent))
  return {
    async prepare(order, now) {
      requireServer(order)
      requireHosts(order, { addresses: true })
      daysOf(order, settings)
      const since = new Date(now - clockSkewMs).toISOString()
      return { tag: `panthera ${randomBytes(12).toString('hex')}`, since }
    },
    issue: certify,
    renew: certify,
    revoke: ({ certificate, reason }) =>
      revoke({ rest, settings }, { serial: serialOf(certificate), reason }),
    test: () => test(rest),
    validity: () => ({
      daysMax: settings.maxValidityDays,
      daysDefault: settings.defaultValidityDays,
    }),
  }
}

interface Reach {
  rest: Rest
  settings: DigicertSettings
}

async function goOn(reach: Reach, order: Order, chosen: Chosen): Promise<Answer> {
  const known = chosen.orderId ?? (await findOrder(reach.rest, order, chosen))
  if (known === null) return place(reach, order, chosen)
  const { json } = await reach.rest.ask({ method: 'GET', path: `/order/certificate/${known}` })
  const info = read(OrderInfo, json)
  return answerOf(reach, order, { ...chosen, orderId: known }, info)
}

/** Where an answer was lost, the order is there all the same: by its tag, or by the key. */
async function findOrder(rest: Rest, order: Order, { tag, since }: Chosen): Promise<number | null> {
  const query = new URLSearchParams({
    'filters[common_name]': order.commonName,
    'filters[date_created]': `>${since.slice(0, 10)}`,
    sort: '-date_created',
    limit: String(candidatesMax),
  })
  const { json } = await rest.ask({ method: 'GET', path: `/order/certificate?${query}` })
  for (const { id } of read(OrderPage, json).orders.slice(0, candidatesMax)) {
    const one = await rest.ask({ method: 'GET', path: `/order/certificate/${id}` })
    const { certificate, requests, status } = read(OrderInfo, one.json)
    if (requests.some(({ comments }) => comments?.includes(tag) === true)) return id
    const isOpen = !/^(rejected|canceled|revoked|expired)$/.test(status)
    if (isOpen && isForSameKey(certificate.csr ?? '', order.csr)) return id
  }
  return null
}

async function place({ rest, settings }: Reach, order: Order, chosen: Chosen): Promise<Answer> {
  const { organizationId, containerId, caCertificateId, dcvMethod, paymentMethod } = settings
  const others = order.names.filter((name) => name !== order.commonName)
  const { json } = await rest.ask({
    method: 'POST',
    path: `/order/certificate/${settings.product}`,
    body: {
      certificate: {
        common_name: order.commonName,
        ...(others.length > 0 && { dns_names: others }),
        csr: encodePem(pemLabels.request, order.csr),
        signature_hash: 'sha256',
        ...(caCertificateId !== undefined && { ca_cert_id: caCertificateId }),
      },
      order_validity: { days: daysOf(order, settings) },
      ...(organizationId !== undefined && { organization: { id: organizationId } }),
      ...(containerId !== undefined && { container: { id: containerId } }),
      ...(dcvMethod !== undefined && { dcv_method: dcvMethod }),
      ...(paymentMethod !== undefined && { payment_method: paymentMethod }),
      skip_approval: settings.skipApproval,
      disable_renewal_notifications: true,
      comments: chosen.tag,
    },
  })
  const { id, certificate_id, requests } = read(Placed, json)
  const placed = { ...chosen, orderId: id }
  if (certificate_id !== undefined) return download(rest, order, certificate_id)
  const waits = requests.some(({ status }) => status === 'pending')
  return pending(settings, placed, waits ? approvalOf(id) : `Order ${id} is placed with DigiCert`)
}

async function answerOf(
  { rest, settings }: Reach,
  order: Order,
  chosen: Chosen & { orderId: number },
  { status, certificate }: OrderInfo,
): Promise<Answer> {
  const { orderId } = chosen
  switch (status) {
    case 'issued':
      if (certificate.id === undefined) break
      return download(rest, order, certificate.id)
    case 'needs_approval':
      return pending(settings, chosen, approvalOf(orderId))
    case 'rejected':
    case 'canceled':
    case 'cancelled':
    case 'revoked':
    case 'expired':
      throw new Refused(`order ${orderId} is ${status} at DigiCert`)
  }
  const state = plain(status).slice(0, 40)
  return pending(settings, chosen, `Order ${orderId} is ${state} at DigiCert`)
}

async function download(rest: Rest, order: Order, certificateId: number): Promise<Answer> {
  const { text } = await rest.ask({
    method: 'GET',
    path: `/certificate/${certificateId}/download/format/pem_all`,
    headers: { accept: '*/*' },
  })
  return { state: 'issued', ...readBundle(text, order.csr) }
}

function pending({ pollSeconds }: DigicertSettings, chosen: Chosen, message: string): Answer {
  const retryAfterMs = pollDelayMs(pollSeconds, chosen.polls)
  return { state: 'pending', intent: { ...chosen, polls: chosen.polls + 1 }, retryAfterMs, message }
}

function approvalOf(orderId: number): string {
  return `Order ${orderId} waits in CertCentral for somebody to approve it`
}

const Known = z.object({
  orders: z.array(z.object({ id: z.int(), status: z.string().default('') })).default([]),
})
const Requested = z.object({
  certificate: z.object({ serial_number: z.string().nullish() }).default({}),
  requests: z
    .array(z.object({ id: z.int(), type: z.string().nullish(), status: z.string().nullish() }))
    .default([]),
})

/** Asks for the state first: a repeat must not ask twice for one revocation. */
async function revoke({ rest, settings }: Reach, { serial, reason }: Revoking): Promise<void> {
  const order = await orderOf(rest, serial)
  const about = order === null ? null : await aboutOrder(rest, order.id)
  // A list that was not filtered as asked says nothing of this certificate.
  if (about !== null && saysSerial(about.certificate.serial_number, serial)) {
    if (order?.status === 'revoked') return
    const asked = about.requests.find(
      ({ type, status }) => type === 'revoke' && status === 'pending',
    )
    if (asked !== undefined) throw unapproved(settings, asked.id)
  }
  const answer = await rest.ask({
    method: 'PUT',
    path: `/certificate/${serial}/revoke`,
    body: {
      revocation_reason: reasons[reason] ?? 'unspecified',
      comments: 'Revoked with Panthera',
      skip_approval: true,
    },
  })
  if (answer.status !== 201) return
  throw unapproved(settings, z.object({ id: z.int() }).safeParse(answer.json).data?.id ?? null)
}

interface Revoking {
  serial: string
  reason: number
}

function unapproved({ pollSeconds }: DigicertSettings, request: number | null): Unreachable {
  const which = request === null ? '' : ` ${request}`
  return new Unreachable(
    `the revocation waits in CertCentral for somebody to approve its request${which}`,
    { retryAfterMs: pollSeconds * 1_000 },
  )
}

/** Null where DigiCert knows no such certificate in this account. */
async function orderOf(rest: Rest, serial: string) {
  const query = new URLSearchParams({ 'filters[serial_number]': serial })
  const { json } = await rest.ask({ method: 'GET', path: `/order/certificate?${query}` })
  return read(Known, json).orders[0] ?? null
}

/** Its certificate, and revocations that nobody has approved yet. */
async function aboutOrder(rest: Rest, orderId: number): Promise<z.infer<typeof Requested>> {
  const { json } = await rest.ask({ method: 'GET', path: `/order/certificate/${orderId}` })
  return read(Requested, json)
}

async function test(rest: Rest) {
  const { json } = await rest.ask({ method: 'GET', path: '/user/me' })
  const who = z.object({ username: z.string() }).safeParse(json).data?.username
  const as = who === undefined ? '' : ` as ${plain(who).slice(0, 100)}`
  return { ok: true, message: `DigiCert accepts the API key${as}` }
}

function daysOf({ validityDays }: Order, settings: DigicertSettings): number {
  const wanted = validityDays ?? settings.defaultValidityDays
  if (wanted <= settings.maxValidityDays) return wanted
  const message = `must be at most ${settings.maxValidityDays}, the bound of this authority`
  throw new Refused(message, 'validityDays')
}

function serialOf(certificate: Uint8Array): string {
  return parseCertificate(certificate).serialNumber.replaceAll(':', '').toUpperCase()
}

/**
 * Throws Unreachable where an answer has not the form that is documented: it may be the page of a
 * proxy, behind which the order has been placed.
 */
function read<Shape>(shape: z.ZodType<Shape>, json: unknown): Shape {
  const parsed = shape.safeParse(json)
  if (parsed.success) return parsed.data
  const path = parsed.error.issues[0]?.path.join('.') ?? ''
  throw new Unreachable(`DigiCert answered what cannot be read: ${path || 'no JSON object'}`)
}
