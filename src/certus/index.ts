// Certus: signed evidence.
import { z } from 'zod'
import { route } from '../platform/http/route.ts'
import type { Module } from '../platform/module.ts'
import type { Platform } from '../platform/platform.ts'
import { auditorRoutes } from './auditors/routes.ts'
import { blueprintRoutes } from './blueprints/routes.ts'
import { checkQueues } from './checks/jobs.ts'
import { webhookRoutes } from './checks/routes.ts'
import { checkSubscriptions } from './checks/subscriptions.ts'
import { controlRoutes } from './controls/routes.ts'
import { driftRoutes } from './drift/routes.ts'
import { exceptionQueue } from './exceptions/jobs.ts'
import { exceptionRoutes } from './exceptions/routes.ts'
import { factSubscriptions } from './facts/subscriptions.ts'
import { frameworkRoutes } from './frameworks/routes.ts'
import { recoverQueue } from './github/recover.ts'
import { githubRoutes } from './github/routes.ts'
import { linkRoutes } from './links/routes.ts'
import { logRoutes } from './log/routes.ts'
import { scanQueue, scanSubscription } from './packs/from-scan.ts'
import { packRoutes } from './packs/routes.ts'
import { reportRoutes } from './reports/routes.ts'
import { repositoryRoutes } from './repositories/routes.ts'
import { retentionQueue } from './retention/jobs.ts'
import { retentionRoutes } from './retention/routes.ts'

export { errors } from './errors.ts'

const Status = z.object({ status: z.literal('ok'), version: z.string() })

export function createCertus(platform: Platform): Module {
  const reading = [
    ...packRoutes(platform),
    ...reportRoutes(platform),
    ...controlRoutes(platform),
    ...logRoutes(platform),
  ]
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
        ...reading,
        ...frameworkRoutes(),
        ...repositoryRoutes(platform),
        ...exceptionRoutes(platform),
        ...driftRoutes(platform),
        ...blueprintRoutes(platform),
        ...auditorRoutes(platform, reading),
        ...retentionRoutes(platform),
        ...webhookRoutes(platform),
        ...githubRoutes(platform),
        ...linkRoutes(platform),
      ],
    },
    subscriptions: [scanSubscription, ...factSubscriptions, ...checkSubscriptions],
    queues: [
      scanQueue(platform),
      exceptionQueue(platform),
      retentionQueue(platform),
      ...checkQueues(platform),
      recoverQueue(platform),
    ],
  }
}
