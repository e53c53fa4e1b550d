// Makes certificates: the part to be signed, and the whole with a signer's signature.
import { encodeTime } from './der/time.ts'
import * as write from './der/writer.ts'
import { X509Error } from './error.ts'
import type { Extension } from './extension/extension.ts'
import { encodeExtension } from './extension/write.ts'
import type { Signer } from './signer.ts'

export interface CertificateContents {
  /** From a cryptographic random source, 9 to 20 bytes; the two top bits are set here. */
  serialNumber: Uint8Array
  /** Encoded names. */
  issuer: Uint8Array
  subject: Uint8Array
  validFrom: Date
  validTo: Date
  publicKeyInfo: Uint8Array
  extensions: readonly Extension[]
}

/** Two bits are given away: over 64 random ones remain, as the Baseline Requirements want. */
const serialBytesMin = 9
const serialBytesMax = 20

const version3 = write.explicit(0, write.integer(2))

/** The TBSCertificate that a signer's key is to sign. */
function encodeContents(contents: CertificateContents, algorithm: Uint8Array): Uint8Array {
  const { validFrom, validTo, extensions } = contents
  if (!(validFrom.getTime() <= validTo.getTime())) {
    throw new X509Error('not_allowed', 'the certificate would end before it begins')
  }
  return write.sequence(
    version3,
    encodeSerial(contents.serialNumber),
    algorithm,
    contents.issuer,
    write.sequence(encodeTime(validFrom), encodeTime(validTo)),
    contents.subject,
    contents.publicKeyInfo,
    write.explicit(3, write.sequence(...extensions.map(encodeExtension))),
  )
}

/** The DER of a certificate. */
export async function signCertificate(
  contents: CertificateContents,
  signer: Signer,
): Promise<Uint8Array> {
  const tbs = encodeContents(contents, signer.algorithm)
  return write.sequence(tbs, signer.algorithm, write.bitString(await signer.sign(tbs)))
}

function encodeSerial(random: Uint8Array): Uint8Array {
  if (random.length < serialBytesMin || random.length > serialBytesMax) {
    const wanted = `${serialBytesMin} to ${serialBytesMax} random bytes`
    throw new X509Error('not_allowed', `a serial number is made of ${wanted}`)
  }
  const magnitude = Uint8Array.from(random)
  // Positive within 20 bytes, and never zero.
  magnitude[0] = ((magnitude[0] ?? 0) & 0x7f) | 0x40
  return write.unsignedInteger(magnitude)
}
