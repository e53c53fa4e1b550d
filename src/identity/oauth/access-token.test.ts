// Forged tokens, and the example of RFC 7515, appendix A.2.
import {
  createHmac,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  sign,
} from 'node:crypto'
import { type CryptoKey, compactVerify, importJWK } from 'jose'
import { beforeAll, describe, expect, it } from 'vitest'
import { type AccessTokens, accessTokens } from './access-token.ts'

const issuer = 'https://panthera.example/identity/v1'
const kid = 'A'.repeat(43)
const now = Date.UTC(2026, 10, 22)

const pair = generateKeyPairSync('rsa', { modulusLength: 2048 })
const other = generateKeyPairSync('rsa', { modulusLength: 2048 })
const curve = generateKeyPairSync('ec', { namedCurve: 'P-256' })

const header = { alg: 'RS256', typ: 'at+jwt', kid }
const claims = {
  jti: 'j',
  gid: 'grt_1',
  org: '11111111-0000-4000-8000-000000000000',
  client_id: 'client_1',
  scope: 'read:audit',
  iat: now / 1000 - 10,
  exp: now / 1000 + 60,
  iss: issuer,
  aud: issuer,
  sub: 'client_1',
}

const part = (value: object | string | Buffer) => {
  const plain = typeof value === 'string' || Buffer.isBuffer(value)
  return Buffer.from(plain ? (value as Buffer) : JSON.stringify(value)).toString('base64url')
}

function forge(
  options: { header?: object; claims?: object | string; key?: typeof pair.privateKey } = {},
): string {
  const text = `${part(options.header ?? header)}.${part(options.claims ?? claims)}`
  const signature = sign('sha256', Buffer.from(text), options.key ?? pair.privateKey)
  return `${text}.${part(signature)}`
}

function hmac(secret: string | Buffer): string {
  const text = `${part({ ...header, alg: 'HS256' })}.${part(claims)}`
  return `${text}.${createHmac('sha256', secret).update(text).digest('base64url')}`
}

function withSignature(change: (bytes: Buffer) => Buffer): string {
  const [head, body, signature] = forge().split('.')
  return `${head}.${body}.${part(change(Buffer.from(signature ?? '', 'base64url')))}`
}

/** The last character carries bits that decode to nothing. */
function respelled(): string {
  const token = forge()
  const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
  return token.slice(0, -1) + letters[letters.indexOf(token.at(-1) ?? '') ^ 1]
}

const spki = pair.publicKey.export({ type: 'spki', format: 'pem' })
const ownKey = { ...other.publicKey.export({ format: 'jwk' }), alg: 'RS256' }

