// What is deployed: a certificate, its chain and its key, checked against each other before
// anything is touched.
import { createHash, type KeyObject, X509Certificate } from 'node:crypto'
import type { Content } from '../../trust/connectors/deploy/contract.ts'
import { encodePem } from '../../trust/x509/pem.ts'
import { DeploymentFailure } from './failure.ts'

export interface Material {
  fingerprint: string
  certificate: X509Certificate
  /** For SNI, where a probe names none. */
  serverName: string | null
  pem(content: Content): string
}

interface Parts {
  certificate: Uint8Array
  chain: readonly Uint8Array[]
  key: KeyObject
  /** As the server told it. */
  fingerprint: string
}

/** @throws {DeploymentFailure} where the parts do not belong together, or are over already. */
export function materialOf({ certificate, chain, key, fingerprint }: Parts, now: Date): Material {
  const leaf = read(certificate, 'the certificate')
  const issuers = chain.map((der, at) => read(der, `certificate ${at + 1} of the chain`))
  if (fingerprintOf(certificate) !== fingerprint) {
    throw new DeploymentFailure('the certificate is not the one of the fingerprint in the job')
  }
  if (!leaf.checkPrivateKey(key)) {
    throw new DeploymentFailure('the private key does not belong to the certificate')
  }
  if (leaf.validToDate <= now) {
    throw new DeploymentFailure(`the certificate ended on ${leaf.validToDate.toISOString()}`)
  }
  for (const [at, issuer] of issuers.entries()) {
    const below = at === 0 ? leaf : issuers[at - 1]
    if (below?.checkIssued(issuer) !== true) {
      throw new DeploymentFailure(`certificate ${at + 1} of the chain did not issue the one before`)
    }
  }
  const parts = {
    certificate: encodePem('CERTIFICATE', certificate),
    chain: chain.map((der) => encodePem('CERTIFICATE', der)).join(''),
    key: encodePem('PRIVATE KEY', key.export({ type: 'pkcs8', format: 'der' })),
  }
  const contents: Record<Content, string> = {
    ...parts,
    fullchain: parts.certificate + parts.chain,
    combined: parts.certificate + parts.chain + parts.key,
  }
  const serverName = firstDnsName(leaf)
  return { fingerprint, certificate: leaf, serverName, pem: (content) => contents[content] }
}

export function fingerprintOf(der: Uint8Array): string {
  return `SHA256:${createHash('sha256').update(der).digest('hex')}`
}

function read(der: Uint8Array, what: string): X509Certificate {
  try {
    return new X509Certificate(der)
  } catch (cause) {
    throw new DeploymentFailure(`${what} cannot be read`, { cause })
  }
}

/** A wildcard stands for some name below it. */
function firstDnsName(certificate: X509Certificate): string | null {
  const name = /(?:^|, )DNS:([^,"]+)/.exec(certificate.subjectAltName ?? '')?.[1]
  return name === undefined ? null : name.replace(/^\*\./, 'www.')
}
