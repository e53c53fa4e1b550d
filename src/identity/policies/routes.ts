// /identity/v1/policies: reading and changing them.
import type { z } from 'zod'
import type { Database } from '../../platform/db.ts'
import { originOf } from '../../platform/http/origin.ts'
import { type Route, route } from '../../platform/http/route.ts'
import { errors } from '../errors.ts'
import { toSeconds } from '../keys/v1.ts'
import {
  ChangePolicy,
  DeletedPolicy,
  NewPolicy,
  Page,
  Policy,
  PolicyList,
  PolicyPath,
  PolicyQuery,
  PolicyVersion,
  pagination,
  ReplacePolicy,
  Rollback,
  ToValidate,
  Validation,
  VersionList,
  VersionPath,
  Written,
} from './schema.ts'
import { readSchema } from './schema-text.ts'
import { type Changed, type PolicyService, versionOf } from './service.ts'
import type { PolicyRow, VersionRow } from './store.ts'
import * as store from './store.ts'
import type { Check } from './written.ts'

const tag = 'Policies'
const read = { tag, permission: 'read:policies', method: 'GET', status: 200 } as const
const write = { tag, permission: 'write:policies', status: 200 } as const
const wrong = [
  'policy_not_found',
  'policy_changed',
  'invalid_policy',
  'not_a_template',
  'policy_has_links',
  'too_many_policies',
] as const

interface Options {
  db: Database
  check: Check
  service: PolicyService
}

export function policyRoutes(options: Options): Route[] {
  return [readRoutes, newRoutes, changeRoutes, statusRoutes].flatMap((routes) => routes(options))
}

function readRoutes({ db }: Options): Route[] {
  return [
    route({
      ...read,
      path: '/v1/policies',
      operationId: 'listPolicies',
      summary: 'List the policies, the newest first',
      query: PolicyQuery,
      reply: PolicyList,
      handle: async ({ caller: { organizationId }, query }) => {
        const { data, total } = await db.inTenant(organizationId, (tx) =>
          store.list(tx, organizationId, query),
        )
        return { data: data.map(timed), pagination: pagination(query, total) }
      },
    }),
    route({
      ...read,
      path: '/v1/policies/:policy_id',
      operationId: 'getPolicy',
      summary: 'One policy',
      params: PolicyPath,
      reply: Policy,
      errors: ['policy_not_found'],
      handle: async ({ caller: { organizationId }, params, header }) => {
        const policy = await db.inTenant(organizationId, (tx) =>
          store.find(tx, organizationId, params.policy_id),
        )
        if (policy === null) throw errors.problem('policy_not_found')
        return shown(policy, header)
      },
    }),
    route({
      ...read,
      path: '/v1/policies/:policy_id/versions',
      operationId: 'listPolicyVersions',
      summary: 'List the versions of a policy, the newest first',
      params: PolicyPath,
      query: Page,
      reply: VersionList,
      errors: ['policy_not_found'],
      handle: async ({ caller: { organizationId }, params: { policy_id: id }, query }) => {
        const offset = (query.page - 1) * query.limit
        const { data, total } = await db.inTenant(organizationId, (tx) =>
          store.listVersions(tx, { organizationId, id }, { limit: query.limit, offset }),
        )
        if (total === 0) throw errors.problem('policy_not_found')
        return { data: data.map(shownVersion), pagination: pagination(query, total) }
      },
    }),
    route({
      ...read,
      path: '/v1/policies/:policy_id/versions/:version',
      operationId: 'getPolicyVersion',
      summary: 'One version of a policy, of a deleted one too',
      params: VersionPath,
      reply: PolicyVersion,
      errors: ['policy_version_not_found'],
      handle: async ({ caller: { organizationId }, params: { policy_id: id, version } }) => {
        const found = await db.inTenant(organizationId, (tx) =>
          store.findVersion(tx, { organizationId, id, version }),
        )
        if (found === null) throw errors.problem('policy_version_not_found')
        return shownVersion(found)
      },
    }),
  ]
}

function newRoutes({ db, check, service }: Options): Route[] {
  return [
    route({
      ...write,
      method: 'POST',
      path: '/v1/policies',
      operationId: 'createPolicy',
      summary: 'Create a policy, a draft unless its status says active',
      status: 201,
      body: NewPolicy,
      reply: Policy,
      errors: ['invalid_policy', 'not_a_template', 'too_many_policies'],
      handle: async (request) =>
        shown(await service.create(originOf(request), request.body), request.header),
    }),
    route({
      ...write,
      permission: 'read:policies',
      method: 'POST',
      path: '/v1/policies/validate',
      operationId: 'validatePolicy',
      summary: 'Check what a policy says without saving it',
      body: ToValidate,
      reply: Validation,
      handle: async ({ caller: { organizationId }, body }) => {
        const schema = await db.inTenant(organizationId, (tx) => readSchema(tx, organizationId))
        const written = Written.safeParse(body)
        if (!written.success) return { ...mistakes(written.error), warnings: [], cedar: null }
        const { content, errors: found, warnings } = await check(written.data, schema)
        return { valid: content !== null, errors: found, warnings, cedar: content?.cedar ?? null }
      },
    }),
  ]
}

