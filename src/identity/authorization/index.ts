// Policies and the decisions made with them, put together.
import type { Route } from '../../platform/http/route.ts'
import type { Queue } from '../../platform/jobs.ts'
import type { Platform } from '../../platform/platform.ts'
import { createCharge } from '../decisions/charge.ts'
import { createDecisionLog } from '../decisions/log.ts'
import { retentionQueue } from '../decisions/retention.ts'
import { decisionRoutes } from '../decisions/routes.ts'
import { type DecisionService, decisionService } from '../decisions/service.ts'
import { createChecker } from '../policies/checking/checker.ts'
import { policyRoutes } from '../policies/routes.ts'
import { schemaRoutes } from '../policies/schema-routes.ts'
import { policyService } from '../policies/service.ts'
import { trialRoutes } from '../policies/trial-routes.ts'
import { createTrials } from '../policies/trials.ts'
import { type ActivePolicies, createActivePolicies } from './active-policies.ts'
import { createGenerations, type Generations } from './generation.ts'
import { createKnownEntities } from './known-entities.ts'

export interface Authorization {
  routes: Route[]
  queues: Queue[]
  decisions: DecisionService
  policies: ActivePolicies
  generations: Generations
  /** After the commit of a change of an organization's policies, principals or resources. */
  changed(organizationId: string): void
  /** After one of which it is not known whose it was. */
  somethingChanged(): void
  start(): void
  stop(): Promise<void>
}

export function createAuthorization(platform: Platform): Authorization {
  const { db, log, now, metrics, config } = platform
  const generations = createGenerations({ db, now, log })
  const policies = createActivePolicies({ db, generations, now, log })
  const entities = createKnownEntities({ db, generations })
  const decisionLog = createDecisionLog({ db, now, log })
  const charge = createCharge(platform)
  const answering = { policies, entities, generations, log: decisionLog, now, charge }
  const decisions = decisionService(answering)
  const changed = generations.forget
  const checker = createChecker()
  const { check } = checker
  const trials = createTrials({ db, check, policies, decisions, flush: decisionLog.settle, now })
  metrics.gauge('panthera_decisions_dropped', 'Decisions that could not be logged.', () =>
    decisionLog.dropped(),
  )
  metrics.gauge('panthera_decisions_waiting', 'Decisions that wait to be logged.', () =>
    decisionLog.waiting(),
  )
  return {
    routes: [
      ...policyRoutes({ db, check, service: policyService({ db, check, changed }) }),
      ...schemaRoutes({ db, check }),
      ...trialRoutes(trials),
      ...decisionRoutes({ db, service: decisions, log: decisionLog }),
    ],
    queues: [retentionQueue({ db, now, daysKept: config.decisionDays })],
    decisions,
    policies,
    generations,
    changed,
    somethingChanged: generations.forgetAll,
    start() {
      generations.start()
      decisionLog.start()
    },
    async stop() {
      generations.stop()
      checker.stop()
      await decisionLog.stop()
    },
  }
}
