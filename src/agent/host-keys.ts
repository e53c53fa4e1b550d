// Private keys that are made on this host and never leave it: a file each, under the digest of its
// public key, by which the certificate finds it again.
import {
  createHash,
  createPrivateKey,
  generateKeyPair,
  type KeyObject,
  X509Certificate,
} from 'node:crypto'
import { readdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { z } from 'zod'
import { isErrno, privateDirectory, writeAtomic } from '../platform/files.ts'
import { parseAlternativeNames } from '../trust/x509/alternative-name.ts'
import { buildRequest } from '../trust/x509/csr.ts'
import { createSoftwareSigner, exportPublicKey } from '../trust/x509/signer.ts'

const Stored = z.object({
  certificateId: z.int(),
  renewalId: z.int(),
  createdAt: z.iso.datetime(),
  /** PKCS #8 PEM. */
  key: z.string(),
})
type Stored = z.infer<typeof Stored>

export interface KeyWish {
  certificateId: number
  renewalId: number
  commonName: string
  names: readonly string[]
  keyType: 'RSA' | 'ECDSA' | 'Ed25519'
  keySize: number
  reuseKey: boolean
}

export interface HostKeys {
  /** DER of a request for the key of this renewal: the same key, however often it is asked. */
  requestFor(wish: KeyWish): Promise<Buffer>
  /** Null where this host did not make it. */
  find(certificate: Uint8Array): Promise<KeyObject | null>
  /** Those that were replaced long ago, once a newer one of the certificate is served. */
  prune(certificate: Uint8Array, keptMax: number): Promise<void>
}

const commonNameMax = 64

export function hostKeys(folder: string, now: () => Date): HostKeys {
  async function all(): Promise<{ path: string; stored: Stored }[]> {
    const names = await readdir(folder).catch((error) => {
      if (isErrno(error, 'ENOENT')) return []
      throw error
    })
    const found = []
    for (const name of names.filter((each) => /^[0-9a-f]{64}\.json$/.test(each))) {
      const path = join(folder, name)
      const stored = parse(await readFile(path, 'utf8'))
      if (stored !== null) found.push({ path, stored })
    }
    return found.sort((a, b) => b.stored.renewalId - a.stored.renewalId)
  }

  async function keyFor(wish: KeyWish): Promise<KeyObject> {
    const own = (await all()).filter(({ stored }) => stored.certificateId === wish.certificateId)
    // The answer to the same question was lost, or the policy wants the old key.
    const same = own.find(({ stored }) => stored.renewalId === wish.renewalId)
    const known = same ?? (wish.reuseKey ? own[0] : undefined)
    if (known !== undefined) return createPrivateKey(known.stored.key)
    const key = await newKey(wish)
    const stored = {
      certificateId: wish.certificateId,
      renewalId: wish.renewalId,
      createdAt: now().toISOString(),
      key: key.export({ type: 'pkcs8', format: 'pem' }),
    }
    await privateDirectory(folder)
    await writeAtomic(join(folder, nameOf(exportPublicKey(key))), JSON.stringify(stored))
    return key
  }

  async function load(certificate: Uint8Array): Promise<Stored | null> {
    const publicKey = exportPublicKey(new X509Certificate(certificate).publicKey)
    const text = await readFile(join(folder, nameOf(publicKey)), 'utf8').catch((error) => {
      if (isErrno(error, 'ENOENT')) return null
      throw error
    })
    return text === null ? null : parse(text)
  }

  return {
    async requestFor(wish) {
      const signer = createSoftwareSigner(await keyFor(wish))
      // A name that is too long for a subject stands among the alternative ones only.
      const subject = wish.commonName.length > commonNameMax ? {} : { CN: wish.commonName }
      const names = parseAlternativeNames([...wish.names])
      return Buffer.from(await buildRequest({ subject, names }, signer))
    },
    async find(certificate) {
      const stored = await load(certificate)
      return stored === null ? null : createPrivateKey(stored.key)
    },
    async prune(certificate, keptMax) {
      const served = await load(certificate)
      if (served === null) return
      const older = (await all()).filter(
        ({ stored }) =>
          stored.certificateId === served.certificateId && stored.renewalId < served.renewalId,
      )
      for (const { path } of older.slice(keptMax)) await rm(path, { force: true })
    },
  }
}

const nameOf = (publicKey: Uint8Array) =>
  `${createHash('sha256').update(publicKey).digest('hex')}.json`

function parse(text: string): Stored | null {
  try {
    return Stored.parse(JSON.parse(text))
  } catch {
    return null
  }
}

const generate = promisify(generateKeyPair)

/** Sizes that no server of ours asks for are no reason to make a weak key. */
async function newKey({ keyType, keySize }: KeyWish): Promise<KeyObject> {
  if (keyType === 'Ed25519') return (await generate('ed25519')).privateKey
  if (keyType === 'RSA' && [2048, 3072, 4096].includes(keySize)) {
    return (await generate('rsa', { modulusLength: keySize })).privateKey
  }
  if (keyType === 'ECDSA' && (keySize === 256 || keySize === 384)) {
    return (await generate('ec', { namedCurve: `P-${keySize}` })).privateKey
  }
  throw new Error(`no key of type ${keyType} and ${keySize} bits is made here`)
}
