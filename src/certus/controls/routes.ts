// /certus/api/controls
import { type Route, route } from '../../platform/http/route.ts'
import type { Platform } from '../../platform/platform.ts'
import { ControlList, ControlQuery } from './schema.ts'
import { listControls } from './service.ts'

export function controlRoutes(platform: Platform): Route[] {
  return [
    route({
      tag: 'Frameworks',
      permission: 'read:evidence',
      method: 'GET',
      path: '/api/controls',
      operationId: 'listControls',
      summary: 'The controls of a framework as the newest evidence shows them, and why',
      status: 200,
      query: ControlQuery,
      reply: ControlList,
      handle: ({ caller, query }) => listControls(platform, caller, query),
    }),
  ]
}
