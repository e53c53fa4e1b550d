// Principals and resources: whom and what policies speak of.
import type { Route } from '../../platform/http/route.ts'
import type { Platform } from '../../platform/platform.ts'
import type { ActivePolicies } from '../authorization/active-policies.ts'
import type { DecisionService } from '../decisions/service.ts'
import type { AccessTokens } from '../oauth/access-token.ts'
import { resourceRoutes } from '../resources/routes.ts'
import { resourceService } from '../resources/service.ts'
import { accessService } from './access.ts'
import { accessRoutes } from './access-routes.ts'
import { relationshipRoutes } from './relationships.ts'
import { principalRoutes } from './routes.ts'
import { principalService } from './service.ts'
import { taskTokens } from './task-token.ts'
import { tokenRoutes } from './token-routes.ts'

export function createPrincipals(
  platform: Platform,
  options: {
    /** Both after the commit of a change, so that this node forgets at once. */
    changed: (organizationId: string) => void
    revoked: () => void
    tokens: AccessTokens
    decided: { policies: ActivePolicies; decisions: DecisionService }
  },
): { routes: Route[] } {
  const { changed, revoked, tokens, decided } = options
  const { db, secrets, now } = platform
  const principals = principalService({ db, secrets, now, changed, revoked })
  const resources = resourceService({ db, changed })
  return {
    routes: [
      ...principalRoutes(principals),
      ...tokenRoutes(taskTokens({ db, tokens, now }), platform),
      ...accessRoutes(accessService({ db, ...decided })),
      ...relationshipRoutes({ db }),
      ...resourceRoutes(resources, now),
    ],
  }
}
