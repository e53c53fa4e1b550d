// Trust: certificates, the authorities that issue them, and their renewal.
import type { Module } from '../platform/module.ts'
import type { Platform } from '../platform/platform.ts'
import { createAuthorities } from './authorities/load.ts'
import { authorityRoutes } from './authorities/routes.ts'
import { authorityService } from './authorities/service.ts'
import { certificateRoutes } from './certificates/routes.ts'
import { renewalQueues, renewalSubscription } from './renewals/jobs.ts'
import { revocationRoutes } from './revocations/routes.ts'

export { errors } from './errors.ts'

export function createTrust(platform: Platform): Module {
  const authorities = createAuthorities(platform)
  const service = authorityService(platform, authorities)
  const trust = { platform, authorities, authorityService: service }
  return {
    name: 'trust',
    routes: {
      trust: [
        ...certificateRoutes(trust),
        ...authorityRoutes({ platform, authorities, service }),
        ...revocationRoutes(trust),
      ],
    },
    subscriptions: [renewalSubscription()],
    queues: renewalQueues(trust),
  }
}
