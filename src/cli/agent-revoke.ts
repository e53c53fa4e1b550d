// `panthera agent revoke`: the end of an agent.
import { defineCommand } from 'citty'
import type { Agent } from '../client/types.ts'
import { format, printJson, withClient } from './remote.ts'

export const revoke = defineCommand({
  meta: { name: 'revoke', description: 'Revoke an agent at once and for good' },
  args: {
    name: { type: 'positional', required: true, description: 'Its name or its id' },
    format,
  },
  run: ({ args }) =>
    withClient('trust', async (client) => {
      const path = `/trust/api/agents/${encodeURIComponent(args.name)}/revoke`
      const { data } = await client.call<{ data: Agent }>('POST', path)
      if (args.format === 'json') return printJson(data)
      process.stdout.write(`${data.name} (${data.id}) is revoked\n`)
      const key = data.keyId
      process.stderr.write(`Its API key goes on: "panthera key revoke ${key}" ends it as well\n`)
    }),
})
