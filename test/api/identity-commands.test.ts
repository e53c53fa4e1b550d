// `panthera client` and `panthera token` against a server.
import { spawn } from 'node:child_process'
import { tmpdir } from 'node:os'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { hasDatabase } from '../fixtures/database.ts'
import { compileCache } from '../fixtures/scanner-cache.ts'
import { startTestServer, type TestServer } from '../fixtures/server.ts'

const entry = fileURLToPath(new URL('../../src/cli/fixtures/run.ts', import.meta.url))

describe.skipIf(!hasDatabase)('the commands for tokens', () => {
  let server: TestServer
  beforeAll(async () => {
    server = await startTestServer()
  })
  afterAll(() => server.stop())

  function panthera(
    args: readonly string[],
    { env = {}, input = '' }: { env?: Record<string, string>; input?: string } = {},
  ): Promise<{ code: number | null; stdout: string; stderr: string }> {
    const child = spawn(process.execPath, [entry, ...args], {
      cwd: tmpdir(),
      env: {
        ...compileCache(),
        PATH: process.env.PATH,
        HOME: '/nonexistent',
        PANTHERA_URL: server.url,
        PANTHERA_API_KEY: server.keys.identity,
        ...env,
      },
    })
    child.stdin.end(input)
    return new Promise((resolve, reject) => {
      let [stdout, stderr] = ['', '']
      child.stdout.on('data', (part) => {
        stdout += part
      })
      child.stderr.on('data', (part) => {
        stderr += part
      })
      child.on('error', reject)
      child.on('close', (code) => resolve({ code, stdout, stderr }))
    })
  }

  it('make a client, get a token, tell about it and revoke it', async () => {
    const made = await panthera(
      'client create --name ci --scopes read:audit,manage:keys'.split(' '),
    )
    expect(made.code).toBe(0)
    const [id = '', secret = ''] = made.stdout.trim().split('\n')
    expect((await panthera(['client', 'list'])).stdout).toContain(id)

    const env = { PANTHERA_CLIENT_ID: id, PANTHERA_CLIENT_SECRET: secret, PANTHERA_API_KEY: '' }
    const issued = await panthera(['token', 'issue', '--scope', 'manage:keys'], { env })
    expect([issued.code, issued.stderr]).toEqual([0, 'It ends in 3600 seconds.\n'])
    const input = issued.stdout
    const key = input.trim()
    expect((await server.call('GET', '/identity/v1/auth/api-keys', { key })).status).toBe(200)

    const told = await panthera(['token', 'inspect', '--format', 'json'], { input })
    expect(JSON.parse(told.stdout)).toMatchObject({ active: true, scope: 'manage:keys' })
    expect((await panthera(['token', 'revoke'], { input, env })).code).toBe(0)
    const after = await panthera(['token', 'inspect'], { input })
    expect(after.stdout).toMatch(/^active +false$/m)
    expect(after.code).toBe(1)

    const rotated = await panthera(['client', 'rotate', id, '--overlap-hours', '0'])
    expect(rotated.stdout.trim()).toMatch(/^cs_/)
    const old = await panthera(['token', 'issue'], { env })
    expect([old.code, old.stdout]).toEqual([4, ''])
    expect((await panthera(['client', 'delete', id])).code).toBe(0)
  })

  it('say what is missing', async () => {
    const env = { PANTHERA_CLIENT_ID: 'client_1' }
    const secretless = await panthera(['token', 'issue'], { env })
    expect([secretless.code, secretless.stderr]).toEqual([
      2,
      expect.stringContaining('PANTHERA_CLIENT_SECRET is not set'),
    ])
    const empty = await panthera(['token', 'revoke'])
    expect([empty.code, empty.stderr]).toEqual([2, expect.stringContaining('no token')])
  })
})
