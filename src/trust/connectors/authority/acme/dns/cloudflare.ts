// Zones at Cloudflare, by its API of version 4 and a token that may edit DNS.
import { z } from 'zod'
import {
  type DnsParts,
  type DnsProvider,
  recordSeconds,
  type TxtRecord,
  zonesAbove,
} from './provider.ts'
import { callRest, noZone, type RestCall } from './rest.ts'

export const CloudflareSettings = z.strictObject({
  type: z.literal('cloudflare'),
  apiToken: z.string().min(1).max(500).describe('With the permission to edit DNS of the zone'),
})

const provider = 'Cloudflare'
const base = 'https://api.cloudflare.com/client/v4'
const Listed = z.object({
  result: z.array(z.object({ id: z.string(), name: z.string(), content: z.string().optional() })),
})
/** The very record is there already. */
const identical = 81_058

export function createCloudflare(
  { apiToken }: z.infer<typeof CloudflareSettings>,
  parts: DnsParts,
): DnsProvider {
  const call = (path: string, more: Omit<RestCall, 'url'> = {}) =>
    callRest(parts, provider, {
      ...more,
      url: `${base}${path}`,
      headers: { authorization: `Bearer ${apiToken}` },
    })

  async function zoneOf(name: string): Promise<string> {
    for (const zone of zonesAbove(name)) {
      const { json } = await call(`/zones?${new URLSearchParams({ name: zone })}`)
      const [found] = Listed.parse(json).result
      if (found !== undefined) return encodeURIComponent(found.id)
    }
    throw noZone(provider, name)
  }

  async function idsOf(zone: string, { name, value }: TxtRecord): Promise<string[]> {
    const query = new URLSearchParams({ type: 'TXT', name, per_page: '100' })
    const { json } = await call(`/zones/${zone}/dns_records?${query}`)
    const same = Listed.parse(json).result.filter(({ content }) => unquoted(content) === value)
    return same.map(({ id }) => encodeURIComponent(id))
  }

  return {
    async put(record) {
      const zone = await zoneOf(record.name)
      if ((await idsOf(zone, record)).length > 0) return
      const { name, value } = record
      const body = { type: 'TXT', name, content: `"${value}"`, ttl: recordSeconds }
      const answer = await call(`/zones/${zone}/dns_records`, {
        method: 'POST',
        body,
        accepts: [400],
      })
      if (answer.status !== 400 || answer.text.includes(String(identical))) return
      await call(`/zones/${zone}/dns_records`, { method: 'POST', body })
    },
    async remove(record) {
      const zone = await zoneOf(record.name)
      for (const id of await idsOf(zone, record)) {
        await call(`/zones/${zone}/dns_records/${id}`, { method: 'DELETE', accepts: [404] })
      }
    },
  }
}

function unquoted(content: string | undefined): string | undefined {
  return content?.replace(/^"(.*)"$/, '$1')
}
