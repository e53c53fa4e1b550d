// `panthera client create|list|rotate|delete`: OAuth clients, which get access tokens.
import { defineCommand } from 'citty'
import type { CreatedClient, OAuthClient, RotatedClient } from '../client/types.ts'
import { format, printJson, printTable, withClient } from './remote.ts'

const path = '/identity/v1/oauth/clients'
const id = {
  type: 'positional',
  required: true,
  description: 'As "panthera client list" shows it',
} as const

const create = defineCommand({
  meta: { name: 'create', description: 'Create a client; its secret is shown this once' },
  args: {
    name: { type: 'string', required: true, description: 'What the client is for' },
    scopes: { type: 'string', required: true, description: 'Comma-separated' },
    'expires-in-days': { type: 'string', description: 'As its maker unless given' },
    format,
  },
  run: ({ args }) =>
    withClient('identity', async (client) => {
      const days = args['expires-in-days']
      const made = await client.call<CreatedClient>('POST', path, {
        name: args.name,
        scopes: args.scopes.split(',').map((scope) => scope.trim()),
        ...(days === undefined ? {} : { expires_in_days: Number(days) }),
      })
      if (args.format === 'json') return printJson(made)
      process.stderr.write('The secret is shown this once: keep it now.\n')
      process.stdout.write(`${made.client_id}\n${made.client_secret}\n`)
    }),
})

const listClients = defineCommand({
  meta: { name: 'list', description: 'List the clients, the newest first' },
  args: { format },
  run: ({ args }) =>
    withClient('identity', async (client) => {
      const page = `${path}?per_page=100`
      const answer = await client.call<{
        data: OAuthClient[]
        pagination: { total: number }
      }>('GET', page)
      if (args.format === 'json') return printJson(answer)
      printTable([
        ['ID', 'NAME', 'SCOPES', 'ENDS', 'LAST USED'],
        ...answer.data.map((one) => [
          one.client_id,
          one.name,
          one.scopes.join(' '),
          one.expires_at ?? 'never',
          one.last_used_at ?? 'never',
        ]),
      ])
      const { total } = answer.pagination
      if (total > answer.data.length) {
        process.stderr.write(`${answer.data.length} of ${total} are shown\n`)
      }
    }),
})

const rotate = defineCommand({
  meta: { name: 'rotate', description: 'Make a new secret; the one before it ends after a while' },
  args: {
    id,
    'overlap-hours': { type: 'string', default: '24', description: 'How long; 0 ends it at once' },
    format,
  },
  run: ({ args }) =>
    withClient('identity', async (client) => {
      const made = await client.call<RotatedClient>(
        'POST',
        `${path}/${encodeURIComponent(args.id)}/rotate`,
        { overlap_hours: Number(args['overlap-hours']) },
      )
      if (args.format === 'json') return printJson(made)
      process.stderr.write(`The old secret ends at ${made.previous_secret_expires_at}.\n`)
      process.stdout.write(`${made.client_secret}\n`)
    }),
})

const remove = defineCommand({
  meta: { name: 'delete', description: 'Delete a client with all its tokens, at once' },
  args: { id, format },
  run: ({ args }) =>
    withClient('identity', async (client) => {
      const gone = await client.call<object>('DELETE', `${path}/${encodeURIComponent(args.id)}`)
      if (args.format === 'json') return printJson(gone)
      process.stdout.write(`${args.id} is deleted with all its tokens\n`)
    }),
})

export const client = defineCommand({
  meta: { name: 'client', description: 'Create, list, rotate and delete OAuth clients' },
  subCommands: { create, list: listClients, rotate, delete: remove },
})
