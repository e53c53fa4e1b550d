// `panthera key create|list|rotate|revoke`: API keys of every surface.
import { defineCommand } from 'citty'
import type { CreatedKey, Key } from '../client/types.ts'
import { format, printJson, printTable, withClient } from './remote.ts'

const create = defineCommand({
  meta: { name: 'create', description: 'Create a key; it is shown this once' },
  args: {
    surface: {
      type: 'enum',
      options: ['gate', 'trust', 'identity', 'certus'],
      required: true,
      description: 'Whose API the key opens',
    },
    name: { type: 'string', required: true, description: 'What the key is for' },
    type: { type: 'enum', options: ['agent', 'public'], description: 'Trust only' },
    scopes: { type: 'string', description: 'Comma-separated; all of the surface unless given' },
    'expires-at': { type: 'string', description: 'RFC 3339 time, 2027-01-31T00:00:00Z' },
    'ip-allow': { type: 'string', description: 'Comma-separated addresses or CIDR ranges' },
    format,
  },
  run: ({ args }) =>
    withClient('identity', async (client) => {
      const made = await client.call<CreatedKey>('POST', '/console/api/keys', {
        surface: args.surface,
        name: args.name,
        ...(args.type ? { type: args.type } : {}),
        ...(typeof args.scopes === 'string' ? { scopes: list(args.scopes) } : {}),
        ...(args['expires-at'] ? { expires_at: args['expires-at'] } : {}),
        ...(args['ip-allow'] ? { ip_allow: list(args['ip-allow']) } : {}),
      })
      if (args.format === 'json') return printJson(made)
      process.stderr.write('This is shown once: keep it now.\n')
      process.stdout.write(`${made.api_key}\n`)
      if (made.evidence_secret !== null) process.stdout.write(`${made.evidence_secret}\n`)
    }),
})

const listKeys = defineCommand({
  meta: { name: 'list', description: 'List the keys, the newest first' },
  args: { format },
  run: ({ args }) =>
    withClient('identity', async (client) => {
      const answer = await client.call<{ keys: Key[]; total: number }>(
        'GET',
        '/console/api/keys?limit=100',
      )
      if (args.format === 'json') return printJson(answer)
      printTable([
        ['ID', 'SURFACE', 'KEY', 'NAME', 'STATE', 'LAST USED', 'SCOPES', 'ONLY FROM'],
        ...answer.keys.map((key) => [
          key.id,
          key.surface,
          `${key.hint}…`,
          key.name,
          state(key),
          key.last_used_at ?? 'never',
          key.scopes.join(' '),
          key.ip_allow.join(' ') || 'anywhere',
        ]),
      ])
      if (answer.total > answer.keys.length) {
        process.stderr.write(`${answer.keys.length} of ${answer.total} are shown\n`)
      }
    }),
})

const revoke = defineCommand({
  meta: { name: 'revoke', description: 'Revoke a key at once' },
  args: {
    id: { type: 'positional', required: true, description: 'As "panthera key list" shows it' },
    format,
  },
  run: ({ args }) =>
    withClient('identity', async (client) => {
      const path = `/console/api/keys/${encodeURIComponent(args.id)}`
      const key = await client.call<Key>('DELETE', path)
      if (args.format === 'json') return printJson(key)
      process.stdout.write(`${key.id} (${key.name}) is revoked\n`)
    }),
})

const rotate = defineCommand({
  meta: { name: 'rotate', description: 'Make a successor; the old key ends after the overlap' },
  args: {
    id: { type: 'positional', required: true, description: 'As "panthera key list" shows it' },
    'overlap-hours': { type: 'string', default: '24', description: 'How long; 0 ends it at once' },
    format,
  },
  run: ({ args }) =>
    withClient('identity', async (client) => {
      const path = `/console/api/keys/${encodeURIComponent(args.id)}/rotate`
      const body = { overlap_hours: Number(args['overlap-hours']) }
      const made = await client.call<CreatedKey>('POST', path, body)
      if (args.format === 'json') return printJson(made)
      process.stderr.write('This is shown once: keep it now.\n')
      process.stdout.write(`${made.api_key}\n`)
      if (made.evidence_secret !== null) process.stdout.write(`${made.evidence_secret}\n`)
    }),
})

export const key = defineCommand({
  meta: { name: 'key', description: 'Create, list, rotate and revoke API keys' },
  subCommands: { create, list: listKeys, rotate, revoke },
})

function state(key: Key): string {
  if (key.revoked_at !== null) return 'revoked'
  if (!key.active) return 'switched off'
  if (key.expires_at === null) return 'active'
  return Date.parse(key.expires_at) <= Date.now() ? 'expired' : `until ${key.expires_at}`
}

function list(text: string): string[] {
  return text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '')
}
