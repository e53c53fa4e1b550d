// Sectigo Certificate Manager: version 1 of its API with a login, version 2 with OAuth 2.0. It
// knows no idempotence, so an order carries a tag of ours, by which it is found again.
import { randomBytes } from 'node:crypto'
import { z } from 'zod'
import type { Outbound } from '../../../platform/outbound/index.ts'
import { parseCertificate } from '../../x509/certificate.ts'
import { encodePem, pemLabels } from '../../x509/pem.ts'
import { readBundle } from './bundle.ts'
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
import { createRest, plain, pollDelayMs, type Rest, type RestAnswer, saysSerial } from './rest.ts'
import { SectigoSettings, sectigoHeaders } from './sectigo-access.ts'

export const sectigoType: AuthorityType<SectigoSettings> = {
  settings: SectigoSettings,
  method: 'api',
  secrets: ['password', 'clientSecret'],
  destinations: ['baseUrl', 'tokenUrl'],
  isRemote: true,
}

const Chosen = z.object({
  tag: z.string(),
  sslId: z.int().optional(),
  polls: z.int().default(0),
})
type Chosen = z.infer<typeof Chosen>

const Enrolled = z.object({ sslId: z.int() })
const Listed = z.array(z.object({ sslId: z.int() }))
const Details = z.object({
  status: z.string(),
  comments: z.string().nullish(),
  serialNumber: z.string().nullish(),
})
const Failure = z.object({ code: z.int(), description: z.string().default('') })

const pageSize = 200
/** So many of the newest orders of a name are looked at for one of ours. */
const candidatesMax = 20
/** What a certificate that is still being made answers with. */
const notReady: readonly number[] = [-183, -103, -1400]

interface Reach {
  rest: Rest
  settings: SectigoSettings
}

export interface SectigoParts {
  settings: SectigoSettings
  outbound: Pick<Outbound, 'request'>
  now: () => number
}

export function createSectigoAuthority(parts: SectigoParts): AuthorityConnector {
  const { settings } = parts
  const rest = createRest({
    outbound: parts.outbound,
    name: 'Sectigo',
    baseUrl: settings.baseUrl,
    headers: sectigoHeaders(parts),
    reasonOf: (answer) => {
      const failure = failureOf(answer)
      return failure === null ? null : `${failure.description} (code ${failure.code})`
    },
    now: parts.now,
  })
  const certify = (order: Order, intent: Intent) =>
    goOn({ rest, settings }, order, Chosen.parse(intent))
  return {
    async prepare(order) {
      requireServer(order)
      requireHosts(order, { addresses: false })
      termOf(order, settings)
      return { tag: `panthera ${randomBytes(12).toString('hex')}` }
    },
    issue: certify,
    renew: certify,
    revoke: ({ certificate, reason }) =>
      revoke(rest, { serial: parseCertificate(certificate).serialNumber, reason }),
    test: () => test({ rest, settings }),
    validity: () => ({ daysMax: settings.maxTermDays, daysDefault: settings.termDays }),
  }
}

async function goOn(reach: Reach, order: Order, chosen: Chosen): Promise<Answer> {
  const sslId = chosen.sslId ?? (await findOrder(reach.rest, order, chosen.tag))
  if (sslId === null) return enroll(reach, order, chosen)
  return statusOf(reach, order, { ...chosen, sslId })
}

/** Where an answer was lost, the order is there all the same. */
async function findOrder(rest: Rest, { commonName }: Order, tag: string): Promise<number | null> {
  const page = async (position: number) => {
    const query = new URLSearchParams({
      size: String(pageSize),
      position: String(position),
      commonName,
    })
    const answer = await rest.ask({ method: 'GET', path: `?${query}` })
    const total = Number([answer.headers['x-total-count']].flat()[0] ?? 0)
    return { ids: read(Listed, answer.json).map(({ sslId }) => sslId), total }
  }
  const first = await page(0)
  // The newest come last.
  const last = first.total > pageSize ? await page(first.total - pageSize) : first
  const newest = [...new Set([...first.ids, ...last.ids])].toSorted((a, b) => b - a)
  for (const sslId of newest.slice(0, candidatesMax)) {
    const { json } = await rest.ask({ method: 'GET', path: `/${sslId}` })
    if (read(Details, json).comments?.includes(tag) === true) return sslId
  }
  return null
}

async function enroll({ rest, settings }: Reach, order: Order, chosen: Chosen): Promise<Answer> {
  const { orgId, certType, externalRequester, dcvMode, dcvEmail } = settings
  const others = order.names.filter((name) => name !== order.commonName)
  const { json } = await rest.ask({
    method: 'POST',
    path: '/enroll',
    body: {
      orgId,
      certType,
      term: termOf(order, settings),
      csr: encodePem(pemLabels.request, order.csr),
      subjAltNames: others.join(','),
      comments: chosen.tag,
      ...(externalRequester !== undefined && { externalRequester }),
      ...(dcvMode !== undefined && { dcvMode }),
      ...(dcvEmail !== undefined && { dcvEmail }),
    },
  })
  const { sslId } = read(Enrolled, json)
  // Some profiles issue at once, and asking costs one call.
  return statusOf({ rest, settings }, order, { ...chosen, sslId })
}

type Placed = Chosen & { sslId: number }

