// /trust/api/certificates
import { type Route, route } from '../../platform/http/route.ts'
import { CertificateList, CertificateQuery } from './schema.ts'

export function certificateRoutes(): Route[] {
  return [
    route({
      method: 'GET',
      path: '/api/certificates',
      operationId: 'listCertificates',
      summary: 'List the certificates of the workspace',
      tag: 'Certificates',
      permission: 'read:certificates',
      status: 200,
      query: CertificateQuery,
      reply: CertificateList,
      handle: async ({ query: { page, limit } }) => {
        return { data: [], pagination: { page, limit, total: 0, totalPages: 0 } }
      },
    }),
  ]
}
