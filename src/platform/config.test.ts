import { resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { ConfigError, cacheDir, readConfig } from './config.ts'

const key = Buffer.alloc(32, 7).toString('base64')
const withDatabase = {
  DATABASE_URL: 'postgres://someone@db.example/panthera',
  PANTHERA_MASTER_KEY: key,
  PANTHERA_OWNER_EMAIL: 'owner@example.com',
  PANTHERA_OWNER_PASSWORD: 'long enough for this',
}

describe('settings', () => {
  it('have the documented defaults', () => {
    expect(readConfig({})).toMatchObject({
      host: '127.0.0.1',
      port: 4000,
      publicUrl: 'http://localhost:4000',
      dataDir: resolve('.panthera'),
      databaseUrl: null,
      owner: { email: 'owner@localhost', password: null },
      gitHosts: [],
      outboundAllowCidrs: [],
      webhookAllowCidrs: [],
      metricsToken: null,
      decisionDays: 90,
    })
    expect([...readConfig({}).roles]).toEqual(['api', 'worker'])
    expect(readConfig({}).providers.github.clone).toBe('https://github.com')
  })

  it('treat an empty value as unset', () => {
    expect(readConfig({ PANTHERA_PORT: ' ', PANTHERA_ROLES: '' }).port).toBe(4000)
  })

  it('are read', () => {
    const config = readConfig({
      ...withDatabase,
      PANTHERA_PORT: '8080',
      PANTHERA_PUBLIC_URL: 'https://panthera.example.com/',
      PANTHERA_ROLES: 'worker',
      PANTHERA_SURFACE_HOSTS: 'gate=API.example.com, certus=evidence.example.com',
      PANTHERA_GITHUB_CLONE_URL: 'file:///srv/git/',
      PANTHERA_GIT_HOSTS: 'Git.Example.com',
      PANTHERA_RATE_LIMITS: '{"gate.free.minute": 5}',
    })
    expect(config.publicUrl).toBe('https://panthera.example.com')
    expect([...config.roles]).toEqual(['worker'])
    expect(config.surfaceHosts.get('api.example.com')).toBe('gate')
    expect(config.providers.github.clone).toBe('file:///srv/git')
    expect(config.gitHosts).toEqual(['git.example.com'])
    expect(config.rateLimits).toEqual({ 'gate.free.minute': 5 })
  })

  it.each([
    ['PANTHERA_DECISION_DAYS', '0'],
    ['PANTHERA_DECISION_DAYS', '3651'],
    ['PANTHERA_PORT', '70000'],
    ['PANTHERA_PORT', '1e3'],
    ['PANTHERA_PUBLIC_URL', 'panthera.example.com'],
    ['PANTHERA_PUBLIC_URL', 'https://example.com/panthera'],
    ['PANTHERA_PUBLIC_URL', 'http://panthera.example.com'],
    ['PANTHERA_PUBLIC_URL', 'http://localhost.example.com:4000'],
    ['PANTHERA_PUBLIC_URL', 'http://10.0.0.7'],
    ['PANTHERA_INSECURE_HTTP', 'perhaps'],
    ['PANTHERA_ROLES', 'api,cook'],
    ['PANTHERA_SURFACE_HOSTS', 'gate'],
    ['PANTHERA_SURFACE_HOSTS', 'fate=api.example.com'],
    ['PANTHERA_GITHUB_CLONE_URL', 'ssh://git@example.com'],
    ['PANTHERA_RATE_LIMITS', '{'],
    ['PANTHERA_RATE_LIMITS', '{"gate.free.minute": 0}'],
    ['PANTHERA_RATE_LIMITS', '{"fate.free.minute": 1}'],
    ['PANTHERA_OWNER_EMAIL', 'nobody'],
    ['PANTHERA_LOG_LEVEL', 'loud'],
  ])('%s=%s stops the start with its name, value and what is accepted', (name, value) => {
    const read = () => readConfig({ [name]: value })
    expect(read).toThrow(ConfigError)
    expect(read).toThrow(new RegExp(`^${name}=.+ is not accepted: .+`))
  })

  it.each([
    ['http://localhost:4000'],
    ['http://127.0.0.1'],
    ['http://[::1]:8080'],
    ['https://panthera.example.com'],
  ])('let people in at %s', (origin) => {
    expect(readConfig({ PANTHERA_PUBLIC_URL: origin }).publicUrl).toBe(origin)
  })

  it('let people in over clear text only where they say so', () => {
    const env = { PANTHERA_PUBLIC_URL: 'http://panthera.internal' }
    expect(() => readConfig(env)).toThrow('PANTHERA_INSECURE_HTTP=true')
    expect(() => readConfig({ ...env, PANTHERA_INSECURE_HTTP: 'false' })).toThrow(ConfigError)
    const allowed = readConfig({ ...env, PANTHERA_INSECURE_HTTP: 'true' })
    expect(allowed.publicUrl).toBe('http://panthera.internal')
  })

  it.each([
    ['PANTHERA_MASTER_KEY', 'bm90IDMyIGJ5dGVz'],
    ['PANTHERA_OWNER_PASSWORD', 'short'],
    ['DATABASE_URL', 'mysql://root:hunter2@db'],
    ['PANTHERA_GITHUB_CLONE_URL', 'https://user:hunter2@example.com'],
  ])('%s never shows its value', (name, value) => {
    expect(() => readConfig({ ...withDatabase, [name]: value })).toThrow(`${name}=(hidden)`)
  })

  it.each(['PANTHERA_MASTER_KEY', 'PANTHERA_OWNER_EMAIL', 'PANTHERA_OWNER_PASSWORD'])(
    'DATABASE_URL requires %s',
    (name) => {
      expect(() => readConfig({ ...withDatabase, [name]: '' })).toThrow(`${name}=(unset)`)
    },
  )

  it('put the cache where the desktop keeps caches', () => {
    expect(cacheDir({ XDG_CACHE_HOME: '/x' })).toBe('/x/panthera')
    expect(cacheDir({ PANTHERA_CACHE_DIR: '/y', XDG_CACHE_HOME: '/x' })).toBe('/y')
  })
})
