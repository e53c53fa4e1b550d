// What authorities send back: PEM of a certificate with those above it, in whatever order.
import { type Certificate, parseCertificate } from '../../x509/certificate.ts'
import { isSelfSigned } from '../../x509/chain/link.ts'
import { orderChain } from '../../x509/chain/order.ts'
import { parseRequest } from '../../x509/csr.ts'
import { X509Error } from '../../x509/error.ts'
import { parsePem } from '../../x509/pem.ts'
import { Refused } from './contract.ts'

export interface Bundle {
  certificate: Uint8Array
  /** The issuer first, without the root. */
  chain: Uint8Array[]
}

const certificatesMax = 10

/** The certificate of the request's key, or the first where none is; throws Refused. */
export function readBundle(text: string, csr: Uint8Array): Bundle {
  const all = certificatesOf(text)
  const wanted = Buffer.from(parseRequest(csr).publicKey.der)
  const leaf = all.find(({ publicKey }) => wanted.equals(publicKey.der)) ?? all[0]
  if (leaf === undefined) throw new Refused('the authority sent no certificate')
  const others = all.filter((each) => each !== leaf)
  const [, ...above] = orderChain(others, leaf)?.chain ?? []
  const chain = above.filter((each) => !isSelfSigned(each)).map(({ der }) => der)
  return { certificate: leaf.der, chain }
}

function certificatesOf(text: string): Certificate[] {
  try {
    return parsePem(text)
      .filter(({ label }) => label === 'CERTIFICATE')
      .slice(0, certificatesMax)
      .map(({ bytes }) => parseCertificate(bytes))
  } catch (error) {
    if (!(error instanceof X509Error)) throw error
    throw new Refused(`what the authority sent cannot be read: ${error.message}`, null, {
      cause: error,
    })
  }
}

/** Whether two requests are for one key; false where either cannot be read. */
export function isForSameKey(pem: string, csr: Uint8Array): boolean {
  try {
    const sent = parsePem(pem).find(({ label }) => label.endsWith('CERTIFICATE REQUEST'))
    if (sent === undefined) return false
    return Buffer.from(parseRequest(sent.bytes).publicKey.der).equals(
      Buffer.from(parseRequest(csr).publicKey.der),
    )
  } catch (error) {
    if (error instanceof X509Error) return false
    throw error
  }
}
