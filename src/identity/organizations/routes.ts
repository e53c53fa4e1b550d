// /console/api/organizations, for owners of the first organization.
import { originOf } from '../../platform/http/origin.ts'
import { type Route, route } from '../../platform/http/route.ts'
import {
  ChangeOrganization,
  CreatedOrganization,
  CreateOrganization,
  Organization,
  OrganizationList,
  OrganizationPath,
} from './schema.ts'
import type { OrganizationService } from './service.ts'

const shared = { tag: 'Organizations', permission: 'admin:console' } as const

export function organizationRoutes(service: OrganizationService): Route[] {
  return [
    route({
      ...shared,
      method: 'GET',
      path: '/api/organizations',
      operationId: 'listOrganizations',
      summary: 'List the organizations of this installation',
      status: 200,
      reply: OrganizationList,
      errors: ['not_first_organization'],
      handle: async ({ caller }) => ({ organizations: await service.list(caller) }),
    }),
    route({
      ...shared,
      method: 'POST',
      path: '/api/organizations',
      operationId: 'createOrganization',
      summary: 'Create an organization with its default workspace',
      status: 201,
      body: CreateOrganization,
      reply: CreatedOrganization,
      errors: ['not_first_organization'],
      handle: (request) => service.create(originOf(request), request.body),
    }),
    route({
      ...shared,
      method: 'PATCH',
      path: '/api/organizations/:organization_id',
      operationId: 'changeOrganization',
      summary: "Change an organization's plan",
      status: 200,
      params: OrganizationPath,
      body: ChangeOrganization,
      reply: Organization,
      errors: ['not_first_organization', 'organization_not_found'],
      handle: (request) =>
        service.setPlan(originOf(request), request.params.organization_id, request.body.plan),
    }),
  ]
}
