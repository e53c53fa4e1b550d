// Identity: who there is, and what they may do. The other surfaces' keys live here too.
import type { Authenticator } from '../platform/http/caller.ts'
import type { Module } from '../platform/module.ts'
import type { Platform } from '../platform/platform.ts'
import { keyAuthenticator } from './keys/authenticate.ts'
import { createKeyCache } from './keys/cache.ts'
import { keyRoutes } from './keys/routes.ts'
import { keyService } from './keys/service.ts'
import { organizationRoutes } from './organizations/routes.ts'
import { organizationService } from './organizations/service.ts'

export { errors } from './errors.ts'
export { firstRun } from './first-run.ts'

export interface Identity extends Module {
  authenticate: Authenticator
  start(): void
  stop(): Promise<void>
}

export function createIdentity(platform: Platform): Identity {
  const { db, secrets, now, log } = platform
  const cache = createKeyCache({ db, now, log })
  const keys = keyService({ db, secrets, now, revoked: cache.forgetAll })
  const organizations = organizationService({
    db,
    secrets,
    planChanged: cache.forgetAll,
  })
  return {
    name: 'identity',
    routes: {
      identity: [],
      console: [...keyRoutes(keys), ...organizationRoutes(organizations)],
    },
    subscriptions: [],
    queues: [],
    authenticate: keyAuthenticator({ cache, now }),
    start: cache.start,
    stop: cache.stop,
  }
}
