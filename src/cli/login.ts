// `panthera login`: makes keys for the command line with a person's password, or takes one that
// there is, and keeps them where only this user can read them.
import { hostname } from 'node:os'
import { text as readAll } from 'node:stream/consumers'
import { defineCommand } from 'citty'
import { createClient, Refused } from '../client/client.ts'
import { type Doorway, openDoorway } from '../client/doorway.ts'
import {
  type LoginFile,
  loginFolder,
  loginPath,
  readLogin,
  removeLogin,
  type StoredKey,
} from '../client/login-file.ts'
import type { CreatedKey } from '../client/types.ts'
import { privateDirectory, writeAtomic } from '../platform/files.ts'
import { ask } from './prompt.ts'
import { withServer } from './remote.ts'
import { UsageError } from './usage-error.ts'

const validDays = 90
const surfaces = ['gate', 'trust', 'identity'] as const
const prefixes: readonly (readonly [prefix: string, surface: string])[] = [
  ['tg_live_', 'gate'],
  ['ti_live_', 'identity'],
  ['ck_live_', 'certus'],
  ['ak_', 'trust'],
  ['ck_', 'trust'],
]

export const login = defineCommand({
  meta: { name: 'login', description: 'Keep a credential for this user on this machine' },
  args: {
    url: { type: 'string', description: 'Of the server; PANTHERA_URL, or http://localhost:4000' },
    email: { type: 'string', description: 'Your address; asked for unless given' },
    'with-key': { type: 'boolean', description: 'Take an API key, typed or piped in, instead' },
    forget: { type: 'boolean', description: 'Revoke the keys made here and delete them' },
  },
  run: ({ args }) =>
    withServer(async () => {
      const url = serverUrl(args.url)
      if (args.forget) return forget()
      if (args['with-key']) return keep(url, await givenKey(url))
      await keep(url, await madeKeys(url, args.email))
    }),
})

function serverUrl(given: string | undefined): string {
  const text = given || process.env.PANTHERA_URL || 'http://localhost:4000'
  const isWeb = URL.canParse(text) && /^https?:$/.test(new URL(text).protocol)
  if (!isWeb) throw new UsageError(`--url does not take ${text}`, 'Give http://localhost:4000.')
  return text.replace(/\/+$/, '')
}

/** Keys of one server are kept together; another server takes the place of the first. */
async function keep(url: string, keys: Record<string, StoredKey>): Promise<void> {
  const before = await readLogin(process.env).catch(() => null)
  const content: LoginFile = {
    url,
    keys: before?.url === url ? { ...before.keys, ...keys } : keys,
  }
  await privateDirectory(loginFolder(process.env))
  const path = loginPath(process.env)
  await writeAtomic(path, `${JSON.stringify(content, null, 2)}\n`)
  process.stderr.write(`Logged in at ${url}; the keys are in ${path}\n`)
}

async function madeKeys(
  url: string,
  given: string | undefined,
): Promise<Record<string, StoredKey>> {
  const doorway = await openDoorway(url)
  const email = given || (await ask({ text: 'Address: ', shown: true, without: nobody }))
  const password =
    process.env.PANTHERA_PASSWORD ||
    (await ask({ text: 'Password: ', shown: false, without: nobody }))
  const askCode = () => ask({ text: 'Code of your app: ', shown: true, without: nobody })
  await doorway.enter({ email, password }, askCode)
  try {
    const keys: Record<string, StoredKey> = {}
    for (const surface of surfaces) keys[surface] = await makeKey(doorway, surface)
    return keys
  } finally {
    await doorway.leave()
  }
}

async function makeKey(doorway: Doorway, surface: string): Promise<StoredKey> {
  const expires = new Date(Date.now() + validDays * 86_400_000)
  try {
    const made = await doorway.call<CreatedKey>('POST', '/console/api/keys', {
      surface,
      name: `panthera login on ${hostname()}`.slice(0, 200),
      expires_at: expires.toISOString(),
    })
    return { key: made.api_key, id: made.id }
  } catch (error) {
    if (!(error instanceof Refused) || error.status !== 403) throw error
    throw new UsageError(
      'your role does not make keys',
      'Ask an admin for one, and run: panthera login --with-key',
    )
  }
}

async function givenKey(url: string): Promise<Record<string, StoredKey>> {
  const { stdin } = process
  const typed = stdin.isTTY
    ? await ask({ text: 'API key: ', shown: false, without: nobody })
    : await readAll(stdin)
  const key = typed.trim()
  const surface = prefixes.find(([prefix]) => key.startsWith(prefix))?.[1]
  if (surface === undefined || !/^[\w]{20,80}$/.test(key)) {
    throw new UsageError('this is no API key', 'Keys begin with tg_live_, ti_live_, ck_ or ak_.')
  }
  await proveKey(url, surface, key)
  return { [surface]: { key, id: null } }
}

const harmless: Record<string, string> = {
  gate: '/gate/api/findings?limit=1',
  identity: '/identity/v1/auth/api-keys?per_page=1',
  trust: '/trust/api/certificates?limit=1',
}

/** Throws Refused for one that the server does not know; a lack of scopes is no matter here. */
async function proveKey(url: string, surface: string, key: string): Promise<void> {
  const path = harmless[surface]
  if (path === undefined) return
  try {
    await createClient({ url, key }).call('GET', path)
  } catch (error) {
    if (!(error instanceof Refused) || error.status === 401) throw error
  }
}

async function forget(): Promise<void> {
  const content = await readLogin(process.env).catch(() => null)
  await removeLogin(process.env)
  if (content === null) {
    process.stderr.write('There was no login.\n')
    return
  }
  const admin = content.keys.identity
  const made = Object.values(content.keys).flatMap(({ id }) => (id === null ? [] : [id]))
  if (admin === undefined || made.length === 0) return told(content.url)
  const client = createClient({ url: content.url, key: admin.key })
  // The key that revokes goes last.
  const last = made.filter((id) => id === admin.id)
  for (const id of [...made.filter((each) => each !== admin.id), ...last]) {
    await client.call('DELETE', `/console/api/keys/${encodeURIComponent(id)}`)
  }
  told(content.url)
}

function told(url: string): void {
  process.stderr.write(`The login at ${url} is forgotten.\n`)
}

const nobody = {
  message: 'there is no terminal to ask on',
  hint: 'Give --email and PANTHERA_PASSWORD, or pipe a key into: panthera login --with-key',
}
