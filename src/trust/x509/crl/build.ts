// Makes revocation lists (RFC 5280 §5). Entries are encoded once, when a certificate is revoked,
// and kept: a list of any length is then little more than one copy and one signature.
import { isAuthority } from '../certificate.ts'
import { encodeTime } from '../der/time.ts'
import * as write from '../der/writer.ts'
import { X509Error } from '../error.ts'
import type { Extension } from '../extension/extension.ts'
import { authorityKeyIdExtension, encodeExtension } from '../extension/write.ts'
import { oids } from '../oids.ts'
import type { Authority } from '../profile.ts'
import { keyIdOf } from '../public-key.ts'
import { type Revocation, type RevocationReason, reasonCodes } from '../revocation.ts'

const version2 = write.integer(1)

/** One entry, from the serial number's bytes or its magnitude. */
export function encodeEntry(serial: Uint8Array, { at, reason }: Revocation): Uint8Array {
  const head = [write.unsignedInteger(serial), encodeTime(at)]
  // RFC 5280: an unspecified reason is left out.
  if (reason === null || reason === 'unspecified') return write.sequence(...head)
  return write.sequence(...head, encodedReasons.get(reason) ?? encodeReason(reason))
}

function encodeReason(reason: RevocationReason): Uint8Array {
  const value = write.enumerated(reasonCodes[reason])
  return write.sequence(encodeExtension({ oid: oids.reasonCode, critical: false, value }))
}

const encodedReasons = new Map(
  (Object.keys(reasonCodes) as RevocationReason[]).map((each) => [each, encodeReason(each)]),
)

export interface CrlContents {
  /** Grows with each list of an issuer. */
  number: number
  thisUpdate: Date
  nextUpdate: Date
  /** What `encodeEntry` answered, each certificate once, in any order. */
  entries: readonly Uint8Array[]
  /** Of a list that holds a part of the certificates only: the address that they point to. */
  partition?: { url: string }
}

/** The DER of a list, signed by the authority itself. */
export async function buildCrl(contents: CrlContents, issuer: Authority): Promise<Uint8Array> {
  const { certificate, signer } = issuer
  const { number, thisUpdate, nextUpdate, entries, partition } = contents
  if (!isAuthority(certificate) || certificate.says.keyUsage?.includes('cRLSign') === false) {
    throw new X509Error('not_allowed', 'the issuer may not sign revocation lists')
  }
  if (!(thisUpdate.getTime() < nextUpdate.getTime())) {
    throw new X509Error('not_allowed', 'the next list would come before this one')
  }
  const keyId = certificate.says.subjectKeyId ?? keyIdOf(certificate.publicKey)
  const extensions = [
    authorityKeyIdExtension(keyId),
    { oid: oids.crlNumber, critical: false, value: write.integer(number) },
    ...(partition === undefined ? [] : [partitionExtension(partition.url)]),
  ]
  const list = write.sequence(
    version2,
    signer.algorithm,
    certificate.subject.der,
    encodeTime(thisUpdate),
    encodeTime(nextUpdate),
    // An empty list is left out, as RFC 5280 §5.1.2.6 wants it.
    ...(entries.length === 0 ? [] : [write.sequenceOf(entries)]),
    write.explicit(0, write.sequence(...extensions.map(encodeExtension))),
  )
  return write.sequence(list, signer.algorithm, write.bitString(await signer.sign(list)))
}

function partitionExtension(url: string): Extension {
  const name = write.implicit(6, Buffer.from(url, 'latin1'))
  const value = write.sequence(write.explicit(0, write.explicit(0, name)))
  return { oid: oids.issuingDistributionPoint, critical: true, value }
}
