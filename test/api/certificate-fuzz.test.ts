// Whatever is sent to Trust, nothing of it is our fault: no answer is a 5xx, and each is an error
// of the catalogue or a success.
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import type { Json } from '../fixtures/call.ts'
import { hasDatabase } from '../fixtures/database.ts'
import { startTestServer, type TestServer } from '../fixtures/server.ts'

/** The same sequence for the same seed (mulberry32). */
function chances(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

describe.skipIf(!hasDatabase)('what nobody should send', () => {
  let server: TestServer
  let id: number
  let pem: string
  let csr: string
  beforeAll(async () => {
    const limits = { 'trust.enterprise.minute': 100_000 }
    server = await startTestServer({ env: { PANTHERA_RATE_LIMITS: JSON.stringify(limits) } })
    const body = { commonName: 'fuzz.example.com' }
    const made = await server.call('POST', '/trust/api/certificates', { body })
    id = made.json.data.id
    pem = made.json.data.certificate
    await server.call('POST', `/trust/api/certificates/${id}/renew`, { body: { method: 'csr' } })
    const read = () => server.call('GET', `/trust/api/certificates/${id}`)
    const waited = async () => {
      const { data } = (await read()).json
      if (data.csr === null) throw new Error('there is no request yet')
      return data.csr
    }
    csr = await vi.waitFor(waited, { timeout: 30_000, interval: 200 })
  })
  afterAll(() => server.stop())

  const odd = (): Json[] => [
    ...[null, true, -1, 0, 1.5, 1e308, 2 ** 53, '', ' ', '\u0000', '\ud800', 'x'.repeat(5_000)],
    ...[
      [],
      {},
      [[]],
      ['*'],
      '*.*.example',
      'xn--',
      'a@b',
      '::',
      '0x7f.1',
      'http://',
      'example..com',
    ],
    ...['\u202eexample.com', 'ex\u0430mple.com', '١.example', '__proto__', 'example.com.'],
    ...[pem, csr, pem.slice(0, 400), pem.replace('M', 'N'), csr.replace(/[A-F]/g, 'Q')],
  ]
  const wishes = `commonName subjectAlternativeNames certificateAuthorityId keyType keySize
    validityDays usages autoRenew renewalThresholdDays renewalPolicyId deploymentTargets csr`
  const bodies: readonly (readonly [method: string, path: () => string, fields: string[]])[] = [
    ['POST', () => '/certificates', wishes.split(/\s+/)],
    ['PUT', () => `/certificates/${id}`, ['autoRenew', 'renewalThresholdDays', 'renewalPolicyId']],
    ['POST', () => '/certificates/import', ['certificate', 'chain', 'privateKey']],
    ['POST', () => `/certificates/${id}/certificate`, ['certificate', 'chain']],
    ['POST', () => `/certificates/${id}/renew`, ['method', 'deployAfterRenewal']],
    ['POST', () => `/certificates/${id}/deploy`, ['targets', 'agentId']],
    ['POST', () => '/certificate-authorities', ['name', 'type', 'settings', 'isDefault']],
    ['POST', () => '/renewal-policies', ['name', 'renewalThreshold', 'keyType', 'keySize']],
    ['POST', () => '/discovered-certificates/1/import', ['autoRenew', 'certificateAuthorityId']],
  ]

  it.each(bodies)('%s %s', async (method, path, fields) => {
    const chance = chances(path().length)
    const pick = <Value>(from: readonly Value[]): Value =>
      from[Math.floor(chance() * from.length)] as Value
    const values = [...odd(), 'a.example.com', 'internal', 'csr', 'RSA', 90]
    for (let round = 0; round < 60; round++) {
      const body: Record<string, Json> = {}
      for (const field of fields) {
        if (chance() < 0.5) body[field] = chance() < 0.3 ? [pick(values)] : pick(values)
      }
      const { status, json, text } = await server.call(method, `/trust/api${path()}`, { body })
      const expected = status < 500 || json?.error?.code === 'AGENT_UNAVAILABLE'
      expect(expected, `${JSON.stringify(body).slice(0, 1_000)} -> ${text}`).toBe(true)
    }
  })

  it('in addresses and queries', async () => {
    for (const value of ['0', '-1', '1.5', '9'.repeat(30), 'x', '%00', '%F0%9F%92%A9', '1e3']) {
      for (const path of [
        `/certificates/${value}`,
        `/certificates/${value}/download`,
        `/certificates?page=${value}&limit=${value}`,
        `/certificates?caId=${value}`,
        `/certificates?search=${value}`,
        `/certificate-authorities/${value}`,
        `/discovered-certificates?agentId=${value}`,
        `/alerts?certificateId=${value}`,
      ]) {
        const { status, text } = await server.call('GET', `/trust/api${path}`)
        expect(status, `${path} ${text}`).toBeLessThan(500)
      }
    }
  })
})
