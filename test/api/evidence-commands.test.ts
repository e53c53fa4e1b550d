// The reference's calls, replayed with a pack that the command line made of a real repository.
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { keyIdOf } from '../../src/certus/seal/envelope.ts'
import { panthera } from '../../src/cli/fixtures/command.ts'
import type { Json } from '../fixtures/call.ts'
import { hasDatabase } from '../fixtures/database.ts'
import { plantedToken, removeRepositories, repositoryAt } from '../fixtures/repositories.ts'
import { startTestServer, type TestServer } from '../fixtures/server.ts'

const source = `import { exec } from 'node:child_process'
import express from 'express'
const unmistakableName = express()
unmistakableName.get('/ping', (request, response) => {
  exec('ping ' + request.query.host, (_, output) => response.send(output))
})
const token = '${plantedToken(7)}'
`

describe.skipIf(!hasDatabase)('the commands for evidence', () => {
  const hosted = repositoryAt('acme', 'shop', {
    'src/ping.js': source,
    'package-lock.json': JSON.stringify({
      lockfileVersion: 3,
      packages: { 'node_modules/left-pad': { version: '1.3.0' } },
    }),
  })
  let server: TestServer
  let folder: string
  let tree: string
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'panthera-evidence-'))
    tree = join(folder, 'shop')
    execFileSync('git', ['clone', '--quiet', join(hosted.root, 'acme', 'shop.git'), tree])
    const origin = 'https://github.com/acme/shop.git'
    execFileSync('git', ['-C', tree, 'remote', 'set-url', 'origin', origin])
    server = await startTestServer()
  })
  afterAll(async () => {
    await server.stop()
    removeRepositories()
    rmSync(folder, { recursive: true, force: true })
  })

  const run = (...args: string[]) =>
    panthera(args, {
      cwd: folder,
      env: {
        PANTHERA_URL: server.url,
        PANTHERA_API_KEY: server.keys.certus ?? '',
        PANTHERA_EVIDENCE_SECRET: server.evidence_secret,
        PANTHERA_CACHE_DIR: join(folder, 'cache'),
      },
    })
  const json = (file: string): Json => JSON.parse(readFileSync(join(folder, file), 'utf8'))

  it('make a pack, submit it, list it, fetch its bundle and verify that', async () => {
    writeFileSync(join(folder, 'lcov.info'), 'SF:src/ping.js\nLF:4\nLH:3\nend_of_record\n')
    const made = await run(
      ...['evidence', 'pack', tree, '--id', 'first', '--coverage', 'lcov.info'],
      ...['--output', 'pack.json'],
    )
    expect([made.code, made.stdout]).toEqual([0, ''])
    expect(made.stderr).toContain('acme/shop at ')
    expect(made.stderr).toMatch(/For grade [A-E] +mend critical: /)

    const pack = json('pack.json')
    expect(pack).toMatchObject({
      repo_slug: 'acme/shop',
      branch: 'main',
      commit_hash: hosted.head(),
      working_copy: { changed: 0, untracked: 0, folder: '.' },
      test_coverage: [{ format: 'lcov', percent: 75 }],
    })
    expect(pack.findings.map(({ rule_id }: Json) => rule_id)).toContain('command-injection')
    expect(pack.sbom.components[0].purl).toBe('pkg:npm/left-pad@1.3.0')

    const sent = await run('evidence', 'submit', 'pack.json', '--format', 'json')
    expect(sent.code).toBe(0)
    const stored = JSON.parse(sent.stdout)
    expect(Object.keys(stored)).toEqual(['scan_id', 'stored_timestamp'])

    const listed = await run('evidence', 'history', '--repository', 'ACME/Shop')
    expect(listed.stdout).toMatch(/acme\/shop +main +[0-9a-f]{12} .* verified +first\n$/)

    const { json: bundle } = await server.call('GET', '/certus/api/evidence/first/bundle')
    writeFileSync(join(folder, 'bundle.json'), JSON.stringify(bundle))
    const { keyid } = JSON.parse(bundle.envelope).signatures[0]
    const checked = await run('evidence', 'verify', 'bundle.json', '--key', keyid)
    expect([checked.code, checked.stdout]).toEqual([0, expect.stringContaining('seal')])
    expect(checked.stdout).not.toMatch(/FAILS|open/)
    expect(keyid).toHaveLength(keyIdOf(new Uint8Array(32)).length)
  })

  it('keep the source where it is', () => {
    const text = readFileSync(join(folder, 'pack.json'), 'utf8')
    for (const line of source.split('\n')) {
      if (line.length > 5) expect(text).not.toContain(JSON.stringify(line).slice(1, -1))
    }
    expect(text).not.toMatch(/unmistakableName|request\.query/)
    expect(text).not.toContain(plantedToken(7).slice(4))
  })

  it('tell what changed between a file and a pack of the server', async () => {
    const before = { ...json('pack.json'), findings: [], sbom: undefined }
    writeFileSync(join(folder, 'before.json'), JSON.stringify(before))
    const told = await run('evidence', 'drift', 'before.json', 'first', '--format', 'json')
    const drift = JSON.parse(told.stdout)
    expect(drift).toMatchObject({ findings: { gone: { total: 0 }, same: 0 }, dependencies: null })
    expect(drift.findings.added.total).toBe(json('pack.json').findings.length)
    const text = await run('evidence', 'drift', 'before.json', 'pack.json')
    expect(text.stdout).toMatch(/New +critical: /)
  })

  it('tell whether a blueprint holds', async () => {
    const ran = await run('blueprint', 'run', 'asvs-code', '--pack', 'pack.json')
    expect([ran.code, ran.stdout]).toEqual([1, expect.stringContaining('asvs V1.2!')])
  })

  it('let nothing pass of a working copy that is not the commit', async () => {
    writeFileSync(join(tree, 'src/ping.js'), 'export {}\n')
    const made = await run('evidence', 'pack', tree, '--framework', 'asvs', '--unsealed', '--quiet')
    const pack = JSON.parse(made.stdout)
    expect(pack).not.toHaveProperty('signed_hash')
    expect(pack.working_copy.changed).toBe(1)
    const states = pack.control_results.map(({ status }: Json) => status)
    expect(states.length).toBeGreaterThan(50)
    expect(states).not.toContain('pass')
    // What was left without a seal is not taken as it stands.
    const answer = await server.call('POST', '/certus/api/scans', { body: pack })
    expect(answer).toMatchObject({ status: 400 })
  })

  it('are told by their id, for that is what every other call names', async () => {
    const again = await run('evidence', 'submit', 'pack.json')
    expect([again.code, again.stdout]).toEqual([
      0,
      expect.stringContaining(`evidence_pack_id  ${json('pack.json').evidence_pack_id}\n`),
    ])
  })

  it('have one name for a repository, as it was written first', async () => {
    const other = { ...json('pack.json'), evidence_pack_id: 'second', repo_slug: 'Acme/Shop' }
    writeFileSync(join(folder, 'other.json'), JSON.stringify(other))
    const sent = await run('evidence', 'submit', 'other.json')
    expect([sent.code, sent.stderr]).toEqual([
      2,
      expect.stringContaining('must be written as acme/shop'),
    ])
  })
})
