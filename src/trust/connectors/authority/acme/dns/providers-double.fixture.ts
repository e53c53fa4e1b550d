// Doubles of the APIs of DNS providers, as their public descriptions have them: each holds one zone
// and answers the calls that are made of it.
import type { Outbound, OutboundRequest } from '../../../../../platform/outbound/index.ts'

interface Reply {
  status?: number
  json?: unknown
  text?: string
}

/** Where every double keeps what was put: name and value of each record. */
export type Zone = Map<string, Set<string>>

export interface Seen {
  method: string
  url: URL
  headers: Readonly<Record<string, string>>
  body: string
}

export function outboundTo(answer: (seen: Seen) => Reply): Pick<Outbound, 'request'> {
  return {
    request: async (request: OutboundRequest) => {
      const { url, method = 'GET', headers = {}, body = '' } = request
      const seen = { method, url: new URL(url), headers, body: Buffer.from(body).toString('utf8') }
      const {
        status = 200,
        json,
        text = json === undefined ? '' : JSON.stringify(json),
      } = answer(seen)
      return { status, headers: {}, body: Buffer.from(text), truncated: false, durationMs: 1 }
    },
  }
}

const valuesOf = (zone: Zone, name: string): Set<string> => {
  const found = zone.get(name) ?? new Set<string>()
  zone.set(name, found)
  return found
}

export function cloudflareDouble(zone: Zone, domain: string, token: string) {
  return outboundTo(({ method, url, headers, body }) => {
    if (headers.authorization !== `Bearer ${token}`) {
      return { status: 403, json: { success: false, errors: [{ code: 10_000 }] } }
    }
    const path = url.pathname.replace('/client/v4', '')
    if (path === '/zones') {
      const isOurs = url.searchParams.get('name') === domain
      return { json: { result: isOurs ? [{ id: 'z1', name: domain }] : [] } }
    }
    if (method === 'POST') {
      const { name, content } = JSON.parse(body)
      valuesOf(zone, name).add(content.slice(1, -1))
      return { json: { result: { id: 'r' } } }
    }
    if (method === 'DELETE') {
      const [name = '', value = ''] = Buffer.from(path.split('/').at(-1) ?? '', 'hex')
        .toString()
        .split(' ')
      valuesOf(zone, name).delete(value)
      return { json: { result: { id: 'r' } } }
    }
    const name = url.searchParams.get('name') ?? ''
    const result = [...valuesOf(zone, name)].map((value) => ({
      id: Buffer.from(`${name} ${value}`).toString('hex'),
      name,
      content: `"${value}"`,
    }))
    return { json: { result } }
  })
}

export function digitalOceanDouble(zone: Zone, domain: string, token: string) {
  const records: { id: number; name: string; data: string }[] = []
  const sync = () => {
    zone.clear()
    for (const { name, data } of records) valuesOf(zone, name).add(data)
  }
  return outboundTo(({ method, url, headers, body }) => {
    if (headers.authorization !== `Bearer ${token}`)
      return { status: 401, json: { id: 'Unauthorized' } }
    const [, , , name, , id] = url.pathname.split('/')
    if (name !== domain) return { status: 404, json: { id: 'not_found' } }
    if (method === 'POST') {
      const sent = JSON.parse(body)
      records.push({ id: records.length + 1, name: `${sent.name}.${domain}`, data: sent.data })
    }
    if (method === 'DELETE')
      records.splice(
        records.findIndex((each) => each.id === Number(id)),
        1,
      )
    sync()
    const asked = url.searchParams.get('name')
    return { json: { domain_records: records.filter((each) => each.name === asked) } }
  })
}

