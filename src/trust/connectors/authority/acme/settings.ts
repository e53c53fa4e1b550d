// What an ACME authority (RFC 8555) has to be told.
import { createPublicKey, X509Certificate } from 'node:crypto'
import { isIP } from 'node:net'
import { z } from 'zod'
import { serverOf } from '../acme-server.ts'
import type { AuthorityType } from '../contract.ts'
import { DnsSettings, dnsSecrets } from './dns/index.ts'

const base64url = /^[A-Za-z0-9_-]{16,1024}={0,2}$/

export const AcmeClientSettings = z
  .strictObject({
    directoryUrl: z
      .string()
      .max(500)
      .refine(isUrl, 'must be a URL such as https://acme.example.com/directory')
      .describe('Where the authority’s directory is'),
    contactEmail: z.email().max(254).optional().describe('Where the authority writes to'),
    termsOfServiceAgreed: z.literal(true, 'must be true: read the terms of the authority first'),
    externalAccountBinding: z
      .strictObject({
        kid: z.string().min(1).max(500),
        hmacKey: z.string().regex(base64url, 'must be Base64url, as the authority gave it'),
      })
      .optional()
      .describe('For authorities that only take accounts which they know'),
    profile: z.string().min(1).max(100).optional().describe('One that its directory names'),
    preferredChain: z
      .string()
      .min(1)
      .max(200)
      .optional()
      .describe('Common name of the root to which the chain leads, where there are several'),
    challenge: z.enum(['http-01', 'dns-01', 'tls-alpn-01']).default('http-01'),
    dns: DnsSettings.optional().describe('Who holds the zone, for dns-01'),
    dnsServers: z
      .array(z.string().refine(isServer, 'must be an address with a port, as in 10.0.0.53:53'))
      .max(4)
      .default([])
      .describe('Who is asked whether a record is there; the zone’s own servers unless given'),
    propagationSeconds: z
      .int()
      .min(1)
      .max(3_600)
      .default(300)
      .describe('How long a record may take to be seen'),
    caCertificates: z
      .string()
      .max(65_536)
      .refine(isRoots, 'must be certificates in PEM')
      .optional()
      .describe('PEM of the roots to trust instead of the system’s, for private authorities'),
    renewalInfo: z
      .boolean()
      .default(true)
      .describe('Heed when the authority says that it is best renewed (RFC 9773)'),
    accountKeyType: z.enum(['ECDSA', 'RSA']).default('ECDSA'),
  })
  .refine((wanted) => wanted.challenge !== 'dns-01' || wanted.dns !== undefined, {
    path: ['dns'],
    message: 'is required for dns-01',
  })
export type AcmeClientSettings = z.infer<typeof AcmeClientSettings>

export const acmeType: AuthorityType<AcmeClientSettings> = {
  settings: AcmeClientSettings,
  method: 'acme',
  isRemote: true,
  secrets: ['externalAccountBinding.hmacKey', ...dnsSecrets.map((name) => `dns.${name}`)],
}

function isUrl(text: string): boolean {
  const url = URL.parse(text)
  if (url === null || !/^https?:$/.test(url.protocol)) return false
  return url.username === '' && url.password === '' && url.hash === ''
}

function isServer(text: string): boolean {
  const { address, port } = serverOf(text)
  return isIP(address) !== 0 && port >= 1 && port <= 65_535
}

function isRoots(text: string): boolean {
  const blocks = text.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? []
  try {
    return (
      blocks.length > 0 &&
      blocks.every(
        (pem) =>
          createPublicKey(
            new X509Certificate(pem).publicKey.export({ type: 'spki', format: 'pem' }),
          ) !== null,
      )
    )
  } catch {
    return false
  }
}
