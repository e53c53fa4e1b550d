// Zones at Azure DNS, as a service principal. A set of values carries a tag, and is replaced only
// where it still has it.
import { z } from 'zod'
import { Unreachable } from '../../contract.ts'
import {
  type DnsParts,
  type DnsProvider,
  recordSeconds,
  type TxtRecord,
  zonesAbove,
} from './provider.ts'
import { callRest, noZone, type RestCall } from './rest.ts'

const word = z.string().regex(/^[\w.()-]{1,100}$/)

export const AzureSettings = z.strictObject({
  type: z.literal('azure-dns'),
  tenantId: word,
  clientId: word,
  clientSecret: z.string().min(1).max(500),
  subscriptionId: word,
  resourceGroup: word,
})
type Settings = z.infer<typeof AzureSettings>

const provider = 'Azure DNS'
const management = 'https://management.azure.com'
const version = 'api-version=2018-05-01'
const triesMax = 4

const Token = z.object({ access_token: z.string() })
const RecordSet = z.object({
  etag: z.string().optional(),
  properties: z.object({
    TTL: z.number().optional(),
    TXTRecords: z.array(z.object({ value: z.array(z.string()) })).default([]),
  }),
})

export function createAzureDns(settings: Settings, parts: DnsParts): DnsProvider {
  const { subscriptionId, resourceGroup } = settings
  const group = `/subscriptions/${subscriptionId}/resourceGroups/${resourceGroup}`
  const zones = `${management}${group}/providers/Microsoft.Network/dnsZones`
  let token: string | null = null

  async function call(path: string, { headers = {}, ...more }: Omit<RestCall, 'url'> = {}) {
    token ??= await newToken(settings, parts)
    return callRest(parts, provider, {
      ...more,
      url: `${zones}/${path}?${version}`,
      headers: { ...headers, authorization: `Bearer ${token}` },
    })
  }

  async function zoneOf(name: string): Promise<string> {
    for (const zone of zonesAbove(name)) {
      const { status } = await call(encodeURIComponent(zone), { accepts: [404] })
      if (status === 200) return zone
    }
    throw noZone(provider, name)
  }

  async function change(record: TxtRecord, after: (values: string[]) => string[]): Promise<void> {
    const zone = await zoneOf(record.name)
    const relative = record.name === zone ? '@' : record.name.slice(0, -zone.length - 1)
    const path = `${encodeURIComponent(zone)}/TXT/${encodeURIComponent(relative)}`
    for (let tries = 1; tries <= triesMax; tries++) {
      const { status, json } = await call(path, { accepts: [404] })
      const was = status === 404 ? null : RecordSet.parse(json)
      const before = was?.properties.TXTRecords.map(({ value }) => value.join('')) ?? []
      const values = after(before)
      if (values.join('\n') === before.join('\n')) return
      const condition = was === null ? { 'if-none-match': '*' } : { 'if-match': was.etag ?? '*' }
      const TXTRecords = values.map((value) => ({ value: [value] }))
      const answer = await call(path, {
        headers: condition,
        accepts: [404, 409, 412],
        ...(values.length === 0
          ? { method: 'DELETE' }
          : { method: 'PUT', body: { properties: { TTL: recordSeconds, TXTRecords } } }),
      })
      if (answer.status < 300) return
    }
    throw new Unreachable(`${provider}: the records of ${record.name} change all the time`)
  }

  return {
    put: ({ name, value }) => change({ name, value }, (all) => [...new Set([...all, value])]),
    remove: ({ name, value }) =>
      change({ name, value }, (all) => all.filter((each) => each !== value)),
  }
}

async function newToken(settings: Settings, parts: DnsParts): Promise<string> {
  const { tenantId, clientId, clientSecret } = settings
  const { json } = await callRest(parts, provider, {
    url: `https://login.microsoftonline.com/${tenantId}/oauth2/v2.0/token`,
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: String(
      new URLSearchParams({
        grant_type: 'client_credentials',
        client_id: clientId,
        client_secret: clientSecret,
        scope: `${management}/.default`,
      }),
    ),
  })
  return Token.parse(json).access_token
}
