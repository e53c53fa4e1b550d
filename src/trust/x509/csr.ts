// Certificate requests (PKCS #10, RFC 2986): read, and made.
import { importPublicKey, type SignatureAlgorithm, signatureHolds } from './algorithm.ts'
import { type DerReader, tags, wholeOf } from './der/reader.ts'
import { numberOf, oidOf } from './der/values.ts'
import * as write from './der/writer.ts'
import { X509Error } from './error.ts'
import type { Extension } from './extension/extension.ts'
import { type ReadExtensions, readExtensions, understandExtensions } from './extension/read.ts'
import { encodeExtension, subjectAltNameExtension } from './extension/write.ts'
import type { GeneralName } from './general-name.ts'
import { encodeName, type Name, type NameParts, readName } from './name.ts'
import { oids } from './oids.ts'
import { type PublicKeyInfo, readPublicKeyInfo } from './public-key.ts'
import { readSigned } from './signed.ts'
import type { Signer } from './signer.ts'

export interface CertificateRequest {
  der: Uint8Array
  subject: Name
  publicKey: PublicKeyInfo
  /** Those it asks for. */
  extensions: Extension[]
  says: ReadExtensions
  signatureAlgorithm: SignatureAlgorithm
  /** Whether its signature shows that who made it holds the key. */
  proven: boolean
}

const limits = { bytesMax: 256 * 1024, elementsMax: 20_000 }
const what = 'certificate request'

/** Reads a request and checks its signature; whoever issues refuses one that is not `proven`. */
export function parseRequest(der: Uint8Array): CertificateRequest {
  const signed = readSigned(der, what, limits)
  const { content: infoElement, body: info, signatureAlgorithm, signature } = signed
  const version = info.next(tags.integer, 'version')
  if (numberOf(version) !== 0) throw new X509Error('unsupported', 'another version', version.start)
  const subject = readName(info, 'subject')
  const publicKey = readPublicKeyInfo(info)
  const attributes = info.enterOptional(0xa0, 'attributes')
  info.finish(what)
  const extensions = attributes === undefined ? [] : requestedExtensions(attributes)
  const key = importPublicKey(publicKey.der)
  const proven = signatureHolds(signatureAlgorithm, key, wholeOf(infoElement), signature)
  const says = understandExtensions(extensions)
  return { der, subject, publicKey, extensions, says, signatureAlgorithm, proven }
}

function requestedExtensions(attributes: DerReader): Extension[] {
  let found: Extension[] | undefined
  while (!attributes.done) {
    const attribute = attributes.enter(tags.sequence, 'attribute')
    const oid = oidOf(attribute.next(tags.oid, 'attribute'))
    const values = attribute.enter(tags.set, 'attribute')
    attribute.finish('attribute')
    if (oid !== oids.extensionRequest) continue
    if (found !== undefined) {
      throw new X509Error('malformed', 'extensions are asked for twice', attributes.offset)
    }
    found = readExtensions(values, 'requested extensions')
    values.finish('requested extensions')
  }
  return found ?? []
}

/** A request for the signer's own key. */
export async function buildRequest(
  wish: { subject: NameParts; names: readonly GeneralName[] },
  signer: Signer,
): Promise<Uint8Array> {
  const extensions =
    wish.names.length === 0 ? [] : [encodeExtension(subjectAltNameExtension(wish.names, false))]
  const attribute = write.sequence(
    write.oid(oids.extensionRequest),
    write.setOf(write.sequence(...extensions)),
  )
  const info = write.sequence(
    write.integer(0),
    encodeName(wish.subject),
    signer.publicKeyInfo,
    write.explicit(0, ...(extensions.length === 0 ? [] : [attribute])),
  )
  return write.sequence(info, signer.algorithm, write.bitString(await signer.sign(info)))
}
