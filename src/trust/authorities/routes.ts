// /trust/api/certificate-authorities
import { originOf } from '../../platform/http/origin.ts'
import { type Route, route } from '../../platform/http/route.ts'
import type { Platform } from '../../platform/platform.ts'
import { paged } from '../paging.ts'
import { pemOf } from '../pem-text.ts'
import { commonName } from '../x509/name.ts'
import { type Authorities, pointersTo } from './load.ts'
import {
  type AuthorityDetail,
  AuthorityList,
  AuthorityPath,
  AuthorityQuery,
  CreateAuthority,
  DeletedAuthority,
  OneAuthority,
  TestedAuthority,
  UpdateAuthority,
} from './schema.ts'
import type { AuthorityService } from './service.ts'
import * as store from './store.ts'

const path = '/api/certificate-authorities'
const read = { tag: 'Certificate authorities', permission: 'read:certificates' } as const
const manage = { tag: 'Certificate authorities', permission: 'manage:authorities' } as const
const missing = ['certificate_authority_not_found']

interface Parts {
  platform: Platform
  authorities: Authorities
  service: AuthorityService
}

export function authorityRoutes(parts: Parts): Route[] {
  const { service } = parts
  return [
    route({
      ...read,
      method: 'GET',
      path,
      operationId: 'listCertificateAuthorities',
      summary: 'List the certificate authorities',
      status: 200,
      query: AuthorityQuery,
      reply: AuthorityList,
      handle: async ({ caller, query }) => {
        await service.ensureDefault(caller.organizationId)
        return paged(await service.list(caller.organizationId, query), query)
      },
    }),
    route({
      ...manage,
      method: 'POST',
      path,
      operationId: 'createCertificateAuthority',
      summary: 'Create a certificate authority; an internal one gets its root and issuer',
      status: 201,
      body: CreateAuthority,
      reply: OneAuthority,
      errors: ['name_taken', 'workspace_access_denied'],
      handle: async (request) => {
        const row = await service.create(originOf(request), request.body)
        return { data: await detail(parts, row) }
      },
    }),
    ...itemRoutes(parts),
    ...actionRoutes(parts),
  ]
}

function itemRoutes(parts: Parts): Route[] {
  const { service } = parts
  const item = { path: `${path}/:authority_id`, params: AuthorityPath }
  return [
    route({
      ...read,
      ...item,
      method: 'GET',
      operationId: 'showCertificateAuthority',
      summary: 'One certificate authority, with the root that clients must trust',
      status: 200,
      reply: OneAuthority,
      errors: missing,
      handle: async ({ caller, params }) => {
        const row = await service.find(caller.organizationId, params.authority_id)
        return { data: await detail(parts, row) }
      },
    }),
    route({
      ...manage,
      ...item,
      method: 'PUT',
      operationId: 'updateCertificateAuthority',
      summary: 'Change the name, the settings or the default',
      status: 200,
      body: UpdateAuthority,
      reply: OneAuthority,
      errors: [...missing, 'name_taken', 'workspace_access_denied'],
      handle: async (request) => {
        const row = await service.update(
          originOf(request),
          request.params.authority_id,
          request.body,
        )
        return { data: await detail(parts, row) }
      },
    }),
    route({
      ...manage,
      ...item,
      method: 'DELETE',
      operationId: 'deleteCertificateAuthority',
      summary: 'Delete a certificate authority that no valid certificate needs',
      status: 200,
      reply: DeletedAuthority,
      errors: [...missing, 'certificate_authority_in_use', 'workspace_access_denied'],
      handle: async (request) => {
        const { authority_id: id } = request.params
        await service.remove(originOf(request), id)
        return { data: { id, deleted: true as const } }
      },
    }),
  ]
}

function actionRoutes(parts: Parts): Route[] {
  const { service } = parts
  const item = { params: AuthorityPath, method: 'POST', status: 200 } as const
  return [
    route({
      ...manage,
      ...item,
      path: `${path}/:authority_id/rollover`,
      operationId: 'rollOverCertificateAuthority',
      summary: 'Give an internal authority a new issuer below its root; the old one is not revoked',
      reply: OneAuthority,
      errors: [
        ...missing,
        'rollover_not_possible',
        'authority_unavailable',
        'workspace_access_denied',
      ],
      handle: async (request) => {
        const row = await service.rollOver(originOf(request), request.params.authority_id)
        return { data: await detail(parts, row) }
      },
    }),
    route({
      ...manage,
      ...item,
      path: `${path}/:authority_id/test`,
      operationId: 'testCertificateAuthority',
      summary: 'Try whether the authority would issue now',
      reply: TestedAuthority,
      errors: missing,
      handle: async ({ caller, params }) => ({
        data: await service.test(caller.organizationId, params.authority_id),
      }),
    }),
  ]
}

async function detail(
  { platform, authorities }: Parts,
  row: store.AuthorityRow,
): Promise<AuthorityDetail> {
  const nothing = {
    rootCertificate: null,
    chain: null,
    issuer: null,
    issuers: [],
    validTo: null,
  }
  const { organizationId, id, name, type, settings, isDefault, createdAt, updatedAt } = row
  const shown = { id, name, type, settings, isDefault, createdAt, updatedAt }
  return platform.db.inTenant(organizationId, async (tx) => {
    const certificates = await store.countCertificates(tx, row)
    if (type !== 'internal') {
      return { ...shown, ...nothing, certificates, crlUrl: null, ocspUrl: null }
    }
    const { issuer, issuers, root } = await authorities.keys(tx, row)
    const { crlUrls, ocspUrls } = pointersTo(platform.config.publicUrl, row, issuer.generation)
    return {
      ...shown,
      certificates,
      rootCertificate: pemOf([root.certificate.der]),
      chain: pemOf([issuer.certificate.der, root.certificate.der]),
      issuer: commonName(issuer.certificate.subject),
      issuers: issuers.map(({ certificate, generation }) => ({
        generation,
        name: commonName(certificate.subject),
        serialNumber: certificate.serialNumber,
        validTo: certificate.validTo.toISOString(),
        crlUrl: pointersTo(platform.config.publicUrl, row, generation).crlUrls[0] ?? null,
      })),
      validTo: issuer.certificate.validTo.toISOString(),
      crlUrl: crlUrls[0] ?? null,
      ocspUrl: ocspUrls[0] ?? null,
    }
  })
}
