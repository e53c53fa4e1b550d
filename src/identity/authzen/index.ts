// AuthZEN 1.0: the decisions of Identity behind the API that enforcement points of others speak.
import type { Route } from '../../platform/http/route.ts'
import type { Platform } from '../../platform/platform.ts'
import type { ActivePolicies } from '../authorization/active-policies.ts'
import type { Generations } from '../authorization/generation.ts'
import type { DecisionService } from '../decisions/service.ts'
import { authzenRoutes } from './routes.ts'
import { createSearches } from './searches.ts'
import { createEvaluator } from './service.ts'
import { createSubjects } from './subjects.ts'

export function createAuthzen(
  { db, config }: Platform,
  authorization: {
    decisions: DecisionService
    policies: ActivePolicies
    generations: Generations
  },
): Route[] {
  const { decisions, policies, generations } = authorization
  const evaluator = createEvaluator({ decisions, subjects: createSubjects({ db, generations }) })
  const searches = createSearches({
    db,
    evaluator,
    actionsOf: async (organizationId) => (await policies.of(organizationId)).actions,
  })
  return authzenRoutes({ evaluator, searches, addresses: config })
}
