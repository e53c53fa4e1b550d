// Whoever holds the zone: two values at one name, put twice and taken away one by one, and what is
// told of wrong credentials and of names that are in no zone.
import { generateKeyPairSync } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import type { Outbound } from '../../../../../platform/outbound/index.ts'
import { Refused, Unreachable } from '../../contract.ts'
import { DnsSettings, dnsProvider } from './index.ts'
import {
  azureDouble,
  cloudflareDouble,
  digitalOceanDouble,
  googleDouble,
  outboundTo,
  route53Double,
  type Zone,
} from './providers-double.fixture.ts'
import { signedHeaders } from './sigv4.ts'

const domain = 'example.org'
const name = `_acme-challenge.a.b.${domain}`
const pem = generateKeyPairSync('rsa', { modulusLength: 2048 })
  .privateKey.export({ type: 'pkcs8', format: 'pem' })
  .toString()
const serviceAccount = JSON.stringify({
  client_email: 'dns@own.example',
  private_key: pem,
  project_id: 'own',
})
const azure = { tenantId: 't', clientId: 'c', subscriptionId: 's', resourceGroup: 'g' }

const providers: [object, (zone: Zone) => Pick<Outbound, 'request'>][] = [
  [{ type: 'cloudflare', apiToken: 'right' }, (zone) => cloudflareDouble(zone, domain, 'right')],
  [
    { type: 'digitalocean', apiToken: 'right' },
    (zone) => digitalOceanDouble(zone, domain, 'right'),
  ],
  [
    { type: 'route53', accessKeyId: 'right', secretAccessKey: 's' },
    (zone) => route53Double(zone, domain, 'right'),
  ],
  [{ type: 'google-cloud-dns', serviceAccount }, (zone) => googleDouble(zone, domain, 'own')],
  [{ type: 'azure-dns', clientSecret: 's', ...azure }, (zone) => azureDouble(zone, domain)],
]

const providerOf = (settings: object, outbound: Pick<Outbound, 'request'>) =>
  dnsProvider(DnsSettings.parse(settings), {
    outbound: outbound as Outbound,
    now: () => Date.parse('2026-01-02T03:04:05Z'),
  })

describe.each(providers)('%j', (settings, double) => {
  it('puts values beside each other, each once, and takes them away one by one', async () => {
    const zone: Zone = new Map()
    const provider = providerOf(settings, double(zone))
    for (const value of ['one', 'two', 'two']) await provider.put({ name, value })
    expect([...(zone.get(name) ?? [])]).toEqual(['one', 'two'])
    for (const value of ['one', 'one']) await provider.remove({ name, value })
    expect([...(zone.get(name) ?? [])]).toEqual(['two'])
    await provider.remove({ name, value: 'two' })
    expect([...(zone.get(name) ?? [])]).toEqual([])
  })

  it('names the zone that it does not find', async () => {
    const provider = providerOf(settings, double(new Map()))
    await expect(provider.put({ name: '_acme-challenge.other.net', value: 'v' })).rejects.toThrow(
      /has no zone for _acme-challenge\.other\.net/,
    )
  })

  it('is asked again later where it fails, and not where it refuses', async () => {
    const failing = providerOf(
      settings,
      outboundTo(() => ({ status: 503, text: 'busy' })),
    )
    await expect(failing.put({ name, value: 'v' })).rejects.toThrow(Unreachable)
    const refusing = providerOf(
      settings,
      outboundTo(() => ({ status: 403, text: 'who?' })),
    )
    await expect(refusing.put({ name, value: 'v' })).rejects.toThrow(Refused)
  })
})

it('writes over no change of somebody else', async () => {
  const zone: Zone = new Map([[name, new Set(['theirs'])]])
  const whole = route53Double(zone, domain, 'right')
  let interfered = false
  const provider = providerOf(
    { type: 'route53', accessKeyId: 'right', secretAccessKey: 's' },
    {
      request: async (request) => {
        if (request.method === 'POST' && !interfered) {
          interfered = true
          zone.get(name)?.add('later')
        }
        return whole.request(request)
      },
    },
  )
  await provider.put({ name, value: 'ours' })
  expect([...(zone.get(name) ?? [])]).toEqual(['theirs', 'later', 'ours'])
})

it('signs for AWS as its documentation shows', () => {
  const { authorization } = signedHeaders(
    {
      method: 'GET',
      url: 'https://example.amazonaws.com/?Param2=value2&Param1=value1',
      body: '',
      region: 'us-east-1',
      service: 'service',
    },
    {
      accessKeyId: 'AKIDEXAMPLE',
      secretAccessKey: ['wJalrXUtnFEMI', 'K7MDENG+bPxRfiCYEXAMPLEKEY'].join('/'),
    },
    Date.UTC(2015, 7, 30, 12, 36, 0),
  )
  expect(authorization).toContain(
    'Signature=b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500',
  )
})
