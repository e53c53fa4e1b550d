// Which client asks: HTTP Basic or the body, one of them. Failures count per client and address, so
// that a stranger uses up neither the client's hour nor anybody's but their own; and alike whether
// there is such a client or not, so that no answer tells which there are.
import { timingSafeEqual } from 'node:crypto'
import type { IncomingHttpHeaders } from 'node:http'
import { LRUCache } from 'lru-cache'
import { appendAudit } from '../../platform/audit/audit.ts'
import type { Database, Tx } from '../../platform/db.ts'
import type { Problem } from '../../platform/errors.ts'
import { network } from '../../platform/http/address.ts'
import { rateLimited } from '../../platform/http/rate-limit.ts'
import { invalidField } from '../../platform/http/validation.ts'
import { keyChecksumHolds } from '../../platform/ids.ts'
import type { Allowance, Limits } from '../../platform/limits.ts'
import type { Logger } from '../../platform/log.ts'
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

export interface ClientAuthenticationOptions {
  clients: Lookups<string, KnownClient>
  limits: Limits
  plans: PlanLimits
  db: Database
  log: Logger
  now: () => number
}

export function clientAuthentication(options: ClientAuthenticationOptions): ClientAuthentication {
  const { clients, now } = options
  const failures = createFailures(options)
  return {
    offered: ({ headers, parameters }) =>
      basicText(headers) !== null || parameters.has('client_secret'),
    async authenticate(attempt) {
      const presented = presentedBy(attempt)
      // Nothing was guessed, so nothing counts.
      if (presented === null) throw errors.problem('invalid_client')
      const { id, secret } = presented
      const place = `${clientForm.test(id) ? id : '-'} ${network(attempt.address)}`
      failures.refuseBeyond(attempt.address, place)
      const known = clientForm.test(id) ? await clients.find(id) : null
      const right = matches(known, secret, now())
      const inTime = known?.expires_at == null || Date.parse(known.expires_at) > now()
      if (known === null || !right || !inTime || !addressAllowed(known.ip_allow, attempt.address)) {
        throw await failures.record(known, attempt, place)
      }
      failures.passed(place)
      return known
    },
  }
}

const placesMax = 50_000

/** `place`: the id that was sent, whether there is such a client or not, and the network. */
function createFailures({ limits, plans, db, log, now }: ClientAuthenticationOptions) {
  const good = new LRUCache<string, true>({ max: placesMax })
  const beyond = new LRUCache<string, Allowance>({ max: placesMax })

  /** Throws 429 without a look-up, but not at clients that were let in from there before. */
  function refuseBeyond(address: string, place: string): void {
    const spent = beyond.get(network(address))
    if (spent === undefined || spent.resetAt * 1000 <= now() || good.has(place)) return
    throw rateLimited(spent, now())
  }

  async function record(known: KnownClient | null, attempt: Attempt, place: string) {
    good.delete(place)
    const from = network(attempt.address)
    const all = await limits.take(
      `identity.address_failures ${from}`,
      plans.named('identity.address_failures'),
    )
    if (!all.allowed) {
      beyond.set(from, all)
      return rateLimited(all, now())
    }
    const own = await limits.take(`identity.failures ${place}`, plans.named('identity.failures'))
    if (!own.allowed) return rateLimited(own, now())
    // Beside the answer, which so takes no longer where there is a client. At most as many rows as
    // the limit lets through.
    if (known !== null) {
      db.inTenant(known.organization_id, (tx) => audit(tx, known, attempt)).catch(
        (error: unknown) => log.warn({ err: error }, 'a failed authentication was not recorded'),
      )
    }
    return invalidClient(attempt)
  }

  return { refuseBeyond, record, passed: (place: string) => void good.set(place, true) }
}

/** RFC 6749, section 5.2. Clients that sent a body look for the error there and nowhere else. */
function invalidClient({ headers }: Attempt): Problem {
  const usedBasic = basicText(headers) !== null
  return errors.problem('invalid_client', { headers: usedBasic ? challenge : {} })
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

/** Null where there are none. Throws 400 where there are two. */
function presentedBy({ headers, parameters }: Attempt): Presented | null {
  const [id, secret] = [parameters.get('client_id'), parameters.get('client_secret')]
  const text = basicText(headers)
  if (text === null) {
    return id === undefined || secret === undefined ? null : { id, secret }
  }
  if (secret !== undefined) {
    throw invalidField('client_secret', 'must not stand beside HTTP Basic: send one of them')
  }
  const basic = decodeBasic(text)
  if (basic !== null && id !== undefined && id !== basic.id) {
    throw invalidField('client_id', 'must be the one of HTTP Basic, or be left out')
  }
  // What cannot be read names nobody, and fails as that does.
  return basic ?? { id: '', secret: '' }
}

/** What follows the scheme, whatever that is; null for another scheme or none. */
function basicText({ authorization = '' }: IncomingHttpHeaders): string | null {
  const match = /^Basic(?:[ \t]+(.*))?$/i.exec(authorization.trim())
  return match && (match[1] ?? '')
}

/** RFC 6749, section 2.3.1: both parts are form-encoded before they are joined. */
function decodeBasic(text: string): Presented | null {
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(text)) return null
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
