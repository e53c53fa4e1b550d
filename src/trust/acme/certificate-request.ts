// Checks the request of an order before anything is signed (RFC 8555 §7.4): well formed, proven,
// for exactly the names of the order, and not for the account's own key.
import type { Problem } from '../../platform/errors.ts'
import { type CertificateRequest, parseRequest } from '../x509/csr.ts'
import { X509Error } from '../x509/error.ts'
import { commonName } from '../x509/name.ts'
import { usableKey } from '../x509/profile.ts'
import { acmeErrors } from './errors.ts'
import type { Identifier } from './identifiers.ts'
import { fromBase64url, type PublicKey } from './jose.ts'

/** Throws badCSR, or badPublicKey for a key that nobody should use. */
export function checkRequest(
  sent: string,
  identifiers: readonly Identifier[],
  { key }: Pick<PublicKey, 'key'>,
): CertificateRequest {
  const der = fromBase64url(sent)
  if (der === null || der.length === 0) throw badCsr('csr is not Base64url of DER')
  const request = read(der)
  if (!request.proven) throw badCsr('Its signature is not one of its key')
  const own = key.export({ type: 'spki', format: 'der' })
  if (own.equals(request.publicKey.der)) {
    throw badCsr('Its key is the key of the account; a certificate needs one of its own')
  }
  requireNames(request, identifiers)
  return request
}

function read(der: Buffer): CertificateRequest {
  try {
    const request = parseRequest(der)
    const [fault] = request.says.faults
    if (fault !== undefined) throw badCsr(`It asks for extensions that cannot be read: ${fault}`)
    usableKey(request.publicKey.der)
    return request
  } catch (error) {
    if (!(error instanceof X509Error)) throw error
    throw badCsr(`It cannot be used: ${error.message}`)
  }
}

function requireNames(request: CertificateRequest, identifiers: readonly Identifier[]): void {
  const { subjectAltName } = request.says
  const odd = subjectAltName.find(({ kind }) => kind !== 'dns' && kind !== 'ip')
  if (odd !== undefined) throw badCsr(`It asks for a name of kind ${odd.kind}`)
  const asked = subjectAltName.map(({ kind, value }) => `${kind} ${value.toLowerCase()}`)
  const name = commonName(request.subject)
  const ordered = new Set(identifiers.map(({ type, value }) => `${type} ${value}`))
  if (name !== null && name !== undefined && name !== '') {
    const known = ['dns', 'ip'].find((kind) => ordered.has(`${kind} ${name.toLowerCase()}`))
    if (known === undefined) throw badCsr('Its common name is not in the order')
    asked.push(`${known} ${name.toLowerCase()}`)
  }
  const more = asked.find((each) => !ordered.has(each))
  if (more !== undefined) throw badCsr(`It names ${more.slice(0, 260)}, which is not in the order`)
  const missing = [...ordered].find((each) => !asked.includes(each))
  if (missing !== undefined) throw badCsr(`It lacks ${missing}, which is in the order`)
}

function badCsr(message: string): Problem {
  return acmeErrors.problem('acme_bad_csr', { message })
}
