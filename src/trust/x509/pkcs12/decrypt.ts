// Opens what a password closes in PKCS #8 and PKCS #12, with a bound on the work for a file.
import { createDecipheriv, pbkdf2Sync } from 'node:crypto'
import { contentOf, type DerReader, type Element, tags } from '../der/reader.ts'
import { numberOf, oidOf } from '../der/values.ts'
import { X509Error } from '../error.ts'
import { derive, passwordBytes } from './derive.ts'
import { type Cipher, ciphers, hmacs, olderCiphers, pbes2, pbkdf2 } from './oids.ts'
import { decryptRc2 } from './rc2.ts'

/** Iterations that all parts of one file may ask for together: some two seconds. */
export interface Work {
  left: number
}

export const workMax = 2_000_000

export function spend(work: Work, iterations: number): void {
  work.left -= iterations
  if (iterations < 1 || work.left < 0) {
    const most = `at most ${workMax} iterations are done for one file`
    throw new X509Error('too_large', `the password would be hashed ${iterations} times; ${most}`)
  }
}

export interface Opening {
  password: string
  work: Work
}

const sha1Bytes = 20

/** `algorithm` stands inside its AlgorithmIdentifier. */
export function decrypt(algorithm: DerReader, encrypted: Uint8Array, opening: Opening): Uint8Array {
  const oid = oidOf(algorithm.next(tags.oid, 'encryption'))
  if (oid === pbes2)
    return decryptPbes2(algorithm.enter(tags.sequence, 'PBES2'), encrypted, opening)
  const cipher = olderCiphers[oid]
  if (cipher === undefined) throw new X509Error('unsupported', `encryption ${oid} is not supported`)
  const parameters = algorithm.enter(tags.sequence, 'encryption')
  const salt = contentOf(parameters.next(tags.octetString, 'salt'))
  const iterations = numberOf(parameters.next(tags.integer, 'iterations'))
  const blocks = Math.ceil(cipher.keyBytes / sha1Bytes) + 1
  spend(opening.work, iterations * blocks)
  const password = passwordBytes(opening.password)
  const wish = { hash: 'sha1', salt, iterations }
  const key = derive(password, { ...wish, purpose: 1, bytes: cipher.keyBytes })
  const iv = derive(password, { ...wish, purpose: 2, bytes: cipher.blockBytes })
  return open(cipher, key, iv, encrypted)
}

function decryptPbes2(parameters: DerReader, encrypted: Uint8Array, opening: Opening): Uint8Array {
  const derivation = parameters.enter(tags.sequence, 'key derivation')
  const oid = oidOf(derivation.next(tags.oid, 'key derivation'))
  if (oid !== pbkdf2) throw new X509Error('unsupported', `key derivation ${oid} is not supported`)
  const details = derivation.enter(tags.sequence, 'PBKDF2')
  const salt = contentOf(details.next(tags.octetString, 'salt'))
  const iterations = numberOf(details.next(tags.integer, 'iterations'))
  details.optional(tags.integer, 'length of the key')
  const scheme = details.enterOptional(tags.sequence, 'HMAC')
  const hmac = scheme === undefined ? 'sha1' : hmacs[oidOf(scheme.next(tags.oid, 'HMAC'))]
  const encryption = parameters.enter(tags.sequence, 'encryption')
  const cipherOid = oidOf(encryption.next(tags.oid, 'encryption'))
  const cipher = ciphers[cipherOid]
  const iv = encryption.next(tags.octetString, 'initial vector')
  if (hmac === undefined || cipher === undefined) {
    throw new X509Error('unsupported', `encryption ${cipherOid} is not supported with that HMAC`)
  }
  spend(opening.work, iterations)
  const key = pbkdf2Sync(opening.password, salt, iterations, cipher.keyBytes, hmac)
  return open(cipher, key, contentOf(iv), encrypted)
}

function open(cipher: Cipher, key: Uint8Array, iv: Uint8Array, encrypted: Uint8Array): Uint8Array {
  if (iv.length !== cipher.blockBytes) {
    throw new X509Error('malformed', 'an initial vector of the wrong length')
  }
  if (cipher.name === 'rc2') return decryptRc2(key, iv, encrypted)
  // OpenSSL has triple DES with two keys under no name of its own here.
  const twoKeys = cipher.name === 'des-ede-cbc'
  const whole = twoKeys ? Buffer.concat([key, key.subarray(0, 8)]) : key
  try {
    const decipher = createDecipheriv(twoKeys ? 'des-ede3-cbc' : cipher.name, whole, iv)
    return Buffer.concat([decipher.update(encrypted), decipher.final()])
  } catch {
    throw new X509Error('wrong_password', 'the password does not open it')
  }
}

/** An EncryptedPrivateKeyInfo, opened: PKCS #8. */
export function decryptPrivateKey(info: DerReader, opening: Opening): Uint8Array {
  const algorithm = info.enter(tags.sequence, 'encryption')
  const encrypted: Element = info.next(tags.octetString, 'encrypted key')
  info.finish('encrypted key')
  return decrypt(algorithm, contentOf(encrypted), opening)
}
