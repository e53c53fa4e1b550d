// A newcomer's first hour: start, scan a repository, look, decide, scan again, be told.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { Json } from '../fixtures/call.ts'
import { freePort, type ServerProcess, startProcess } from '../fixtures/process.ts'
import { type Receiver, startReceiver } from '../fixtures/receiver.ts'
import { plantedToken, removeRepositories, repositoryAt } from '../fixtures/repositories.ts'

const dataDir = mkdtempSync(join(tmpdir(), 'panthera-journey-'))
const hosted = repositoryAt('acme', 'shop', {
  'src/pay.ts': `export const key = '${plantedToken(11)}'\n`,
  'src/mail.ts': `export const mail = '${plantedToken(12)}'\n`,
})
let server: ServerProcess
let receiver: Receiver

beforeAll(async () => {
  receiver = await startReceiver()
  server = await startProcess({
    dataDir,
    port: await freePort(),
    env: {
      PANTHERA_GITHUB_CLONE_URL: `file://${hosted.root}`,
      PANTHERA_WEBHOOK_ALLOW_CIDRS: '127.0.0.0/8',
    },
  })
})
afterAll(async () => {
  expect(await server.stop()).toBe(0)
  receiver.close()
  removeRepositories()
  rmSync(dataDir, { recursive: true, force: true })
})

async function scan(): Promise<Json> {
  const { json } = await server.call('POST', '/gate/api/scans', {
    body: {
      organization_id: server.firstRun.organization_id,
      scan_type: 'code',
      provider: 'github',
      owner: 'acme',
      repo_name: 'shop',
    },
  })
  for (;;) {
    const answer = await server.call('GET', `/gate/api/scans/${json.scan_id}`)
    if (['completed', 'failed'].includes(answer.json.status)) return answer.json
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

it('goes from a registered receiver to a finding that stays resolved', {
  timeout: 180_000,
}, async () => {
  const events = ['scan.started', 'scan.completed', 'scan.failed', 'finding.new']
  const made = await server.call('POST', '/gate/api/webhooks', {
    body: { url: receiver.url, events },
  })
  expect(made.status).toBe(201)
  receiver.secret = made.json.secret

  const first = await scan()
  expect(first).toMatchObject({ status: 'completed', summary: { total_findings: 2 } })

  const list = await server.call('GET', '/gate/api/findings?status=open')
  expect(list.json.total).toBe(2)
  const [finding] = list.json.findings
  const resolved = await server.call('PATCH', `/gate/api/findings/${finding.id}`, {
    body: { status: 'resolved', resolution_note: 'Rotated' },
  })
  expect(resolved.json).toMatchObject({ status: 'resolved', resolution_note: 'Rotated' })

  await scan()
  const after = await server.call('GET', `/gate/api/findings/${finding.id}`)
  expect(after.json).toMatchObject({ status: 'resolved', seen_again: true })

  const received = await receiver.waitFor(5)
  expect(received.every(({ verified }) => verified)).toBe(true)
  const told = received.map(({ body }) => body.event).sort()
  expect(told).toEqual([
    'finding.new',
    'scan.completed',
    'scan.completed',
    'scan.started',
    'scan.started',
  ])
  const completed = received.find(({ body }) => body.event === 'scan.completed')?.body
  expect(completed).toEqual({
    event: 'scan.completed',
    scan_id: expect.any(String),
    organization_id: server.firstRun.organization_id,
    timestamp: expect.stringMatching(/Z$/),
    data: {
      findings: { critical: expect.any(Number), high: expect.any(Number), medium: 0, low: 0 },
      duration_seconds: expect.any(Number),
    },
  })
})
