// Which client asks: HTTP Basic or the body, one of them. Failures count per client and address, so
// that a stranger uses up neither the client's hour nor anybody's but their own.
import { timingSafeEqual } from 'node:crypto'
import type { IncomingHttpHeaders } from 'node:http'
import ipaddr from 'ipaddr.js'
import { appendAudit } from '../../platform/audit/audit.ts'
import type { Database, Tx } from '../../platform/db.ts'
import type { Problem } from '../../platform/errors.ts'
import { rateLimited } from '../../platform/http/rate-limit.ts'
import { invalidField } from '../../platform/http/validation.ts'
import { keyChecksumHolds } from '../../platform/ids.ts'
import type { Limits } from '../../platform/limits.ts'
import type { PlanLimits } from '../../platform/rates.ts'
import type { KnownClient } from '../clients/store.ts'
import { errors } from '../errors.ts'
import { addressAllowed } from '../keys/ranges.ts'
import { hashKey } from '../keys/service.ts'
import type { Lookups } from '../lookups.ts'
import type { Parameters } from './parameters.ts'

export interface Attempt {
  headers: IncomingHttpHeaders
  parameters: Parameters
  address: string
  requestId: string
}

export interface ClientAuthentication {
  /** Whether there is anything that names a client's secret. */
  offered(attempt: Attempt): boolean
  /** Throws `invalid_request` (400), `invalid_client` (401) or 429. */
  authenticate(attempt: Attempt): Promise<KnownClient>
}

interface Presented {
  id: string
  secret: string
}

export function clientAuthentication(options: {
  clients: Lookups<string, KnownClient>
  limits: Limits
  plans: PlanLimits
  db: Database
  now: () => number
}): ClientAuthentication {
  const { clients, limits, plans, db, now } = options

  async function refused(known: KnownClient | null, attempt: Attempt): Promise<Problem> {
    // Ids that do not exist share one subject: else each would cost a row.
    const subject = `identity.failures ${known?.id ?? '-'} ${network(attempt.address)}`
    const allowance = await limits.take(subject, plans.named('identity.failures'))
    if (!allowance.allowed) return rateLimited(allowance, now())
    // At most as many rows as the limit lets through.
    if (known !== null) await db.inTenant(known.organization_id, (tx) => audit(tx, known, attempt))
    // RFC 6749, section 5.2. Clients that sent a body look for the error there and nowhere else.
    const usedBasic = basicText(attempt.headers) !== null
    return errors.problem('invalid_client', { headers: usedBasic ? challenge : {} })
  }

  return {
    offered: ({ headers, parameters }) =>
      basicText(headers) !== null || parameters.has('client_secret'),
    async authenticate(attempt) {
      const presented = presentedBy(attempt)
      const id = presented?.id ?? ''
      const known = clientForm.test(id) ? await clients.find(id) : null
      const secret = presented?.secret ?? ''
      const right = matches(known, secret, now())
      const inTime = known?.expires_at == null || Date.parse(known.expires_at) > now()
      if (known === null || !right || !inTime || !addressAllowed(known.ip_allow, attempt.address)) {
        throw await refused(known, attempt)
      }
      return known
    },
  }
}

async function audit(tx: Tx, known: KnownClient, attempt: Attempt): Promise<void> {
  const { address, requestId } = attempt
  const actor = { kind: 'client' as const, id: known.id, name: known.name }
  const caller = { organizationId: known.organization_id, actor }
  await appendAudit(
    tx,
    { caller, address, requestId },
    {
      action: 'client.authenticated',
      objectType: 'client',
      objectId: known.id,
      result: 'failure',
    },
  )
}

const clientForm = /^client_[0-9a-z]{12}$/
const challenge = { 'www-authenticate': 'Basic realm="panthera", charset="UTF-8"' }
const nobody = Buffer.alloc(32)

/** The same work whether there is such a client or not. */
function matches(known: KnownClient | null, secret: string, now: number): boolean {
  const hash = hashKey(secret)
  const inOverlap = known?.previous_until != null && Date.parse(known.previous_until) > now
  const current = timingSafeEqual(hash, known?.secret_hash ?? nobody)
  const previous = timingSafeEqual(hash, known?.previous_secret_hash ?? nobody)
  return keyChecksumHolds(secret) && (current || (inOverlap && previous))
}

/** Null where there are none, or what there is cannot be read. Throws where there are two. */
function presentedBy({ headers, parameters }: Attempt): Presented | null {
  const [id, secret] = [parameters.get('client_id'), parameters.get('client_secret')]
  const text = basicText(headers)
  if (text === null) {
    return id === undefined || secret === undefined ? null : { id, secret }
  }
  const basic = decodeBasic(text)
  if (secret !== undefined) {
    throw invalidField('client_secret', 'must not stand beside HTTP Basic: send one of them')
  }
  if (id !== undefined && id !== basic?.id) {
    throw invalidField('client_id', 'must be the one of HTTP Basic, or be left out')
  }
  return basic
}

function basicText({ authorization = '' }: IncomingHttpHeaders): string | null {
  return /^Basic +(\S*) *$/i.exec(authorization)?.[1] ?? null
}

/** RFC 6749, section 2.3.1: both parts are form-encoded before they are joined. */
function decodeBasic(text: string): Presented | null {
  const decoded = Buffer.from(text, 'base64').toString()
  const at = decoded.indexOf(':')
  if (at < 0) return null
  try {
    const [id, secret] = [decoded.slice(0, at), decoded.slice(at + 1)].map((part) =>
      decodeURIComponent(part.replaceAll('+', ' ')),
    )
    return { id: id ?? '', secret: secret ?? '' }
  } catch {
    return null
  }
}

/** One household has 2^64 addresses of version 6. */
export function network(address: string): string {
  if (!ipaddr.isValid(address)) return '-'
  const parsed = ipaddr.process(address)
  if (parsed.kind() === 'ipv4') return parsed.toString()
  return `${parsed.toByteArray().slice(0, 8).join('.')}/64`
}
