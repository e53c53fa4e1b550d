// What an internal authority lets its ACME server do.
import { isIP } from 'node:net'
import { z } from 'zod'

const port = z.int().min(1).max(65_535)

export const AcmeSettings = z.strictObject({
  enabled: z.boolean().default(true),
  externalAccountRequired: z
    .boolean()
    .default(false)
    .describe('Only accounts that hold a key of eab-keys'),
  challenges: z
    .array(z.enum(['http-01', 'dns-01', 'tls-alpn-01']))
    .min(1)
    .default(['http-01', 'dns-01', 'tls-alpn-01']),
  authorizationHours: z
    .int()
    .min(0)
    .max(720)
    .default(24)
    .describe('How long a name that was proven need not be proven again'),
  httpPort: port.default(80).describe('Where http-01 asks'),
  tlsPort: port.default(443).describe('Where tls-alpn-01 asks'),
  dnsServers: z
    .array(z.string().refine(isServer, 'must be an address with a port, as in 10.0.0.53:53'))
    .max(4)
    .default([])
    .describe('Who is asked for names; the system’s own servers where there are none'),
})
export type AcmeSettings = z.infer<typeof AcmeSettings>

function isServer(text: string): boolean {
  const { address, port: number } = serverOf(text)
  return isIP(address) !== 0 && number >= 1 && number <= 65_535
}

/** Of `192.0.2.53:53` or `[2001:db8::53]:53`. */
export function serverOf(text: string): { address: string; port: number } {
  const match = /^(?:\[([^\]]{2,45})\]|([\d.]{7,15})):(\d{1,5})$/.exec(text)
  return { address: match?.[1] ?? match?.[2] ?? '', port: Number(match?.[3] ?? 0) }
}