async function statusOf(reach: Reach, order: Order, chosen: Placed): Promise<Answer> {
  const { sslId } = chosen
  const { json } = await reach.rest.ask({ method: 'GET', path: `/${sslId}` })
  const status = plain(read(Details, json).status).slice(0, 40)
  if (/^(issued|downloaded|.*pending download)$/i.test(status)) {
    return collect(reach, order, chosen)
  }
  if (/^(declined|rejected|revoked|expired|invalid|deleted|not enrolled)$/i.test(status)) {
    throw new Refused(`order ${sslId} is ${status.toLowerCase()} at Sectigo`)
  }
  return pending(
    reach,
    chosen,
    /^(requested|awaiting approval)$/i.test(status)
      ? `Order ${sslId} waits in Sectigo Certificate Manager for somebody to approve it`
      : `Order ${sslId} is ${status.toLowerCase()} at Sectigo`,
  )
}

async function collect(reach: Reach, order: Order, chosen: Placed): Promise<Answer> {
  const { sslId } = chosen
  const answer = await reach.rest.ask({
    method: 'GET',
    path: `/collect/${sslId}?format=x509`,
    headers: { accept: '*/*' },
    accepts: [400, 404, 409, 500],
  })
  if (answer.status < 300) return { state: 'issued', ...readBundle(answer.text, order.csr) }
  const failure = failureOf(answer)
  if (failure !== null && (notReady.includes(failure.code) || failure.code === 0)) {
    return pending(reach, chosen, `Order ${sslId} is being made by Sectigo`)
  }
  const message = `Sectigo does not hand out ${sslId}: ${saidBy(answer)}`
  // To give up an order that is only late would mean to pay for another.
  throw answer.status >= 500 ? new Unreachable(message) : new Refused(message)
}

function pending({ settings }: Reach, chosen: Placed, message: string): Answer {
  const retryAfterMs = pollDelayMs(settings.pollSeconds, chosen.polls)
  return { state: 'pending', intent: { ...chosen, polls: chosen.polls + 1 }, retryAfterMs, message }
}

/** A certificate that is revoked already is what was asked for. */
async function revoke(rest: Rest, wanted: { serial: string; reason: number }): Promise<void> {
  const { serial, reason } = wanted
  const answer = await rest.ask({
    method: 'POST',
    path: `/revoke/serial/${serial.toUpperCase()}`,
    body: { reasonCode: reason, reason: 'Revoked with Panthera' },
    accepts: [400, 404, 409],
  })
  if (answer.status < 300) return
  const query = new URLSearchParams({ size: '1', position: '0', serialNumber: serial })
  const { json } = await rest.ask({ method: 'GET', path: `?${query}` })
  const sslId = read(Listed, json)[0]?.sslId
  if (sslId === undefined) {
    throw new Refused(`Sectigo knows no certificate ${serial}: ${saidBy(answer)}`)
  }
  const found = await rest.ask({ method: 'GET', path: `/${sslId}` })
  const { status, serialNumber } = read(Details, found.json)
  // A list that was not filtered as asked says nothing of this certificate.
  if (/^revoked$/i.test(status) && saysSerial(serialNumber, serial)) return
  throw new Refused(`Sectigo does not revoke ${serial}: ${saidBy(answer)}`)
}

const Profiles = z.array(
  z.object({ id: z.int(), name: z.string(), terms: z.array(z.int()).default([]) }),
)

async function test({ rest, settings }: Reach) {
  const { orgId, certType, termDays } = settings
  const { json } = await rest.ask({ method: 'GET', path: `/types?organizationId=${orgId}` })
  const profiles = read(Profiles, json)
  const found = profiles.find(({ id }) => id === certType)
  if (found === undefined) {
    const there = profiles.map(({ id, name }) => `${id} (${plain(name)})`).slice(0, 10)
    const message = `organization ${orgId} has no profile ${certType}; it has ${there.join(', ')}`
    return { ok: false, message }
  }
  const name = plain(found.name)
  if (found.terms.length > 0 && !found.terms.includes(termDays)) {
    const message = `profile ${name} does not issue for ${termDays} days: ${found.terms.join(', ')}`
    return { ok: false, message }
  }
  return { ok: true, message: `Sectigo accepts the credentials, and issues by profile ${name}` }
}

function termOf({ validityDays }: Order, { termDays, maxTermDays }: SectigoSettings): number {
  const wanted = validityDays ?? termDays
  if (wanted <= maxTermDays) return wanted
  throw new Refused(`must be at most ${maxTermDays}, the bound of this authority`, 'validityDays')
}

function failureOf({ json }: RestAnswer): z.infer<typeof Failure> | null {
  return Failure.safeParse(json).data ?? null
}

function saidBy(answer: RestAnswer): string {
  const failure = failureOf(answer)
  return failure === null
    ? `status ${answer.status}`
    : `${plain(failure.description)} (code ${failure.code})`
}

/**
 * Throws Unreachable where an answer has not the form that is documented: it may be the page of a
 * proxy, behind which the order has been placed.
 */
function read<Shape>(shape: z.ZodType<Shape>, json: unknown): Shape {
  const parsed = shape.safeParse(json)
  if (parsed.success) return parsed.data
  const path = parsed.error.issues[0]?.path.join('.') ?? ''
  throw new Unreachable(`Sectigo answered what cannot be read: ${path || 'no JSON of the kind'}`)
}
