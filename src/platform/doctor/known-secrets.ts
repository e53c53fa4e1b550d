// The secrets of this very installation, so that a support bundle can be searched for them.
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { firstRunPath } from '../first-run-file.ts'
import { masterKeyPath } from '../installation/master-key.ts'
import type { Environment } from './settings.ts'

/** Shorter ones would take ordinary words out of a text. */
const charactersMin = 6

/** Longest first, so that one that holds another goes as a whole. */
export async function knownSecrets(env: Environment, dataDir: string): Promise<string[]> {
  const found = [
    ...Object.entries(env).flatMap(([name, value]) => inSetting(name, value ?? '')),
    ...(await inFile(firstRunPath(dataDir))),
    ...(await inFile(masterKeyPath(dataDir))),
    ...(await inFile(join(dataDir, 'postgres', 'data', 'panthera-passwords.json'))),
  ]
  const worth = found.map((secret) => secret.trim()).filter(({ length }) => length >= charactersMin)
  return [...new Set(worth)].sort((a, b) => b.length - a.length)
}

/** Every text in the value without them, at any depth. */
export function withoutSecrets<Value>(value: Value, secrets: readonly string[]): Value {
  const clean = (text: string) =>
    secrets.reduce((left, secret) => left.replaceAll(secret, '[removed]'), text)
  const walk = (part: unknown): unknown => {
    if (typeof part === 'string') return clean(part)
    if (Array.isArray(part)) return part.map(walk)
    if (typeof part !== 'object' || part === null) return part
    return Object.fromEntries(Object.entries(part).map(([name, item]) => [clean(name), walk(item)]))
  }
  return walk(value) as Value
}

const secretName = /(KEY|SECRET|TOKEN|PASSWORD|PASSPHRASE|CREDENTIALS?)(_PREVIOUS|_FILE)?$/i
const addressName = /(URL|URI|DSN|PROXY)$/i

function inSetting(name: string, value: string): string[] {
  if (secretName.test(name)) return [value]
  if (!addressName.test(name) || !URL.canParse(value)) return []
  const { username, password, searchParams } = new URL(value)
  const secretParameters = [...searchParams].filter(([parameter]) => secretName.test(parameter))
  const parts = [password, ...secretParameters.map(([, text]) => text)]
  // A token often stands where the name of a user would.
  if (password === '' && name !== 'DATABASE_URL') parts.push(username)
  return parts.flatMap((part) => [part, decoded(part)])
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

/** Texts that look like more than a word, of a small file; nothing where it cannot be read. */
async function inFile(path: string): Promise<string[]> {
  const text = await readFile(path, 'utf8').catch(() => '')
  if (text.length > 65_536) return []
  try {
    return texts(JSON.parse(text))
  } catch {
    return [text]
  }
}

/** But for what names things: addresses and ids. */
function texts(value: unknown, name = ''): string[] {
  if (typeof value === 'string') return /^(url|email|\w*_id)$/.test(name) ? [] : [value]
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([inner, item]) => texts(item, inner))
}
