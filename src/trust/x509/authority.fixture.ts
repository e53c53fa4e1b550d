// Authorities for tests, with keys of their own, and openssl to judge what is made.
import { spawnSync } from 'node:child_process'
import { generateKeyPairSync, type KeyObject, randomBytes } from 'node:crypto'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseAlternativeNames } from './alternative-name.ts'
import type { Certificate } from './certificate.ts'
import { encodePem } from './pem.ts'
import {
  type Authority,
  issueIntermediate,
  issueLeaf,
  issueRoot,
  type LeafWish,
} from './profile.ts'
import { createSoftwareSigner, exportPublicKey } from './signer.ts'

export const dayMs = 86_400_000
export const now: Date = new Date(Math.floor(Date.now() / 1000) * 1000)

export const keyKinds = ['RSA-2048', 'RSA-3072', 'RSA-4096', 'P-256', 'P-384', 'Ed25519'] as const
export type KeyKind = (typeof keyKinds)[number]

export function newKey(kind: KeyKind): KeyObject {
  if (kind === 'Ed25519') return generateKeyPairSync('ed25519').privateKey
  if (kind === 'P-256' || kind === 'P-384') {
    return generateKeyPairSync('ec', { namedCurve: kind }).privateKey
  }
  const modulusLength = Number(kind.slice(4))
  return generateKeyPairSync('rsa', { modulusLength }).privateKey
}

export function period(fromDays: number, toDays: number): { validFrom: Date; validTo: Date } {
  return {
    validFrom: new Date(now.getTime() + fromDays * dayMs),
    validTo: new Date(now.getTime() + toDays * dayMs),
  }
}

export interface Hierarchy {
  root: Authority
  intermediate: Authority
}

export async function newHierarchy(kind: KeyKind = 'P-256'): Promise<Hierarchy> {
  const rootSigner = createSoftwareSigner(newKey(kind))
  const rootWish = { subject: { O: 'Example', CN: 'Example Root' }, pathLength: 1 }
  const certificate = await issueRoot(
    { ...rootWish, serialNumber: randomBytes(16), ...period(-1, 3650) },
    rootSigner,
  )
  const root = { certificate, signer: rootSigner }
  const signer = createSoftwareSigner(newKey(kind))
  const below = await issueIntermediate(
    {
      subject: { O: 'Example', CN: 'Example Issuing' },
      pathLength: 0,
      serialNumber: randomBytes(16),
      publicKeyInfo: signer.publicKeyInfo,
      ...period(-1, 1825),
    },
    root,
  )
  return { root, intermediate: { certificate: below, signer } }
}

const leafKey = newKey('P-256')

export function leafWish(names: readonly string[], more: Partial<LeafWish> = {}): LeafWish {
  return {
    subject: { CN: names[0] ?? 'nobody' },
    names: parseAlternativeNames(names),
    serialNumber: randomBytes(16),
    publicKeyInfo: exportPublicKey(leafKey),
    ...period(-1, 90),
    ...more,
  }
}

export function newLeaf(
  issuer: Authority,
  names: readonly string[],
  more: Partial<LeafWish> = {},
): Promise<Certificate> {
  return issueLeaf(leafWish(names, more), issuer)
}

/** As an issuer would look to whoever does not hold it to its constraints. */
export function withoutConstraints(certificate: Certificate): Certificate {
  return { ...certificate, says: { ...certificate.says, nameConstraints: null } }
}

export function pemOf({ der }: { der: Uint8Array }): string {
  return encodePem('CERTIFICATE', der)
}

/**
 * Runs a program on files; `@name` in its arguments stands for the file of that name, and what it
 * writes to `@out` is read.
 */
export function runOn(
  program: string,
  args: readonly string[],
  files: Record<string, string | Uint8Array> = {},
): { status: number | null; output: string; read: Buffer } {
  const folder = mkdtempSync(join(tmpdir(), 'panthera-x509-'))
  try {
    for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content)
    const placed = args.map((arg) => (arg.startsWith('@') ? join(folder, arg.slice(1)) : arg))
    const { status, stdout, stderr } = spawnSync(program, placed, { cwd: folder })
    const out = join(folder, 'out')
    const read = existsSync(out) ? readFileSync(out) : Buffer.of()
    return { status, output: `${stdout}${stderr}`, read }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
