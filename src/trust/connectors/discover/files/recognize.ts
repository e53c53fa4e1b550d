// Which files may hold certificates or their keys: by their names, or by how they begin.
import { open } from 'node:fs/promises'
import { basename } from 'node:path'
import { isJks } from '../../../x509/jks.ts'

const extensions =
  /\.(pem|crt|cer|cert|der|p7b|p7c|p7s|p12|pfx|pkcs12|jks|jceks|keystore|truststore|ks|chain)$/i
const keyExtensions = /\.(key|pkey|pk8)$/i
/** Of well-known programs, without an ending that tells. */
const names =
  /^(\.?keystore|cacerts|fullchain|tls|server|cert|certificate|(host)?-?key|key|privkey)$/i
/** Backups and copies, such as `server.pem.bak` or `cert.pem-2024`. */
const copies = /[._-](bak|old|orig|save|new|\d{1,14})$/i

export function mayHoldCertificates(path: string): boolean {
  const name = basename(path).replace(copies, '')
  return extensions.test(name) || names.test(name)
}

export function mayHoldKeys(path: string): boolean {
  return keyExtensions.test(basename(path).replace(copies, '')) || mayHoldCertificates(path)
}

const headBytes = 16_384
const atOnce = 32

/** Those that begin as a file of certificates does; others, and what cannot be read, are not. */
export async function thoseThatBeginLikely(paths: readonly string[]): Promise<Set<string>> {
  const likely = new Set<string>()
  for (let at = 0; at < paths.length; at += atOnce) {
    const some = paths.slice(at, at + atOnce)
    const answers = await Promise.all(some.map(beginsLikely))
    for (const [index, path] of some.entries()) if (answers[index]) likely.add(path)
  }
  return likely
}

async function beginsLikely(path: string): Promise<boolean> {
  try {
    const file = await open(path, 'r')
    try {
      const { bytesRead, buffer } = await file.read(Buffer.allocUnsafe(headBytes), 0, headBytes, 0)
      return isLikely(buffer.subarray(0, bytesRead))
    } finally {
      await file.close()
    }
  } catch {
    return false
  }
}

/** Exported for the fuzz of it. */
export function isLikely(head: Buffer): boolean {
  if (isJks(head)) return true
  // A sequence of over 127 bytes whose first part is a sequence (a certificate), a version
  // (PKCS #12) or an identifier (PKCS #7).
  const first = head[1] ?? 0
  if (head[0] === 0x30 && first >= 0x80 && first <= 0x84) {
    const inner = head[2 + (first & 0x7f)]
    return inner === 0x30 || inner === 0x02 || inner === 0x06
  }
  return head.includes('-----BEGIN ') && isPemOfInterest.test(head.toString('latin1'))
}

const isPemOfInterest = /-----BEGIN ((X509 |TRUSTED )?CERTIFICATE|PKCS7|(\w+ )?PRIVATE KEY)-----/
