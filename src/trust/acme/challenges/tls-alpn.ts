// tls-alpn-01 (RFC 8737): the host's TLS server shows a certificate made for this very challenge.
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { isIP } from 'node:net'
import { connect, type TLSSocket } from 'node:tls'
import { type Certificate, isSelfIssued, parseCertificate } from '../../x509/certificate.ts'
import { X509Error } from '../../x509/error.ts'
import { parseIp } from '../../x509/ip-address.ts'
import { acmeErrors } from '../errors.ts'
import { connection, connectionProblem, incorrect, type Validate } from './challenge.ts'

const protocol = 'acme-tls/1'
const identifierOid = '1.3.6.1.5.5.7.1.31'
const timeoutMs = 10_000
const addressesMax = 3

export const validateTlsAlpn: Validate = async (task, { outbound }) => {
  const { identifier, settings, signal } = task
  try {
    const port = settings.tlsPort
    const addresses = await outbound.resolve(identifier.value, port)
    const shown = await firstShown(addresses, { port, identifier, signal })
    check(shown, identifier, createHash('sha256').update(task.keyAuthorization).digest())
  } catch (error) {
    if (error instanceof X509Error) {
      throw incorrect(`The certificate of ${identifier.value} cannot be read: ${error.message}`)
    }
    throw connectionProblem(error)
  }
}

/** Where nothing listens at one address, another may do. */
async function firstShown(addresses: readonly string[], place: Omit<Place, 'address'>) {
  let failed: unknown
  for (const address of addresses.slice(0, addressesMax)) {
    try {
      return await certificateAt({ ...place, address })
    } catch (error) {
      failed ??= error
    }
  }
  throw failed
}

interface Place {
  address: string
  port: number
  identifier: { type: string; value: string }
  signal: AbortSignal
}

async function certificateAt({ address, port, identifier, signal }: Place): Promise<Certificate> {
  const socket = connect({
    host: address,
    port,
    servername: identifier.type === 'ip' ? reverseName(identifier.value) : identifier.value,
    ALPNProtocols: [protocol],
    minVersion: 'TLSv1.2',
    // It is signed by itself: what it proves stands in it.
    rejectUnauthorized: false,
  })
  const name = `${identifier.value}:${port}`
  try {
    await once(socket, 'secureConnect', {
      signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]),
    })
    return shownBy(socket, name)
  } catch (error) {
    throw failure(error, name)
  } finally {
    socket.destroy()
  }
}

function shownBy(socket: TLSSocket, name: string): Certificate {
  if (socket.alpnProtocol !== protocol) {
    throw acmeErrors.problem('acme_tls', { message: `${name} did not agree to ${protocol}` })
  }
  const certificate = socket.getPeerX509Certificate()
  if (certificate === undefined) throw incorrect(`${name} showed no certificate`)
  return parseCertificate(certificate.raw)
}

function failure(error: unknown, name: string): unknown {
  const { code, name: kind } = error as { code?: string; name?: string }
  if (kind === 'AbortError') return connection(`${name} did not answer in time`)
  if (code === undefined || !/^[A-Z_0-9]+$/.test(code)) return error
  if (/^(ERR_SSL|ERR_TLS|EPROTO|ECONNRESET)/.test(code)) {
    const message = `${name} broke off the handshake for ${protocol} (${code})`
    return acmeErrors.problem('acme_tls', { message })
  }
  return connection(`${name} could not be reached (${code})`)
}

function check(shown: Certificate, identifier: Place['identifier'], digest: Buffer): void {
  const { subjectAltName } = shown.says
  const [name] = subjectAltName
  const expected = { dns: 'dns', ip: 'ip' }[identifier.type]
  if (
    subjectAltName.length !== 1 ||
    name?.kind !== expected ||
    name?.value.toLowerCase() !== identifier.value
  ) {
    throw incorrect(`The certificate that was shown is not for ${identifier.value} alone`)
  }
  if (!isSelfIssued(shown)) throw incorrect('The certificate that was shown is not self-signed')
  const extensions = shown.extensions.filter(({ oid }) => oid === identifierOid)
  const [said] = extensions
  if (said === undefined || extensions.length > 1 || !said.critical) {
    throw incorrect('The certificate that was shown lacks the critical extension acmeIdentifier')
  }
  // An OCTET STRING of 32 bytes.
  const value = Buffer.concat([Buffer.of(4, 32), digest])
  if (!value.equals(said.value)) {
    throw incorrect('The certificate that was shown holds another key authorization')
  }
}

/** RFC 8738 §6: names stand in SNI, addresses as the names that lead back to them. */
export function reverseName(address: string): string {
  const bytes = [...(parseIp(address) ?? [])]
  if (isIP(address) === 4) return `${bytes.toReversed().join('.')}.in-addr.arpa`
  const hex = bytes.map((byte) => byte.toString(16).padStart(2, '0')).join('')
  return `${[...hex].toReversed().join('.')}.ip6.arpa`
}
