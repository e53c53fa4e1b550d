// What every certificate authority is to the rest of Trust. Add a CA: one file that answers an
// `AuthorityConnector`, and its row in `index.ts`.
import type { z } from 'zod'

/** What is asked of an authority, the same at every repeat. */
export interface Order {
  /** Names the order for ever, so that an authority can be asked whether it knows it already. */
  id: string
  /** DER of a PKCS #10 request; its public key is what counts, the names stand below. */
  csr: Uint8Array
  commonName: string
  /** DNS names (A-labels), addresses, e-mail addresses and URIs; the common name among them. */
  names: readonly string[]
  usages: readonly ('serverAuth' | 'clientAuth')[]
  /** Null: as long as the authority gives by itself. */
  validityDays: number | null
}

/** JSON that is stored before the authority is asked: a repeat after a crash goes by it. */
export type Intent = Readonly<Record<string, unknown>>

export type Answer =
  /** DER; the chain begins with the issuer and ends below the root. */
  | { state: 'issued'; certificate: Uint8Array; chain: readonly Uint8Array[] | null }
  /** To be asked again, with 0 at once; the intent replaces the one before. */
  | { state: 'pending'; intent: Intent; retryAfterMs: number; message?: string }
  /** People carry the request to it and the certificate back. */
  | { state: 'waiting_csr' }

export interface Revocation {
  certificate: Uint8Array
  /** RFC 5280, section 5.3.1. */
  reason: number
}

export interface TestResult {
  ok: boolean
  /** One line: what was tried, and what came of it. */
  message: string
}

/** One authority with its settings. Every method may throw `Refused` or `Unreachable`. */
export interface AuthorityConnector {
  /** Chooses what a repeat must not choose again; asks nobody. */
  prepare(order: Order, now: number): Promise<Intent>
  issue(order: Order, intent: Intent): Promise<Answer>
  renew(order: Order, intent: Intent, previous: Uint8Array | null): Promise<Answer>
  /** Answers when the authority has confirmed; throws Unreachable while it has not. */
  revoke(revocation: Revocation): Promise<void>
  test(now: number): Promise<TestResult>
  /** Bounds of `validityDays`, where it has any that do not depend on who asks. */
  validity(now: number): { daysMax: number; daysDefault: number } | null
  /** When it would best be renewed; null where the authority gives no such advice. */
  advice?(certificate: Uint8Array): Promise<Advice | null>
  /** Takes back what proved a name in an order that nobody went on with. */
  clear?(left: LeftAnswer): Promise<void>
}

export interface LeftAnswer {
  orderId: string
  token: string
  kind: 'http-01' | 'dns-01' | 'tls-alpn-01'
  identifier: string
  keyAuthorization: string
}

/** Within which time to renew, and when to ask again. */
export interface Advice {
  from: number
  to: number
  retryAfterMs: number
}

export interface AuthorityType<Settings> {
  settings: z.ZodType<Settings>
  /** What renewals by this authority are called in the API. */
  method: 'acme' | 'csr' | 'api'
  /** Asking it takes time and may fail: no request of the API waits for it. */
  isRemote?: true
  /** Settings that are sealed and never shown again, as in `account.key`. */
  secrets?: readonly string[]
  /** Settings that say where the secrets are sent: who changes one gives the secrets anew. */
  destinations?: readonly string[]
}

/** The authority answered and will not: a repeat changes nothing. */
export class Refused extends Error {
  readonly field: string | null

  constructor(message: string, field: string | null = null, options?: ErrorOptions) {
    super(message, options)
    this.name = 'Refused'
    this.field = field
  }
}

/** The authority did not answer, or said that it cannot now. */
export class Unreachable extends Error {
  /** Before that it will not answer otherwise, as it said. */
  readonly retryAfterMs: number

  constructor(message: string, options?: ErrorOptions & { retryAfterMs?: number }) {
    super(message, options)
    this.name = 'Unreachable'
    this.retryAfterMs = options?.retryAfterMs ?? 0
  }
}
