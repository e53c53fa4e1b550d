// A support bundle tells much and betrays nothing.
import { randomBytes } from 'node:crypto'
import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { hasDatabase, testDatabase } from '../../../test/fixtures/database.ts'
import { temporaryFolder } from '../backup/testing.ts'
import { newKey } from '../ids.ts'
import { writeBundle } from './bundle.ts'
import { examine } from './index.ts'

/** In every setting that can bear one, and in every file that holds secrets. */
let planted = 0
const canary = () => `canary${String(planted++).padStart(3, '0')}${randomBytes(8).toString('hex')}`
const urlWith = (secret: string) => `https://user:${secret}@example.com/path?token=${secret}`

const settingsWithCanaries = (): Record<string, string> => ({
  PANTHERA_MASTER_KEY: Buffer.from(canary()).toString('base64'),
  PANTHERA_MASTER_KEY_PREVIOUS: Buffer.from(canary()).toString('base64'),
  PANTHERA_OWNER_EMAIL: `${canary()}@example.com`,
  PANTHERA_OWNER_PASSWORD: canary(),
  PANTHERA_METRICS_TOKEN: canary(),
  PANTHERA_PUBLIC_URL: urlWith(canary()),
  PANTHERA_GITHUB_CLONE_URL: urlWith(canary()),
  PANTHERA_GITHUB_API_URL: urlWith(canary()),
  PANTHERA_GITLAB_CLONE_URL: urlWith(canary()),
  PANTHERA_GITLAB_API_URL: urlWith(canary()),
  PANTHERA_BITBUCKET_CLONE_URL: urlWith(canary()),
  PANTHERA_BITBUCKET_API_URL: urlWith(canary()),
  PANTHERA_GITHUB_WEBHOOK_SECRET: canary(),
  PANTHERA_GITHUB_APP_KEY: canary(),
  PANTHERA_GITHUB_APP_CLIENT_SECRET: canary(),
  PANTHERA_OIDC_CLIENT_SECRET: canary(),
  PANTHERA_SMTP_URL: `smtp://user:${canary()}@mail.example`,
  PANTHERA_BACKUP_PASSPHRASE: canary(),
  PANTHERA_API_KEY: canary(),
  PANTHERA_SOMETHING_NEW: canary(),
  PGPASSWORD: canary(),
  PGPASSFILE: canary(),
  NODE_OPTIONS: `--title=${canary()}`,
})

async function bundleOf(env: Record<string, string>, folder: string): Promise<string> {
  const path = join(folder, 'support.json')
  await writeBundle(path, await examine(env), env)
  return readFileSync(path, 'utf8')
}

/** Plain, and in the forms that a setting was given in. */
function betrayed(text: string, env: Record<string, string>): string[] {
  const whole = Object.entries(env).filter(([name]) => /KEY|TOKEN|SECRET|PASS/.test(name))
  return [
    ...(text.match(/canary\d{3}/g) ?? []),
    ...whole.filter(([, value]) => text.includes(value)).map(([name]) => name),
  ]
}

