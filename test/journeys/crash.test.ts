// Nothing is lost and nothing is doubled when the server is killed while it works.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Json } from '../fixtures/call.ts'
import { freePort, type ServerProcess, startProcess } from '../fixtures/process.ts'
import { startReceiver } from '../fixtures/receiver.ts'
import { plantedToken, removeRepositories, repositoryAt } from '../fixtures/repositories.ts'

const tokens = 40

describe('a server that is killed', { timeout: 180_000 }, () => {
  let dataDir: string
  let port: number
  let server: ServerProcess
  let env: Record<string, string>

  beforeEach(async () => {
    dataDir = mkdtempSync(join(tmpdir(), 'panthera-crash-'))
    port = await freePort()
    const files = Object.fromEntries(
      Array.from({ length: tokens }, (_, nth) => [
        `src/f${nth}.ts`,
        `const key = '${plantedToken(100 + nth)}'\n${'// filler\n'.repeat(20_000)}`,
      ]),
    )
    const hosted = repositoryAt('acme', 'big', files)
    env = {
      PANTHERA_GITHUB_CLONE_URL: `file://${hosted.root}`,
      PANTHERA_WEBHOOK_ALLOW_CIDRS: '127.0.0.0/8',
    }
    server = await startProcess({ dataDir, port, env })
  })
  afterEach(async () => {
    await server.stop()
    removeRepositories()
    rmSync(dataDir, { recursive: true, force: true })
  })

  let killedAt = 0

  const restart = async () => {
    await server.kill()
    killedAt = Date.now()
    server = await startProcess({ dataDir, port, env })
  }

  const createScan = async (): Promise<string> => {
    const { json } = await server.call('POST', '/gate/api/scans', {
      body: {
        organization_id: server.firstRun.organization_id,
        scan_type: 'code',
        provider: 'github',
        owner: 'acme',
        repo_name: 'big',
      },
    })
    return json.scan_id
  }

  const getScan = async (id: string): Promise<Json> =>
    (await server.call('GET', `/gate/api/scans/${id}`)).json

  async function until<Value>(look: () => Promise<Value>, fits: (value: Value) => boolean) {
    for (;;) {
      const value = await look()
      if (fits(value)) return value
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
  }

  const ended = (id: string) =>
    until(
      () => getScan(id),
      ({ status }) => ['completed', 'failed'].includes(status),
    )

  it('completes the scan that it was at', async () => {
    const id = await createScan()
    await until(
      () => getScan(id),
      ({ status }) => status === 'running',
    )
    await restart()
    const scan = await ended(id)
    expect(scan).toMatchObject({ status: 'completed', summary: { total_findings: tokens } })
    // Not by the one that was killed.
    expect(Date.parse(scan.completed_at)).toBeGreaterThan(killedAt)
    const list = await server.call('GET', '/gate/api/findings')
    expect(list.json.total).toBe(tokens)
  })

  it('completes the import that it was at, and a repeated one doubles nothing', async () => {
    const results = 20_000
    const query = new URLSearchParams({
      organization_id: server.firstRun.organization_id,
      provider: 'github',
      owner: 'acme',
      repo_name: 'imported',
      branch: 'main',
      commit: 'c'.repeat(40),
    })
    const path = `/gate/api/scans/import?${query}`
    const body = sarif(results)
    const cut = server.call('POST', path, { body }).catch(() => null)
    const scans = async () =>
      (
        await server.call(
          'GET',
          `/gate/api/scans?organization_id=${server.firstRun.organization_id}`,
        )
      ).json.scans as Json[]
    await until(scans, (list) => list.some(({ source }) => source === 'import'))
    await restart()
    await cut
    const [scan] = await scans()
    expect(await ended(scan.scan_id)).toMatchObject({
      status: 'completed',
      summary: { total_findings: results },
    })
    const again = await server.call('POST', path, { body })
    expect(again.status).toBe(201)
    expect(await scans()).toHaveLength(1)
    expect((await server.call('GET', '/gate/api/findings')).json.total).toBe(results)
  })

  it('delivers what it was delivering, each message once', async () => {
    // Holds the first requests open, so that the kill comes in the middle of them.
    let held = 0
    const receiver = await startReceiver((nth) => {
      held = nth
      return nth <= 2 ? null : 204
    })
    const made = await server.call('POST', '/gate/api/webhooks', {
      body: { url: receiver.url, events: ['scan.completed', 'finding.new'] },
    })
    receiver.secret = made.json.secret
    await ended(await createScan())
    await until(
      async () => held,
      (count) => count >= 2,
    )
    await restart()
    const received = await receiver.waitFor(2)
    expect(received.map(({ body }) => body.event).sort()).toEqual(['finding.new', 'scan.completed'])
    expect(received.every(({ verified }) => verified)).toBe(true)
    const { json } = await server.call('GET', `/gate/api/webhooks/${made.json.id}/deliveries`)
    expect(json.total).toBe(2)
    receiver.close()
  })
})

function sarif(results: number): string {
  return JSON.stringify({
    version: '2.1.0',
    runs: [
      {
        tool: { driver: { name: 'Made up', rules: [{ id: 'rule' }] } },
        results: Array.from({ length: results }, (_, nth) => ({
          ruleId: 'rule',
          level: 'warning',
          message: { text: `Weakness ${nth}` },
          partialFingerprints: { primaryLocationLineHash: `${nth.toString(16)}:1` },
          locations: [
            {
              physicalLocation: {
                artifactLocation: { uri: `src/f${nth % 500}.ts` },
                region: { startLine: nth + 1 },
              },
            },
          ],
        })),
      },
    ],
  })
}