/** In rules as in Cedar: what is wrong with a policy is the answer, not the failure of asking. */
function mistakes({ issues }: z.ZodError) {
  const found = issues.slice(0, mistakesMax)
  const errors = found.map(({ path, message }) => ({ message: `${path.join('.')}: ${message}` }))
  return { valid: false, errors }
}

const mistakesMax = 20

function changeRoutes({ service }: Options): Route[] {
  return [
    route({
      ...write,
      method: 'PUT',
      path: '/v1/policies/:policy_id',
      operationId: 'replacePolicy',
      summary: 'Write a policy anew, as its next version',
      params: PolicyPath,
      body: ReplacePolicy,
      reply: Policy,
      errors: wrong,
      handle: async (request) => {
        const { headers, body, params, header } = request
        const { description = null } = body
        const wanted = { ...body, description, ...versionOf(headers['if-match'], body.version) }
        return shown(await service.change(originOf(request), params.policy_id, wanted), header)
      },
    }),
    route({
      ...write,
      method: 'PATCH',
      path: '/v1/policies/:policy_id',
      operationId: 'changePolicy',
      summary: 'Change the fields that are given; the status alone makes no new version',
      params: PolicyPath,
      body: ChangePolicy,
      reply: Policy,
      errors: wrong,
      handle: async (request) => {
        const { headers, body, params, header } = request
        const wanted = { ...body, ...versionOf(headers['if-match'], body.version) }
        return shown(await service.change(originOf(request), params.policy_id, wanted), header)
      },
    }),
    route({
      ...write,
      method: 'DELETE',
      path: '/v1/policies/:policy_id',
      operationId: 'deletePolicy',
      summary: 'Delete a policy; its versions stay for the decisions made with them',
      params: PolicyPath,
      reply: DeletedPolicy,
      errors: ['policy_not_found', 'policy_has_links'],
      handle: async (request) => {
        const { policy_id: id } = request.params
        const { deleted_at } = await service.remove(originOf(request), id)
        return { id, status: 'deleted' as const, deleted_at: toSeconds(deleted_at) }
      },
    }),
  ]
}

const steps = [
  { step: 'activate', operationId: 'activatePolicy', status: 'active' },
  { step: 'deactivate', operationId: 'deactivatePolicy', status: 'draft' },
  { step: 'archive', operationId: 'archivePolicy', status: 'archived' },
] as const

function statusRoutes({ service }: Options): Route[] {
  const byStep = steps.map(({ step, operationId, status }) =>
    route({
      ...write,
      method: 'POST',
      path: `/v1/policies/:policy_id/${step}`,
      operationId,
      summary: `Make the status ${status}`,
      params: PolicyPath,
      reply: Policy,
      errors: ['policy_not_found', 'policy_changed'],
      handle: async (request) => {
        const { policy_id: id } = request.params
        const wanted = { status, ...versionOf(request.headers['if-match']) }
        return shown(await service.change(originOf(request), id, wanted), request.header)
      },
    }),
  )
  return [
    ...byStep,
    route({
      ...write,
      method: 'POST',
      path: '/v1/policies/:policy_id/rollback',
      operationId: 'rollbackPolicy',
      summary: 'Make the content of an earlier version the next one',
      params: PolicyPath,
      body: Rollback,
      reply: Policy,
      errors: [
        'policy_not_found',
        'policy_version_not_found',
        'not_a_template',
        'policy_has_links',
      ],
      handle: async (request) => {
        const { policy_id: id } = request.params
        const policy = await service.rollback(originOf(request), id, request.body.version)
        return shown(policy, request.header)
      },
    }),
  ]
}

function shown(policy: PolicyRow | Changed, header: (name: string, value: string) => void) {
  header('etag', `"${policy.version}"`)
  return timed(withForm(policy))
}

function shownVersion(version: VersionRow) {
  return { ...withForm(version), created_at: toSeconds(version.created_at) }
}

/** Of the forms only the one in which it was written. */
function withForm<Row extends Pick<PolicyRow, 'rules' | 'template' | 'slots'>>({
  rules,
  template,
  slots,
  ...rest
}: Row) {
  const linked =
    template === null || slots === null
      ? {}
      : {
          template,
          slots: {
            ...(slots.principal && { principal: slots.principal.written }),
            ...(slots.resource && { resource: slots.resource.written }),
          },
        }
  return { ...rest, ...(rules === null ? {} : { rules }), ...linked }
}

function timed<Row extends { created_at: string; updated_at: string }>(row: Row): Row {
  return { ...row, created_at: toSeconds(row.created_at), updated_at: toSeconds(row.updated_at) }
}
