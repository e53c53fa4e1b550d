// Answers of public authorities that are easily taken for another: of a list that was not filtered,
// and of a server that has a bad day.
import { describe, expect, it } from 'vitest'
import type { Outbound } from '../../../platform/outbound/index.ts'
import { newHierarchy, newLeaf } from '../../x509/authority.fixture.ts'
import { Unreachable } from './contract.ts'
import { createDigicertAuthority, DigicertSettings } from './digicert.ts'
import { createSectigoAuthority } from './sectigo.ts'
import { SectigoSettings } from './sectigo-access.ts'

type Told = [status: number, json: unknown]

function outbound(answer: (asked: string) => Told, asked: string[]): Pick<Outbound, 'request'> {
  return {
    async request({ url, method = 'GET' }) {
      const path = `${method} ${url.replace('https://ca.example', '')}`
      asked.push(path)
      const [status, json] = answer(path)
      const body = Buffer.from(JSON.stringify(json))
      return { status, headers: {}, body, truncated: false, durationMs: 0 }
    },
  }
}

const digicert = DigicertSettings.parse({ baseUrl: 'https://ca.example', apiKey: 'k' })
const sectigo = SectigoSettings.parse({
  ...{ baseUrl: 'https://ca.example', login: 'l', password: 'p', customerUri: 'c' },
  ...{ orgId: 1, certType: 1 },
})

async function leaf() {
  const { intermediate } = await newHierarchy()
  return newLeaf(intermediate, ['a.example'])
}

describe('a revocation', () => {
  it.each([
    ['own', false],
    ['other', true],
  ])('that DigiCert tells of the %s order is asked for: %s', async (which, isAsked) => {
    const { der, serialNumber } = await leaf()
    const asked: string[] = []
    const serial_number = which === 'own' ? serialNumber.toUpperCase() : '0a0b'
    const answer = (path: string): Told => {
      if (path.startsWith('PUT')) return [204, null]
      if (path.includes('?')) return [200, { orders: [{ id: 1, status: 'revoked' }] }]
      return [200, { certificate: { serial_number } }]
    }
    const parts = { settings: digicert, outbound: outbound(answer, asked), now: Date.now }
    await createDigicertAuthority(parts).revoke({ certificate: der, reason: 1 })
    expect(asked.some((path) => path.startsWith('PUT'))).toBe(isAsked)
  })

  it.each([
    ['own', true],
    ['other', false],
  ])('that Sectigo has of the %s certificate counts: %s', async (which, isConfirmed) => {
    const { der, serialNumber } = await leaf()
    const said = which === 'own' ? serialNumber.replaceAll(':', '') : '0a:0b'
    const answer = (path: string): Told => {
      if (path.startsWith('POST')) return [400, { code: -1, description: 'no' }]
      if (path.includes('?')) return [200, [{ sslId: 1 }]]
      return [200, { status: 'Revoked', serialNumber: said }]
    }
    const parts = { settings: sectigo, outbound: outbound(answer, []), now: Date.now }
    const revoked = createSectigoAuthority(parts).revoke({ certificate: der, reason: 1 })
    if (isConfirmed) await revoked
    else await expect(revoked).rejects.toThrow('does not revoke')
  })
})

it('a certificate that Sectigo cannot hand out now is asked for again', async () => {
  const answer = (path: string): Told =>
    path.includes('collect') ? [500, null] : [200, { status: 'Issued' }]
  const parts = { settings: sectigo, outbound: outbound(answer, []), now: Date.now }
  const order = { commonName: 'a.example', names: ['a.example'] } as never
  const issued = createSectigoAuthority(parts).issue(order, { tag: 'panthera x', sslId: 1 })
  await expect(issued).rejects.toThrow(Unreachable)
})
