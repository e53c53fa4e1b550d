// Of all that lints find, what makes a certificate weak: its key and the hash of its signature.
import type { Certificate } from '../certificate.ts'
import { lintCertificate } from './run.ts'

const strength = /^[ew]_(?:rsa_|dsa_|ec_|sub_cert_or_sub_ca_using_sha1)/

/** In the words of the lints; none where it is strong. */
export function strengthFaults(certificate: Certificate): string[] {
  return lintCertificate(certificate, 'internal')
    .filter(({ name }) => strength.test(name))
    .map(({ says }) => says)
}
