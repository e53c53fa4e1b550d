// /certus/api/github: installing the GitHub App for an organization.
import { originOf } from '../../platform/http/origin.ts'
import { type Route, route } from '../../platform/http/route.ts'
import type { Platform } from '../../platform/platform.ts'
import { InstallAddress, Link, SetupQuery } from '../links/schema.ts'
import { bind, installAddress } from './install.ts'

const shared = { tag: 'Code hosts', method: 'GET', status: 200 } as const

export function githubRoutes(platform: Platform): Route[] {
  return [
    route({
      ...shared,
      permission: 'manage:code_hosts',
      path: '/api/github/install',
      operationId: 'getGithubInstallAddress',
      summary: 'Where to install the GitHub App for this organization, within an hour',
      reply: InstallAddress,
      errors: ['not_configured', 'code_host_unavailable'],
      handle: ({ caller }) => installAddress(platform, caller),
    }),
    route({
      ...shared,
      permission: 'session',
      path: '/api/github/setup',
      operationId: 'bindGithubInstallation',
      summary: 'Where GitHub sends the browser after the installation: binds it',
      query: SetupQuery,
      reply: Link,
      errors: [
        'not_configured',
        'invalid_state',
        'installation_not_yours',
        'installation_taken',
        'code_host_unavailable',
        'conflict',
      ],
      handle: (request) => bind(platform, originOf(request), request.query),
    }),
  ]
}
