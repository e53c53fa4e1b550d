// Settings of services outside that know this installation: the GitHub App, the OpenID provider
// that people log in by, and the mail server. What they are made of are secrets, so no value of
// those is ever shown.
import { createPrivateKey, type KeyObject } from 'node:crypto'
import { ConfigError } from './config-error.ts'
import { type Environment, text } from './setting.ts'

export interface GithubApp {
  id: string
  /** PKCS #8. */
  key: string
  /** With it people prove that an installation is theirs; null where only the operator may bind. */
  client: { id: string; secret: string } | null
}

export interface GithubSettings {
  /** Null: the webhook answers that it is not configured. */
  webhookSecret: string | null
  app: GithubApp | null
}

export interface OidcSettings {
  issuer: string
  clientId: string
  /** Null for a public client, which PKCE alone protects. */
  clientSecret: string | null
}

/** Throws ConfigError. */
export function githubSettings(env: Environment): GithubSettings {
  const webhookSecret = text(env, 'PANTHERA_GITHUB_WEBHOOK_SECRET')
  if (webhookSecret !== null && webhookSecret.length < 16) {
    const accepted = 'at least 16 characters; make one with: openssl rand -hex 32'
    throw new ConfigError('PANTHERA_GITHUB_WEBHOOK_SECRET', '(hidden)', accepted)
  }
  const id = text(env, 'PANTHERA_GITHUB_APP_ID')
  const key = text(env, 'PANTHERA_GITHUB_APP_KEY')
  const client = pair(env, 'PANTHERA_GITHUB_APP_CLIENT_ID', 'PANTHERA_GITHUB_APP_CLIENT_SECRET')
  if (id !== null && !/^\d{1,15}$/.test(id)) {
    throw new ConfigError('PANTHERA_GITHUB_APP_ID', id, 'the number of the app')
  }
  together('PANTHERA_GITHUB_APP_ID', id, 'PANTHERA_GITHUB_APP_KEY', key)
  if (id === null || key === null) return { webhookSecret, app: null }
  return { webhookSecret, app: { id, key: pkcs8(key), client } }
}

export interface MailSettings {
  url: string
  from: string
}

/** Throws ConfigError. */
export function mailSettings(env: Environment): MailSettings | null {
  const [url, from] = [text(env, 'PANTHERA_SMTP_URL'), text(env, 'PANTHERA_SMTP_FROM')]
  together('PANTHERA_SMTP_URL', url, 'PANTHERA_SMTP_FROM', from)
  if (url === null || from === null) return null
  const parsed = URL.parse(url)
  if (parsed === null || !['smtp:', 'smtps:'].includes(parsed.protocol)) {
    throw new ConfigError('PANTHERA_SMTP_URL', '(hidden)', 'a URL with smtp:// or smtps://')
  }
  if (!/^[^<>\r\n]*<?[^\s@<>]+@[^\s@<>]+>?$/.test(from)) {
    throw new ConfigError('PANTHERA_SMTP_FROM', from, 'a sender such as panthera@example.com')
  }
  return { url: parsed.href, from }
}

/** Throws ConfigError. */
export function oidcSettings(env: Environment): OidcSettings | null {
  const issuer = text(env, 'PANTHERA_OIDC_ISSUER')
  const clientId = text(env, 'PANTHERA_OIDC_CLIENT_ID')
  together('PANTHERA_OIDC_ISSUER', issuer, 'PANTHERA_OIDC_CLIENT_ID', clientId)
  if (issuer === null || clientId === null) return null
  const url = URL.parse(issuer)
  const isPlain = url !== null && url.search === '' && url.hash === '' && url.username === ''
  if (!isPlain || !['https:', 'http:'].includes(url.protocol)) {
    const accepted = 'the URL of an OpenID provider, such as https://example.eu.auth0.com/'
    throw new ConfigError('PANTHERA_OIDC_ISSUER', '(hidden)', accepted)
  }
  return { issuer, clientId, clientSecret: text(env, 'PANTHERA_OIDC_CLIENT_SECRET') }
}

function pair(env: Environment, idName: string, secretName: string) {
  const [id, secret] = [text(env, idName), text(env, secretName)]
  together(idName, id, secretName, secret)
  return id === null || secret === null ? null : { id, secret }
}

function together(one: string, a: string | null, other: string, b: string | null): void {
  if ((a === null) === (b === null)) return
  const [unset, set] = a === null ? [one, other] : [other, one]
  // The one that is set is named: who leaves it out has settings that are accepted.
  throw new ConfigError(set, '(hidden)', `it goes with ${unset}, which is not set`)
}

/** GitHub hands out PKCS #1, in many lines; a variable may hold it in one, or as Base64. */
function pkcs8(value: string): string {
  const isPem = value.includes('-----BEGIN')
  const pem = isPem ? value.replaceAll('\\n', '\n') : Buffer.from(value, 'base64').toString()
  const key = privateKey(pem)
  if (key?.asymmetricKeyType !== 'rsa') {
    const accepted = 'the private key of the app, in PEM or as Base64 of it'
    throw new ConfigError('PANTHERA_GITHUB_APP_KEY', '(hidden)', accepted)
  }
  return key.export({ type: 'pkcs8', format: 'pem' }).toString()
}

function privateKey(pem: string): KeyObject | null {
  try {
    return createPrivateKey(pem)
  } catch {
    return null
  }
}
