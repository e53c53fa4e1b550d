// Zones at DigitalOcean, by its API of version 2.
import { z } from 'zod'
import {
  type DnsParts,
  type DnsProvider,
  recordSeconds,
  type TxtRecord,
  zonesAbove,
} from './provider.ts'
import { callRest, noZone, type RestCall } from './rest.ts'

export const DigitalOceanSettings = z.strictObject({
  type: z.literal('digitalocean'),
  apiToken: z.string().min(1).max(500).describe('With the scopes to read and change domains'),
})

const provider = 'DigitalOcean'
const base = 'https://api.digitalocean.com/v2/domains'
const Listed = z.object({
  domain_records: z.array(z.object({ id: z.number(), data: z.string() })),
})

export function createDigitalOcean(
  { apiToken }: z.infer<typeof DigitalOceanSettings>,
  parts: DnsParts,
): DnsProvider {
  const call = (path: string, more: Omit<RestCall, 'url'> = {}) =>
    callRest(parts, provider, {
      ...more,
      url: `${base}/${path}`,
      headers: { authorization: `Bearer ${apiToken}` },
    })

  async function zoneOf(name: string): Promise<string> {
    for (const zone of zonesAbove(name)) {
      const { status } = await call(encodeURIComponent(zone), { accepts: [404] })
      if (status === 200) return zone
    }
    throw noZone(provider, name)
  }

  async function idsOf(zone: string, { name, value }: TxtRecord): Promise<number[]> {
    const query = new URLSearchParams({ type: 'TXT', name, per_page: '200' })
    const { json } = await call(`${encodeURIComponent(zone)}/records?${query}`)
    const records = Listed.parse(json).domain_records
    return records.filter(({ data }) => data === value).map(({ id }) => id)
  }

  return {
    async put(record) {
      const zone = await zoneOf(record.name)
      if ((await idsOf(zone, record)).length > 0) return
      // Names count from the zone there, and the zone itself is written as @.
      const name = record.name === zone ? '@' : record.name.slice(0, -zone.length - 1)
      const body = { type: 'TXT', name, data: record.value, ttl: recordSeconds }
      await call(`${encodeURIComponent(zone)}/records`, { method: 'POST', body })
    },
    async remove(record) {
      const zone = await zoneOf(record.name)
      for (const id of await idsOf(zone, record)) {
        const path = `${encodeURIComponent(zone)}/records/${id}`
        await call(path, { method: 'DELETE', accepts: [404] })
      }
    },
  }
}
