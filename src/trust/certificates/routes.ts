// /trust/api/certificates
import { originOf } from '../../platform/http/origin.ts'
import { reachOf } from '../../platform/http/reach.ts'
import { type Request, type Route, route } from '../../platform/http/route.ts'
import { paged } from '../paging.ts'
import type { Trust } from '../parts.ts'
import { actionRoutes } from './action-routes.ts'
import { detailOf } from './detail.ts'
import { importCertificate } from './import.ts'
import { issueCertificate, mustFind } from './issue.ts'
import * as shapes from './schema.ts'
import { updateCertificate } from './service.ts'
import * as store from './store.ts'

const path = '/api/certificates'
const read = { tag: 'Certificates', permission: 'read:certificates' } as const
const change = { tag: 'Certificates', permission: 'write:certificates' } as const
const notFound = ['certificate_not_found']

export function certificateRoutes(trust: Trust): Route[] {
  const { db } = trust.platform
  return [
    route({
      ...read,
      method: 'GET',
      path,
      operationId: 'listCertificates',
      summary: 'List the certificates of the workspace',
      status: 200,
      query: shapes.CertificateQuery,
      reply: shapes.CertificateList,
      handle: async ({ caller, query }) => {
        const found = await db.inTenant(caller.organizationId, (tx) =>
          store.list(tx, reachOf(caller), query),
        )
        return paged(found, query)
      },
    }),
    route({
      ...read,
      method: 'GET',
      path: `${path}/stats`,
      operationId: 'showCertificateStatistics',
      summary: 'Count the certificates by status, authority and kind of key',
      status: 200,
      reply: shapes.Statistics,
      handle: async ({ caller }) => ({
        data: await db.inTenant(caller.organizationId, (tx) =>
          store.statistics(tx, reachOf(caller)),
        ),
      }),
    }),
    ...makingRoutes(trust),
    ...itemRoutes(trust),
    ...actionRoutes(trust, path),
  ]
}

function makingRoutes(trust: Trust): Route[] {
  const made = { ...change, method: 'POST', status: 201, reply: shapes.OneCertificate } as const
  return [
    route({
      ...made,
      path,
      operationId: 'createCertificate',
      summary: 'Issue a certificate; without a csr its key is made and kept here, encrypted',
      body: shapes.CreateCertificate,
      errors: ['ca_not_configured', 'certificate_refused', 'authority_unavailable'],
      handle: async (request) => {
        const certificate = await issueCertificate(trust, originOf(request), request.body)
        return shown(trust, request, certificate)
      },
    }),
    route({
      ...made,
      path: `${path}/import`,
      operationId: 'importCertificate',
      summary: 'Import a certificate that was issued elsewhere',
      body: shapes.ImportCertificate,
      errors: ['invalid_certificate', 'certificate_exists', 'ca_not_configured'],
      handle: async (request) => {
        const certificate = await importCertificate(trust, originOf(request), request.body)
        return shown(trust, request, certificate)
      },
    }),
  ]
}

function itemRoutes(trust: Trust): Route[] {
  const item = {
    path: `${path}/:certificate_id`,
    params: shapes.CertificatePath,
    status: 200,
  } as const
  return [
    route({
      ...read,
      ...item,
      method: 'GET',
      operationId: 'showCertificate',
      summary: 'One certificate with its PEM, its chain and where it was seen',
      reply: shapes.OneCertificate,
      errors: notFound,
      handle: async (request) => {
        const { caller, params } = request
        const certificate = await trust.platform.db.inTenant(caller.organizationId, (tx) =>
          mustFind(tx, request, params.certificate_id),
        )
        return shown(trust, request, certificate)
      },
    }),
    route({
      ...change,
      ...item,
      method: 'PUT',
      operationId: 'updateCertificate',
      summary: 'Change how a certificate is renewed and where it is deployed',
      body: shapes.UpdateCertificate,
      reply: shapes.OneCertificate,
      errors: [...notFound, 'ca_not_configured'],
      handle: async (request) => {
        const wanted = { id: request.params.certificate_id, ...request.body }
        return shown(trust, request, await updateCertificate(trust, originOf(request), wanted))
      },
    }),
  ]
}

export async function shown(
  trust: Trust,
  { caller }: Pick<Request<unknown, unknown, unknown>, 'caller'>,
  certificate: shapes.Certificate,
): Promise<{ data: shapes.CertificateDetail }> {
  const reach = reachOf(caller)
  return trust.platform.db.inTenant(caller.organizationId, async (tx) => ({
    data: await detailOf(trust, tx, reach, certificate),
  }))
}
