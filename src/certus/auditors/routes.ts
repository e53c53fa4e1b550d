// /certus/api/auditor-links, and /certus/auditor for who was given one.
import { z } from 'zod'
import { setCookie } from '../../platform/http/browser.ts'
import { originOf } from '../../platform/http/origin.ts'
import { type Route, route } from '../../platform/http/route.ts'
import type { Platform } from '../../platform/platform.ts'
import { listEvidence } from '../packs/service.ts'
import { setPageHeaders } from '../reports/page.ts'
import { type Admit, auditorCookie, createAdmit, tokenIn } from './admission.ts'
import { auditorPage } from './page.ts'
import { logged, readingRoutes } from './reading.ts'
import { AuditorLink, LinkList, LinkPath, LinkQuery, MadeLink, NewLink } from './schema.ts'
import { makeLink, revokeLink } from './service.ts'
import * as store from './store.ts'

/** @param reading routes of which the links open some */
export function auditorRoutes(platform: Platform, reading: readonly Route[]): Route[] {
  const admit = createAdmit(platform)
  return [
    ...linkRoutes(platform),
    ...pageRoutes(platform, admit),
    ...readingRoutes(platform, admit, reading),
  ]
}

function linkRoutes(platform: Platform): Route[] {
  const shared = { tag: 'Auditors', permission: 'manage:evidence' } as const
  const path = '/api/auditor-links'
  return [
    route({
      ...shared,
      method: 'POST',
      path,
      operationId: 'createAuditorLink',
      summary: 'Make a link that opens evidence for reading until a day; its token is shown once',
      status: 201,
      body: NewLink,
      reply: MadeLink,
      handle: (asked) => makeLink(platform, originOf(asked), asked.body),
    }),
    route({
      ...shared,
      method: 'GET',
      path,
      operationId: 'listAuditorLinks',
      summary: 'List the links, the newest first, with how often each was read',
      status: 200,
      query: LinkQuery,
      reply: LinkList,
      handle: ({ caller: { organizationId }, query }) =>
        platform.db.inTenant(organizationId, (tx) => store.list(tx, organizationId, query)),
    }),
    route({
      ...shared,
      method: 'DELETE',
      path: `${path}/:link_id`,
      operationId: 'revokeAuditorLink',
      summary: 'Revoke a link; it opens nothing from this moment on',
      status: 200,
      params: LinkPath,
      reply: AuditorLink,
      errors: ['auditor_link_not_found'],
      handle: (asked) => revokeLink(platform, originOf(asked), asked.params.link_id),
    }),
  ]
}

const Token = z.strictObject({ token: z.string().max(100) })

function pageRoutes(platform: Platform, admit: Admit): Route[] {
  const shared = { tag: 'Auditors', permission: 'public', method: 'GET' } as const
  return [
    route({
      ...shared,
      path: '/auditor/open',
      operationId: 'openAuditorLink',
      summary: 'The address of a link: keeps its token in a cookie, and leads to the page',
      status: 303,
      query: Token,
      reply: 'text/html',
      errors: ['auditor_link_invalid'],
      handle: async (asked) => {
        const { link } = await admit(asked, asked.query.token)
        const seconds = Math.floor((Date.parse(link.expires_at) - platform.now()) / 1_000)
        const made = { name: auditorCookie, value: asked.query.token, seconds }
        asked.header('set-cookie', readOnlyCookie(setCookie(platform.config.publicUrl, made)))
        asked.header('referrer-policy', 'no-referrer')
        asked.header('location', 'packs')
        return { contentType: 'text/html; charset=utf-8', body: once('') }
      },
    }),
    route({
      ...shared,
      path: '/auditor/packs',
      operationId: 'showAuditorPacks',
      summary: 'The packs that a link opens, as a page',
      status: 200,
      query: z.strictObject({ offset: z.coerce.number().int().min(0).max(1_000_000).default(0) }),
      reply: 'text/html',
      errors: ['auditor_link_invalid'],
      handle: async (asked) => {
        const admitted = await admit(asked, tokenIn(asked.headers))
        const query = { limit: 50, offset: asked.query.offset }
        const about = { ...asked, params: {}, query, address: asked.address }
        const text = await logged(platform, admitted, about, 'showAuditorPacks', async () => {
          const { evidence_packs, ...list } = await listEvidence(platform, admitted.caller, query)
          return auditorPage({ link: admitted.link, packs: evidence_packs, ...list })
        })
        setPageHeaders(asked.header)
        return { contentType: 'text/html; charset=utf-8', body: once(text) }
      },
    }),
  ]
}

/**
 * Links are followed from mails and other sites, whose cookies of `Strict` a browser would keep
 * back; this one opens nothing but reading. Without a path it is sent below the link's own address.
 */
function readOnlyCookie(made: string): string {
  return made.replace(' Path=/;', '').replace('SameSite=Strict', 'SameSite=Lax')
}

async function* once(body: string) {
  yield body
}
