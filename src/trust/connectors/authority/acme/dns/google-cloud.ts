// Zones at Google Cloud DNS, as a service account. A change names the set of values that it
// replaces, and is refused where that is not there any more.
import { createPrivateKey, type KeyObject, sign } from 'node:crypto'
import { z } from 'zod'
import { Refused, Unreachable } from '../../contract.ts'
import {
  type DnsParts,
  type DnsProvider,
  recordSeconds,
  type TxtRecord,
  zonesAbove,
} from './provider.ts'
import { callRest, noZone, type RestCall } from './rest.ts'

const Account = z.object({
  client_email: z.string(),
  private_key: z.string(),
  project_id: z.string().optional(),
})

export const GoogleSettings = z.strictObject({
  type: z.literal('google-cloud-dns'),
  serviceAccount: z
    .string()
    .max(20_000)
    .refine((text) => accountIn(text) !== null, 'must be the JSON of a key of a service account')
    .describe('The JSON of its key; it needs the role DNS Administrator'),
  project: z
    .string()
    .regex(/^[a-z0-9.:-]{1,100}$/)
    .optional()
    .describe('That of the service account unless given'),
})
type Settings = z.infer<typeof GoogleSettings>

const provider = 'Google Cloud DNS'
const base = 'https://dns.googleapis.com/dns/v1/projects'
const tokenUrl = 'https://oauth2.googleapis.com/token'
const scope = 'https://www.googleapis.com/auth/ndev.clouddns.readwrite'
const triesMax = 4

const Token = z.object({ access_token: z.string() })
const Zones = z.object({
  managedZones: z
    .array(z.object({ name: z.string(), dnsName: z.string(), visibility: z.string().optional() }))
    .default([]),
})
const Sets = z.object({
  rrsets: z
    .array(
      z.object({
        name: z.string(),
        type: z.string(),
        ttl: z.number(),
        rrdatas: z.array(z.string()),
      }),
    )
    .default([]),
})

export function createGoogleCloudDns(settings: Settings, parts: DnsParts): DnsProvider {
  const account = accountIn(settings.serviceAccount)
  const project = settings.project ?? account?.project_id
  if (account === null || project === undefined) {
    throw new Refused(`${provider}: set settings.dns.project, the key of the account names none`)
  }
  const zones = `${base}/${project}/managedZones`
  let token: string | null = null

  async function call(url: string, more: Omit<RestCall, 'url'> = {}) {
    token ??= await newToken(account, parts)
    return callRest(parts, provider, {
      ...more,
      url,
      headers: { authorization: `Bearer ${token}` },
    })
  }

  async function zoneOf(name: string): Promise<string> {
    for (const zone of zonesAbove(name)) {
      const { json } = await call(`${zones}?${new URLSearchParams({ dnsName: `${zone}.` })}`)
      const found = Zones.parse(json).managedZones.find((each) => each.visibility !== 'private')
      if (found !== undefined) return `${zones}/${encodeURIComponent(found.name)}`
    }
    throw noZone(provider, name)
  }

  async function change(record: TxtRecord, after: (values: string[]) => string[]): Promise<void> {
    const zone = await zoneOf(record.name)
    const name = `${record.name}.`
    for (let tries = 1; tries <= triesMax; tries++) {
      const { json } = await call(`${zone}/rrsets?${new URLSearchParams({ name, type: 'TXT' })}`)
      const [was] = Sets.parse(json).rrsets
      const rrdatas = after(was?.rrdatas ?? [])
      if (rrdatas.join('\n') === (was?.rrdatas ?? []).join('\n')) return
      const next = { name, type: 'TXT', ttl: recordSeconds, rrdatas }
      const body = {
        deletions: was === undefined ? [] : [was],
        additions: rrdatas.length === 0 ? [] : [next],
      }
      const answer = await call(`${zone}/changes`, {
        method: 'POST',
        body,
        accepts: [404, 409, 412],
      })
      if (answer.status < 300) return
    }
    throw new Unreachable(`${provider}: the records of ${record.name} change all the time`)
  }

  const quoted = (value: string) => `"${value}"`
  return {
    put: (record) => change(record, (all) => [...new Set([...all, quoted(record.value)])]),
    remove: (record) =>
      change(record, (all) => all.filter((each) => each !== quoted(record.value))),
  }
}

function accountIn(text: string): z.infer<typeof Account> | null {
  try {
    const read = Account.parse(JSON.parse(text))
    keyIn(read.private_key)
    return read
  } catch {
    return null
  }
}

function keyIn(pem: string): KeyObject {
  return createPrivateKey(pem)
}

function jwt(claims: object, key: KeyObject): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
  const text = `${part({ alg: 'RS256', typ: 'JWT' })}.${part(claims)}`
  return `${text}.${sign('sha256', Buffer.from(text), key).toString('base64url')}`
}

async function newToken(account: z.infer<typeof Account> | null, parts: DnsParts): Promise<string> {
  const issued = Math.floor(parts.now() / 1_000)
  const claims = {
    iss: account?.client_email,
    scope,
    aud: tokenUrl,
    iat: issued,
    exp: issued + 600,
  }
  const assertion = jwt(claims, keyIn(account?.private_key ?? ''))
  const grant = 'urn:ietf:params:oauth:grant-type:jwt-bearer'
  const { json } = await callRest(parts, provider, {
    url: tokenUrl,
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: String(new URLSearchParams({ grant_type: grant, assertion })),
  })
  return Token.parse(json).access_token
}
