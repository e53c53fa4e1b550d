// `panthera certificate` against a server.
import { spawn } from 'node:child_process'
import { X509Certificate } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { hasDatabase } from '../fixtures/database.ts'
import { compileCache } from '../fixtures/scanner-cache.ts'
import { startTestServer, type TestServer } from '../fixtures/server.ts'

const entry = fileURLToPath(new URL('../../src/cli/fixtures/run.ts', import.meta.url))

describe.skipIf(!hasDatabase)('the commands for certificates', () => {
  let server: TestServer
  let folder: string
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'panthera-commands-'))
    server = await startTestServer()
  })
  afterAll(async () => {
    await server.stop()
    rmSync(folder, { recursive: true, force: true })
  })

  interface Ran {
    code: number | null
    stdout: string
    stderr: string
  }

  function panthera(args: readonly string[], env: Record<string, string> = {}): Promise<Ran> {
    const child = spawn(process.execPath, [entry, 'certificate', ...args], {
      cwd: folder,
      env: {
        ...compileCache(),
        PATH: process.env.PATH,
        HOME: '/nonexistent',
        // As on the machine of a first start: no key is given.
        PANTHERA_DATA_DIR: server.dataDir,
        ...env,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
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

  // The public URL in first-run.json has no port in tests.
  const given = () => ({
    PANTHERA_URL: server.url,
    PANTHERA_API_KEY: server.keys.trust_public ?? '',
  })

  it('issue, list, download, renew and revoke one', async () => {
    const args = ['issue', 'shop.example.com', '--san', 'www.shop.example.com', '--days', '60']
    const issued = await panthera(args, given())
    expect([issued.code, issued.stderr]).toEqual([
      0,
      expect.stringMatching(/^Certificate \d+ \(shop\.example\.com\) is valid until 20/),
    ])
    expect(new X509Certificate(issued.stdout).checkHost('www.shop.example.com')).toBeTruthy()
    const [, id = ''] = /Certificate (\d+)/.exec(issued.stderr) ?? []

    const listed = await panthera(['list', '--search', 'SHOP'], given())
    expect(listed.stdout).toMatch(new RegExp(`${id} +shop\\.example\\.com +active`))
    const json = await panthera(['list', '--status', 'active', '--format', 'json'], given())
    expect(JSON.parse(json.stdout).pagination.total).toBe(1)

    const output = join(folder, 'shop.pem')
    const loaded = await panthera(['download', id, '--key', '--output', output], given())
    expect([loaded.code, loaded.stderr]).toEqual([0, ''])
    expect(readFileSync(output, 'utf8').match(/-----BEGIN [A-Z ]+-----/g)).toEqual([
      '-----BEGIN CERTIFICATE-----',
      '-----BEGIN CERTIFICATE-----',
      '-----BEGIN PRIVATE KEY-----',
    ])
    expect(statSync(output).mode & 0o777).toBe(0o600)

    const renewed = await panthera(['renew', id], given())
    expect([renewed.code, renewed.stderr]).toEqual([0, expect.stringContaining('is renewed until')])
    expect(renewed.stdout).not.toBe(issued.stdout)
    const nowhere = await panthera(['renew', id, '--deploy'], given())
    expect([nowhere.code, nowhere.stderr]).toEqual([
      0,
      expect.stringContaining(`has no deploymentTargets: panthera certificate deploy ${id}`),
    ])

    const revoked = await panthera(['revoke', id, '--reason', 'superseded'], given())
    expect(revoked.stdout).toBe(`Certificate ${id} (shop.example.com) is revoked\n`)
    const again = await panthera(['revoke', id], given())
    expect([again.code, again.stderr]).toEqual([2, expect.stringContaining('already been revoked')])
  })

  it('download needs a passphrase for p12, and takes it from the environment', async () => {
    const issued = await panthera(['issue', 'store.example.com', '--format', 'json'], given())
    const { id } = JSON.parse(issued.stdout)
    const args = ['download', String(id), '--as', 'p12', '--key', '--output', 'store.p12']
    const refused = await panthera(args, given())
    expect([refused.code, refused.stderr]).toEqual([
      2,
      expect.stringContaining('PANTHERA_PASSPHRASE is not set'),
    ])
    const beyond = await panthera(args, { ...given(), PANTHERA_PASSPHRASE: 'пароль12345' })
    expect([beyond.code, beyond.stderr]).toEqual([2, expect.stringContaining('ASCII')])
    const made = await panthera(args, { ...given(), PANTHERA_PASSPHRASE: 'correct horse' })
    expect([made.code, made.stderr]).toEqual([0, ''])
    expect(readFileSync(join(folder, 'store.p12'))[0]).toBe(0x30)
  })

  it('say what the server refuses, and read the key of the first start', async () => {
    const wrong = await panthera(['issue', 'no spaces'], given())
    expect([wrong.code, wrong.stderr]).toEqual([2, expect.stringContaining('commonName:')])
    const nobody = await panthera(['issue', 'a.example.com', '--authority', 'Nobody'], given())
    expect([nobody.code, nobody.stderr]).toEqual([
      2,
      expect.stringContaining('there is no "Nobody"; there is Panthera Internal CA'),
    ])
    const named = ['--authority', 'panthera internal ca']
    expect((await panthera(['issue', 'a.example.com', ...named], given())).code).toBe(0)
    for (const option of ['--days', '--key-size']) {
      const odd = await panthera(['issue', 'odd.example.com', option, 'abc'], given())
      expect([odd.code, odd.stderr]).toEqual([
        2,
        expect.stringContaining(`${option} must be a whole number, not "abc"`),
      ])
    }
    const first = await panthera(['list'])
    // It found the key, and then nobody at the port that the file names.
    expect([first.code, first.stderr]).toEqual([5, expect.stringContaining('cannot be reached')])
  })
})
