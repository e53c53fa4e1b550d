import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, expect, it, onTestFinished } from 'vitest'
import { hasDatabase } from '../../../test/fixtures/database.ts'
import { startTestServer } from '../../../test/fixtures/server.ts'
import { checkPort } from './port.ts'

const at = (port: number, host = '127.0.0.1') =>
  checkPort({ host, port, roles: new Set(['api', 'worker'] as const) })

describe('checkPort', () => {
  it('passes where nobody listens, and keeps nothing from listening there afterwards', async () => {
    const server = createServer()
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const { port } = server.address() as AddressInfo
    await new Promise((resolve) => server.close(resolve))
    expect(await at(port)).toMatchObject({ status: 'pass' })
    expect(await at(port)).toMatchObject({ status: 'pass' })
  })

  it('fails where another program listens, also one that answers to everything', async () => {
    const server = createServer((_request, response) => response.end('{"status":"ok"}'))
    onTestFinished(() => void server.close())
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const { port } = server.address() as AddressInfo
    expect(await at(port)).toMatchObject({
      status: 'fail',
      detail: `PANTHERA_HOST=127.0.0.1, PANTHERA_PORT=${port} is used by another program`,
    })
  })

  it('fails for an address of another machine', async () => {
    expect(await at(4000, '192.0.2.1')).toMatchObject({ status: 'fail' })
  })

  it('is not asked of a node that only works', async () => {
    const roles = new Set(['worker'] as const)
    expect(await checkPort({ host: '127.0.0.1', port: 1, roles })).toMatchObject({ status: 'skip' })
  })

  it.skipIf(!hasDatabase)('passes where Panthera listens', async () => {
    const server = await startTestServer()
    onTestFinished(() => server.stop())
    const { port } = new URL(server.url)
    const check = await at(Number(port))
    expect(check).toMatchObject({ status: 'pass' })
    expect(check.detail).toContain('is used by Panthera')
  })
})
