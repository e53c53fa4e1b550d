// Identity: who there is, and what they may do. The other surfaces' keys live here too.
import { createRefusals } from '../platform/audit/refusals.ts'
import type { Authenticator } from '../platform/http/caller.ts'
import type { Module } from '../platform/module.ts'
import type { Platform } from '../platform/platform.ts'
import { createAuthorization } from './authorization/index.ts'
import { createAuthzen } from './authzen/index.ts'
import { clientRoutes } from './clients/routes.ts'
import { clientService } from './clients/service.ts'
import { firstOwnerRoutes } from './invitations/first-owner.ts'
import { keyAuthenticator } from './keys/authenticate.ts'
import { createKeyCache } from './keys/cache.ts'
import { noteRefusals } from './keys/refusals.ts'
import { keyRoutes } from './keys/routes.ts'
import { keyService } from './keys/service.ts'
import { publishedKeyRoutes } from './keys/v1.ts'
import { isAccessToken } from './oauth/authenticate.ts'
import { tokenQueue } from './oauth/clean.ts'
import { createOAuth } from './oauth/index.ts'
import { signingKeyRoutes } from './oauth/rotation.ts'
import { organizationRoutes } from './organizations/routes.ts'
import { organizationService } from './organizations/service.ts'
import { createPeople } from './people.ts'
import { createPrincipals } from './principals/index.ts'
import { createRevocations } from './revocations.ts'
import { identitySubscriptions, identityWebhookRoutes } from './webhooks/notify.ts'

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
  const organizations = organizationService({ db, secrets, planChanged: revocations.forget })
  const people = createPeople(platform, { workspacesChanged: revocations.forget })
  const oauth = createOAuth(platform, revocations)
  const clients = clientService({ db, now, revoked: revocations.forget })
  const authorization = createAuthorization(platform)
  // Also what ends a credential may end a principal, of a person say.
  revocations.onChange(authorization.somethingChanged)
  const principals = createPrincipals(platform, {
    changed: authorization.changed,
    revoked: revocations.forget,
    tokens: oauth.tokens,
    decided: authorization,
  })
  const noteRefusal = noteRefusals(createRefusals({ db, log }))
  const authenticateKey = keyAuthenticator({ cache, now, noteRefusal })
  const byToken: Authenticator = (credentials) =>
    isAccessToken(credentials) ? oauth.authenticate(credentials) : authenticateKey(credentials)
  return {
    name: 'identity',
    routes: {
      trust: people.trust,
      certus: people.certus,
      identity: [
        ...people.identity,
        ...publishedKeyRoutes(keys, now),
        ...clientRoutes(clients),
        ...oauth.routes(byToken),
        ...principals.routes,
        ...authorization.routes,
        ...createAuthzen(platform, authorization),
        ...identityWebhookRoutes(platform.webhooks),
      ],
      console: [
        ...keyRoutes(keys),
        ...organizationRoutes(organizations),
        ...firstOwnerRoutes({ db }),
        ...signingKeyRoutes({ db, keys: oauth.keys, revoked: revocations.forget }),
      ],
    },
    subscriptions: identitySubscriptions(platform.webhooks),
    queues: [tokenQueue(db), ...authorization.queues],
    authenticate: (credentials) => people.authenticate(credentials) ?? byToken(credentials),
    start() {
      people.start()
      revocations.start()
      cache.start()
      authorization.start()
    },
    async stop() {
      await people.stop()
      await authorization.stop()
      revocations.stop()
      await cache.stop()
    },
  }
}
