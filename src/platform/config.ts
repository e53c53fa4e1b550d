// Settings: read once from the environment, checked before anything starts. A wrong one stops the
// start with one line that names the variable, the value and what is accepted.
import { isIP } from 'node:net'
import { homedir } from 'node:os'
import { isAbsolute, join, resolve } from 'node:path'
import { ConfigError } from './config-error.ts'
import {
  type GithubSettings,
  githubSettings,
  type MailSettings,
  mailSettings,
  type OidcSettings,
  oidcSettings,
} from './outside-settings.ts'
import { type Surface, surfaces } from './permissions.ts'
import { limitNames } from './rates.ts'
import { type Environment, text } from './setting.ts'

export interface Config {
  host: string
  port: number
  publicUrl: string
  dataDir: string
  cacheDir: string
  databaseUrl: string | null
  roles: ReadonlySet<Role>
  surfaceHosts: ReadonlyMap<string, Surface>
  /** Base64 of 32 bytes each; null where the data directory keeps the key. */
  masterKey: string | null
  masterKeyPrevious: string | null
  providers: Readonly<Record<Provider, ProviderUrls>>
  github: GithubSettings
  oidc: OidcSettings | null
  gitHosts: readonly string[]
  owner: { email: string; password: string | null }
  rateLimits: Readonly<Record<string, number>>
  /** How long the log of decisions goes back. */
  decisionDays: number
  outboundAllowCidrs: readonly string[]
  webhookAllowCidrs: readonly string[]
  /** Where mail is handed in; null: none is sent. */
  smtp: MailSettings | null
  /** Libraries of PKCS #11 that authorities may keep their keys with. */
  pkcs11Libraries: readonly string[]
  metricsToken: string | null
  /** Where authorities are answered without a proxy before it; null: nowhere. */
  acmePorts: { http: number | null; tls: number | null }
  /** Who may prove names that lead here, as http-01 and tls-alpn-01 do. */
  acmeAnswersFor: 'first' | 'all'
  /** Addresses and networks of proxies that tell the client's address truthfully. */
  trustProxy: readonly string[]
  logLevel: LogLevel
}

export type Role = 'api' | 'worker'
export type Provider = 'github' | 'gitlab' | 'bitbucket'
export type LogLevel = (typeof logLevels)[number]

export interface ProviderUrls {
  clone: string
  api: string
}

const logLevels = ['debug', 'info', 'warn', 'error'] as const

export { ConfigError }

/** Throws ConfigError on the first setting that cannot be used. */
export function readConfig(env: Environment): Config {
  const port = integer(env, 'PANTHERA_PORT', { fallback: 4000, min: 0, max: 65_535 })
  const databaseUrl = postgresUrl(env)
  return {
    host: text(env, 'PANTHERA_HOST') ?? '127.0.0.1',
    port,
    publicUrl: publicUrl(env) ?? `http://localhost:${port}`,
    dataDir: resolve(text(env, 'PANTHERA_DATA_DIR') ?? '.panthera'),
    cacheDir: cacheDir(env),
    databaseUrl,
    roles: roles(env),
    surfaceHosts: surfaceHosts(env),
    masterKey: masterKey(env, 'PANTHERA_MASTER_KEY', databaseUrl !== null),
    masterKeyPrevious: masterKey(env, 'PANTHERA_MASTER_KEY_PREVIOUS', false),
    providers: {
      github: provider(env, 'GITHUB', 'https://github.com', 'https://api.github.com'),
      gitlab: provider(env, 'GITLAB', 'https://gitlab.com', 'https://gitlab.com/api/v4'),
      bitbucket: provider(
        env,
        'BITBUCKET',
        'https://bitbucket.org',
        'https://api.bitbucket.org/2.0',
      ),
    },
    github: githubSettings(env),
    oidc: oidcSettings(env),
    gitHosts: list(env, 'PANTHERA_GIT_HOSTS').map((host) => host.toLowerCase()),
    owner: owner(env, databaseUrl !== null),
    rateLimits: rateLimits(env),
    decisionDays: integer(env, 'PANTHERA_DECISION_DAYS', { fallback: 90, min: 1, max: 3_650 }),
    outboundAllowCidrs: list(env, 'PANTHERA_OUTBOUND_ALLOW_CIDRS'),
    webhookAllowCidrs: list(env, 'PANTHERA_WEBHOOK_ALLOW_CIDRS'),
    smtp: mailSettings(env),
    pkcs11Libraries: libraries(env),
    metricsToken: text(env, 'PANTHERA_METRICS_TOKEN'),
    acmeAnswersFor: oneOf(env, 'PANTHERA_ACME_ANSWERS_FOR', ['first', 'all'], 'first'),
    acmePorts: {
      http: listeningPort(env, 'PANTHERA_ACME_HTTP_PORT'),
      tls: listeningPort(env, 'PANTHERA_ACME_TLS_PORT'),
    },
    trustProxy: trustProxy(env),
    logLevel: oneOf(env, 'PANTHERA_LOG_LEVEL', logLevels, 'info'),
  }
}

