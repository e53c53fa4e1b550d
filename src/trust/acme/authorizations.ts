// Authorizations and challenges as clients see them (RFC 8555 §7.5).
import { z } from 'zod'
import { challengeOffered } from '../../events/acme.ts'
import { appendAudit } from '../../platform/audit/audit.ts'
import type { Tx } from '../../platform/db.ts'
import { appendEvent } from '../../platform/outbox.ts'
import type { AcmeAuthority } from './authority.ts'
import * as store from './authorization-store.ts'
import { type Acme, accountOf, type Endpoint, originOf, type Signed } from './endpoint.ts'
import { acmeErrors } from './errors.ts'
import { takeAllowance } from './rates.ts'

const Deactivation = z.object({ status: z.literal('deactivated') })

export const authorizationEndpoints: Endpoint[] = [
  {
    path: '/authorization/:authorization',
    operationId: 'acmeAuthorization',
    summary: 'What proves an identifier; or give the proof up',
    signedBy: 'account',
    payload: Deactivation,
    readable: true,
    handle: authorization,
  },
  {
    path: '/challenge/:challenge',
    operationId: 'acmeChallenge',
    summary: 'Say that a challenge can be validated',
    signedBy: 'account',
    payload: z.object({}),
    readable: true,
    handle: challenge,
  },
]

async function authorization(acme: Acme, request: Signed) {
  const { authority, payload, params } = request
  const { organizationId } = authority
  return acme.trust.platform.db.inTenant(organizationId, async (tx) => {
    const gives = payload !== undefined
    const row = await mustFind(tx, request, params.authorization ?? '', { locked: gives })
    if (gives && ['pending', 'valid'].includes(row.status)) {
      await store.setAuthorization(tx, organizationId, row.id, { status: 'deactivated' })
      row.status = 'deactivated'
      await appendAudit(tx, originOf(request), {
        action: 'acme_authorization.deactivated',
        objectType: 'acme_authorization',
        objectId: row.id,
        details: { value: row.value },
      })
    }
    const challenges = await store.challengesOf(tx, organizationId, row.id)
    const headers = row.status === 'pending' ? { 'retry-after': '1' } : {}
    return { status: 200 as const, headers, body: bodyOf(authority, row, challenges) }
  })
}

async function mustFind(tx: Tx, request: Signed, id: string, options = { locked: false }) {
  const { organizationId } = request.authority
  const owner = { organizationId, accountId: accountOf(request).id }
  const row = await store.findAuthorization(tx, owner, id, options)
  if (row === null) throw acmeErrors.problem('acme_missing')
  return row
}

function bodyOf(
  authority: AcmeAuthority,
  row: store.AuthorizationRow,
  challenges: readonly store.ChallengeRow[],
) {
  // What was not chosen is of no use once the matter is settled.
  const shown =
    row.status === 'pending'
      ? challenges
      : challenges.filter(({ status }) => status === 'valid' || status === 'invalid')
  return {
    status: row.status,
    expires: row.expiresAt,
    identifier: { type: row.type, value: row.value },
    ...(row.wildcard ? { wildcard: true } : {}),
    challenges: shown.map((each) => challengeOf(authority, each)),
  }
}

function challengeOf({ url }: AcmeAuthority, row: store.ChallengeRow) {
  return {
    type: row.type,
    url: url(`/challenge/${row.id}`),
    status: row.status,
    token: row.token,
    ...(row.validatedAt === null ? {} : { validated: row.validatedAt }),
    ...(row.error === null ? {} : { error: row.error }),
  }
}

async function challenge(acme: Acme, request: Signed) {
  const { authority, payload, params } = request
  const { organizationId } = authority
  const account = accountOf(request)
  if (payload !== undefined) await takeAllowance(acme, 'acme.offers', account.id)
  return acme.trust.platform.db.inTenant(organizationId, async (tx) => {
    const found = await store.findChallenge(tx, organizationId, params.challenge ?? '')
    if (found === null) throw acmeErrors.problem('acme_missing')
    const parent = await mustFind(tx, request, found.authorizationId, { locked: true })
    // Read again under the lock: two requests start one validation.
    const row = (await store.findChallenge(tx, organizationId, found.id)) ?? found
    if (payload !== undefined && parent.status === 'pending' && row.status === 'pending') {
      await store.offerChallenge(tx, organizationId, row.id, request.key.thumbprint)
      row.status = 'processing'
      await appendEvent(tx, challengeOffered, {
        organizationId,
        payload: { challenge_id: row.id },
      })
    }
    return {
      status: 200 as const,
      body: challengeOf(authority, row),
      up: authority.url(`/authorization/${parent.id}`),
      headers: row.status === 'processing' ? { 'retry-after': '1' } : {},
    }
  })
}
