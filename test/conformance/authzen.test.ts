// AuthZEN 1.0: every level of the certification, against a whole server.
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { hasDatabase } from '../fixtures/database.ts'
import { startTestServer, type TestServer } from '../fixtures/server.ts'
import { levels } from './authzen-case.ts'
import { apiOf, makeCertification } from './authzen-fixture.ts'
import { certify, type Outcome, table } from './authzen-run.ts'

const origin = 'https://authzen.example'

describe.skipIf(!hasDatabase)('AuthZEN’s certification', () => {
  let server: TestServer
  let outcomes: Outcome[]
  beforeAll(async () => {
    server = await startTestServer({ env: { PANTHERA_PUBLIC_URL: origin } })
    const url = `${server.url}/identity`
    const key = server.keys.identity ?? ''
    await makeCertification(apiOf(url, key))
    outcomes = await certify({ url, key, point: `${origin}/identity` })
    process.stdout.write(`${table(outcomes)}\n`)
  })
  afterAll(() => server.stop())

  it.each(levels)('%s', (level) => {
    const own = outcomes.filter((outcome) => outcome.case.level === level)
    expect(own.length).toBeGreaterThan(0)
    const failed = own.filter(({ wrong }) => wrong !== null)
    expect(
      failed.map(({ case: { section, what }, wrong }) => `${section} ${what}: ${wrong}`),
    ).toEqual([])
  })
})

it.each([true, false])('is failed by who answers %s to everything', async (decision) => {
  const server = createServer((_request, response) => {
    response.setHeader('content-type', 'application/json')
    response.end(JSON.stringify({ decision, evaluations: [{ decision }], results: [] }))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const outcomes = await certify({ url: `http://127.0.0.1:${port}/x`, key: '', point: origin })
  server.close()
  const failed = outcomes.filter(({ wrong }) => wrong !== null)
  expect(new Set(failed.map((outcome) => outcome.case.level))).toEqual(new Set(levels))
})
