// Lets an auditor in: the token out of a header or of the cookie that the link set, the link behind
// it, and what it opens.
import { hash } from 'node:crypto'
import type { IncomingHttpHeaders } from 'node:http'
import { cookie } from '../../platform/http/browser.ts'
import type { Caller } from '../../platform/http/caller.ts'
import { rateHeaders, rateLimited } from '../../platform/http/rate-limit.ts'
import { createRefused } from '../../platform/http/refused.ts'
import { keyChecksumHolds } from '../../platform/ids.ts'
import type { Platform } from '../../platform/platform.ts'
import { errors } from '../errors.ts'
import type { Reach } from '../packs/reach.ts'
import type { AuditorLink } from './schema.ts'
import * as store from './store.ts'

export const auditorCookie = 'certus.auditor'
export const tokenPrefix = 'al_'

/** Each read is a row of the audit log, so a link cannot be used to flood it. */
const rates = { minute: 120, day: 5_000 }

export interface Admitted {
  link: AuditorLink
  /** With no scopes: nothing but what is handed it here is open to it. */
  caller: Caller & { reach: Reach }
}

export interface Asking {
  address: string
  headers: IncomingHttpHeaders
  header(name: string, value: string): void
}

export type Admit = (asking: Asking, token: string | null) => Promise<Admitted>

export function hashOf(token: string): Buffer {
  return Buffer.from(hash('sha256', token, 'hex'), 'hex')
}

export function tokenIn(headers: IncomingHttpHeaders): string | null {
  const bearer = /^Bearer +(\S+) *$/i.exec(headers.authorization ?? '')?.[1]
  return bearer ?? cookie(headers, auditorCookie)
}

/** Throws 401 `auditor_link_invalid` and 429. */
export function createAdmit({ db, limits, now }: Platform): Admit {
  const refused = createRefused(now)
  return async ({ address, header }, token) => {
    const digest = hashOf(token ?? '')
    const credential = `auditor ${digest.toString('hex')}`
    if (refused.isBeyond(address, credential)) throw rateLimited(refused.spent(), now())
    const isToken = token?.startsWith(tokenPrefix) === true && keyChecksumHolds(token)
    const link = isToken ? await db.inSystem((tx) => store.open(tx, digest)) : null
    if (link === null) {
      const allowance = refused.record(address, credential)
      if (!allowance.allowed) throw rateLimited(allowance, now())
      throw errors.problem('auditor_link_invalid')
    }
    refused.passed(credential)
    const allowance = await limits.take(`auditor ${link.id}`, rates)
    for (const [name, value] of Object.entries(rateHeaders(allowance))) header(name, value)
    if (!allowance.allowed) throw rateLimited(allowance, now())
    return { link, caller: callerOf(link) }
  }
}

function callerOf(link: AuditorLink & { organization_id: string }): Admitted['caller'] {
  const { id, name, repositories, frameworks, from, to, expires_at } = link
  return {
    organizationId: link.organization_id,
    workspaceId: '',
    plan: 'free',
    actor: { kind: 'system', id: `auditor_link ${id}`, name },
    surface: 'certus',
    scopes: [],
    expiresAt: expires_at,
    firstOrganization: false,
    reach: { repositories, frameworks, from, to },
  }
}
