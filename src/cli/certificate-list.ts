// `panthera certificate list`: the certificates that a server manages.
import { defineCommand } from 'citty'
import type { Certificate } from '../client/types.ts'
import { format, printJson, printTable, withClient } from './remote.ts'

interface Page {
  data: Certificate[]
  pagination: { total: number }
}

export const list = defineCommand({
  meta: { name: 'list', description: 'List the certificates, those that end first on top' },
  args: {
    status: {
      type: 'enum',
      options: ['active', 'expiring', 'expired', 'revoked', 'pending'],
      description: 'expiring: ends within 30 days',
    },
    search: { type: 'string', description: 'Part of a name or issuer, beginning of a fingerprint' },
    format,
  },
  run: ({ args }) =>
    withClient('trust', async (client) => {
      const query = new URLSearchParams({ limit: '100', sortBy: 'expiresAt', sortOrder: 'asc' })
      if (args.status) query.set('status', args.status)
      if (args.search) query.set('search', args.search)
      const answer = await client.call<Page>('GET', `/trust/api/certificates?${query}`)
      if (args.format === 'json') return printJson(answer)
      printTable([
        ['ID', 'NAME', 'STATUS', 'ENDS', 'RENEWAL', 'ISSUER'],
        ...answer.data.map((one) => [
          String(one.id),
          cut(one.commonName),
          one.status,
          one.validTo ?? '-',
          one.renewalStatus,
          cut(one.issuer ?? '-'),
        ]),
      ])
      const { total } = answer.pagination
      if (total > answer.data.length) {
        process.stderr.write(`${answer.data.length} of ${total} are shown\n`)
      }
    }),
})

/** One long name must not widen every line; the JSON has it whole. */
function cut(name: string): string {
  return name.length > 64 ? `${name.slice(0, 63)}…` : name
}
