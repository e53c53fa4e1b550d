import { spawnSync } from 'node:child_process'
import { createServer } from 'node:http'
import { dirname } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { hasDatabase } from '../fixtures/database.ts'
import { plantedToken, removeRepositories, repositoryAt } from '../fixtures/repositories.ts'
import { type Json, startTestServer, type TestServer } from '../fixtures/server.ts'

describe.skipIf(!hasDatabase)('scans', () => {
  const hosted = repositoryAt('acme', 'shop', {
    'src/pay.ts': `const key = '${plantedToken(1)}'\n`,
    'README.md': '# Shop\n',
  })
  let server: TestServer

  beforeAll(async () => {
    server = await startTestServer({
      env: {
        PANTHERA_GITHUB_CLONE_URL: `file://${hosted.root}`,
        // Who asks a free plan whether a scan has ended would be told to come back in a minute.
        PANTHERA_RATE_LIMITS: '{"gate.free.minute":10000}',
      },
    })
  })
  afterAll(async () => {
    await server.stop()
    removeRepositories()
  })

  const wanted = (more: object = {}) => ({
    organization_id: server.organization_id,
    scan_type: 'code',
    provider: 'github',
    owner: 'acme',
    repo_name: 'shop',
    ...more,
  })

  const create = (more: object = {}) =>
    server.call('POST', '/gate/api/scans', { body: wanted(more) })

  async function ended(more: object = {}): Promise<Json> {
    const { json } = await create(more)
    return endOf(json.scan_id)
  }

  /** `asked` holds the key, where it is of another organization. */
  async function endOf(id: string, asked: { key?: string } = {}): Promise<Json> {
    for (;;) {
      const { status, json } = await server.call('GET', `/gate/api/scans/${id}`, asked)
      expect(status).toBe(200)
      if (['completed', 'failed'].includes(json.status)) return json
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
  }

  describe('201', () => {
    it('answers as the reference does', async () => {
      const answer = await create({
        branch: 'main',
        scan_config: {
          enable_sast: true,
          enable_sca: true,
          enable_secrets: true,
          enable_iac: true,
        },
      })
      expect(answer.status).toBe(201)
      expect(answer.json).toEqual({
        scan_id: expect.stringMatching(/^[0-9a-f-]{36}$/),
        status: 'queued',
        created_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
      })
    })
  })

  describe('200', () => {
    it('finds what is there and embeds it', async () => {
      const scan = await ended()
      expect(scan).toMatchObject({
        status: 'completed',
        branch: 'main',
        commit: hosted.head(),
        findings_truncated: false,
        progress: null,
        error: null,
        summary: { total_findings: 1 },
        coverage: { engines: ['sast', 'sca', 'secrets', 'iac'], complete: true },
      })
      expect(scan.findings[0]).toMatchObject({
        scan_type: 'secrets',
        file_path: 'src/pay.ts',
        line_number: 1,
        status: 'open',
      })
      expect(Date.parse(scan.completed_at)).toBeGreaterThanOrEqual(Date.parse(scan.started_at))
      expect(JSON.stringify(scan)).not.toContain(plantedToken(1).slice(4))
    })

    it('knows its organization in capitals', async () => {
      const id = server.organization_id.toUpperCase()
      const list = await server.call('GET', `/gate/api/scans?organization_id=${id}`)
      expect(list.status).toBe(200)
      expect((await create({ organization_id: id })).status).toBe(201)
      const findings = await server.call('GET', `/gate/api/findings?organization_id=${id}`)
      expect(findings.status).toBe(200)
    })

    it('takes another spelling of a repository for the same one', async () => {
      await create()
      const { json } = await create({ owner: 'ACME', repo_name: 'Shop' })
      const scan = await server.call('GET', `/gate/api/scans/${json.scan_id}`)
      expect([scan.json.owner, scan.json.repo_name]).toEqual(['acme', 'shop'])
    })

    it('lists the scans of the organization, the newest first', async () => {
      const path = `/gate/api/scans?organization_id=${server.organization_id}&limit=2`
      const { json } = await server.call('GET', path)
      expect(json).toMatchObject({ limit: 2, offset: 0, total: expect.any(Number) })
      const times = json.scans.map((scan: Json) => Date.parse(scan.created_at))
      expect(times).toEqual([...times].sort((a: number, b: number) => b - a))
      const completed = await server.call('GET', `${path}&status=completed`)
      expect(completed.json.scans.length).toBeGreaterThan(0)
      const statuses = completed.json.scans.map((scan: Json) => scan.status)
      expect(new Set(statuses)).toEqual(new Set(['completed']))
    })

    it('names no engine that was off, and resolves nothing unlooked for', async () => {
      await ended()
      const scan = await ended({ scan_config: { enable_secrets: false } })
      expect(scan).toMatchObject({
        summary: { total_findings: 0 },
        coverage: { engines: ['sast', 'sca', 'iac'] },
      })
      const { json } = await server.call('GET', '/gate/api/findings?q=pay.ts')
      expect(json.findings.map((one: Json) => one.status)).toEqual(['open'])
    })

    it('reports against a base only what is new', async () => {
      hosted.git('checkout', '--quiet', '-B', 'feature', 'main')
      hosted.write('src/mail.ts', `const mail = '${plantedToken(2)}'\n`)
      hosted.commit()
      hosted.git('checkout', '--quiet', 'main')
      const scan = await ended({ branch: 'feature', base: 'main' })
      expect(scan.findings.map((one: Json) => one.file_path)).toEqual(['src/mail.ts'])
    })

    it('finds in the history what the tree no longer holds', async () => {
      hosted.write('old.ts', `const old = '${plantedToken(3)}'\n`)
      hosted.commit()
      hosted.remove('old.ts')
      hosted.commit()
      const plain = await ended()
      expect(plain.findings.map((one: Json) => one.file_path)).not.toContain('old.ts')
      const deep = await ended({ scan_config: { history: true } })
      expect(deep.findings.map((one: Json) => one.file_path)).toContain('old.ts')
    })

    it('resolves what only a deleted branch had', async () => {
      hosted.git('checkout', '--quiet', '-B', 'short-lived', 'main')
      hosted.write('brief.ts', `const brief = '${plantedToken(5)}'\n`)
      hosted.commit()
      hosted.git('checkout', '--quiet', 'main')
      const { scan_id } = await ended({ branch: 'short-lived' })
      const status = async () => {
        const { json } = await server.call('GET', `/gate/api/scans/${scan_id}`)
        return json.findings.find((one: Json) => one.file_path === 'brief.ts').status
      }
      await ended()
      expect(await status()).toBe('open')
      hosted.git('branch', '--delete', '--force', 'short-lived')
      await ended()
      expect(await status()).toBe('resolved')
    })

    it('keeps two copies of a secret apart after one of them was moved', async () => {
      const text = `const copied = '${plantedToken(6)}'\n`
      const copies = async () => {
        const { findings } = await ended()
        return findings
          .filter((one: Json) => /copy-.\.ts$/.test(one.file_path))
          .map((one: Json) => `${one.file_path} ${one.id} ${one.status}`)
          .sort()
      }
      hosted.write('copy-a.ts', text)
      hosted.commit()
      await ended()
      hosted.git('mv', 'copy-a.ts', 'copy-b.ts')
      hosted.commit()
      expect(await copies()).toHaveLength(1)
      hosted.write('copy-a.ts', text)
      hosted.commit()
      const both = await copies()
      expect(both).toEqual([
        expect.stringMatching(/^copy-a\.ts .* open$/),
        expect.stringMatching(/^copy-b\.ts .* open$/),
      ])
      expect(await copies()).toEqual(both)
      hosted.git('rm', '--quiet', 'copy-a.ts', 'copy-b.ts')
      hosted.commit()
    })

    it('resolves what left the branch, and opens it again when it is back', async () => {
      const open = async () => {
        const { json } = await server.call('GET', '/gate/api/findings?q=lost.ts')
        return json.findings.map((one: Json) => one.status)
      }
      hosted.write('lost.ts', `const lost = '${plantedToken(4)}'\n`)
      hosted.commit()
      await ended()
      expect(await open()).toEqual(['open'])
      hosted.remove('lost.ts')
      hosted.commit()
      await ended()
      expect(await open()).toEqual(['resolved'])
      hosted.write('lost.ts', `const lost = '${plantedToken(4)}'\n`)
      hosted.commit()
      await ended()
      expect(await open()).toEqual(['open'])
    })
  })

  it('waits queued until the plan has a slot: no two scans of a free one run at once', async () => {
    const other = await server.call('POST', '/console/api/organizations', { body: { name: 'F' } })
    const made = await server.call('POST', '/console/api/keys', {
      key: other.json.admin_key,
      body: { surface: 'gate', name: 'x' },
    })
    const key = made.json.api_key
    const body = wanted({ organization_id: other.json.id })
    const ids: string[] = []
    for (let nth = 0; nth < 3; nth++) {
      ids.push((await server.call('POST', '/gate/api/scans', { key, body })).json.scan_id)
    }
    const times: [number, number][] = []
    for (const id of ids) {
      const scan = await endOf(id, { key })
      times.push([Date.parse(scan.started_at), Date.parse(scan.completed_at)])
    }
    times.sort(([a], [b]) => a - b)
    for (const [nth, [startedAt]] of times.entries()) {
      expect(startedAt).toBeGreaterThanOrEqual(times[nth - 1]?.[1] ?? 0)
    }
  })

  describe('a scan that cannot go on fails with its reason', () => {
    it.each([
      ['repository_not_found', { repo_name: 'nowhere' }],
      ['branch_not_found', { branch: 'nowhere' }],
      ['commit_not_found', { commit: '0123456789'.repeat(4) }],
    ])('%s', async (code, more) => {
      const scan = await ended(more)
      expect(scan).toMatchObject({ status: 'failed', summary: null, findings: [] })
      expect(scan.error.code).toBe(code)
      expect(scan.error.message).not.toContain(dirname(hosted.root))
    })

    it('access_denied, where the host asks for credentials', async () => {
      const host = createServer((_request, response) => {
        response.writeHead(401, { 'www-authenticate': 'Basic' }).end()
      })
      await new Promise<void>((resolve) => host.listen(0, '127.0.0.1', resolve))
      const { port } = host.address() as { port: number }
      const guarded = await startTestServer({
        env: {
          PANTHERA_GITLAB_CLONE_URL: `http://127.0.0.1:${port}`,
          PANTHERA_OUTBOUND_ALLOW_CIDRS: '127.0.0.0/8',
        },
      })
      const body = { ...wanted({ provider: 'gitlab' }), organization_id: guarded.organization_id }
      const { json } = await guarded.call('POST', '/gate/api/scans', { body })
      let scan: Json
      do scan = (await guarded.call('GET', `/gate/api/scans/${json.scan_id}`)).json
      while (!['completed', 'failed'].includes(scan.status))
      expect(scan.error.code).toBe('access_denied')
      await guarded.stop()
      host.close()
    })
  })

  describe('400', () => {
    it.each([
      [{ organization_id: undefined }, 'organization_id'],
      [{ scan_type: 'everything' }, 'scan_type'],
      [{ provider: 'sourceforge' }, 'provider'],
      [{ owner: '../etc' }, 'owner'],
      [{ owner: '--upload-pack=x' }, 'owner'],
      [{ repo_name: 'a b' }, 'repo_name'],
      [{ repo_name: undefined }, 'repo_name'],
      [{ branch: '-x' }, 'branch'],
      [{ branch: 'a..b' }, 'branch'],
      [{ branch: '@' }, 'branch'],
      [{ branch: 'feature', base: 'feature' }, 'base'],
      [{ base: '-x' }, 'base'],
      [{ base: 'a'.repeat(64) }, 'base'],
      [{ commit: 'main' }, 'commit'],
      [{ commit: 'a'.repeat(64) }, 'commit'],
      [{ colour: 'red' }, 'colour'],
      [{ scan_config: { enable_magic: true } }, 'scan_config.enable_magic'],
      [{ scan_config: allOff }, 'scan_config'],
      [{ scan_config: { history: 'yes' } }, 'scan_config.history'],
      [{ clone_url: 'https://example.com/a.git' }, 'clone_url'],
      [{ provider: 'git' }, 'clone_url'],
      [{ provider: 'git', clone_url: 'http://example.com/a.git' }, 'clone_url'],
      [{ provider: 'git', clone_url: 'https://u:p@example.com/a.git' }, 'clone_url'],
      [{ provider: 'git', clone_url: 'https://example.com/a.git?b=c' }, 'clone_url'],
      [{ provider: 'git', clone_url: 'https://example.com/a.git#' }, 'clone_url'],
    ])('%j names %s', async (more, field) => {
      const answer = await create(more)
      expect(answer.status).toBe(400)
      expect(answer.json.error.code).toBe('invalid_request')
      const fields = answer.json.error.details.fields.map((one: Json) => one.field)
      expect(fields).toContain(field)
    })

    it.each([...'~^:?*[\\ @./', 'a/.b', '.a', 'a.lock/b', 'a.lock', 'a.', 'a./b', 'a//b', 'a@{b'])(
      'takes %j as a branch and as a base where git does',
      async (name) => {
        const git = spawnSync('git', ['check-ref-format', `refs/heads/${name}`]).status === 0
        // Git reads it as HEAD.
        const accepted = git && name !== '@'
        for (const field of ['branch', 'base']) {
          const answer = await create({ [field]: name })
          expect(answer.status, field).toBe(accepted ? 201 : 400)
          if (accepted) continue
          const [first] = answer.json.error.details.fields
          expect(first.field).toBe(field)
          expect(first.message).toContain('must be a branch name that git accepts')
        }
      },
    )

    it('says that cloud scans are not available', async () => {
      const answer = await create({ scan_type: 'cloud' })
      expect([answer.status, answer.json.error.code]).toEqual([400, 'not_available'])
    })

    it('says that a git host is not open here', async () => {
      const answer = await create({
        provider: 'git',
        clone_url: 'https://git.example.com/a/b.git',
        owner: undefined,
        repo_name: undefined,
      })
      expect([answer.status, answer.json.error.code]).toEqual([400, 'provider_not_configured'])
    })

    it('needs the organization to list', async () => {
      const answer = await server.call('GET', '/gate/api/scans')
      expect(answer.status).toBe(400)
      expect(answer.json.error.details.fields[0].field).toBe('organization_id')
    })

    it.each(['limit=0', 'limit=101', 'limit=x', 'offset=-1', 'status=done', 'colour=red'])(
      'refuses ?%s',
      async (query) => {
        const path = `/gate/api/scans?organization_id=${server.organization_id}&${query}`
        expect((await server.call('GET', path)).status).toBe(400)
      },
    )

    it('refuses a body that is not JSON', async () => {
      const answer = await server.call('POST', '/gate/api/scans', { body: '{"organization_id":' })
      expect(answer.status).toBe(400)
      expect(answer.json.error.details.fields[0].field).toBe('body')
    })
  })

  describe('401', () => {
    it('without a key', async () => {
      expect((await server.call('POST', '/gate/api/scans', { key: null, body: {} })).status).toBe(
        401,
      )
    })
  })

  describe('404', () => {
    const unknown = '00000000-0000-4000-8000-000000000000'

    it('for another organization', async () => {
      expect((await create({ organization_id: unknown })).status).toBe(404)
      const list = await server.call('GET', `/gate/api/scans?organization_id=${unknown}`)
      expect([list.status, list.json.error.code]).toEqual([404, 'organization_not_found'])
    })

    it('for another tenant’s scan, as for one that does not exist', async () => {
      const { json } = await create()
      const other = await server.call('POST', '/console/api/organizations', {
        body: { name: 'Other' },
      })
      const made = await server.call('POST', '/console/api/keys', {
        key: other.json.admin_key,
        body: { surface: 'gate', name: 'x' },
      })
      const key = made.json.api_key
      const foreign = await server.call('GET', `/gate/api/scans/${json.scan_id}`, { key })
      const missing = await server.call('GET', `/gate/api/scans/${unknown}`, { key })
      expect(foreign.status).toBe(404)
      expect(foreign.text).toBe(missing.text)
    })
  })
})

const allOff = {
  enable_sast: false,
  enable_sca: false,
  enable_secrets: false,
  enable_iac: false,
}
