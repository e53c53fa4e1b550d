// Where the command line's credential comes from: the environment, else `panthera login`, else the
// first start of a data directory on this machine.
import { readFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { LoginFileUnsafe, readLogin } from './login-file.ts'

export interface Credentials {
  url: string
  key: string
}

export class WrongUrl extends Error {
  constructor(text: string) {
    super(`PANTHERA_URL=${text} is not a URL: give one such as http://localhost:4000`)
    this.name = 'WrongUrl'
  }
}

export class NoCredentials extends Error {
  constructor(message: string) {
    super(message)
    this.name = 'NoCredentials'
  }
}

type Environment = Readonly<Record<string, string | undefined>>

/** Which of the first start's keys a command needs. */
export type FirstRunKey = 'gate' | 'trust' | 'identity' | 'certus'

/**
 * The secret that seals evidence: of the environment, else of the first start, whose secret belongs
 * to its own key and to no other. Null: neither.
 */
export async function findEvidenceSecret(env: Environment): Promise<string | null> {
  if (env.PANTHERA_EVIDENCE_SECRET) return env.PANTHERA_EVIDENCE_SECRET
  if (env.PANTHERA_URL || env.PANTHERA_API_KEY) return null
  try {
    return (await firstRunOf(env)).evidence_secret
  } catch {
    return null
  }
}

/** Throws NoCredentials, saying what to set. */
export async function findCredentials(env: Environment, name: FirstRunKey): Promise<Credentials> {
  const { PANTHERA_URL: url, PANTHERA_API_KEY: key } = env
  if (url && key) return { url: origin(url), key }
  if (url || key) {
    const missing = url ? 'PANTHERA_API_KEY' : 'PANTHERA_URL'
    throw new NoCredentials(`${missing} is not set: set PANTHERA_URL and PANTHERA_API_KEY both`)
  }
  const login = await fromLogin(env, name)
  if (login !== null) return login
  try {
    const { url, keys } = await firstRunOf(env)
    // Trust has two kinds of keys; the other one only reads.
    const key = keys[name === 'trust' ? 'trust_public' : name]
    if (key === undefined) throw new Error(`there is no key for ${name}`)
    return { url, key }
  } catch {
    throw new NoCredentials(
      'no credentials: run panthera login, set PANTHERA_URL and PANTHERA_API_KEY, ' +
        `or run where ${firstRunPath(env)} can be read`,
    )
  }
}

interface FirstRun {
  url: string
  keys: Record<string, string>
  evidence_secret: string
}

async function firstRunOf(env: Environment): Promise<FirstRun> {
  return JSON.parse(await readFile(firstRunPath(env), 'utf8')) as FirstRun
}

function firstRunPath(env: Environment): string {
  return join(resolve(env.PANTHERA_DATA_DIR ?? '.panthera'), 'first-run.json')
}

/** Null where nobody has logged in here. */
async function fromLogin(env: Environment, name: FirstRunKey): Promise<Credentials | null> {
  let login: Awaited<ReturnType<typeof readLogin>>
  try {
    login = await readLogin(env)
  } catch (error) {
    if (error instanceof LoginFileUnsafe) throw new NoCredentials(error.message)
    throw error
  }
  if (login === null) return null
  const stored = login.keys[name]
  if (stored !== undefined) return { url: login.url, key: stored.key }
  throw new NoCredentials(`the login at ${login.url} has no key for ${name}: run panthera login`)
}

function origin(text: string): string {
  if (!URL.canParse(text)) throw new WrongUrl(text)
  return text.replace(/\/+$/, '')
}
