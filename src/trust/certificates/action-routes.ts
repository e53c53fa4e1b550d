// /trust/api/certificates/{id}/…: what is done with one certificate, and the history of it.
import { originOf } from '../../platform/http/origin.ts'
import { type Route, route } from '../../platform/http/route.ts'
import { invalidField } from '../../platform/http/validation.ts'
import { DeploymentList, StartedDeployments } from '../deployments/schema.ts'
import { deployCertificate } from '../deployments/service.ts'
import * as deployments from '../deployments/store.ts'
import { PageQuery, paged } from '../paging.ts'
import type { Trust } from '../parts.ts'
import { listOf } from '../renewals/store.ts'
import { downloadCertificate } from './download.ts'
import { mustFind } from './issue.ts'
import { revokeCertificate } from './revoke.ts'
import * as shapes from './schema.ts'
import { cancelRenewal, handInCertificate, renewCertificate } from './service.ts'

const read = { tag: 'Certificates', permission: 'read:certificates' } as const
const change = { tag: 'Certificates', permission: 'write:certificates', method: 'POST' } as const
const notFound = ['certificate_not_found']
const One = shapes.OneCertificate.extend({ data: shapes.Certificate })

export function actionRoutes(trust: Trust, path: string): Route[] {
  return [...renewalRoutes(trust, path), ...endRoutes(trust, path), ...readingRoutes(trust, path)]
}

function renewalRoutes(trust: Trust, path: string): Route[] {
  const item = { params: shapes.CertificatePath }
  return [
    route({
      ...change,
      ...item,
      path: `${path}/:certificate_id/renew`,
      operationId: 'renewCertificate',
      summary: 'Renew a certificate; it keeps its id',
      status: 202,
      body: shapes.RenewCertificate,
      reply: shapes.StartedRenewal,
      errors: [...notFound, 'renewal_in_progress', 'ca_not_configured', 'agent_unavailable'],
      handle: async (request) => {
        const wanted = { id: request.params.certificate_id, ...request.body }
        const started = await renewCertificate(trust, originOf(request), wanted)
        return { data: { ...started.certificate, renewalId: started.renewalId } }
      },
    }),
    route({
      ...change,
      ...item,
      path: `${path}/:certificate_id/certificate`,
      operationId: 'handInCertificate',
      summary: 'Hand in what an authority signed of the request that was given out',
      status: 200,
      body: shapes.HandInCertificate,
      reply: One,
      errors: [...notFound, 'not_waiting', 'invalid_certificate'],
      handle: async (request) => {
        const wanted = { id: request.params.certificate_id, ...request.body }
        return { data: await handInCertificate(trust, originOf(request), wanted) }
      },
    }),
    route({
      ...change,
      ...item,
      path: `${path}/:certificate_id/renewals/cancel`,
      operationId: 'cancelRenewal',
      summary: 'Give up the renewal that waits',
      status: 200,
      reply: One,
      errors: [...notFound, 'not_waiting', 'renewal_in_progress'],
      handle: async (request) => ({
        data: await cancelRenewal(trust, originOf(request), request.params.certificate_id),
      }),
    }),
  ]
}

function endRoutes(trust: Trust, path: string): Route[] {
  const item = { params: shapes.CertificatePath }
  return [
    route({
      ...change,
      ...item,
      path: `${path}/:certificate_id/revoke`,
      operationId: 'revokeCertificate',
      summary: 'Revoke a certificate with all its versions that are still valid',
      status: 200,
      body: shapes.RevokeCertificate.default({ reason: 'unspecified' }),
      reply: One,
      errors: [...notFound, 'already_revoked', 'not_issued_yet', 'workspace_access_denied'],
      handle: async (request) => {
        const wanted = { id: request.params.certificate_id, ...request.body }
        return { data: await revokeCertificate(trust, originOf(request), wanted) }
      },
    }),
    route({
      ...change,
      ...item,
      path: `${path}/:certificate_id/deploy`,
      operationId: 'deployCertificate',
      summary: 'Deploy a certificate to targets, by an agent',
      status: 202,
      body: shapes.DeployCertificate,
      reply: StartedDeployments,
      errors: [
        ...notFound,
        ...['agent_unavailable', 'not_issued_yet', 'already_revoked', 'private_key_not_held'],
        'deployment_in_progress',
      ],
      handle: async (request) => {
        const wanted = { id: request.params.certificate_id, ...request.body }
        return { data: await deployCertificate(trust, originOf(request), wanted) }
      },
    }),
  ]
}

function readingRoutes(trust: Trust, path: string): Route[] {
  const item = { method: 'GET', params: shapes.CertificatePath, status: 200 } as const
  const { db } = trust.platform
  return [
    route({
      ...read,
      ...item,
      path: `${path}/:certificate_id/renewals`,
      operationId: 'listRenewals',
      summary: 'The renewals of a certificate with each step, the newest first',
      query: PageQuery,
      reply: shapes.RenewalList,
      errors: notFound,
      handle: async (request) => {
        const { caller, params, query } = request
        const { organizationId } = caller
        return db.inTenant(organizationId, async (tx) => {
          await mustFind(tx, request, params.certificate_id)
          return paged(
            await listOf(tx, { organizationId, certificateId: params.certificate_id }, query),
            query,
          )
        })
      },
    }),
    route({
      ...read,
      ...item,
      path: `${path}/:certificate_id/deployments`,
      operationId: 'listDeployments',
      summary: 'The deployments of a certificate, the newest first',
      query: PageQuery,
      reply: DeploymentList,
      errors: notFound,
      handle: async (request) => {
        const { caller, params, query } = request
        const { organizationId } = caller
        return db.inTenant(organizationId, async (tx) => {
          await mustFind(tx, request, params.certificate_id)
          const place = { organizationId, certificateId: params.certificate_id }
          return paged(await deployments.listOf(tx, place, query), query)
        })
      },
    }),
    route({
      ...read,
      ...item,
      path: `${path}/:certificate_id/download`,
      operationId: 'downloadCertificate',
      summary: 'Download a certificate; the header X-Passphrase encrypts the private key',
      query: shapes.DownloadQuery,
      reply: 'application/x-pem-file',
      errors: [...notFound, 'not_issued_yet', 'private_key_not_held'],
      handle: (request) => {
        const { params, query, headers } = request
        const sent = headers['x-passphrase']
        const passphrase = typeof sent === 'string' && sent !== '' ? sent : null
        // A header has no agreed encoding beyond ASCII: nobody could open the file again.
        if (passphrase !== null && !/^[\x20-\x7e]+$/.test(passphrase)) {
          throw invalidField('X-Passphrase', 'must be of ASCII characters only')
        }
        return downloadCertificate(trust, originOf(request), {
          id: params.certificate_id,
          ...query,
          passphrase,
        })
      },
    }),
  ]
}
