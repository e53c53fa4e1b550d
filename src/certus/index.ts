// Certus: signed evidence.
import { z } from 'zod'
import { route } from '../platform/http/route.ts'
import type { Module } from '../platform/module.ts'
import type { Platform } from '../platform/platform.ts'
import { controlRoutes } from './controls/routes.ts'
import { frameworkRoutes } from './frameworks/routes.ts'
import { logRoutes } from './log/routes.ts'
import { packRoutes } from './packs/routes.ts'

export { errors } from './errors.ts'

const Status = z.object({ status: z.literal('ok'), version: z.string() })

export function createCertus(platform: Platform): Module {
  return {
    name: 'certus',
    routes: {
      certus: [
        route({
          method: 'GET',
          path: '/api/status',
          operationId: 'getStatus',
          summary: 'Tell that the platform answers, and its version',
          tag: 'Status',
          permission: 'public',
          status: 200,
          reply: Status,
          handle: async () => ({ status: 'ok' as const, version: platform.version }),
        }),
        ...packRoutes(platform),
        ...frameworkRoutes(),
        ...controlRoutes(platform),
        ...logRoutes(platform),
      ],
    },
    subscriptions: [],
    queues: [],
  }
}
