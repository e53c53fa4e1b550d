// A person's first day: in with the first password, another one, keys for the command line, and an
// audit log that an auditor proves without us.
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { panthera } from '../../src/cli/fixtures/command.ts'
import { openBrowser } from '../fixtures/browser.ts'
import { freePort, type ServerProcess, startProcess } from '../fixtures/process.ts'

const folder = mkdtempSync(join(tmpdir(), 'panthera-login-'))
const dataDir = join(folder, 'data')
const XDG_CONFIG_HOME = join(folder, 'config')
const kept = join(XDG_CONFIG_HOME, 'panthera', 'credentials.json')
const password = 'a longer and better one'
let server: ServerProcess
let url: string

beforeAll(async () => {
  const port = await freePort()
  url = `http://localhost:${port}`
  server = await startProcess({ dataDir, port })
})
afterAll(async () => {
  expect(await server.stop()).toBe(0)
  rmSync(folder, { recursive: true, force: true })
})

const run = (args: string[], env: Record<string, string> = {}) =>
  panthera(args, { cwd: folder, env: { XDG_CONFIG_HOME, ...env } })

it('leads from the first password to a proved audit log', { timeout: 180_000 }, async () => {
  const { email, password: first } = server.firstRun.owner
  expect(email).toBe('owner@localhost')
  const browser = openBrowser(server, url)
  const body = { email, password: first }
  const entered = await browser.call('POST', '/trust/api/auth/login', { body })
  expect(entered.headers.getSetCookie()[0]).toMatch(
    /^connect\.sid=[\w-]{43}; Path=\/; Max-Age=604800; HttpOnly; SameSite=Strict$/,
  )
  const change = { currentPassword: first, newPassword: password }
  const changed = await browser.call('POST', '/trust/api/auth/password', { body: change })
  expect(changed.status).toBe(200)
  const file = JSON.parse(readFileSync(join(dataDir, 'first-run.json'), 'utf8'))
  expect(file).toEqual({ ...server.firstRun, owner: { email, password: null } })

  expect((await run(['key', 'list'])).code).toBe(4)
  const login = ['login', '--url', url, '--email', email]
  const wrong = await run(login, { PANTHERA_PASSWORD: 'wrong' })
  expect([wrong.code, wrong.stderr]).toEqual([4, expect.stringContaining('is wrong')])
  const done = await run(login, { PANTHERA_PASSWORD: password })
  expect([done.code, done.stdout]).toEqual([0, ''])
  expect(statSync(kept).mode & 0o777).toBe(0o600)
  const keys = await run(['key', 'list'])
  expect([keys.code, keys.stdout]).toEqual([0, expect.stringContaining('panthera login on')])

  const answer = await server.call('GET', '/identity/v1/audit/export')
  const log = join(folder, 'audit.ndjson')
  writeFileSync(log, answer.text)
  const checkpoint = await server.call('GET', '/identity/v1/audit/checkpoint')
  const point = join(folder, 'checkpoint.json')
  writeFileSync(point, checkpoint.text)
  const proof = ['audit', 'verify', log, '--key', checkpoint.json.key_id, '--checkpoint', point]
  const proved = await run(proof)
  expect([proved.code, proved.stderr]).toEqual([0, ''])
  expect(proved.stdout).toContain('intact')
  writeFileSync(log, answer.text.replace('password.changed', 'password.guessed'))
  const tampered = await run(proof)
  expect([tampered.code, tampered.stdout]).toEqual([1, expect.stringContaining('NOT intact')])
  writeFileSync(log, answer.text.split('\n').slice(0, 2).join('\n'))
  expect((await run([...proof, '--format', 'json'])).stdout).toContain('"truncated"')

  const forgotten = await run(['login', '--forget'])
  expect(forgotten.code).toBe(0)
  expect((await run(['key', 'list'])).code).toBe(4)
  const list = await browser.call('GET', '/console/api/keys')
  const made = list.json.keys.filter((key: { name: string }) => /^panthera login/.test(key.name))
  expect(made.map((key: { revoked_at: string | null }) => key.revoked_at === null)).toEqual([
    false,
    false,
    false,
  ])
})

it('takes a key that somebody made, and refuses one that nobody did', async () => {
  const given = (key: string) =>
    new Promise<{ code: number | null; stderr: string }>((resolve) => {
      const ran = panthera(['login', '--url', url, '--with-key'], {
        cwd: folder,
        env: { XDG_CONFIG_HOME },
        started: (child) => child.stdin?.end(`${key}\n`),
      })
      void ran.then(resolve)
    })
  expect((await given('tg_live_nonsense')).code).toBe(2)
  expect((await given(`tg_live_${'a'.repeat(38)}`)).code).toBe(4)
  expect((await given(server.firstRun.keys.gate ?? '')).code).toBe(0)
  expect(JSON.parse(readFileSync(kept, 'utf8')).keys.gate.key).toBe(server.firstRun.keys.gate)
  const other = await run(['key', 'list'])
  expect([other.code, other.stderr]).toEqual([4, expect.stringContaining('no key for identity')])
  await run(['login', '--forget'])
})

it('lets an owner back in who lost the password', { timeout: 60_000 }, async () => {
  const { email } = server.firstRun.owner
  // On the machine of the server, beside it.
  const done = await run(['owner', 'reset', email], { PANTHERA_DATA_DIR: dataDir })
  expect([done.code, done.stderr]).toEqual([0, expect.stringContaining('owner of First')])
  const login = (given: string) =>
    openBrowser(server, url).call('POST', '/trust/api/auth/login', {
      body: { email, password: given },
    })
  expect((await login(password)).status).toBe(401)
  expect((await login(done.stdout.trim())).status).toBe(200)
})
