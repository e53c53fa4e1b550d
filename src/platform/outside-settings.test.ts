import { generateKeyPairSync } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { githubSettings, mailSettings, oidcSettings } from './outside-settings.ts'

const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
const pkcs1 = privateKey.export({ type: 'pkcs1', format: 'pem' }).toString()
const curve = generateKeyPairSync('ed25519').privateKey
const ed25519 = curve.export({ type: 'pkcs8', format: 'pem' }).toString()
const app = { PANTHERA_GITHUB_APP_ID: '99', PANTHERA_GITHUB_APP_KEY: pkcs1 }
const client = { PANTHERA_GITHUB_APP_CLIENT_ID: 'Iv1.x', PANTHERA_GITHUB_APP_CLIENT_SECRET: 's' }

describe('settings of GitHub', () => {
  it('are none unless given', () => {
    expect(githubSettings({})).toEqual({ webhookSecret: null, app: null })
  })

  it.each([
    ['in many lines', pkcs1],
    ['in one', pkcs1.replaceAll('\n', '\\n')],
    ['as Base64', Buffer.from(pkcs1).toString('base64')],
  ])('take the key %s', (_how, key) => {
    const settings = githubSettings({ ...app, ...client, PANTHERA_GITHUB_APP_KEY: key })
    expect(settings.app).toMatchObject({ id: '99', client: { id: 'Iv1.x', secret: 's' } })
    expect(settings.app?.key).toContain('BEGIN PRIVATE KEY')
  })

  it.each([
    [{ PANTHERA_GITHUB_APP_ID: '99' }, 'PANTHERA_GITHUB_APP_KEY, which is not set'],
    [{ PANTHERA_GITHUB_APP_KEY: pkcs1 }, 'PANTHERA_GITHUB_APP_ID, which is not set'],
    [{ ...app, PANTHERA_GITHUB_APP_ID: 'panthera' }, 'PANTHERA_GITHUB_APP_ID=panthera'],
    [{ ...app, PANTHERA_GITHUB_APP_KEY: 'key' }, 'PANTHERA_GITHUB_APP_KEY=(hidden)'],
    [{ ...app, PANTHERA_GITHUB_APP_KEY: ed25519 }, 'PANTHERA_GITHUB_APP_KEY=(hidden)'],
    [
      { ...app, PANTHERA_GITHUB_APP_CLIENT_ID: 'x' },
      'PANTHERA_GITHUB_APP_CLIENT_SECRET, which is not set',
    ],
    [{ PANTHERA_GITHUB_WEBHOOK_SECRET: 'short' }, 'PANTHERA_GITHUB_WEBHOOK_SECRET=(hidden)'],
  ])('stop the start where they are wrong, and show no secret', (env, words) => {
    expect(() => githubSettings(env)).toThrow(words)
  })
})

describe('settings of an OpenID provider', () => {
  const given = {
    PANTHERA_OIDC_ISSUER: 'https://example.eu.auth0.com/',
    PANTHERA_OIDC_CLIENT_ID: 'certus',
  }

  it('are read, with a secret or without', () => {
    expect(oidcSettings({})).toBe(null)
    expect(oidcSettings(given)).toMatchObject({ clientId: 'certus', clientSecret: null })
    const secret = { PANTHERA_OIDC_CLIENT_SECRET: 's' }
    expect(oidcSettings({ ...given, ...secret })?.clientSecret).toBe('s')
  })

  it.each([
    [{ PANTHERA_OIDC_ISSUER: 'https://x.example' }, 'PANTHERA_OIDC_CLIENT_ID, which is not set'],
    [{ ...given, PANTHERA_OIDC_ISSUER: 'x.example' }, 'PANTHERA_OIDC_ISSUER=(hidden)'],
    [{ ...given, PANTHERA_OIDC_ISSUER: 'ftp://x.example' }, 'PANTHERA_OIDC_ISSUER=(hidden)'],
    [{ ...given, PANTHERA_OIDC_ISSUER: 'https://u:p@x.example' }, 'PANTHERA_OIDC_ISSUER'],
  ])('stop the start where they are wrong', (env, words) => {
    expect(() => oidcSettings(env)).toThrow(words)
  })
})

describe('settings of the mail server', () => {
  const url = 'smtps://user:password@mail.example'
  const from = 'Panthera <panthera@example.com>'

  it('go together, or are not there', () => {
    expect(mailSettings({})).toBeNull()
    const both = { PANTHERA_SMTP_URL: url, PANTHERA_SMTP_FROM: from }
    expect(mailSettings(both)).toEqual({ url, from })
  })

  it.each([
    [{ PANTHERA_SMTP_URL: url }, 'PANTHERA_SMTP_FROM, which is not set'],
    [{ PANTHERA_SMTP_FROM: from }, 'PANTHERA_SMTP_URL, which is not set'],
    [{ PANTHERA_SMTP_URL: 'https://x.example', PANTHERA_SMTP_FROM: from }, 'smtp://'],
    [{ PANTHERA_SMTP_URL: url, PANTHERA_SMTP_FROM: 'nobody' }, 'PANTHERA_SMTP_FROM=nobody'],
  ])('stop the start where they are wrong, and show no password', (env, words) => {
    expect(() => mailSettings(env)).toThrow(words)
    expect(() => mailSettings(env)).not.toThrow('password')
  })
})
