// Private keys of certificates: made off the main thread, and kept only sealed for their place.
import { createPrivateKey, generateKeyPair, type KeyObject } from 'node:crypto'
import { promisify } from 'node:util'
import type { Secrets } from '../../platform/secrets.ts'
import type { KeySpec } from '../key-spec.ts'

const curves: Record<number, string> = { 256: 'P-256', 384: 'P-384' }

export async function makeKey({ type, size }: KeySpec): Promise<KeyObject> {
  if (type === 'RSA') {
    const { privateKey } = await promisify(generateKeyPair)('rsa', { modulusLength: size })
    return privateKey
  }
  if (type === 'Ed25519') return (await promisify(generateKeyPair)('ed25519')).privateKey
  const { privateKey } = await promisify(generateKeyPair)('ec', {
    namedCurve: curves[size] ?? 'P-256',
  })
  return privateKey
}

/** Sealed for one organization: a row that is copied to another does not open there. */
export function sealKey(secrets: Secrets, organizationId: string, key: KeyObject): Buffer {
  return secrets.seal(key.export({ type: 'pkcs8', format: 'der' }), place(organizationId))
}

export function openKey(secrets: Secrets, organizationId: string, sealed: Uint8Array): KeyObject {
  const key = secrets.open(sealed, place(organizationId))
  return createPrivateKey({ key, type: 'pkcs8', format: 'der' })
}

function place(organizationId: string): string {
  return `organization/${organizationId}/certificate-key`
}
