// Answers authorities that prove a name by http-01. Whoever asks knows a token, and learns what the
// token stands for; nothing else is told.
import { z } from 'zod'
import { common } from '../../../../platform/errors.ts'
import { type Route, route } from '../../../../platform/http/route.ts'
import type { Platform } from '../../../../platform/platform.ts'
import { keyAuthorizationOf } from './answer-store.ts'

const tokenForm = /^[\w-]{16,200}$/

export function acmeAnswerRoutes({ db }: Platform): Route[] {
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
      errors: ['not_found'],
      handle: async ({ params }) => {
        const text = await answerTo(db, params.token)
        if (text === null) throw common.problem('not_found')
        return { contentType: 'application/octet-stream', body: written(text) }
      },
    }),
  ]
}

/** Null where no authority has any reason to ask. */
export async function answerTo(db: Platform['db'], token: string): Promise<string | null> {
  return tokenForm.test(token) ? db.inSystem((tx) => keyAuthorizationOf(tx, token)) : null
}

async function* written(text: string) {
  yield text
}
