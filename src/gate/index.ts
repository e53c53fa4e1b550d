// Gate: scans, findings and webhooks.
import type { Module } from '../platform/module.ts'
import type { Platform } from '../platform/platform.ts'
import { connectionRoutes } from './connections/routes.ts'
import { expiryQueue } from './findings/expiry.ts'
import { findingRoutes } from './findings/routes.ts'
import { importRoutes } from './imports/routes.ts'
import { scanQueues } from './scans/jobs.ts'
import { gateWebhookEvents, sampleOf, scanSubscriptions } from './scans/notify.ts'
import { pushedSubscription } from './scans/pushed.ts'
import { reportRoutes } from './scans/report.ts'
import { scanRoutes } from './scans/routes.ts'
import { leftoversQueue } from './scans/scratch.ts'

export { errors } from './errors.ts'

export function createGate(platform: Platform): Module {
  const webhookRoutes = platform.webhooks.routes({
    surface: 'gate',
    path: '/api/webhooks',
    events: gateWebhookEvents,
    permission: 'manage:webhooks',
    sample: sampleOf,
  })
  return {
    name: 'gate',
    routes: {
      gate: [
        // Before the routes with an id, which would take `import` for one.
        ...importRoutes(platform),
        ...scanRoutes(platform),
        ...reportRoutes(platform),
        ...findingRoutes(platform),
        ...connectionRoutes(platform),
        ...webhookRoutes,
      ],
    },
    subscriptions: [...scanSubscriptions(platform.webhooks), pushedSubscription],
    queues: [...scanQueues(platform), expiryQueue(platform), leftoversQueue(platform)],
  }
}
