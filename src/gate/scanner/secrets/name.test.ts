import { describe, expect, it } from 'vitest'
import { classifyName, namesNoOwner } from './name.ts'

describe('classifyName', () => {
  it.each([
    'password',
    'DB_PASSWORD',
    'dbPassword',
    'smtp.passwd',
    'MYSQL_PWD',
    'PGPASSWORD',
    'db_pass',
    'dbpass',
    'passphrase',
    'password2',
    'PASSWORD_PROD',
  ])('%s holds a password', (name) => {
    expect(classifyName(name)).toBe('password')
  })

  it.each([
    'token',
    'accessToken',
    'API_KEY',
    'apikey',
    'apiKeyV2',
    'x-api-key',
    'client_secret',
    'SECRET_KEY_BASE',
    'signing-key',
    'AccountKey',
    'oauthToken',
    'credentials',
    'jwt',
    'WTF_CSRF_SECRET_KEY',
    'AUTH_SALT',
    'LOGGED_IN_KEY',
  ])('%s holds a token', (name) => {
    expect(classifyName(name)).toBe('token')
  })

  it.each(['MAPBOX_KEY', 'ctf_key'])('%s holds a key of unknown use', (name) => {
    expect(classifyName(name)).toBe('key')
  })

  it.each([
    'passwordHash',
    'password_field',
    'passwordLabel',
    'compass',
    'tokenUrl',
    'tokenizer',
    'nextPageToken',
    'csrf_token',
    'authenticity_token',
    'csrftoken',
    'csrfmiddlewaretoken',
    'XSRF-TOKEN',
    '__RequestVerificationToken',
    'salt',
    'publicKey',
    'primary_key',
    'cache_key',
    'key',
    'keyboard',
    'monkey',
    'author',
    'secretName',
  ])('%s holds none', (name) => {
    expect(classifyName(name)).toBe('other')
  })
})

describe('namesNoOwner', () => {
  it('tells names that say whose they are', () => {
    expect(['apiKey', 'client_secret', 'token'].every(namesNoOwner)).toBe(true)
    expect(['TWILIO_TOKEN', 'dbKey'].some(namesNoOwner)).toBe(false)
  })
})
