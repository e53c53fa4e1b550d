// /certus/api/code-hosts
import { originOf } from '../../platform/http/origin.ts'
import { type Route, route } from '../../platform/http/route.ts'
import type { Platform } from '../../platform/platform.ts'
import { ChangeLink, CreatedLink, CreateLink, Link, LinkList, LinkPath } from './schema.ts'
import { changeLink, createLink, removeLink } from './service.ts'
import * as store from './store.ts'

const shared = { tag: 'Code hosts', permission: 'manage:code_hosts', status: 200 } as const

export function linkRoutes(platform: Platform): Route[] {
  return [
    route({
      ...shared,
      method: 'POST',
      path: '/api/code-hosts',
      operationId: 'createCodeHostLink',
      summary: 'Let GitLab or Bitbucket tell of pushes: an address and a secret for a webhook',
      status: 201,
      body: CreateLink,
      reply: CreatedLink,
      errors: ['conflict'],
      handle: (request) => createLink(platform, originOf(request), request.body),
    }),
    route({
      ...shared,
      method: 'GET',
      path: '/api/code-hosts',
      operationId: 'listCodeHostLinks',
      summary: 'List installations of the GitHub App and webhooks of GitLab and Bitbucket',
      reply: LinkList,
      handle: ({ caller }) =>
        platform.db.inTenant(caller.organizationId, async (tx) => ({
          links: await store.list(tx, caller.organizationId),
        })),
    }),
    route({
      ...shared,
      method: 'PATCH',
      path: '/api/code-hosts/:link_id',
      operationId: 'changeCodeHostLink',
      summary: 'Choose whose pushes are scanned and which grade passes',
      params: LinkPath,
      body: ChangeLink,
      reply: Link,
      errors: ['code_host_link_not_found'],
      handle: (request) => {
        const change = { id: request.params.link_id, wanted: request.body }
        return changeLink(platform, originOf(request), change)
      },
    }),
    route({
      ...shared,
      method: 'DELETE',
      path: '/api/code-hosts/:link_id',
      operationId: 'removeCodeHostLink',
      summary: 'Hear no more of what it tells; of an installation, its repositories are let go',
      params: LinkPath,
      reply: Link,
      errors: ['code_host_link_not_found'],
      handle: (request) => removeLink(platform, originOf(request), request.params.link_id),
    }),
  ]
}
