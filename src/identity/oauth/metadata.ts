// What a client can find out by itself: the endpoints (RFC 8414).
import { z } from 'zod'
import { acceptedScopes } from '../keys/bounds.ts'

const methods = z.array(z.string())

export const Metadata = z.object({
  issuer: z.string(),
  token_endpoint: z.string(),
  revocation_endpoint: z.string(),
  introspection_endpoint: z.string(),
  jwks_uri: z.string(),
  response_types_supported: z.array(z.string()),
  grant_types_supported: z.array(z.string()),
  scopes_supported: z.array(z.string()),
  token_endpoint_auth_methods_supported: methods,
  revocation_endpoint_auth_methods_supported: methods,
  introspection_endpoint_auth_methods_supported: methods,
})

export function metadata(issuer: string): z.infer<typeof Metadata> {
  const secret = ['client_secret_basic', 'client_secret_post']
  return {
    issuer,
    token_endpoint: `${issuer}/oauth/token`,
    revocation_endpoint: `${issuer}/oauth/revoke`,
    introspection_endpoint: `${issuer}/oauth/introspect`,
    jwks_uri: `${issuer}/.well-known/jwks.json`,
    // No endpoint at which a browser would be sent round.
    response_types_supported: [],
    grant_types_supported: ['client_credentials', 'refresh_token'],
    scopes_supported: acceptedScopes('identity'),
    token_endpoint_auth_methods_supported: secret,
    revocation_endpoint_auth_methods_supported: [...secret, 'none'],
    introspection_endpoint_auth_methods_supported: secret,
  }
}
