// Logging in by an OpenID provider: the code flow with PKCE, state and nonce. All that is kept of
// it between its two ends is a sealed cookie.
import * as oidc from 'openid-client'
import { z } from 'zod'
import { guardedFetch } from '../../platform/outbound/fetch.ts'
import type { Outbound } from '../../platform/outbound/index.ts'
import type { OidcSettings } from '../../platform/outside-settings.ts'
import type { Secrets } from '../../platform/secrets.ts'

export interface Proved {
  issuer: string
  subject: string
  /** Null where the provider does not vouch for it. */
  email: string | null
  /** How they proved who they are (RFC 8176), as far as the provider says. */
  methods: readonly string[]
}

export interface Provider {
  /** For people. */
  name: string
  begin(wanted: { redirectUri: string; next: string }): Promise<{ url: string; kept: string }>
  /**
   * @param came the whole address that the browser came back to
   * Throws ProviderRefused, and what the guard of outgoing requests throws.
   */
  finish(came: URL, kept: string | null): Promise<{ proved: Proved; next: string }>
}

/** The provider, or what came back from it, does not let the person in. */
export class ProviderRefused extends Error {}

const limits = { bytesMax: 262_144, timeoutMs: 10_000 }
const discoveredMs = 3_600_000
const keptMs = 600_000
const context = 'identity/openid-login'

const Kept = z.object({
  verifier: z.string(),
  state: z.string(),
  nonce: z.string(),
  next: z.string(),
  until: z.number(),
})

const Email = z.object({ email: z.string().max(320), email_verified: z.literal(true) })
const Methods = z.array(z.string().regex(/^[a-z]{2,12}$/)).max(8)

export function createProvider(options: {
  settings: OidcSettings
  outbound: Outbound
  secrets: Secrets
  now: () => number
}): Provider {
  const { settings, secrets, now } = options
  let discovered: { configuration: oidc.Configuration; until: number } | null = null

  async function configuration(): Promise<oidc.Configuration> {
    if (discovered !== null && discovered.until > now()) return discovered.configuration
    const found = await discover(options)
    discovered = { configuration: found, until: now() + discoveredMs }
    return found
  }

  function open(kept: string | null): z.infer<typeof Kept> {
    try {
      const text = secrets.open(Buffer.from(kept ?? '', 'base64url'), context).toString()
      const opened = Kept.parse(JSON.parse(text))
      if (opened.until > now()) return opened
    } catch {
      // Not ours, or of before a change of the master key: as if there were none.
    }
    throw new ProviderRefused('the login was not begun in this browser, or too long ago')
  }

  return {
    name: new URL(settings.issuer).host,
    async begin({ redirectUri, next }) {
      const verifier = oidc.randomPKCECodeVerifier()
      const [state, nonce] = [oidc.randomState(), oidc.randomNonce()]
      const url = oidc.buildAuthorizationUrl(await configuration(), {
        redirect_uri: redirectUri,
        scope: 'openid email',
        code_challenge: await oidc.calculatePKCECodeChallenge(verifier),
        code_challenge_method: 'S256',
        state,
        nonce,
      })
      const kept = JSON.stringify({ verifier, state, nonce, next, until: now() + keptMs })
      return { url: url.href, kept: secrets.seal(kept, context).toString('base64url') }
    },
    async finish(came, cookie) {
      const kept = open(cookie)
      const server = await configuration()
      const tokens = await believed(() =>
        oidc.authorizationCodeGrant(server, came, {
          pkceCodeVerifier: kept.verifier,
          expectedState: kept.state,
          expectedNonce: kept.nonce,
          idTokenExpected: true,
        }),
      )
      const claims = tokens.claims()
      if (claims === undefined) throw new ProviderRefused('there is no ID token')
      const email = Email.safeParse(claims).data ?? (await emailOf(server, tokens, claims.sub))
      const proved = {
        issuer: claims.iss,
        subject: claims.sub,
        email: email?.email ?? null,
        methods: Methods.safeParse(claims.amr).data ?? [],
      }
      return { proved, next: kept.next }
    },
  }
}

async function discover(options: {
  settings: OidcSettings
  outbound: Outbound
}): Promise<oidc.Configuration> {
  const { issuer, clientId, clientSecret } = options.settings
  const url = new URL(issuer)
  return oidc.discovery(
    url,
    clientId,
    undefined,
    clientSecret === null ? oidc.None() : oidc.ClientSecretPost(clientSecret),
    {
      [oidc.customFetch]: guardedFetch(options.outbound, limits) as oidc.CustomFetch,
      // The guard lets plain http reach only networks that the operator has opened.
      execute: url.protocol === 'http:' ? [oidc.allowInsecureRequests] : [],
    },
  )
}

/** Some providers tell the address only here. */
async function emailOf(
  server: oidc.Configuration,
  { access_token }: { access_token: string },
  subject: string,
): Promise<z.infer<typeof Email> | undefined> {
  if (server.serverMetadata().userinfo_endpoint === undefined) return undefined
  const told = await believed(() => oidc.fetchUserInfo(server, access_token, subject))
  return Email.safeParse(told).data
}

/** What the library objects to in an answer is a refusal; a network that fails is not. */
async function believed<Result>(work: () => Promise<Result>): Promise<Result> {
  try {
    return await work()
  } catch (error) {
    const { name, code, cause } = error as Error & { code?: string }
    if (name === 'OutboundFailed' || name === 'OutboundRefused') throw error
    if (cause instanceof Error && cause.name.startsWith('Outbound')) throw cause
    throw new ProviderRefused(`the provider’s answer does not hold (${code ?? name})`, {
      cause: error,
    })
  }
}
