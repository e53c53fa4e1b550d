import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { destinationOf, isWhole, scopeOf } from '../../src/cli/scan-send.ts'
import { writeSent } from '../../src/gate/scanner/report/sent.ts'
import { scanFolder } from '../../src/gate/source/scan.ts'
import { hasDatabase } from '../fixtures/database.ts'
import {
  type HostedRepository,
  plantedToken,
  removeRepositories,
  repositoryAt,
} from '../fixtures/repositories.ts'
import { type Json, startTestServer, type TestServer } from '../fixtures/server.ts'

const weak = ['Summer', '2023!'].join('')
const commit = '0123456789abcdef0123456789abcdef01234567'

describe.skipIf(!hasDatabase)('scans that ran elsewhere', () => {
  const hosted = repositoryAt('acme', 'shop', {})
  let server: TestServer

  beforeAll(async () => {
    const env = { PANTHERA_GITHUB_CLONE_URL: `file://${hosted.root}` }
    server = await startTestServer({ env })
  })
  afterAll(async () => {
    await server.stop()
    removeRepositories()
  })

  let nth = 0
  /** A repository that no other test knows, with a weak and a strong secret. */
  function planted(): { name: string; repository: HostedRepository } {
    const name = `shop-${++nth}`
    const repository = repositoryAt('acme', name, {
      'src/pay.ts': `const key = '${plantedToken(nth)}'\n`,
      'src/db.ts': `const config = { password: '${weak}' }\n`,
    })
    repository.git('remote', 'add', 'origin', `https://github.com/acme/${name}.git`)
    return { name, repository }
  }

  async function documentOf(root: string): Promise<string> {
    const destination = await destinationOf({ root, env: {} })
    const seen = new Map<string, string | null>()
    const onFile = (path: string, blob: string | null) => seen.set(path, blob)
    // What comes along, whatever the user of this machine has imported.
    const advisories = [fileURLToPath(new URL('../../data/advisories', import.meta.url))]
    const outcome = await scanFolder({ root, fingerprintKey: 'blind', onFile, advisories })
    const { findings, suppressed, packages, coverage } = outcome
    const { prefix } = destination
    const { scan, rules } = scopeOf(outcome, { prefix, whole: isWhole(destination, seen) })
    const tool = { name: 'Panthera', version: '1' }
    const report = { tool, rules, findings, suppressed, packages, coverage }
    let text = ''
    for await (const chunk of writeSent(report, { scan, prefix })) text += chunk
    return text
  }

  async function post(
    document: string | object,
    name: string,
  ): Promise<{ status: number; json: Json }> {
    const place = { provider: 'github', owner: 'acme', repo_name: name, branch: 'main', commit }
    const query = new URLSearchParams(place)
    const response = await fetch(`${server.url}/gate/api/scans/import?${query}`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${server.keys.gate}`,
        'content-type': 'application/json',
      },
      body: typeof document === 'string' ? document : JSON.stringify(document),
    })
    return { status: response.status, json: (await response.json()) as Json }
  }

  const openOf = async (scanId: string) =>
    (await server.call('GET', `/gate/api/scans/${scanId}`)).json.findings.map(
      (finding: Json) => `${finding.file_path} ${finding.status}`,
    )

  const run = (args: readonly string[]) =>
    new Promise<{ stdout: string; stderr: string }>((resolve) => {
      const env = {
        ...process.env,
        PANTHERA_URL: server.url,
        PANTHERA_API_KEY: server.keys.gate,
      }
      const launcher = fileURLToPath(new URL('../../bin/panthera.js', import.meta.url))
      // It ends with 1, because there are findings.
      execFile(process.execPath, [launcher, ...args], { env }, (_, stdout, stderr) => {
        resolve({ stdout, stderr })
      })
    })

  const folderOf = ({ root }: HostedRepository, name: string) => `${root}/acme/${name}.git`

  describe('201', () => {
    it('is a scan of the platform’s own, without the source', async () => {
      const { name, repository } = planted()
      const { status, json } = await post(await documentOf(folderOf(repository, name)), name)
      expect(status).toBe(201)
      expect(json).toMatchObject({ status: 'completed', tool: 'panthera', repo_name: name })
      expect((await openOf(json.scan_id)).sort()).toEqual(['src/db.ts open', 'src/pay.ts open'])
    })

    it('lists in its bill of materials what the project uses', async () => {
      const { name, repository } = planted()
      repository.write('requirements.txt', 'flask==2.0.1\n')
      repository.commit()
      const { json } = await post(await documentOf(folderOf(repository, name)), name)
      const path = `/gate/api/scans/${json.scan_id}/report?format=cyclonedx`
      const bill = (await server.call('GET', path)).json
      expect(bill.components).toMatchObject([{ purl: 'pkg:pypi/flask@2.0.1' }])
    })

    it('is what the command line sends, which shows no digest that it sent', async () => {
      const { name, repository } = planted()
      const args = ['scan', folderOf(repository, name), '--send', '--no-cache', '--format', 'json']
      const { stdout, stderr } = await run(args)
      expect(stderr).toMatch(/^Sent to http\S+ as scan [0-9a-f-]{36} of main$/m)
      expect(stdout).not.toContain('blind1')
      const [, id = ''] = /scan ([0-9a-f-]{36})/.exec(stderr) ?? []
      expect((await openOf(id)).sort()).toEqual(['src/db.ts open', 'src/pay.ts open'])
    })

    it('resolves what is gone', async () => {
      const { name, repository } = planted()
      const root = folderOf(repository, name)
      const first = await post(await documentOf(root), name)
      repository.remove('src/pay.ts')
      repository.commit()
      await post(await documentOf(root), name)
      expect((await openOf(first.json.scan_id)).sort()).toEqual([
        'src/db.ts open',
        'src/pay.ts resolved',
      ])
    })

    it('resolves what the selection knows when the package was upgraded', async () => {
      const { name, repository } = planted()
      const root = folderOf(repository, name)
      const upgrade = (version: string) => {
        repository.write('requirements.txt', `pyyaml==${version}\n`)
        repository.commit()
      }
      upgrade('5.1')
      const first = await post(await documentOf(root), name)
      upgrade('6.0.2')
      await post(await documentOf(root), name)
      const states = new Set(await openOf(first.json.scan_id))
      expect(states).toContain('requirements.txt resolved')
      expect(states).not.toContain('requirements.txt open')
    })

    it.each([
      ['files differ from the commit', (it: HostedRepository) => it.remove('src/pay.ts')],
      ['a file is there that the commit lacks', (it: HostedRepository) => it.write('new', 'x')],
    ])('proves nothing where %s', async (_, change) => {
      const { name, repository } = planted()
      const root = folderOf(repository, name)
      change(repository)
      expect(JSON.parse(await documentOf(root)).scan.partial).toBe(true)
    })

    it('places what a folder of the repository holds', async () => {
      const { name, repository } = planted()
      const text = await documentOf(`${folderOf(repository, name)}/src`)
      const { json } = await post(text, name)
      expect((await openOf(json.scan_id)).sort()).toEqual(['src/db.ts open', 'src/pay.ts open'])
      expect(JSON.parse(text).scan.partial).toBe(true)
    })

    it('knows a finding again whether its folder was sent or all of the repository', async () => {
      const { name, repository } = planted()
      repository.write('other.ts', `const key = '${plantedToken(nth + 500)}'\n`)
      repository.commit()
      const root = folderOf(repository, name)
      const whole = await post(await documentOf(root), name)
      repository.remove('src/pay.ts')
      repository.remove('other.ts')
      repository.commit()
      const { json } = await post(await documentOf(`${root}/src`), name)
      expect(json.summary.total_findings).toBe(1)
      expect((await openOf(whole.json.scan_id)).sort()).toEqual([
        // Not looked at, so that nothing is known of it.
        'other.ts open',
        'src/db.ts open',
        'src/pay.ts resolved',
      ])
    })

    it('lists what the project accepts, and what was looked at', async () => {
      const { name, repository } = planted()
      const accepted = `const key = '${plantedToken(nth)}' // gitleaks:allow checked by hand\n`
      repository.write('src/pay.ts', accepted)
      repository.commit()
      const { json } = await post(await documentOf(folderOf(repository, name)), name)
      expect(json).toMatchObject({ summary: { total_findings: 1 }, coverage: { files: 2 } })
      const query = `scan_id=${json.scan_id}&status=ignored`
      const listed = (await server.call('GET', `/gate/api/findings?${query}`)).json
      expect(listed.findings).toMatchObject([{ file_path: 'src/pay.ts', status_by: 'code' }])
      const path = `/gate/api/scans/${json.scan_id}/report?format`
      const report = (await server.call('GET', `${path}=json`)).json
      expect(report.coverage.files).toBe(2)
      expect(report.suppressed).toMatchObject([
        { by: 'inherited', source: 'gitleaks:allow', finding: { location: { line: 1 } } },
      ])
      const sarif = (await server.call('GET', `${path}=sarif`)).json
      expect(sarif.runs[0].results.flatMap((one: Json) => one.suppressions ?? [])).toHaveLength(1)
    })

    it('hides from the database what would let a password be guessed', async () => {
      const { name, repository } = planted()
      const { json } = await post(await documentOf(folderOf(repository, name)), name)
      const path = `/gate/api/scans/${json.scan_id}/report`
      const report = JSON.stringify((await server.call('GET', path)).json)
      expect(report).toContain('secret1')
      expect(report).not.toContain('blind1')
    })
  })

  describe('400', () => {
    const document = {
      schemaVersion: 1,
      tool: { name: 'Panthera', version: '1' },
      scan: { engines: ['secrets'], history: false, partial: false, advisories: null },
      coverage: { complete: true },
      rules: [{ id: 'a-rule' }],
      findings: [],
    }
    it.each([
      ['another version', { ...document, schemaVersion: 2 }, 'schemaVersion is 2'],
      ['a report', { ...document, scan: undefined }, 'panthera scan --send'],
      [
        'an unknown engine',
        { ...document, scan: { ...document.scan, engines: ['x'] } },
        'scan.engines.0',
      ],
      ['a finding without a title', { ...document, findings: [{ ruleId: 'a' }] }, 'findings[0].'],
      ['a rule without an id', { ...document, rules: [{}] }, 'rules[0].id'],
    ])('refuses %s, and stores nothing', async (_, wrong, message) => {
      const { name } = planted()
      const { status, json } = await post(wrong, name)
      expect(status).toBe(400)
      expect(json.error.message).toContain(message)
    })

    it('refuses a place outside the repository', async () => {
      const { name, repository } = planted()
      const sent = JSON.parse(await documentOf(folderOf(repository, name)))
      sent.findings[0].location.path = '../../etc/passwd'
      const { status, json } = await post(sent, name)
      expect(status).toBe(400)
      expect(json.error.message).toContain('must lie within the repository')
    })
  })
})
