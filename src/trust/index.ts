// Trust: certificates, the authorities that issue them, their renewal and their revocation.
import type { Queue } from '../platform/jobs.ts'
import type { Module } from '../platform/module.ts'
import type { Platform } from '../platform/platform.ts'
import { acmeAdminRoutes } from './acme/admin-routes.ts'
import { challengeQueue, challengeSubscription } from './acme/challenges/jobs.ts'
import { cleaningQueue } from './acme/cleaning.ts'
import { acmeRoutes } from './acme/routes.ts'
import { protocolRoutes } from './agents/protocol-routes.ts'
import { agentRoutes } from './agents/routes.ts'
import { agentQueue } from './agents/sweep.ts'
import { channelQueue } from './alerts/channels/deliver.ts'
import { createMail } from './alerts/channels/mail.ts'
import { channelRoutes } from './alerts/channels/routes.ts'
import { alertRoutes } from './alerts/routes.ts'
import { alertQueue } from './alerts/watch.ts'
import { createAuthorities } from './authorities/load.ts'
import { orphanKeyQueue } from './authorities/orphan-keys.ts'
import { authorityRoutes } from './authorities/routes.ts'
import { authorityService } from './authorities/service.ts'
import { certificateRoutes } from './certificates/routes.ts'
import { listenForAuthorities } from './connectors/authority/acme/listen.ts'
import { acmeAnswerRoutes } from './connectors/authority/acme/routes.ts'
import { deploymentRoutes } from './deployments/routes.ts'
import { discoveredRoutes } from './discovered/routes.ts'
import { certificateSubscriptions, sampleOf, trustWebhookEvents } from './notify.ts'
import { policyRoutes } from './policies/routes.ts'
import { adviceQueue } from './renewals/advice.ts'
import { renewalQueues, renewalSubscription } from './renewals/jobs.ts'
import { answerCleaningQueue } from './renewals/left-answers.ts'
import { revocationQueue } from './revocations/elsewhere.ts'
import { revocationRoutes } from './revocations/routes.ts'
import { targetRoutes } from './targets/routes.ts'

export { errors } from './errors.ts'

export function createTrust(platform: Platform): Module {
  const authorities = createAuthorities(platform)
  const service = authorityService(platform, authorities)
  const trust = { platform, authorities, authorityService: service }
  const { smtp } = platform.config
  const channels = { platform, mail: smtp === null ? null : createMail(smtp) }
  return {
    name: 'trust',
    routes: {
      trust: [
        ...certificateRoutes(trust),
        ...discoveredRoutes(trust),
        ...authorityRoutes({ platform, authorities, service }),
        ...policyRoutes(platform),
        ...alertRoutes(platform),
        ...channelRoutes(channels),
        ...protocolRoutes(trust),
        ...agentRoutes(trust),
        ...targetRoutes(platform),
        ...deploymentRoutes(trust),
        ...revocationRoutes(trust),
        ...acmeAdminRoutes(trust),
        ...acmeRoutes(trust),
        ...acmeAnswerRoutes(platform),
        ...platform.webhooks.routes({
          surface: 'trust',
          path: '/api/webhooks',
          events: trustWebhookEvents,
          permission: 'manage:webhooks',
          sample: sampleOf,
        }),
      ],
    },
    listen: () => listenForAuthorities(platform),
    subscriptions: [
      renewalSubscription(),
      challengeSubscription(),
      ...certificateSubscriptions(platform.webhooks),
    ],
    queues: [
      ...renewalQueues(trust),
      alertQueue(platform),
      channelQueue(channels) as unknown as Queue<never>,
      challengeQueue(trust),
      cleaningQueue(platform),
      agentQueue(trust),
      answerCleaningQueue(trust),
      adviceQueue(trust),
      revocationQueue(trust),
      orphanKeyQueue(platform),
    ],
  }
}
