// Signs what is sent to an ACME server (RFC 8555, section 6.2), and makes the keys for that.
import {
  createHash,
  createHmac,
  createPrivateKey,
  createPublicKey,
  generateKeyPair,
  type KeyObject,
  sign,
} from 'node:crypto'
import { promisify } from 'node:util'

export interface AccountKey {
  key: KeyObject
  algorithm: 'ES256' | 'RS256'
  jwk: Record<string, string>
  /** RFC 7638. */
  thumbprint: string
}

export async function makeAccountKey(type: 'ECDSA' | 'RSA'): Promise<Buffer> {
  const { privateKey } =
    type === 'RSA'
      ? await promisify(generateKeyPair)('rsa', { modulusLength: 3072 })
      : await promisify(generateKeyPair)('ec', { namedCurve: 'P-256' })
  return privateKey.export({ type: 'pkcs8', format: 'der' })
}

export function readAccountKey(pkcs8: Buffer): AccountKey {
  const key = createPrivateKey({ key: pkcs8, type: 'pkcs8', format: 'der' })
  const all = createPublicKey(key).export({ format: 'jwk' })
  const names = all.kty === 'RSA' ? ['e', 'kty', 'n'] : ['crv', 'kty', 'x', 'y']
  const jwk = Object.fromEntries(names.map((name) => [name, String(all[name])]))
  const thumbprint = createHash('sha256').update(JSON.stringify(jwk)).digest('base64url')
  return { key, algorithm: all.kty === 'RSA' ? 'RS256' : 'ES256', jwk, thumbprint }
}

/** A flattened JWS; `payload` null asks to read (POST-as-GET). */
export function signed(
  header: Record<string, unknown>,
  payload: object | null,
  { key, algorithm }: AccountKey,
): string {
  const first = encoded({ alg: algorithm, ...header })
  const second = payload === null ? '' : encoded(payload)
  const signature = sign('sha256', Buffer.from(`${first}.${second}`), {
    key,
    dsaEncoding: 'ieee-p1363',
  })
  return JSON.stringify({
    protected: first,
    payload: second,
    signature: signature.toString('base64url'),
  })
}

/** Shows that whoever has the account's key also has the authority's (section 7.3.4). */
export function accountBinding(
  binding: { kid: string; hmacKey: string },
  url: string,
  { jwk }: AccountKey,
): object {
  const first = encoded({ alg: 'HS256', kid: binding.kid, url })
  const second = encoded(jwk)
  const mac = createHmac('sha256', Buffer.from(binding.hmacKey, 'base64url'))
  const signature = mac.update(`${first}.${second}`).digest('base64url')
  return { protected: first, payload: second, signature }
}

function encoded(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url')
}
