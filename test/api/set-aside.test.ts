import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { hasDatabase } from '../fixtures/database.ts'
import { plantedToken, removeRepositories, repositoryAt } from '../fixtures/repositories.ts'
import { type Json, startTestServer, type TestServer } from '../fixtures/server.ts'

describe.skipIf(!hasDatabase)('what a project says of its own findings', () => {
  const hosted = repositoryAt('acme', 'lenient', {
    'src/a.ts': `const key = '${plantedToken(701)}'\n`,
    'src/b.ts': `const key = '${plantedToken(702)}' // gitleaks:allow checked by hand\n`,
    'legacy/c.ts': `const key = '${plantedToken(703)}'\n`,
  })
  let server: TestServer

  beforeAll(async () => {
    server = await startTestServer({ env: { PANTHERA_GITHUB_CLONE_URL: `file://${hosted.root}` } })
    // Whatever the rule is called today.
    const { findings } = await scan({ project_settings: false })
    const rule = findings[0].rule_id
    hosted.write(
      'panthera.yaml',
      `scan: { exclude: [/legacy] }\nrules: { severity: { ${rule}: low } }\n`,
    )
    hosted.commit()
  })
  afterAll(async () => {
    await server.stop()
    removeRepositories()
  })

  async function scan(config: object = {}): Promise<Json> {
    const { json } = await server.call('POST', '/gate/api/scans', {
      body: {
        organization_id: server.organization_id,
        scan_type: 'code',
        provider: 'github',
        owner: 'acme',
        repo_name: 'lenient',
        scan_config: { enable_sast: false, enable_iac: false, enable_sca: false, ...config },
      },
    })
    for (;;) {
      const answer = await server.call('GET', `/gate/api/scans/${json.scan_id}`)
      if (['completed', 'failed'].includes(answer.json.status)) return answer.json
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
  }

  const listed = async (scanId: string) => {
    const { json } = await server.call('GET', `/gate/api/findings?scan_id=${scanId}`)
    const lines = json.findings.map((one: Json) =>
      [one.file_path, one.status, one.status_by, one.severity, one.original_severity].join(' '),
    )
    return lines.sort()
  }

  it('is honoured, and every bit of it is listed', async () => {
    const { scan_id, summary, coverage } = await scan()
    expect(summary).toMatchObject({ total_findings: 1, low_count: 1 })
    expect(coverage.suppressed).toBe(2)
    expect(await listed(scan_id)).toEqual([
      expect.stringMatching(/^legacy\/c\.ts ignored code low (critical|high)$/),
      expect.stringMatching(/^src\/a\.ts open {2}low (critical|high)$/),
      expect.stringMatching(/^src\/b\.ts ignored code (critical|high) $/),
    ])
    const report = await server.call('GET', `/gate/api/scans/${scan_id}/report`)
    const aside = report.json.suppressed.map((one: Json) => `${one.source}: ${one.reason}`)
    expect(aside.sort()).toEqual([
      'gitleaks:allow: checked by hand',
      'panthera.yaml: the path is excluded',
    ])
  })

  it('counts for nothing but comments where the scan is told not to listen', async () => {
    const { scan_id, scan_config } = await scan({ project_settings: false })
    expect(scan_config.project_settings).toBe(false)
    expect(await listed(scan_id)).toEqual([
      expect.stringMatching(/^legacy\/c\.ts open {2}(critical|high) $/),
      expect.stringMatching(/^src\/a\.ts open {2}(critical|high) $/),
      expect.stringMatching(/^src\/b\.ts ignored code (critical|high) $/),
    ])
  })
})
