// The PKCS #10 request that an authority is asked with, made for a key that is here.
import type { KeyObject } from 'node:crypto'
import { parseAlternativeNames } from '../x509/alternative-name.ts'
import { buildRequest } from '../x509/csr.ts'
import { createSoftwareSigner } from '../x509/signer.ts'
import type { Names } from './names.ts'

const commonNameMax = 64

/** DER. A common name that is too long for a subject stands among the alternative names only. */
export async function requestFor({ commonName, all }: Names, key: KeyObject): Promise<Buffer> {
  const subject = commonName.length > commonNameMax ? {} : { CN: commonName }
  const names = parseAlternativeNames(all)
  return Buffer.from(await buildRequest({ subject, names }, createSoftwareSigner(key)))
}
