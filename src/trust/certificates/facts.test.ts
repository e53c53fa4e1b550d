// What is kept of a certificate, of the usual and of the strange.
import { generateKeyPairSync, randomBytes } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { issueRoot } from '../x509/profile.ts'
import { createSoftwareSigner } from '../x509/signer.ts'
import { factsOf, serialOf } from './facts.ts'

const signer = createSoftwareSigner(generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey)
const rootOf = (CN: string, O?: string) =>
  issueRoot(
    {
      subject: O === undefined ? { CN } : { O, CN },
      serialNumber: randomBytes(16),
      validFrom: new Date('2026-01-01T00:00:00Z'),
      validTo: new Date('2027-01-01T00:00:00Z'),
      pathLength: null,
    },
    signer,
  )

describe('of a certificate', () => {
  it('the words are those of the API', async () => {
    const facts = factsOf((await rootOf('Root', 'Acme')).der)
    expect(facts).toMatchObject({
      commonName: 'Root',
      issuer: 'Root',
      names: [],
      keyType: 'ECDSA',
      keySize: 256,
      selfIssued: true,
    })
    expect(facts.fingerprintText).toBe(`SHA256:${facts.fingerprint.toString('hex')}`)
    expect(facts.serialNumber).toBe(facts.serial.toString('hex').replace(/(..)(?=.)/g, '$1:'))
  })

  it('wide characters stay whole', async () => {
    const { commonName } = factsOf((await rootOf('🐯'.repeat(64))).der)
    expect(Buffer.byteLength(commonName)).toBe(256)
  })

  it('a serial number loses the zero that keeps it positive, and no other', () => {
    expect(serialOf(Buffer.from('0080', 'hex'))).toEqual(Buffer.from('80', 'hex'))
    expect(serialOf(Buffer.from('00', 'hex'))).toEqual(Buffer.from('00', 'hex'))
  })
})
