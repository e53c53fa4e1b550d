import { randomBytes } from 'node:crypto'
import { expect, it } from 'vitest'
import { describeWith, requireComponent } from '../../../../test/require.ts'
import {
  leafWish,
  newHierarchy,
  newKey,
  newLeaf,
  now,
  pemOf,
  period,
  runOn,
} from '../authority.fixture.ts'
import { X509Error } from '../error.ts'
import { type Authority, issueOcspResponder } from '../profile.ts'
import { createSoftwareSigner } from '../signer.ts'
import { buildOcspRequest, isAbout, parseOcspRequest } from './request.ts'
import {
  buildOcspResponse,
  type CertificateStatus,
  ocspFailure,
  ocspResponseHolds,
  parseOcspResponse,
} from './response.ts'

const { root, intermediate } = await newHierarchy()
const signer = createSoftwareSigner(newKey('P-256'))
const responder: Authority = {
  signer,
  certificate: await issueOcspResponder(
    { ...leafWish([]), subject: { CN: 'Responder' }, publicKeyInfo: signer.publicKeyInfo },
    intermediate,
  ),
}
const times = { thisUpdate: period(0, 7).validFrom, nextUpdate: period(0, 7).validTo }
const leaf = await newLeaf(intermediate, ['a.example'])
const other = await newLeaf(intermediate, ['b.example'])
const issuer = intermediate.certificate

async function answer(der: Uint8Array, status: CertificateStatus, by: Authority) {
  const { ids, nonce } = parseOcspRequest(der)
  const answers = ids.map((id) => ({ id, status, ...times }))
  return buildOcspResponse({ answers, nonce, producedAt: now }, by)
}

it.each([
  ['its issuer', intermediate],
  ['a responder of its issuer', responder],
])('an answer by %s holds', async (_, by) => {
  const nonce = randomBytes(32)
  const request = buildOcspRequest(issuer, [leaf.serialBytes], { nonce, hash: 'sha256' })
  const revoked = { at: now, reason: 'superseded' } as const
  const response = parseOcspResponse(await answer(request, revoked, by))
  expect(response.outcome).toBe('successful')
  expect(Buffer.compare(response.nonce ?? Buffer.of(), nonce)).toBe(0)
  expect(response.answers).toMatchObject([
    { id: { serialNumber: leaf.serialNumber }, status: revoked, ...times },
  ])
  expect(ocspResponseHolds(response, issuer)).toBe(true)
  expect(ocspResponseHolds(response, root.certificate)).toBe(false)
})

it('an answer by a certificate for another purpose does not hold', async () => {
  const wrong = createSoftwareSigner(newKey('P-256'))
  const publicKeyInfo = wrong.publicKeyInfo
  const certificate = await newLeaf(intermediate, ['ocsp.example'], { publicKeyInfo })
  const request = buildOcspRequest(issuer, [leaf.serialBytes])
  const der = await answer(request, 'good', { certificate, signer: wrong })
  const response = { ...parseOcspResponse(der), certificates: [certificate] }
  expect(ocspResponseHolds(response, issuer)).toBe(false)
})

it('knows whose certificate is asked about', () => {
  for (const hash of ['sha1', 'sha256'] as const) {
    const { ids } = parseOcspRequest(buildOcspRequest(issuer, [leaf.serialBytes], { hash }))
    expect(ids.map((id) => isAbout(id, issuer))).toEqual([true])
    expect(ids.map((id) => isAbout(id, root.certificate))).toEqual([false])
  }
})

it.each([
  [
    'too long a nonce',
    () => buildOcspRequest(issuer, [leaf.serialBytes], { nonce: Buffer.alloc(129) }),
  ],
  [
    'an empty nonce',
    () => buildOcspRequest(issuer, [leaf.serialBytes], { nonce: Buffer.alloc(0) }),
  ],
  ['no certificate', () => buildOcspRequest(issuer, [])],
  ['too many', () => buildOcspRequest(issuer, Array(101).fill(leaf.serialBytes))],
])('refuses %s', (_, make) => {
  expect(() => parseOcspRequest(make())).toThrow(X509Error)
})

it('reads its own failures', () => {
  expect(parseOcspResponse(ocspFailure('malformedRequest')).outcome).toBe('malformedRequest')
  expect(parseOcspResponse(ocspFailure('unauthorized')).outcome).toBe('unauthorized')
})

describeWith(await requireComponent('openssl'), 'openssl and OCSP', (openssl) => {
  const files = {
    root: pemOf(root.certificate),
    chain: pemOf(issuer),
    leaf: pemOf(leaf),
    other: pemOf(other),
    both: pemOf(issuer) + pemOf(root.certificate),
  }
  const ask = ['ocsp', '-issuer', '@chain', '-cert', '@leaf', '-reqout', '@out']
  const check = ['ocsp', '-issuer', '@chain', '-cert', '@leaf', '-CAfile', '@root', '-no_nonce']
  const rest = ['-verify_other', '@chain', '-respin', '@response']

  it.each([
    ['good', 'good', responder],
    ['good', 'good', intermediate],
    ['unknown', 'unknown', responder],
    [{ at: now, reason: 'keyCompromise' }, 'revoked', responder],
    [{ at: now, reason: null }, 'revoked', intermediate],
  ] as [CertificateStatus, string, Authority][])('believes %j', async (status, told, by) => {
    const request = runOn(openssl, ask, files)
    const response = await answer(request.read, status, by)
    const { output } = runOn(openssl, [...check, ...rest], { ...files, response })
    expect(output).toContain('Response verify OK')
    expect(output).toContain(`leaf: ${told}`)
    if (typeof status === 'object' && status.reason) expect(output).toContain('keyCompromise')
  })

  it('asks about several and gets its nonce back', async () => {
    const two = [...ask.slice(0, 5), '-cert', '@other', ...ask.slice(5)]
    const request = runOn(openssl, two, files).read
    expect(parseOcspRequest(request).ids).toHaveLength(2)
    const response = await answer(request, 'good', responder)
    const args = ['ocsp', '-reqin', '@request', '-respin', '@response', '-CAfile', '@both']
    const { output } = runOn(openssl, args, { ...files, request, response })
    expect(output).toContain('Response verify OK')
    expect(output).not.toContain('no nonce')
  })
})