/** The scanner's cache also serves the command line, which reads no other setting. */
export function cacheDir(env: Environment): string {
  const stated = text(env, 'PANTHERA_CACHE_DIR')
  if (stated !== null) return resolve(stated)
  return join(text(env, 'XDG_CACHE_HOME') ?? join(homedir(), '.cache'), 'panthera')
}

function list(env: Environment, name: string): string[] {
  const value = text(env, name)
  if (value === null) return []
  return value.split(',').map((part) => part.trim())
}

/** A library runs in this process: nobody else may say where it is looked for. */
function libraries(env: Environment): readonly string[] {
  const name = 'PANTHERA_PKCS11_LIBRARIES'
  const paths = list(env, name)
  const wrong = paths.find((path) => !isAbsolute(path))
  if (wrong !== undefined) {
    throw new ConfigError(name, wrong, 'paths such as /usr/lib/softhsm/libsofthsm2.so')
  }
  return paths
}

function integer(
  env: Environment,
  name: string,
  range: { fallback: number; min: number; max: number },
): number {
  const value = text(env, name)
  if (value === null) return range.fallback
  const number = Number(value)
  if (!/^\d+$/.test(value) || number < range.min || number > range.max) {
    throw new ConfigError(name, value, `a whole number from ${range.min} to ${range.max}`)
  }
  return number
}

/** 0 as unset: it does not listen. */
function listeningPort(env: Environment, name: string): number | null {
  return integer(env, name, { fallback: 0, min: 0, max: 65_535 }) || null
}

function oneOf<const Choice extends string>(
  env: Environment,
  name: string,
  choices: readonly Choice[],
  fallback: Choice,
): Choice {
  const value = text(env, name)
  if (value === null) return fallback
  const found = choices.find((choice) => choice === value)
  if (found === undefined) throw new ConfigError(name, value, `one of ${choices.join(', ')}`)
  return found
}

function url(env: Environment, name: string, protocols: readonly string[]): URL | null {
  const value = text(env, name)
  if (value === null) return null
  const parsed = URL.canParse(value) ? new URL(value) : null
  if (parsed === null || !protocols.includes(parsed.protocol)) {
    throw new ConfigError(name, shown(value), `a URL with ${protocols.join('// or ')}//`)
  }
  return parsed
}

function origin(env: Environment, name: string): string | null {
  const parsed = url(env, name, ['http:', 'https:'])
  if (parsed === null) return null
  const { pathname, search, hash } = parsed
  if (pathname !== '/' || search !== '' || hash !== '' || hasCredentials(parsed)) {
    const accepted = 'an origin such as https://panthera.example.com'
    throw new ConfigError(name, shown(parsed.href), accepted)
  }
  return parsed.origin
}

/** Over http anybody on the way reads passwords and sessions; a machine is safe from itself. */
function publicUrl(env: Environment): string | null {
  const name = 'PANTHERA_PUBLIC_URL'
  const stated = origin(env, name)
  const allowsHttp = oneOf(env, 'PANTHERA_INSECURE_HTTP', ['true', 'false'], 'false') === 'true'
  if (stated === null || allowsHttp) return stated
  const { protocol, hostname } = new URL(stated)
  if (protocol === 'https:' || isLoopback(hostname)) return stated
  const accepted = 'https, or http on localhost; PANTHERA_INSECURE_HTTP=true allows it all the same'
  throw new ConfigError(name, stated, accepted)
}

/** Of a URL's host, as it stands there. */
export function isLoopback(hostname: string): boolean {
  return ['localhost', '127.0.0.1', '[::1]'].includes(hostname)
}

/** What stands before an @ may be a password, also in what is no URL. */
function shown(value: string): string {
  return value.includes('@') ? '(hidden)' : value
}

function hasCredentials({ username, password }: URL): boolean {
  return username !== '' || password !== ''
}

function postgresUrl(env: Environment): string | null {
  const value = text(env, 'DATABASE_URL')
  if (value === null) return null
  if (!/^postgres(ql)?:\/\//.test(value)) {
    throw new ConfigError('DATABASE_URL', '(hidden)', 'a URL such as postgres://user@host/database')
  }
  return value
}

function roles(env: Environment): ReadonlySet<Role> {
  const stated = text(env, 'PANTHERA_ROLES') === null ? ['api', 'worker'] : null
  const names = stated ?? list(env, 'PANTHERA_ROLES')
  for (const name of names) {
    if (name !== 'api' && name !== 'worker') {
      throw new ConfigError('PANTHERA_ROLES', names.join(','), 'api, worker or api,worker')
    }
  }
  return new Set(names as Role[])
}

