// The settings of Sectigo Certificate Manager, and how its two versions know who asks.
import { z } from 'zod'
import type { Outbound } from '../../../platform/outbound/index.ts'
import { Refused, Unreachable } from './contract.ts'
import { headerText, plain, ServiceUrl, send } from './rest.ts'

const text = (max: number) => z.string().trim().min(1).max(max)

export const SectigoSettings = z
  .strictObject({
    baseUrl: ServiceUrl.default('https://cert-manager.com/api/ssl/v1').describe(
      'With OAuth 2.0 as in https://admin.enterprise.sectigo.com/api/ssl/v2',
    ),
    login: headerText(200).optional().describe('With password and customerUri, of version 1'),
    password: headerText(500).optional().describe('Sealed, and never shown again'),
    customerUri: headerText(100).optional(),
    clientId: text(200).optional().describe('With clientSecret, of version 2'),
    clientSecret: text(500).optional().describe('Sealed, and never shown again'),
    tokenUrl: ServiceUrl.default(
      'https://auth.sso.sectigo.com/auth/realms/apiclients/protocol/openid-connect/token',
    ),
    orgId: z.int().min(1).describe('The organization or department that orders'),
    certType: z.int().min(1).describe('The profile; test tells which there are'),
    termDays: z.int().min(1).max(1_095).default(199),
    maxTermDays: z.int().min(1).max(1_095).default(199),
    externalRequester: z.email().max(200).optional(),
    dcvMode: z.enum(['EMAIL', 'CNAME', 'HTTP', 'HTTPS', 'TXT', 'AUTO']).optional(),
    dcvEmail: z.email().max(200).optional(),
    pollSeconds: z.int().min(1).max(3_600).default(30).describe('Between the first questions'),
  })
  .superRefine((wanted, context) => {
    const { login, password, customerUri, clientId, clientSecret } = wanted
    const isLogin = [login, password, customerUri].every((each) => each !== undefined)
    const isClient = [clientId, clientSecret].every((each) => each !== undefined)
    if (isLogin === isClient) {
      const path = isLogin ? ['clientId'] : ['login']
      const message =
        'must come as login, password and customerUri, or else as clientId and clientSecret'
      context.addIssue({ code: 'custom', path, message })
    }
    if (wanted.termDays > wanted.maxTermDays) {
      const message = 'must not be more than maxTermDays'
      context.addIssue({ code: 'custom', path: ['termDays'], message })
    }
  })
export type SectigoSettings = z.infer<typeof SectigoSettings>

const Token = z.object({ access_token: z.string().min(1), expires_in: z.number().default(60) })
/** A token that ends while a request is on its way is of no use. */
const spareMs = 20_000

export function sectigoHeaders(parts: {
  settings: SectigoSettings
  outbound: Pick<Outbound, 'request'>
  now: () => number
}): () => Promise<Record<string, string>> {
  const { settings, now } = parts
  const { login = '', password = '', customerUri = '', clientId } = settings
  if (clientId === undefined) return async () => ({ login, password, customeruri: customerUri })
  let known: { token: string; until: number } | null = null
  return async () => {
    known = known !== null && known.until > now() ? known : await fetchToken(parts)
    return { authorization: `Bearer ${known.token}` }
  }
}

async function fetchToken(parts: Parameters<typeof sectigoHeaders>[0]) {
  const { clientId = '', clientSecret = '', tokenUrl } = parts.settings
  const form = new URLSearchParams({
    grant_type: 'client_credentials',
    client_id: clientId,
    client_secret: clientSecret,
  })
  const answer = await send(parts.outbound, 'Sectigo', {
    url: tokenUrl,
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json' },
    body: form.toString(),
  })
  if (answer.status >= 500 || answer.status === 429) {
    throw new Unreachable(`Sectigo gives no token now: status ${answer.status}`)
  }
  const { data } = Token.safeParse(answer.json)
  if (answer.status >= 300 || data === undefined) {
    const said = z.object({ error: z.string() }).safeParse(answer.json).data?.error
    const why = said === undefined ? `status ${answer.status}` : plain(said)
    throw new Refused(`Sectigo does not accept clientId and clientSecret: ${why}`)
  }
  return { token: data.access_token, until: parts.now() + data.expires_in * 1_000 - spareMs }
}
