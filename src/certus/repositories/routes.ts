// /certus/api/repositories
import { type Route, route } from '../../platform/http/route.ts'
import type { Platform } from '../../platform/platform.ts'
import { RepositoryList, RepositoryQuery } from './schema.ts'
import { listRepositories } from './service.ts'

export function repositoryRoutes(platform: Platform): Route[] {
  return [
    route({
      tag: 'Repositories',
      permission: 'read:evidence',
      method: 'GET',
      path: '/api/repositories',
      operationId: 'listRepositories',
      summary: 'List repositories with their newest grade, its trend, and what exceptions change',
      status: 200,
      query: RepositoryQuery,
      reply: RepositoryList,
      errors: ['evidence_damaged'],
      handle: ({ caller, query }) => listRepositories(platform, caller, query),
    }),
  ]
}