describe('access tokens', () => {
  let tokens: AccessTokens
  beforeAll(async () => {
    const key = (await importJWK(pair.publicKey.export({ format: 'jwk' }), 'RS256')) as CryptoKey
    const verifier = async (named: string) => (named === kid ? key : null)
    const missing = () => Promise.reject(new Error('nothing is signed here'))
    const keys = { verifier, current: missing, published: async () => [], rotate: missing }
    tokens = accessTokens({ keys, issuer, now: () => now })
  })

  it('hold with the right signature, form and claims', async () => {
    expect(await tokens.verify(forge())).toMatchObject({
      kind: 'valid',
      claims: { client_id: 'client_1', scope: 'read:audit' },
    })
  })

  it('are over when their time is, and only then told so', async () => {
    const over = { ...claims, exp: now / 1000 }
    expect((await tokens.verify(forge({ claims: over }))).kind).toBe('expired')
    const forged = forge({ claims: over, key: other.privateKey })
    expect((await tokens.verify(forged)).kind).toBe('invalid')
  })

  it.each([
    ['without a signature', `${part({ ...header, alg: 'none' })}.${part(claims)}.`],
    ['with alg none and a signature', forge({ header: { ...header, alg: 'none' } })],
    ['with the public key as the secret of an HMAC', hmac(spki)],
    ['with the public key in DER as that secret', hmac(der())],
    ['with alg PS256', forge({ header: { ...header, alg: 'PS256' } })],
    ['with alg RS512', forge({ header: { ...header, alg: 'RS512' } })],
    ['with a curve', forge({ header: { ...header, alg: 'ES256' }, key: curve.privateKey })],
    ['signed by another', forge({ key: other.privateKey })],
    ['with a key of its own', forge({ header: { ...header, jwk: ownKey }, key: other.privateKey })],
    [
      'with a key elsewhere',
      forge({ header: { ...header, jku: 'https://x' }, key: other.privateKey }),
    ],
    ['without kid', forge({ header: { alg: 'RS256', typ: 'at+jwt' } })],
    ['with an unknown kid', forge({ header: { ...header, kid: 'B'.repeat(43) } })],
    ['with a kid that is a path', forge({ header: { ...header, kid: '../../etc/passwd' } })],
    ['with a kid that is an object', forge({ header: { ...header, kid: { $ne: 1 } } })],
    ['of another type', forge({ header: { ...header, typ: 'JWT' } })],
    ['with an unknown critical header', forge({ header: { ...header, crit: ['x'], x: 1 } })],
    ['with an unencoded payload', forge({ header: { ...header, b64: false, crit: ['b64'] } })],
    ['of another issuer', forge({ claims: { ...claims, iss: 'https://evil.example' } })],
    ['for another audience', forge({ claims: { ...claims, aud: 'https://evil.example' } })],
    ['without an end', forge({ claims: { ...claims, exp: undefined } })],
    ['whose end is text', forge({ claims: { ...claims, exp: '99999999999' } })],
    ['that begins later', forge({ claims: { ...claims, nbf: now / 1000 + 600 } })],
    ['without a family', forge({ claims: { ...claims, gid: undefined } })],
    ['whose tenant is no UUID', forge({ claims: { ...claims, org: "' or 1=1" } })],
    ['whose claims are a list', forge({ claims: '[1]' })],
    ['whose claims are no JSON', forge({ claims: 'scope' })],
    ['whose signature is short', withSignature((bytes) => bytes.subarray(1))],
    ['whose signature is empty', withSignature(() => Buffer.alloc(0))],
    ['whose signature is nought', withSignature((bytes) => Buffer.alloc(bytes.length))],
    ['spelled in another way', respelled()],
    ['with padding', `${forge()}=`],
    ['with a space', `${forge()} `],
    ['with a line break', forge().replace('.', '.\n')],
    ['of two parts', forge().split('.').slice(0, 2).join('.')],
    ['of five parts', `${forge()}.x.y`],
    ['as JSON', JSON.stringify({ payload: part(claims), signatures: [] })],
    ['that is far too long', forge({ claims: { ...claims, scope: 'x'.repeat(10_000) } })],
    ['that is nothing', ''],
  ])('do not hold %s', async (_what, token) => {
    expect((await tokens.verify(token)).kind).toBe('invalid')
  })

  it('are more than a signature: the example of the standard verifies and is none', async () => {
    const key = (await importJWK(exampleKey, 'RS256')) as CryptoKey
    const { payload } = await compactVerify(example, key, { algorithms: ['RS256'] })
    expect(Buffer.from(payload).toString()).toContain('"iss":"joe"')
    const [, body, signature] = example.split('.')
    const named = `${part({ alg: 'RS256', kid })}.${body}.${signature}`
    for (const token of [example, named]) {
      expect((await tokens.verify(token)).kind).toBe('invalid')
    }
  })

  it('do not hold with any one character changed', async () => {
    const token = forge()
    for (let at = 0; at < token.length; at += 7) {
      const changed = token.slice(0, at) + (token[at] === 'A' ? 'B' : 'A') + token.slice(at + 1)
      expect((await tokens.verify(changed)).kind, `at ${at}`).toBe('invalid')
    }
  })
})

function der(): Buffer {
  return createPublicKey(
    createPrivateKey(pair.privateKey.export({ type: 'pkcs8', format: 'pem' })),
  ).export({ type: 'spki', format: 'der' })
}

const exampleKey = {
  kty: 'RSA',
  e: 'AQAB',
  n: [
    'ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4',
    'd4QlL-yRT-SFd2lZS-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5re',
    'xMdbBYUsLA9e-KXBdQOS-UTo7WTBEMa2R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxX',
    'FvUK-DWNmoudF8NAco9_h9iaGNj8q2ethFkMLs91kzk2PAcDTW9gb54h4FRWyuXpoQ',
  ].join(''),
}
const example = [
  'eyJhbGciOiJSUzI1NiJ9.',
  'eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ.',
  'cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_O8W2Fp5ju',
  'jGbds9uJdbF9CUAr7t1dnZcAcQjbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb1L07',
  'Qe7K0GarZRmB_eSN9383LcOLn6_dO--xi12jzDwusC-eOkHWEsqtFZESc6BfI7noOPqvhJ1phCnvWh6IeYI2w9QOYEUipU',
  'TI8np6LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrBp0igcN_IoypGlUPQGe77Rw',
].join('')
