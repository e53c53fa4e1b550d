// Access tokens: JWTs after RFC 9068, signed with RS256. What a token says is believed only beside
// what the database says of its grant and of its client.
import { type JWTPayload, errors as joseErrors, jwtVerify, SignJWT } from 'jose'
import { z } from 'zod'
import type { Act } from '../../platform/http/caller.ts'
import type { SigningKeys } from './signing-keys.ts'

export const accessTokenSeconds = 3_600

/** Of a token whose signature holds. */
export interface Claims {
  jti: string
  /** The grant that it came of: its family. */
  gid: string
  org: string
  client_id: string
  scope: string
  /** Unix seconds. */
  iat: number
  exp: number
  /** Of a token that is bound to a task of an AI agent; its `client_id` is then the agent. */
  task?: string | undefined
  act?: Act | undefined
  resources?: readonly string[] | undefined
  actions?: readonly string[] | undefined
}

export type Verdict =
  | { kind: 'valid'; claims: Claims }
  /** All is right but the time. */
  | { kind: 'expired'; claims: Claims }
  | { kind: 'invalid' }

export interface AccessTokens {
  issuer: string
  sign(claims: Claims): Promise<string>
  /** Never throws on what was sent. */
  verify(token: string): Promise<Verdict>
}

export function accessTokens(options: {
  keys: SigningKeys
  issuer: string
  now: () => number
}): AccessTokens {
  const { keys, issuer, now } = options
  return {
    issuer,
    async sign(claims) {
      const { kid, privateKey } = await keys.current()
      return new SignJWT({ ...claims, iss: issuer, aud: issuer, sub: claims.client_id })
        .setProtectedHeader({ alg: 'RS256', typ: 'at+jwt', kid })
        .sign(privateKey)
    },
    async verify(token) {
      if (!isWellFormed(token)) return { kind: 'invalid' }
      const kid = kidOf(token)
      const key = kid === null ? null : await keys.verifier(kid)
      if (key === null) return { kind: 'invalid' }
      try {
        const { payload } = await jwtVerify(token, key, {
          algorithms: ['RS256'],
          typ: 'at+jwt',
          issuer,
          audience: issuer,
          currentDate: new Date(now()),
        })
        return verdict('valid', payload)
      } catch (error) {
        // Thrown only after the signature held.
        if (error instanceof joseErrors.JWTExpired) return verdict('expired', error.payload)
        return { kind: 'invalid' }
      }
    },
  }
}

const bytesMax = 8_192

export function hasTokenForm(token: string): boolean {
  return token.length <= bytesMax && /^[\w-]+\.[\w-]+\.[\w-]+$/.test(token)
}

/** One spelling only: what verifies in two would be two tokens to whoever compares text. */
export function isWellFormed(token: string): boolean {
  const isCanonical = (part: string) =>
    Buffer.from(part, 'base64url').toString('base64url') === part
  return hasTokenForm(token) && token.split('.').every(isCanonical)
}

function kidOf(token: string): string | null {
  try {
    const text = Buffer.from(token.split('.', 1)[0] ?? '', 'base64url').toString()
    const header = JSON.parse(text) as { kid?: unknown } | null
    return typeof header?.kid === 'string' && /^[\w-]{43}$/.test(header.kid) ? header.kid : null
  } catch {
    return null
  }
}

const actsMax = 8

/** Not recursive without end: what verifies was signed here, and is bounded all the same. */
function acts(deep: number): z.ZodType<Act> {
  const sub = z.string()
  return deep === 0 ? z.object({ sub }) : z.object({ sub, act: acts(deep - 1).optional() })
}

const Claims = z.object({
  jti: z.string(),
  gid: z.string(),
  org: z.uuid(),
  client_id: z.string(),
  scope: z.string(),
  iat: z.int(),
  exp: z.int(),
  task: z.string().optional(),
  act: acts(actsMax).optional(),
  resources: z.array(z.string()).optional(),
  actions: z.array(z.string()).optional(),
})

function verdict(kind: 'valid' | 'expired', payload: JWTPayload): Verdict {
  const parsed = Claims.safeParse(payload)
  return parsed.success ? { kind, claims: parsed.data } : { kind: 'invalid' }
}
