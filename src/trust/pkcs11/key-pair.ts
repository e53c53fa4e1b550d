// Key pairs on a token: made so that the private part never leaves it, found by their id, removed.
import { createPublicKey } from 'node:crypto'
import type { Handle, PKCS11, Template } from 'pkcs11js'
import type { KeySpec } from '../key-spec.ts'
import * as write from '../x509/der/writer.ts'
import { TokenFault } from './fault.ts'
import type { Session } from './token.ts'

const cka = {
  class: 0x0,
  token: 0x1,
  private: 0x2,
  label: 0x3,
  id: 0x102,
  sensitive: 0x103,
  sign: 0x108,
  verify: 0x10a,
  modulus: 0x120,
  modulusBits: 0x121,
  publicExponent: 0x122,
  extractable: 0x162,
  ecParams: 0x180,
  ecPoint: 0x181,
} as const
const cko = { publicKey: 2, privateKey: 3 } as const
const mechanisms = { RSA: 0x0, ECDSA: 0x1040, Ed25519: 0x1055 } as const
const curves: Readonly<Record<number, string>> = {
  256: '1.2.840.10045.3.1.7',
  384: '1.3.132.0.34',
}
const ed25519Oid = '1.3.101.112'

export interface TokenKey {
  /** CKA_ID in hex. */
  id: string
  /** SubjectPublicKeyInfo. */
  publicKeyInfo: Uint8Array
}

/** Throws TokenFault where the token does not make such keys, or makes them readable. */
export async function makeKeyPair(session: Session, id: string, spec: KeySpec): Promise<TokenKey> {
  const { pkcs11, handle, slot } = session
  const mechanism = mechanisms[spec.type]
  if (!pkcs11.C_GetMechanismList(slot).includes(mechanism)) {
    throw new TokenFault('not_supported', `the token makes no keys of ${spec.type}`)
  }
  const shared = [
    { type: cka.token, value: true },
    { type: cka.id, value: Buffer.from(id, 'hex') },
    { type: cka.label, value: `panthera ${id}` },
  ]
  const publicTemplate = [...shared, { type: cka.verify, value: true }, ...sizeOf(spec)]
  const privateTemplate = [
    ...shared,
    { type: cka.private, value: true },
    { type: cka.sensitive, value: true },
    { type: cka.extractable, value: false },
    { type: cka.sign, value: true },
  ]
  const pair = await pkcs11.C_GenerateKeyPairAsync(
    handle,
    { mechanism },
    publicTemplate,
    privateTemplate,
  )
  if (!staysInside(pkcs11, handle, pair.privateKey)) {
    removeKeyPair(session, id)
    throw new TokenFault('not_supported', 'the token made a key that can be read: it is removed')
  }
  return { id, publicKeyInfo: publicKeyInfoOf(pkcs11, handle, pair.publicKey, spec) }
}

function sizeOf({ type, size }: KeySpec): Template {
  if (type === 'RSA') {
    return [
      { type: cka.modulusBits, value: size },
      { type: cka.publicExponent, value: Buffer.of(1, 0, 1) },
    ]
  }
  const oid = type === 'Ed25519' ? ed25519Oid : (curves[size] ?? '')
  return [{ type: cka.ecParams, value: Buffer.from(write.oid(oid)) }]
}

function staysInside(pkcs11: PKCS11, session: Handle, key: Handle): boolean {
  const [sensitive, extractable] = pkcs11.C_GetAttributeValue(session, key, [
    { type: cka.sensitive },
    { type: cka.extractable },
  ])
  return isTrue(sensitive?.value) && !isTrue(extractable?.value)
}

function isTrue(value: unknown): boolean {
  return Buffer.isBuffer(value) && value[0] === 1
}

function publicKeyInfoOf(
  pkcs11: PKCS11,
  session: Handle,
  key: Handle,
  { type, size }: KeySpec,
): Uint8Array {
  if (type === 'RSA') {
    const [n, e] = read(pkcs11, session, key, [cka.modulus, cka.publicExponent])
    const jwk = { kty: 'RSA', n: base64url(n), e: base64url(e) }
    return createPublicKey({ key: jwk, format: 'jwk' }).export({ type: 'spki', format: 'der' })
  }
  const [point = Buffer.of()] = read(pkcs11, session, key, [cka.ecPoint])
  const bytes = unwrapped(point, type === 'Ed25519' ? 32 : size / 4 + 1)
  const algorithm =
    type === 'Ed25519'
      ? write.sequence(write.oid(ed25519Oid))
      : write.sequence(write.oid('1.2.840.10045.2.1'), write.oid(curves[size] ?? ''))
  return write.sequence(algorithm, write.bitString(bytes))
}

/** An OCTET STRING by the standard; some tokens give what is in it. */
function unwrapped(point: Buffer, length: number): Buffer {
  return point.length > length && point[0] === 0x04 ? point.subarray(point.length - length) : point
}

function read(pkcs11: PKCS11, session: Handle, key: Handle, types: readonly number[]): Buffer[] {
  const template = types.map((type) => ({ type }))
  return pkcs11
    .C_GetAttributeValue(session, key, template)
    .map(({ value }) => (Buffer.isBuffer(value) ? value : Buffer.of()))
}

function base64url(bytes: Buffer | undefined): string {
  return (bytes ?? Buffer.of()).toString('base64url')
}

/** Throws TokenFault where the token has no such key. */
export function privateKeyOf({ pkcs11, handle }: Session, id: string): Handle {
  const [found] = find(pkcs11, handle, [
    { type: cka.class, value: cko.privateKey },
    { type: cka.id, value: Buffer.from(id, 'hex') },
  ])
  if (found === undefined) throw new TokenFault('no_key', `the token has no key ${id} any more`)
  return found
}

/** Of a key that is not there there is nothing to remove. */
export function removeKeyPair({ pkcs11, handle }: Session, id: string): void {
  const objects = find(pkcs11, handle, [{ type: cka.id, value: Buffer.from(id, 'hex') }])
  for (const each of objects) pkcs11.C_DestroyObject(handle, each)
}

function find(pkcs11: PKCS11, session: Handle, template: Template): Handle[] {
  pkcs11.C_FindObjectsInit(session, template)
  try {
    return pkcs11.C_FindObjects(session, 10)
  } finally {
    pkcs11.C_FindObjectsFinal(session)
  }
}
