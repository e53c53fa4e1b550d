// Answers authorities that prove a name by http-01. Whoever asks knows a token, and learns what the
// token stands for; nothing else is told.
import { z } from 'zod'
import { common } from '../../../../platform/errors.ts'
import { network } from '../../../../platform/http/address.ts'
import { rateLimited } from '../../../../platform/http/rate-limit.ts'
import { type Route, route } from '../../../../platform/http/route.ts'
import type { Platform } from '../../../../platform/platform.ts'
import { keyAuthorizationOf } from './answer-store.ts'

const tokenForm = /^[\w-]{16,200}$/

export function acmeAnswerRoutes(platform: Platform): Route[] {
  return [
    route({
      tag: 'ACME',
      permission: 'public',
      method: 'GET',
      path: '/acme-challenge/:token',
      operationId: 'answerAcmeChallenge',
      summary: 'What /.well-known/acme-challenge/<token> answers authorities (RFC 8555)',
      status: 200,
      params: z.object({ token: z.string() }),
      reply: 'application/octet-stream',
      errors: ['not_found', 'rate_limited'],
      handle: async ({ params, address }) => {
        const text = await answerTo(platform, params.token, address)
        if (text === null) throw common.problem('not_found')
        return { contentType: 'application/octet-stream', body: written(text) }
      },
    }),
  ]
}

/** Null where no authority has any reason to ask. Throws `rate_limited`: anyone may ask. */
export async function answerTo(
  { db, limits, plans, now }: Platform,
  token: string,
  address: string,
): Promise<string | null> {
  if (!tokenForm.test(token)) return null
  const rates = plans.named('acme.requests')
  const allowance = await limits.take(`acme.answers ${network(address)}`, rates)
  if (!allowance.allowed) throw rateLimited(allowance, now())
  return db.inSystem((tx) => keyAuthorizationOf(tx, token))
}

async function* written(text: string) {
  yield text
}