describe('writeBundle', () => {
  it('holds no secret of the settings, nor of the files', async () => {
    const folder = temporaryFolder()
    const dataDir = join(folder, 'data')
    mkdirSync(join(dataDir, 'postgres', 'log'), { recursive: true })
    const firstRun = {
      url: 'http://localhost:4000',
      owner: { email: 'owner@localhost', password: canary() },
      keys: { gate: `tg_live_${canary()}`, certus: newKey('ck_live_') },
      evidence_secret: canary(),
    }
    writeFileSync(join(dataDir, 'first-run.json'), JSON.stringify(firstRun))
    const password = canary()
    const env = {
      ...settingsWithCanaries(),
      PANTHERA_OWNER_PASSWORD: password,
      PANTHERA_DATA_DIR: dataDir,
      DATABASE_URL: `postgres://someone:${canary()}@127.0.0.1:1/panthera?password=${canary()}`,
    }
    const at = '2026-01-02 03:04:05.678 UTC [7]'
    const lines = [
      `${at} panthera@panthera ERROR:  no ${password}`,
      `${at} panthera@panthera STATEMENT:  select '${canary()}'`,
      `\t'${canary()}'`,
      `${at} LOG:  key ${newKey('tg_live_')} and ${firstRun.owner.password}`,
    ]
    writeFileSync(
      join(dataDir, 'postgres', 'log', 'postgres-20260102-030405.log'),
      lines.join('\n'),
    )
    const text = await bundleOf(env, folder)
    expect(betrayed(text, env)).toEqual([])
    expect(text).not.toContain(firstRun.keys.certus)
    expect(betrayed(JSON.stringify((await examine(env)).checks), env)).toEqual([])
    const bundle = JSON.parse(text)
    expect(bundle.log).toHaveLength(2)
    expect(bundle.log[0]).toMatch(/ERROR: {2}no \[removed\]$/)
    expect(statSync(join(folder, 'support.json')).mode & 0o777).toBe(0o600)
  })

  it('tells versions, settings, checks and machine', async () => {
    const folder = temporaryFolder()
    const env = {
      PANTHERA_DATA_DIR: join(folder, 'data'),
      PANTHERA_PORT: 'eighty',
      PANTHERA_METRICS_TOKEN: canary(),
      PANTHERA_GITHUB_CLONE_URL: 'https://git.example.com/mirror?x=1',
      UNRELATED: 'x',
    }
    const bundle = JSON.parse(await bundleOf(env, folder))
    expect(bundle).toMatchObject({
      bundle: 1,
      versions: { panthera: expect.any(String), node: { node: process.versions.node } },
      machine: { processors: expect.any(Number) },
      settings: [
        { name: 'PANTHERA_DATA_DIR', value: env.PANTHERA_DATA_DIR },
        { name: 'PANTHERA_GITHUB_CLONE_URL', value: 'https://git.example.com/mirror' },
        { name: 'PANTHERA_METRICS_TOKEN', value: '(set)' },
        { name: 'PANTHERA_PORT', value: 'eighty' },
      ],
      database: null,
    })
    expect(bundle.checks).toContainEqual({
      name: 'settings',
      status: 'fail',
      detail: 'PANTHERA_PORT=eighty is not accepted: a whole number from 0 to 65535',
      fix: 'change or unset PANTHERA_PORT',
    })
  })

  it.skipIf(!hasDatabase)('tells sizes and levels of the database, and no row', async () => {
    const database = await testDatabase()
    const folder = temporaryFolder()
    try {
      const secret = canary()
      await database.db.pool.query(`begin; select set_config('role', 'panthera_system', true);
        insert into users (id, email, password_hash) values (gen_random_uuid(), '${secret}', '');
        commit`)
      const env = {
        PANTHERA_DATA_DIR: join(folder, 'data'),
        PANTHERA_PORT: '0',
        PANTHERA_MASTER_KEY: randomBytes(32).toString('base64'),
        PANTHERA_OWNER_EMAIL: 'owner@example.com',
        PANTHERA_OWNER_PASSWORD: canary(),
        DATABASE_URL: database.url,
      }
      const text = await bundleOf(env, folder)
      const { database: facts, checks } = JSON.parse(text)
      expect(checks.filter((check: { status: string }) => check.status === 'fail')).toEqual([])
      expect(facts.postgres).toMatch(/^PostgreSQL \d+/)
      expect(facts.migrations[0].name).toBe('0001-platform.sql')
      expect(facts.tables.length).toBeGreaterThan(15)
      expect(facts.waiting.map(({ name }: { name: string }) => name)).toEqual([
        'outbox',
        'webhook_deliveries',
      ])
      expect(betrayed(text, env)).toEqual([])
      expect(text).not.toContain(new URL(database.url).password)
    } finally {
      await database.close()
    }
  })
})
