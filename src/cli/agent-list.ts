// `panthera agent list`: the agents that a server knows.
import { defineCommand } from 'citty'
import type { Agent } from '../client/types.ts'
import { format, printJson, printTable, withClient } from './remote.ts'

interface Page {
  data: Agent[]
  pagination: { total: number }
}

export const list = defineCommand({
  meta: { name: 'list', description: 'List the agents of a server' },
  args: {
    status: {
      type: 'enum',
      options: ['online', 'offline', 'revoked'],
      description: 'online: seen within two minutes',
    },
    format,
  },
  run: ({ args }) =>
    withClient('trust', async (client) => {
      const query = new URLSearchParams({ limit: '100' })
      if (args.status) query.set('status', args.status)
      const answer = await client.call<Page>('GET', `/trust/api/agents?${query}`)
      if (args.format === 'json') return printJson(answer)
      printTable([
        ['NAME', 'STATUS', 'LAST SEEN', 'HOST', 'DEPLOYS TO', 'FINDS IN', 'JOBS', 'ID'],
        ...answer.data.map((one) => [
          one.name,
          one.status,
          one.lastSeenAt,
          one.hostname,
          one.targetTypes.join(' ') || '-',
          one.sources.join(' ') || '-',
          String(one.openJobs),
          one.id,
        ]),
      ])
      const { total } = answer.pagination
      if (total > answer.data.length) {
        process.stderr.write(`${answer.data.length} of ${total} are shown\n`)
      }
    }),
})
