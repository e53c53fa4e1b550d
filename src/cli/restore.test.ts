// The way of an operator: back up a running installation, restore it elsewhere, start it there.
import { spawnSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { hasDatabase } from '../../test/fixtures/database.ts'
import { startTestServer, type TestServer } from '../../test/fixtures/server.ts'
import { emptyDatabase } from '../platform/backup/testing.ts'
import { readConfig } from '../platform/config.ts'
import { createLog } from '../platform/log.ts'
import { startServer } from '../server.ts'

const launcher = join(import.meta.dirname, '../../bin/panthera.js')
const passphrase = 'correct horse battery staple'
const masterKey = randomBytes(32).toString('base64')

describe.skipIf(!hasDatabase)('panthera backup and panthera restore', () => {
  let server: TestServer
  let folder: string
  let file: string

  beforeAll(async () => {
    server = await startTestServer({ env: { PANTHERA_MASTER_KEY: masterKey } })
    folder = mkdtempSync(join(tmpdir(), 'panthera-cli-backup-'))
    file = join(folder, 'panthera.backup')
    const made = panthera(['backup', file, '--include-master-key'])
    expect(made).toMatchObject({ status: 0, stdout: '' })
    expect(made.stderr).toMatch(/rows and 0 artefacts, [\d,]+ bytes, encrypted\n.+is in it/)
  }, 120_000)
  afterAll(async () => {
    await server.stop()
    rmSync(folder, { recursive: true, force: true })
  })

  /** Only with the settings that an operator would give for a backup. */
  function panthera(args: string[], env: Record<string, string> = {}) {
    const ran = spawnSync(process.execPath, [launcher, ...args], {
      encoding: 'utf8',
      env: {
        PATH: process.env.PATH,
        HOME: folder,
        DATABASE_URL: server.databaseUrl,
        PANTHERA_DATA_DIR: server.dataDir,
        PANTHERA_MASTER_KEY: masterKey,
        PANTHERA_BACKUP_PASSPHRASE: passphrase,
        ...env,
      },
    })
    return { status: ran.status, stdout: ran.stdout, stderr: ran.stderr }
  }

  it('give an installation whose keys still open the same answers', async () => {
    const databaseUrl = await emptyDatabase()
    const dataDir = join(folder, 'restored')
    const env = { DATABASE_URL: databaseUrl, PANTHERA_DATA_DIR: dataDir }
    const restored = panthera(['restore', file], env)
    expect(restored).toMatchObject({ status: 0, stdout: '' })
    expect(restored.stderr).toContain('Its master key is there; start it with: panthera serve')
    const config = readConfig({
      ...env,
      PANTHERA_PORT: '0',
      PANTHERA_CACHE_DIR: join(dataDir, 'cache'),
      PANTHERA_MASTER_KEY: masterKey,
      PANTHERA_OWNER_EMAIL: 'owner@example.com',
      PANTHERA_OWNER_PASSWORD: 'another password',
    })
    const log = createLog({ destination: { write: () => {} } })
    const other = await startServer(config, log)
    try {
      expect(other.isFirstRun).toBe(false)
      const answer = async (url: string) => {
        const headers = { authorization: `Bearer ${server.keys.identity}` }
        const response = await fetch(`${url}/console/api/keys`, { headers })
        return { status: response.status, body: await response.json() }
      }
      const [before, after] = [await answer(server.url), await answer(other.url)]
      expect(before.status).toBe(200)
      expect(withoutUse(after)).toEqual(withoutUse(before))
    } finally {
      await other.stop()
    }
  }, 120_000)

  it('tell that a file is whole without touching anything', () => {
    const dataDir = join(folder, 'untouched')
    const checked = panthera(['restore', '--check', file], { PANTHERA_DATA_DIR: dataDir })
    expect(checked).toMatchObject({ status: 0, stdout: '' })
    expect(checked.stderr).toMatch(/is whole: \d+ rows in \d+ tables and 0 artefacts of 20/)
    expect(existsSync(dataDir)).toBe(false)
  })

  it('refuse in one line with what to do, and exit with 2', () => {
    const wrong = { PANTHERA_BACKUP_PASSPHRASE: 'a wrong passphrase' }
    const cases: [string[], Record<string, string>, string][] = [
      [['restore', file], wrong, 'the passphrase does not open this backup'],
      [['restore', file], {}, 'the database is not empty'],
      [['restore', join(folder, 'none')], {}, 'there is no file'],
      [['backup', file], { PANTHERA_BACKUP_PASSPHRASE: 'short' }, 'at least 12 characters'],
      [['backup', file], { PANTHERA_BACKUP_PASSPHRASE: '' }, 'no terminal to ask for it'],
      [['backup', file], { DATABASE_URL: 'mysql://x' }, 'DATABASE_URL=(hidden) is not accepted'],
      [
        ['backup', file],
        { DATABASE_URL: 'postgres://127.0.0.1:1/x' },
        'does not lead to a database',
      ],
      [['backup', folder], {}, 'it is a directory'],
    ]
    for (const [args, env, message] of cases) {
      const { status, stderr } = panthera(args, env)
      expect(stderr, args.join(' ')).toContain(message)
      expect(stderr).not.toMatch(/internal failure|^ +at /m)
      expect(status).toBe(2)
    }
  }, 120_000)
})

/** The question itself is a use of the key. */
function withoutUse({ status, body }: { status: number; body: unknown }) {
  const text = JSON.stringify(body).replace(/"last_used_at":("[^"]*"|null)/g, '"last_used_at":0')
  return { status, body: JSON.parse(text) }
}
