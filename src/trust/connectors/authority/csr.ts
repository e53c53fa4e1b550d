// An authority that people go to: the request is given out, the certificate is handed in.
import { z } from 'zod'
import type { AuthorityConnector, AuthorityType } from './contract.ts'
import { Refused } from './contract.ts'

export const CsrSettings = z.strictObject({
  instructions: z.string().max(2_000).optional().describe('Where to carry the request'),
})
export type CsrSettings = z.infer<typeof CsrSettings>

export const csrType: AuthorityType<CsrSettings> = { settings: CsrSettings, method: 'csr' }

export function createCsrAuthority(): AuthorityConnector {
  const waiting = async () => ({ state: 'waiting_csr' }) as const
  return {
    prepare: async () => ({}),
    issue: waiting,
    renew: waiting,
    revoke: async () => {
      throw new Refused('only its own issuer can revoke what was signed elsewhere')
    },
    test: async () => ({ ok: true, message: 'nothing to reach: people carry the request' }),
    validity: () => null,
  }
}