/** The set of a name is replaced only where what is to be deleted is what is there. */
export function route53Double(zone: Zone, domain: string, accessKeyId: string) {
  return outboundTo(({ method, url, headers, body }) => {
    if (!headers.authorization?.includes(`Credential=${accessKeyId}/`)) {
      return { status: 403, text: '<Error><Code>InvalidClientTokenId</Code></Error>' }
    }
    if (url.pathname.endsWith('/hostedzonesbyname')) {
      // It answers what follows in order, whether it is what was asked for or not.
      const zones = `<HostedZone><Id>/hostedzone/Z1</Id><Name>${domain}.</Name></HostedZone>`
      return { text: `<HostedZones>${zones}</HostedZones>` }
    }
    if (method === 'GET') {
      const name = url.searchParams.get('name') ?? ''
      const values = [...valuesOf(zone, name)]
      return { text: values.length === 0 ? '<ResourceRecordSets/>' : recordSet(name, values) }
    }
    for (const [, action, change = ''] of body.matchAll(
      /<Change><Action>(\w+)<\/Action>(.*?)<\/Change>/g,
    )) {
      const name = /<Name>(.*?)\.<\/Name>/.exec(change)?.[1] ?? ''
      const values = [...change.matchAll(/<Value>&quot;(.*?)&quot;<\/Value>/g)].map(
        ([, v = '']) => v,
      )
      const own = valuesOf(zone, name)
      if (action === 'DELETE') {
        if (values.join() !== [...own].join()) {
          return { status: 400, text: '<InvalidChangeBatch/>' }
        }
        own.clear()
      } else for (const value of values) own.add(value)
    }
    return { text: '<ChangeResourceRecordSetsResponse/>' }
  })
}

function recordSet(name: string, values: readonly string[]): string {
  const all = values.map((value) => `<ResourceRecord><Value>"${value}"</Value></ResourceRecord>`)
  const records = `<ResourceRecords>${all.join('')}</ResourceRecords>`
  const content = `<Name>${name}.</Name><Type>TXT</Type><TTL>60</TTL>${records}`
  const whole = `<ResourceRecordSet>${content}</ResourceRecordSet>`
  return `<ResourceRecordSets>${whole}</ResourceRecordSets>`
}

export function googleDouble(zone: Zone, domain: string, project: string) {
  return outboundTo(({ method, url, headers, body }) => {
    if (url.host === 'oauth2.googleapis.com') {
      const isSigned = /assertion=[\w-]+\.[\w-]+\.[\w-]+/.test(body)
      return isSigned ? { json: { access_token: 'google-token' } } : { status: 400 }
    }
    if (headers.authorization !== 'Bearer google-token') return { status: 401 }
    const path = url.pathname.replace(`/dns/v1/projects/${project}/managedZones`, '')
    if (path === '') {
      const isOurs = url.searchParams.get('dnsName') === `${domain}.`
      return { json: isOurs ? { managedZones: [{ name: 'own', dnsName: `${domain}.` }] } : {} }
    }
    const shown = (name: string) => {
      const rrdatas = [...valuesOf(zone, name)].map((value) => `"${value}"`)
      return rrdatas.length === 0 ? [] : [{ name: `${name}.`, type: 'TXT', ttl: 60, rrdatas }]
    }
    if (method === 'GET') {
      return { json: { rrsets: shown((url.searchParams.get('name') ?? '').slice(0, -1)) } }
    }
    const { deletions, additions } = JSON.parse(body)
    for (const { name } of deletions) {
      const isSame = JSON.stringify(shown(name.slice(0, -1))) === JSON.stringify(deletions)
      if (!isSame) return { status: 412 }
      valuesOf(zone, name.slice(0, -1)).clear()
    }
    for (const { name, rrdatas } of additions) {
      for (const value of rrdatas) valuesOf(zone, name.slice(0, -1)).add(value.slice(1, -1))
    }
    return { json: { status: 'pending' } }
  })
}

export function azureDouble(zone: Zone, domain: string) {
  let tag = 1
  return outboundTo(({ method, url, headers, body }) => {
    if (url.host === 'login.microsoftonline.com') return { json: { access_token: 'azure-token' } }
    if (headers.authorization !== 'Bearer azure-token') return { status: 401 }
    const [own, relative] = (url.pathname.split('/dnsZones/')[1] ?? '').split('/TXT/')
    if (own !== domain) return { status: 404 }
    if (relative === undefined) return { json: { name: domain } }
    const values = valuesOf(zone, `${relative}.${domain}`)
    if (method === 'GET') {
      const TXTRecords = [...values].map((value) => ({ value: [value] }))
      if (values.size === 0) return { status: 404 }
      return { json: { etag: String(tag), properties: { TTL: 60, TXTRecords } } }
    }
    const condition = headers['if-match']
    if (condition !== undefined && condition !== String(tag)) return { status: 412 }
    if (condition === undefined && values.size > 0) return { status: 412 }
    tag += 1
    values.clear()
    if (method === 'PUT') {
      for (const each of JSON.parse(body).properties.TXTRecords) values.add(each.value.join(''))
    }
    return { json: {} }
  })
}
