// What people need: to come in, to see what they may reach, to let others in, to see who did what.

import { createSealer } from '../platform/audit/sealer.ts'
import { isLoopback } from '../platform/config.ts'
import { originRule } from '../platform/http/browser.ts'
import type { Caller, Credentials } from '../platform/http/caller.ts'
import type { Route } from '../platform/http/route.ts'
import type { Platform } from '../platform/platform.ts'
import { auditExport } from './audit/export.ts'
import { identityAuditRoutes, trustAuditRoutes } from './audit/routes.ts'
import { invitationRoutes } from './invitations/routes.ts'
import { invitationService } from './invitations/service.ts'
import { certusLoginRoutes } from './login/certus-routes.ts'
import { createDevices } from './login/device.ts'
import { passwordRoutes } from './login/password-change.ts'
import { createProvider } from './login/provider.ts'
import { loginRoutes } from './login/routes.ts'
import { decoy, type LoginParts, loginService } from './login/service.ts'
import { codeLimits, createThrottle, passwordLimits } from './login/throttle.ts'
import { twoFactorService } from './login/two-factor.ts'
import { twoFactorRoutes } from './login/two-factor-routes.ts'
import { sessionAuthenticator } from './sessions/authenticate.ts'
import { sessionRoutes } from './sessions/routes.ts'
import { removeExpired } from './sessions/store.ts'
import { memberService } from './users/members.ts'
import { userRoutes } from './users/routes.ts'
import { workspaceRoutes } from './workspaces/routes.ts'
import { workspaceService } from './workspaces/service.ts'

export interface People {
  trust: readonly Route[]
  identity: readonly Route[]
  certus: readonly Route[]
  /** Who is logged in; null where the request brings no session. */
  authenticate(credentials: Credentials): Promise<Caller> | null
  start(): void
  stop(): Promise<void>
}

const cleanMs = 15 * 60_000

/** `workspacesChanged` makes this node look again which keys there are, and where they may go. */
export function createPeople(
  platform: Platform,
  { workspacesChanged }: { workspacesChanged: () => void },
): People {
  const { config, db, secrets, log, now } = platform
  const { publicUrl, dataDir } = config
  const parts: LoginParts = {
    db,
    secrets,
    log,
    now,
    devices: createDevices(secrets),
    passwords: createThrottle({ db, limits: passwordLimits, now }),
    codes: createThrottle({ db, limits: codeLimits, now }),
  }
  const isOwnOrigin = originRule(config)
  const authenticate = sessionAuthenticator({ db })
  const service = loginService(parts)
  const sealer = createSealer({ db, secrets, log, now })
  let timer: NodeJS.Timeout | null = null

  async function clean(): Promise<void> {
    try {
      await parts.passwords.clean()
      await db.inSystem(removeExpired)
    } catch (error) {
      log.warn({ err: error }, 'old sessions and guesses could not be removed')
    }
  }

  return {
    trust: [
      ...loginRoutes({
        service,
        publicUrl,
        isOwnOrigin,
      }),
      ...passwordRoutes({ ...parts, publicUrl, dataDir, isOwnOrigin }),
      ...twoFactorRoutes(twoFactorService(parts), publicUrl),
      ...sessionRoutes({ db }),
      ...userRoutes(memberService(parts, { revoked: workspacesChanged })),
      ...invitationRoutes({ service: invitationService(parts), publicUrl, isOwnOrigin }),
      ...workspaceRoutes(workspaceService({ db, workspacesChanged })),
      ...trustAuditRoutes({ db }),
    ],
    identity: identityAuditRoutes({ db, exports: auditExport({ db, secrets, sealer, now }) }),
    certus: certusLoginRoutes({
      service,
      parts,
      provider: config.oidc && createProvider({ ...platform, settings: config.oidc }),
      config,
      isOwnOrigin,
    }),
    authenticate: (credentials) =>
      credentials.session === null ? null : authenticate(credentials),
    start() {
      warnOfClearText(publicUrl, log)
      // Made now, so that the first stranger waits no longer than later ones.
      decoy().catch((error: unknown) => log.warn({ err: error }, 'no password can be hashed'))
      sealer.start()
      timer = setInterval(() => void clean(), cleanMs)
    },
    async stop() {
      if (timer !== null) clearInterval(timer)
      await sealer.stop()
    },
  }
}

/** Browsers take a cookie over http, too, and so does whoever listens on the way. */
function warnOfClearText(publicUrl: string, log: Platform['log']): void {
  const { protocol, hostname } = new URL(publicUrl)
  if (protocol === 'https:' || isLoopback(hostname)) return
  log.warn('PANTHERA_PUBLIC_URL is not https: passwords and sessions travel in clear')
}
