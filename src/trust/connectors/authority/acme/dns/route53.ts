// Zones at Amazon Route 53. A name's values are one set there: it is replaced as a whole, and only
// where it is still what was read.
import { z } from 'zod'
import { Unreachable } from '../../contract.ts'
import {
  type DnsParts,
  type DnsProvider,
  recordSeconds,
  type TxtRecord,
  zonesAbove,
} from './provider.ts'
import { callRest, noZone } from './rest.ts'
import { signedHeaders } from './sigv4.ts'

export const Route53Settings = z.strictObject({
  type: z.literal('route53'),
  accessKeyId: z.string().min(1).max(200),
  secretAccessKey: z.string().min(1).max(200),
  hostedZoneId: z
    .string()
    .regex(/^[A-Z0-9]{1,40}$/)
    .optional()
    .describe('Found by the name unless given'),
})
type Settings = z.infer<typeof Route53Settings>

const provider = 'Route 53'
const base = 'https://route53.amazonaws.com/2013-04-01'
const namespace = 'https://route53.amazonaws.com/doc/2013-04-01/'
const place = { region: 'us-east-1', service: 'route53' }
const triesMax = 4

interface RecordSet {
  values: string[]
  ttl: number
}

export function createRoute53(settings: Settings, parts: DnsParts): DnsProvider {
  const call = (method: 'GET' | 'POST', path: string, body = '', accepts: number[] = []) => {
    const url = `${base}${path}`
    const headers = signedHeaders({ method, url, body, ...place }, settings, parts.now())
    const sent = body === '' ? {} : { body }
    return callRest(parts, provider, { method, url, headers, accepts, ...sent })
  }

  async function zoneOf(name: string): Promise<string> {
    if (settings.hostedZoneId !== undefined) return settings.hostedZoneId
    for (const zone of zonesAbove(name)) {
      const query = new URLSearchParams({ dnsname: zone, maxitems: '10' })
      const { text } = await call('GET', `/hostedzonesbyname?${query}`)
      for (const [, each = ''] of text.matchAll(/<HostedZone>(.*?)<\/HostedZone>/gs)) {
        const isPrivate = /<PrivateZone>true<\/PrivateZone>/.test(each)
        if (inside(each, 'Name') !== `${zone}.` || isPrivate) continue
        const id = /^(?:\/hostedzone\/)?([A-Z0-9]{1,40})$/.exec(inside(each, 'Id'))?.[1]
        if (id !== undefined) return id
      }
    }
    throw noZone(provider, name)
  }

  async function recordSet(zone: string, name: string): Promise<RecordSet | null> {
    const query = new URLSearchParams({ name, type: 'TXT', maxitems: '1' })
    const { text } = await call('GET', `/hostedzone/${zone}/rrset?${query}`)
    const found = /<ResourceRecordSet>(.*?)<\/ResourceRecordSet>/s.exec(text)?.[1] ?? ''
    if (inside(found, 'Name') !== `${name}.` || inside(found, 'Type') !== 'TXT') return null
    const values = [...found.matchAll(/<Value>(.*?)<\/Value>/gs)].map(([, each = '']) =>
      plain(each),
    )
    return { values, ttl: Number(inside(found, 'TTL')) || recordSeconds }
  }

  async function change(record: TxtRecord, after: (values: string[]) => string[]): Promise<void> {
    const zone = await zoneOf(record.name)
    for (let tries = 1; tries <= triesMax; tries++) {
      const was = await recordSet(zone, record.name)
      const values = after(was?.values ?? [])
      if (values.join('\n') === (was?.values ?? []).join('\n')) return
      const next = values.length === 0 ? null : { values, ttl: recordSeconds }
      const changes = [written('DELETE', record.name, was), written('CREATE', record.name, next)]
      const body = batchOf(changes)
      const answer = await call('POST', `/hostedzone/${zone}/rrset`, body, [400])
      if (answer.status !== 400) return
      // Somebody else changed the set in between, or another change is at work.
      const isBehind = /InvalidChangeBatch|PriorRequestNotComplete/.test(answer.text)
      if (!isBehind) await call('POST', `/hostedzone/${zone}/rrset`, body)
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

function batchOf(changes: readonly string[]): string {
  const batch = `<ChangeBatch><Changes>${changes.join('')}</Changes></ChangeBatch>`
  const root = 'ChangeResourceRecordSetsRequest'
  return `<?xml version="1.0" encoding="UTF-8"?><${root} xmlns="${namespace}">${batch}</${root}>`
}

function written(action: 'CREATE' | 'DELETE', name: string, set: RecordSet | null): string {
  if (set === null) return ''
  const values = set.values.map(
    (each) => `<ResourceRecord><Value>${xml(each)}</Value></ResourceRecord>`,
  )
  const content = `<Name>${xml(name)}.</Name><Type>TXT</Type><TTL>${set.ttl}</TTL>`
  const records = `<ResourceRecords>${values.join('')}</ResourceRecords>`
  const whole = `<ResourceRecordSet>${content}${records}</ResourceRecordSet>`
  return `<Change><Action>${action}</Action>${whole}</Change>`
}

function inside(text: string, element: string): string {
  return plain(new RegExp(`<${element}>([^<]*)</${element}>`).exec(text)?.[1] ?? '')
}

const entities = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'", '#34': '"', '#39': "'" }

function plain(text: string): string {
  return text.replaceAll(/&(amp|lt|gt|quot|apos|#34|#39);/g, (_, name: keyof typeof entities) => {
    return entities[name]
  })
}

function xml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;')
}
