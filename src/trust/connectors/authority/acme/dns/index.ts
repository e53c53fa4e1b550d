// The table of those who hold zones. Add one: its file, and its row here.
import { z } from 'zod'
import { AzureSettings, createAzureDns } from './azure.ts'
import { CloudflareSettings, createCloudflare } from './cloudflare.ts'
import { createDigitalOcean, DigitalOceanSettings } from './digitalocean.ts'
import { createGoogleCloudDns, GoogleSettings } from './google-cloud.ts'
import type { DnsParts, DnsProvider } from './provider.ts'
import { createRfc2136, Rfc2136Settings } from './rfc2136.ts'
import { createRoute53, Route53Settings } from './route53.ts'

export const DnsSettings = z.discriminatedUnion('type', [
  Rfc2136Settings,
  CloudflareSettings,
  Route53Settings,
  GoogleSettings,
  AzureSettings,
  DigitalOceanSettings,
])

/** Members of the settings that are sealed, of whichever type. */
export const dnsSecrets = [
  'keySecret',
  'apiToken',
  'secretAccessKey',
  'serviceAccount',
  'clientSecret',
]

/** Only where the settings name one, as dns-01 has them do. */
export function dnsProvider(
  dns: z.infer<typeof DnsSettings> | undefined,
  { outbound, now }: DnsParts,
): DnsProvider {
  const parts = { outbound, now }
  switch (dns?.type) {
    case 'rfc2136':
      return createRfc2136(dns, parts)
    case 'cloudflare':
      return createCloudflare(dns, parts)
    case 'route53':
      return createRoute53(dns, parts)
    case 'google-cloud-dns':
      return createGoogleCloudDns(dns, parts)
    case 'azure-dns':
      return createAzureDns(dns, parts)
    case 'digitalocean':
      return createDigitalOcean(dns, parts)
    default:
      throw new Error('the settings name nobody who holds the zone')
  }
}
