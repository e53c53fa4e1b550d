// What a link opens: the routes that read evidence, once more below /auditor, each within the
// link's reach and each read written into the audit log before it is answered.
import { appendAudit } from '../../platform/audit/audit.ts'
import { Problem } from '../../platform/errors.ts'
import type { Request, Route } from '../../platform/http/route.ts'
import type { Platform } from '../../platform/platform.ts'
import { errors } from '../errors.ts'
import { type Admit, type Admitted, tokenIn } from './admission.ts'
import * as store from './store.ts'

/** Nothing else is opened. */
const opened = [
  'listEvidence',
  'getEvidence',
  'getEvidenceBundle',
  'getEvidenceOscal',
  'getEvidenceReport',
  'listControls',
  'getCheckpoint',
  'getTile',
  'proveInclusion',
  'proveConsistency',
]

type Asked = Request<Record<string, unknown>, Record<string, unknown>, unknown>

/** @param routes of the surface */
export function readingRoutes(platform: Platform, admit: Admit, routes: readonly Route[]): Route[] {
  return routes
    .filter(({ operationId }) => opened.includes(operationId))
    .map((route) => {
      const handle = route.handle as unknown as (asked: Asked) => Promise<unknown>
      const as = { operationId: `audit${route.operationId.replace(/^./, (a) => a.toUpperCase())}` }
      return {
        ...route,
        ...as,
        path: route.path.replace(/^\/api\//, '/auditor/'),
        tag: 'Auditors',
        summary: `For an auditor’s link: ${route.summary}`,
        permission: 'public' as const,
        errors: [...(route.errors ?? []), 'auditor_link_invalid'],
        handle: async (asked: Asked) => {
          const admitted = await admit(asked, tokenIn(asked.headers))
          return logged(platform, admitted, asked, as.operationId, () =>
            handle(withCaller(asked, admitted)),
          )
        },
      }
    })
}

function withCaller(asked: Asked, { caller }: Admitted): Asked {
  const { params, query, body, requestId, address, url, headers, header } = asked
  return {
    caller,
    params,
    query,
    body,
    requestId,
    address,
    url,
    headers,
    header,
    get signal() {
      return asked.signal
    },
  }
}

/** Reads, then notes it; without the note there is no answer. */
export async function logged<Answer>(
  { db }: Platform,
  { link, caller }: Admitted,
  asked: Pick<Asked, 'params' | 'query' | 'address' | 'requestId'>,
  operation: string,
  read: () => Promise<Answer>,
): Promise<Answer> {
  const note = (result: 'success' | 'failure', more: Record<string, unknown> = {}) =>
    db.inTenant(caller.organizationId, async (tx) => {
      const isOpen = await store.noteRead(tx, caller.organizationId, link.id)
      const { evidence_pack_id: packId, ...params } = asked.params ?? {}
      const isOfPack = typeof packId === 'string'
      await appendAudit(
        tx,
        { caller, address: asked.address, requestId: asked.requestId },
        {
          action: 'auditor_link.read',
          objectType: isOfPack ? 'evidence_pack' : 'auditor_link',
          objectId: isOfPack ? packId : link.id,
          result,
          details: { link_id: link.id, operation, ...params, ...asked.query, ...more },
        },
      )
      return isOpen
    })
  let answer: Answer
  try {
    answer = await read()
  } catch (error) {
    await note('failure', { code: error instanceof Problem ? error.code : 'internal' })
    throw error
  }
  // It may have been revoked while this was read.
  if (await note('success')) return answer
  throw errors.problem('auditor_link_invalid')
}
