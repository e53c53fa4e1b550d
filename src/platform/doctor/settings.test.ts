import { describe, expect, it } from 'vitest'
import { readSettings } from './settings.ts'

describe('readSettings', () => {
  it('accepts an empty environment', () => {
    const { checks, wrong } = readSettings({})
    expect(checks).toMatchObject([{ name: 'settings', status: 'pass' }])
    expect(wrong.size).toBe(0)
  })

  it('tells every wrong setting at once and goes on with the right ones', () => {
    const { checks, wrong, config } = readSettings({
      PANTHERA_PORT: '70000',
      PANTHERA_ROLES: 'api,cook',
      PANTHERA_LOG_LEVEL: 'loud',
      PANTHERA_HOST: '127.0.0.2',
    })
    expect([...wrong].sort()).toEqual(['PANTHERA_LOG_LEVEL', 'PANTHERA_PORT', 'PANTHERA_ROLES'])
    expect(checks.map(({ status }) => status)).toEqual(['fail', 'fail', 'fail'])
    expect(checks[0]).toMatchObject({
      detail: 'PANTHERA_PORT=70000 is not accepted: a whole number from 0 to 65535',
      fix: 'change or unset PANTHERA_PORT',
    })
    expect(config).toMatchObject({ port: 4000, host: '127.0.0.2', logLevel: 'info' })
  })

  it('tells all that DATABASE_URL requires', () => {
    const { wrong } = readSettings({ DATABASE_URL: 'postgres://localhost/x' })
    expect([...wrong].sort()).toEqual([
      'PANTHERA_MASTER_KEY',
      'PANTHERA_OWNER_EMAIL',
      'PANTHERA_OWNER_PASSWORD',
    ])
  })

  it('does without a DATABASE_URL that is none', () => {
    const { wrong, config } = readSettings({ DATABASE_URL: 'mysql://localhost/x' })
    expect([...wrong]).toEqual(['DATABASE_URL'])
    expect(config.databaseUrl).toBeNull()
  })
})
