// What an endpoint of the ACME server is, and what all of them are given.
import type { AuditOrigin } from '../../platform/audit/audit.ts'
import type { Trust } from '../parts.ts'
import type { AccountRow } from './account-store.ts'
import type { AcmeAuthority, KnownAuthorities } from './authority.ts'
import type { PayloadForm } from './checks/payload.ts'
import type { SignedBy } from './checks/signer.ts'
import type { PublicKey } from './jose.ts'
import type { Nonces } from './nonces.ts'

export interface Acme {
  trust: Trust
  authorities: KnownAuthorities
  nonces: Nonces
}

/** A request whose signature holds, by an account that is open, or by a key alone. */
export interface Signed {
  authority: AcmeAuthority
  account: AccountRow | null
  key: PublicKey
  /** Undefined where a resource is only read. */
  payload: unknown
  params: Record<string, string>
  /** That the request was signed for. */
  url: string
  address: string
  requestId: string
}

export interface AcmeAnswer {
  status: 200 | 201
  /** An object is JSON, a text a chain of certificates; null says nothing. */
  body: object | string | null
  headers?: Record<string, string>
  /** Beside the link to the directory. */
  up?: string
}

export interface Endpoint extends PayloadForm {
  /** Below the authority's own address; its parameters are UUIDs. */
  path: string
  operationId: string
  summary: string
  signedBy: SignedBy
  handle(acme: Acme, request: Signed): Promise<AcmeAnswer>
}

/** Of endpoints that only accounts sign. */
export function accountOf({ account }: Signed): AccountRow {
  if (account === null) throw new Error('an endpoint for accounts was reached by a key')
  return account
}

export function originOf({ authority, account, address, requestId }: Signed): AuditOrigin {
  const actor = {
    kind: 'client',
    id: account === null ? 'acme' : `acme:${account.id}`,
    name: account?.contacts[0]?.replace(/^mailto:/, '') ?? 'ACME',
  } as const
  return { caller: { organizationId: authority.organizationId, actor }, address, requestId }
}
