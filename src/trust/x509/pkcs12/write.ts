// Writes PKCS #12 files as OpenSSL 3, Java and Windows read them: AES-256 and HMAC-SHA-256.
import { createCipheriv, createHmac, type KeyObject, pbkdf2 } from 'node:crypto'
import { promisify } from 'node:util'
import { oidOfHash } from '../algorithm.ts'
import { tags } from '../der/reader.ts'
import * as write from '../der/writer.ts'
import { X509Error } from '../error.ts'
import { derive, passwordBytes } from './derive.ts'
import {
  aes256Cbc,
  attributeTypes,
  bags,
  contentTypes,
  hmacSha256,
  pbes2,
  pbkdf2 as pbkdf2Oid,
} from './oids.ts'

export interface Pkcs12Contents {
  /** Leaf first, then its chain. */
  certificates: readonly Uint8Array[]
  /** Of the first certificate; null for a file of certificates alone. */
  privateKey: KeyObject | null
  /** What the pair is called in the store; Java calls it alias. */
  alias: string
}

export interface Closing {
  /** 1 to 256 characters. */
  password: string
  /** From a cryptographic random source. */
  random: (bytes: number) => Uint8Array
  /** How often the password is hashed, for the keys and for the MAC. */
  iterations?: number
}

const iterationsDefault = 100_000
const version3 = write.integer(3)
const deriveKey = promisify(pbkdf2)

export async function writePkcs12(
  { certificates, privateKey, alias }: Pkcs12Contents,
  closing: Closing,
): Promise<Uint8Array> {
  if (closing.password === '' || closing.password.length > 256) {
    throw new X509Error('not_allowed', 'a password has 1 to 256 characters')
  }
  const keyId = closing.random(20)
  const named = attributes(alias, keyId)
  const items = certificates.map((der, index) => {
    const value = write.sequence(write.oid(bags.x509), write.explicit(0, write.octetString(der)))
    const names = index === 0 && privateKey !== null ? [named] : []
    return write.sequence(write.oid(bags.certificate), write.explicit(0, value), ...names)
  })
  const parts = [encryptedPart(await encrypt(write.sequence(...items), closing))]
  if (privateKey !== null) {
    const pkcs8 = privateKey.export({ type: 'pkcs8', format: 'der' })
    const { algorithm, encrypted } = await encrypt(pkcs8, closing)
    const shrouded = write.sequence(algorithm, write.octetString(encrypted))
    const item = write.sequence(write.oid(bags.shroudedKey), write.explicit(0, shrouded), named)
    parts.push(dataPart(write.sequence(item)))
  }
  const safe = write.sequence(...parts)
  return write.sequence(version3, dataPart(safe), mac(safe, closing))
}

function dataPart(content: Uint8Array): Uint8Array {
  return write.sequence(write.oid(contentTypes.data), write.explicit(0, write.octetString(content)))
}

function encryptedPart({ algorithm, encrypted }: Encrypted): Uint8Array {
  const info = write.sequence(write.oid(contentTypes.data), algorithm, write.implicit(0, encrypted))
  return write.sequence(
    write.oid(contentTypes.encrypted),
    write.explicit(0, write.sequence(write.integer(0), info)),
  )
}

interface Encrypted {
  algorithm: Uint8Array
  encrypted: Uint8Array
}

async function encrypt(plain: Uint8Array, closing: Closing): Promise<Encrypted> {
  const { password, random, iterations = iterationsDefault } = closing
  const [salt, iv] = [random(16), random(16)]
  const key = await deriveKey(password, salt, iterations, 32, 'sha256')
  const cipher = createCipheriv('aes-256-cbc', key, iv)
  const derivation = write.sequence(
    write.oid(pbkdf2Oid),
    write.sequence(
      write.octetString(salt),
      write.integer(iterations),
      write.integer(32),
      write.sequence(write.oid(hmacSha256), write.nullValue),
    ),
  )
  const scheme = write.sequence(write.oid(aes256Cbc), write.octetString(iv))
  return {
    algorithm: write.sequence(write.oid(pbes2), write.sequence(derivation, scheme)),
    encrypted: Buffer.concat([cipher.update(plain), cipher.final()]),
  }
}

/** As strong as the encryption: whoever guesses passwords takes the easier of both. */
function mac(safe: Uint8Array, closing: Closing): Uint8Array {
  const { password, random, iterations = iterationsDefault } = closing
  const salt = random(16)
  const wish = { hash: 'sha256', purpose: 3, salt, iterations, bytes: 32 } as const
  const digest = createHmac('sha256', derive(passwordBytes(password), wish))
    .update(safe)
    .digest()
  const algorithm = write.sequence(write.oid(oidOfHash('sha256') ?? ''), write.nullValue)
  return write.sequence(
    write.sequence(algorithm, write.octetString(digest)),
    write.octetString(salt),
    write.integer(iterations),
  )
}

function attributes(alias: string, keyId: Uint8Array): Uint8Array {
  const attribute = (type: string, value: Uint8Array) =>
    write.sequence(write.oid(type), write.setOf(value))
  const name = write.encode(tags.bmpString, Buffer.from(alias.slice(0, 200), 'utf16le').swap16())
  return write.setOf(
    attribute(attributeTypes.friendlyName, name),
    attribute(attributeTypes.localKeyId, write.octetString(keyId)),
  )
}
