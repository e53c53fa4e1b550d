// `panthera token issue|inspect|revoke`: access tokens of OAuth clients. Secrets and tokens come
// from the environment or standard input: arguments are seen by everybody on the machine.
import { text } from 'node:stream/consumers'
import { defineCommand } from 'citty'
import { type Client, createClient } from '../client/client.ts'
import { findCredentials } from '../client/credentials.ts'
import type { Introspection, Token } from '../client/types.ts'
import { exitCodes } from './exit-codes.ts'
import { format, printJson, printTable, withClient, withServer } from './remote.ts'
import { UsageError } from './usage-error.ts'

const issue = defineCommand({
  meta: { name: 'issue', description: 'Get a token for a client, PANTHERA_CLIENT_SECRET set' },
  args: {
    'client-id': { type: 'string', description: 'The client; PANTHERA_CLIENT_ID unless given' },
    scope: { type: 'string', description: 'Separated by spaces; all of the client unless given' },
    format,
  },
  async run({ args }) {
    const { PANTHERA_CLIENT_ID, PANTHERA_CLIENT_SECRET } = process.env
    const client_id = args['client-id'] ?? PANTHERA_CLIENT_ID
    if (!client_id || !PANTHERA_CLIENT_SECRET) {
      const missing = client_id ? 'PANTHERA_CLIENT_SECRET' : '--client-id or PANTHERA_CLIENT_ID'
      throw new UsageError(`${missing} is not set: make a client with "panthera client create"`)
    }
    return withServer(async () => {
      const answer = await (await anonymous()).call<Token>('POST', '/identity/v1/oauth/token', {
        grant_type: 'client_credentials',
        client_id,
        client_secret: PANTHERA_CLIENT_SECRET,
        ...(args.scope ? { scope: args.scope } : {}),
      })
      if (args.format === 'json') return printJson(answer)
      process.stderr.write(`It ends in ${answer.expires_in} seconds.\n`)
      process.stdout.write(`${answer.access_token}\n`)
    })
  },
})

const inspect = defineCommand({
  meta: { name: 'inspect', description: 'Tell whether the token on standard input holds' },
  args: { format },
  /** A script asks by the exit code: 1 for a token that does not hold. */
  async run({ args }) {
    let holds = false
    const code = await withClient('identity', async (client) => {
      const body = { token: await givenToken() }
      const path = '/identity/v1/oauth/introspect'
      const answer = await client.call<Introspection>('POST', path, body)
      holds = answer.active
      if (args.format === 'json') return printJson(answer)
      const rows = Object.entries(answer).map(([name, value]) => [name, shown(name, value)])
      printTable(rows)
    })
    return code === exitCodes.clean && !holds ? exitCodes.findings : code
  },
})

const revoke = defineCommand({
  meta: { name: 'revoke', description: 'Revoke the token on standard input, at once' },
  args: { format },
  run: ({ args }) =>
    withServer(async () => {
      const body = { token: await givenToken() }
      const client = await anonymous()
      const answer = await client.call<object>('POST', '/identity/v1/oauth/revoke', body)
      if (args.format === 'json') return printJson(answer)
      process.stdout.write('The token is revoked\n')
    }),
})

export const token = defineCommand({
  meta: { name: 'token', description: 'Get, inspect and revoke access tokens' },
  subCommands: { issue, inspect, revoke },
})

/** What is asked needs no key beside it; only where the server is. */
async function anonymous(): Promise<Client> {
  const { PANTHERA_URL, PANTHERA_API_KEY } = process.env
  const key = PANTHERA_URL && !PANTHERA_API_KEY ? { PANTHERA_API_KEY: 'none' } : {}
  const { url } = await findCredentials({ ...process.env, ...key }, 'identity')
  return createClient({ url, key: 'none' })
}

async function givenToken(): Promise<string> {
  const given = (await text(process.stdin)).trim()
  if (given === '') throw new UsageError('there is no token on standard input')
  return given
}

function shown(name: string, value: unknown): string {
  if (name === 'act') return actors(value).join(', for ')
  if (name !== 'exp' && name !== 'iat') {
    return typeof value === 'object' ? JSON.stringify(value) : String(value)
  }
  return new Date(Number(value) * 1000).toISOString()
}

/** Who acts, and for whom that one does. */
function actors(act: unknown): string[] {
  if (typeof act !== 'object' || act === null || !('sub' in act)) return []
  return [String(act.sub), ...('act' in act ? actors(act.act) : [])]
}
