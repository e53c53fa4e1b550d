// Which client asks: HTTP Basic or the body, one of them. Failures count per client and address, so
// that a stranger uses up neither the client's hour nor anybody's but their own; and alike whether
// there is such a client or not, so that no answer tells which there are.
import { timingSafeEqual } from 'node:crypto'
import type { IncomingHttpHeaders } from 'node:http'
import { LRUCache } from 'lru-cache'
import type { NoteRefused } from '../../platform/audit/refusals.ts'
import type { Problem } from '../../platform/errors.ts'
import { network } from '../../platform/http/address.ts'
import { rateLimited } from '../../platform/http/rate-limit.ts'
import { invalidField } from '../../platform/http/validation.ts'
import { keyChecksumHolds } from '../../platform/ids.ts'
import type { Allowance, Limits } from '../../platform/limits.ts'
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
  noteRefused: NoteRefused
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
      const wrong = (found: KnownClient | null) =>
        wrongWith(found, { secret, address: attempt.address, now: now() })
      // What cannot be an id of ours is looked up all the same: nothing is told apart by its time.
      const known = await clients.find(clientForm.test(id) ? id : '-', (it) => wrong(it) === null)
      const reason = wrong(known)
      if (known === null || reason !== null) {
        throw await failures.record(known, attempt, { place, reason: reason ?? 'secret' })
      }
      failures.passed(place)
      return known
    },
  }
}

const placesMax = 50_000

/** `place`: the id that was sent, whether there is such a client or not, and the network. */
function createFailures({ limits, plans, noteRefused, now }: ClientAuthenticationOptions) {
  const good = new LRUCache<string, true>({ max: placesMax })
  const beyond = new LRUCache<string, Allowance>({ max: placesMax })

  /** Throws 429 without a look-up, but not at clients that were let in from there before. */
  function refuseBeyond(address: string, place: string): void {
    const spent = beyond.get(network(address))
    if (spent === undefined || spent.resetAt * 1000 <= now() || good.has(place)) return
    throw rateLimited(spent, now())
  }

  async function record(
    known: KnownClient | null,
    attempt: Attempt,
    { place, reason }: { place: string; reason: string },
  ): Promise<Problem> {
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
    if (known !== null) {
      const { id, name, organization_id: organizationId } = known
      const caller = { organizationId, actor: { kind: 'client', id, name } as const }
      const origin = { caller, address: attempt.address, requestId: attempt.requestId }
      const what = { action: 'client.refused', objectType: 'client', objectId: id, reason }
      // Ids of clients are no secret: whoever knows one must not fill the log of its organization.
      noteRefused(origin, { ...what, apart: from })
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

/** Null where nothing is. The same work whether there is such a client or not. */
function wrongWith(
  known: KnownClient | null,
  { secret, address, now }: { secret: string; address: string; now: number },
): 'secret' | 'expired' | 'address' | null {
  if (!matches(known, secret, now) || known === null) return 'secret'
  if (known.expires_at !== null && Date.parse(known.expires_at) <= now) return 'expired'
  return addressAllowed(known.ip_allow, address) ? null : 'address'
}

const clientForm = /^client_[0-9a-z]{12}$/
const challenge = { 'www-authenticate': 'Basic realm="panthera", charset="UTF-8"' }
const nobody = Buffer.alloc(32)

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