function surfaceHosts(env: Environment): ReadonlyMap<string, Surface> {
  const hosts = new Map<string, Surface>()
  for (const pair of list(env, 'PANTHERA_SURFACE_HOSTS')) {
    const [name, host, ...rest] = pair.split('=')
    const surface = surfaces.find((known) => known === name)
    if (surface === undefined || host === undefined || host === '' || rest.length > 0) {
      const accepted = `pairs such as gate=api.example.com, with ${surfaces.join(', ')}`
      throw new ConfigError('PANTHERA_SURFACE_HOSTS', pair, accepted)
    }
    hosts.set(host.toLowerCase(), surface)
  }
  return hosts
}

function masterKey(env: Environment, name: string, required: boolean): string | null {
  const value = text(env, name)
  const accepted = 'base64 of exactly 32 bytes; make one with: openssl rand -base64 32'
  if (value === null) {
    if (required) throw new ConfigError(name, '(unset)', `${accepted}; DATABASE_URL requires it`)
    return null
  }
  if (!/^[A-Za-z0-9+/]{43}=$/.test(value)) throw new ConfigError(name, '(hidden)', accepted)
  return value
}

function provider(env: Environment, name: string, clone: string, api: string): ProviderUrls {
  return {
    clone: hostUrl(env, `PANTHERA_${name}_CLONE_URL`, ['https:', 'http:', 'file:']) ?? clone,
    api: hostUrl(env, `PANTHERA_${name}_API_URL`, ['https:', 'http:']) ?? api,
  }
}

function hostUrl(env: Environment, name: string, protocols: readonly string[]): string | null {
  const stated = url(env, name, protocols)
  if (stated === null) return null
  if (hasCredentials(stated)) {
    throw new ConfigError(name, '(hidden)', 'a URL without credentials; make a connection')
  }
  return stated.href.replace(/\/+$/, '')
}

/** Exactly what the server's own check of proxies takes: not all of the internet. */
function trustProxy(env: Environment): readonly string[] {
  const name = 'PANTHERA_TRUST_PROXY'
  const ranges = list(env, name)
  for (const range of ranges) {
    const [address = '', bits, ...rest] = range.split('/')
    const bitsMax = isIP(address) === 4 ? 32 : 128
    const bitsFit = bits === undefined || (/^[1-9]\d{0,2}$/.test(bits) && Number(bits) <= bitsMax)
    if (isIP(address) === 0 || address.includes('%') || !bitsFit || rest.length > 0) {
      const accepted = 'addresses and networks of proxies, such as 10.0.0.7,fd12::/48'
      throw new ConfigError(name, shown(range), accepted)
    }
  }
  return ranges
}

function owner(env: Environment, required: boolean): Config['owner'] {
  const email = text(env, 'PANTHERA_OWNER_EMAIL')
  const password = text(env, 'PANTHERA_OWNER_PASSWORD')
  if (required && email === null) {
    throw new ConfigError('PANTHERA_OWNER_EMAIL', '(unset)', 'an address; DATABASE_URL requires it')
  }
  if (email !== null && !/^[^\s@]+@[^\s@]+$/.test(email)) {
    throw new ConfigError('PANTHERA_OWNER_EMAIL', email, 'an address such as owner@example.com')
  }
  if (required && password === null) {
    const accepted = 'a password of at least 12 characters; DATABASE_URL requires it'
    throw new ConfigError('PANTHERA_OWNER_PASSWORD', '(unset)', accepted)
  }
  if (password !== null && password.length < 12) {
    throw new ConfigError('PANTHERA_OWNER_PASSWORD', '(hidden)', 'at least 12 characters')
  }
  return { email: email ?? 'owner@localhost', password }
}

/** `{"gate.free.minute": 60}`: surface, plan and window -> requests; `gate.free.scans` -> scans. */
function rateLimits(env: Environment): Readonly<Record<string, number>> {
  const name = 'PANTHERA_RATE_LIMITS'
  const value = text(env, name)
  if (value === null) return {}
  const example = 'JSON such as {"gate.free.minute": 120}, whole numbers from 1'
  const parsed = jsonObject(value)
  if (parsed === null) throw new ConfigError(name, value, example)
  const known = limitNames()
  for (const [key, limit] of Object.entries(parsed)) {
    if (!known.includes(key)) {
      throw new ConfigError(name, value, `${key} is not one of ${known.join(', ')}`)
    }
    if (!Number.isSafeInteger(limit) || Number(limit) < 1) {
      throw new ConfigError(name, value, `${example}; ${key} is none`)
    }
  }
  return parsed as Record<string, number>
}

function jsonObject(value: string): object | null {
  try {
    const parsed: unknown = JSON.parse(value)
    return typeof parsed === 'object' && !Array.isArray(parsed) ? parsed : null
  } catch {
    return null
  }
}
