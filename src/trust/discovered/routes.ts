// /trust/api/discovered-certificates
import { originOf } from '../../platform/http/origin.ts'
import { reachOf } from '../../platform/http/reach.ts'
import { type Route, route } from '../../platform/http/route.ts'
import { factsOf } from '../certificates/facts.ts'
import { takeIn } from '../certificates/import.ts'
import { shown } from '../certificates/routes.ts'
import { OneCertificate } from '../certificates/schema.ts'
import { errors } from '../errors.ts'
import { paged } from '../paging.ts'
import type { Trust } from '../parts.ts'
import { DiscoveredList, DiscoveredPath, DiscoveredQuery, ImportDiscovered } from './schema.ts'
import * as store from './store.ts'

const path = '/api/discovered-certificates'
const tag = 'Discovered certificates'

export function discoveredRoutes(trust: Trust): Route[] {
  const { db } = trust.platform
  return [
    route({
      method: 'GET',
      path,
      operationId: 'listDiscoveredCertificates',
      summary: 'List the certificates that were found, the latest first',
      tag,
      permission: 'read:certificates',
      status: 200,
      query: DiscoveredQuery,
      reply: DiscoveredList,
      handle: async ({ caller, query }) =>
        paged(
          await db.inTenant(caller.organizationId, (tx) => store.list(tx, reachOf(caller), query)),
          query,
        ),
    }),
    route({
      method: 'POST',
      path: `${path}/:discovered_id/import`,
      operationId: 'importDiscoveredCertificate',
      summary: 'Manage a certificate that was found',
      tag,
      permission: 'write:certificates',
      status: 201,
      params: DiscoveredPath,
      body: ImportDiscovered,
      reply: OneCertificate,
      errors: ['discovered_certificate_not_found', 'certificate_exists', 'ca_not_configured'],
      handle: async (request) => {
        const origin = originOf(request)
        const { organizationId } = request.caller
        const certificate = await db.inTenant(organizationId, async (tx) => {
          const found = await store.lock(tx, reachOf(request.caller), request.params.discovered_id)
          if (found === null) throw errors.problem('discovered_certificate_not_found')
          // Where it was found, also for who sees all workspaces.
          const { workspaceId } = found
          const made = await takeIn(
            tx,
            { ...origin, caller: { ...origin.caller, workspaceId } },
            {
              ...request.body,
              facts: factsOf(found.der),
              chain: found.chain,
              sealedKey: null,
              source: 'discovered',
            },
          )
          await store.markImported(tx, { organizationId, id: found.id }, made.id)
          return made
        })
        return shown(trust, request, certificate)
      },
    }),
  ]
}
