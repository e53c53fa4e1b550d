// Identity: who there is, and what they may do. The other surfaces' keys live here too.
import type { Authenticator } from '../platform/http/caller.ts'
import type { Module } from '../platform/module.ts'
import type { Platform } from '../platform/platform.ts'
import { keyAuthenticator } from './keys/authenticate.ts'
import { createKeyCache } from './keys/cache.ts'
import { keyRoutes } from './keys/routes.ts'
import { keyService } from './keys/service.ts'
import { publishedKeyRoutes } from './keys/v1.ts'
import { organizationRoutes } from './organizations/routes.ts'
import { organizationService } from './organizations/service.ts'
import { createPeople } from './people.ts'
import { createRevocations } from './revocations.ts'

export { errors } from './errors.ts'
export { firstRun } from './first-run.ts'

export interface Identity extends Module {
  authenticate: Authenticator
  start(): void
  stop(): Promise<void>
}

export function createIdentity(platform: Platform): Identity {
  const { db, secrets, now, log } = platform
  const revocations = createRevocations({ db, now, log })
  const cache = createKeyCache({ db, revocations, now, log })
  const keys = keyService({
    db,
    secrets,
    now,
    revoked: revocations.forget,
    flushUses: cache.flush,
  })
  const organizations = organizationService({
    db,
    secrets,
    planChanged: revocations.forget,
  })
  const people = createPeople(platform)
  const authenticateKey = keyAuthenticator({ cache, now })
  return {
    name: 'identity',
    routes: {
      trust: people.trust,
      identity: publishedKeyRoutes(keys, now),
      console: [...keyRoutes(keys), ...organizationRoutes(organizations)],
    },
    subscriptions: [],
    queues: [],
    authenticate: (credentials) => people.authenticate(credentials) ?? authenticateKey(credentials),
    start() {
      people.start()
      revocations.start()
      cache.start()
    },
    async stop() {
      await people.stop()
      revocations.stop()
      await cache.stop()
    },
  }
}
