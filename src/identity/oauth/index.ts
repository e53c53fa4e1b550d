// OAuth 2.0: tokens of clients, and who they speak for.
import { createRefusals } from '../../platform/audit/refusals.ts'
import type { Authenticator } from '../../platform/http/caller.ts'
import type { Route } from '../../platform/http/route.ts'
import type { Platform } from '../../platform/platform.ts'
import * as clientStore from '../clients/store.ts'
import { createLookups } from '../lookups.ts'
import type { Revocations } from '../revocations.ts'
import { type AccessTokens, accessTokens, type Claims } from './access-token.ts'
import { tokenAuthenticator } from './authenticate.ts'
import { clientAuthentication } from './client-authentication.ts'
import { oauthRoutes } from './routes.ts'
import { createSigningKeys, type SigningKeys } from './signing-keys.ts'
import * as store from './store.ts'
import { tokenService } from './tokens.ts'

export interface OAuth {
  keys: SigningKeys
  tokens: AccessTokens
  /** For access tokens as bearer. */
  authenticate: Authenticator
  /** `authenticate`: by any credential of Identity, for introspection. */
  routes(authenticate: Authenticator): Route[]
}

export function createOAuth(platform: Platform, revocations: Revocations): OAuth {
  const { config, db, secrets, limits, plans, log, now } = platform
  const keys = createSigningKeys({ db, secrets, revocations, now })
  const issuer = `${config.publicUrl}/identity/v1`
  const tokens = accessTokens({ keys, issuer, now })
  const known = createLookups({
    db,
    revocations,
    name: (claims: Claims) => claims.jti,
    look: store.findAccessToken,
  })
  const clients = createLookups({
    db,
    revocations,
    name: (id: string) => id,
    look: clientStore.findForAuthentication,
  })
  const noteRefused = createRefusals({ db, log })
  const revoked = revocations.forget
  const shared = { db, tokens, known, limits, plans, now, revoked, keys }
  return {
    keys,
    tokens,
    authenticate: tokenAuthenticator({ tokens, known, revocations, now, noteRefused }),
    routes: (authenticate) =>
      oauthRoutes({
        ...shared,
        service: tokenService(shared),
        clients: clientAuthentication({ clients, limits, plans, noteRefused, now }),
        authenticate,
      }),
  }
}
