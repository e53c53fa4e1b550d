// Starting, stopping and standing side by side.
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Json } from '../fixtures/call.ts'
import { freePort, type ServerProcess, startProcess } from '../fixtures/process.ts'
import { plantedToken, removeRepositories, repositoryAt } from '../fixtures/repositories.ts'

describe('nodes', { timeout: 180_000 }, () => {
  let dataDir: string
  let port: number
  const running: ServerProcess[] = []

  beforeEach(async () => {
    dataDir = mkdtempSync(join(tmpdir(), 'panthera-nodes-'))
    port = await freePort()
  })
  afterEach(async () => {
    for (const server of running.splice(0)) await server.stop()
    removeRepositories()
    rmSync(dataDir, { recursive: true, force: true })
  })

  const start = async (env: Record<string, string> = {}, on = port): Promise<ServerProcess> => {
    const server = await startProcess({ dataDir, port: on, env })
    running.push(server)
    return server
  }

  it('answer with the same keys after a restart', async () => {
    const first = await start()
    expect(await first.stop()).toBe(0)
    const second = await start()
    expect(second.firstRun).toEqual(first.firstRun)
    expect((await second.call('GET', '/gate/api/findings')).status).toBe(200)
    expect(second.stderr()).toContain('first-run.json still holds')
  })

  it('join the database of one that runs, and keep it when the first one leaves', async () => {
    const first = await start()
    const second = await start({}, await freePort())
    const made = await first.call('POST', '/console/api/keys', {
      body: { surface: 'gate', name: 'shared' },
    })
    const key = made.json.api_key
    expect((await second.call('GET', '/gate/api/findings', { key })).status).toBe(200)
    await first.stop()
    expect((await second.call('GET', '/gate/api/findings', { key })).status).toBe(200)
  })

  it('give a scan back when they are stopped, and the next one completes it', async () => {
    const files = Array.from({ length: 60 }, (_, nth) => [
      `f${nth}.ts`,
      `const key = '${plantedToken(300 + nth)}'\n${'// filler\n'.repeat(20_000)}`,
    ])
    const hosted = repositoryAt('acme', 'big', Object.fromEntries(files))
    const env = { PANTHERA_GITHUB_CLONE_URL: `file://${hosted.root}` }
    const first = await start(env)
    const { json } = await first.call('POST', '/gate/api/scans', {
      body: {
        organization_id: first.firstRun.organization_id,
        scan_type: 'code',
        provider: 'github',
        owner: 'acme',
        repo_name: 'big',
      },
    })
    const path = `/gate/api/scans/${json.scan_id}`
    let scan: Json
    do scan = (await first.call('GET', path)).json
    while (scan.status === 'queued')
    expect(await first.stop()).toBe(0)
    const second = await start(env)
    do scan = (await second.call('GET', path)).json
    while (!['completed', 'failed'].includes(scan.status))
    expect(scan).toMatchObject({ status: 'completed', summary: { total_findings: 60 } })
  })

  it('stop in good order though an upload never ends', async () => {
    const server = await start()
    const query = new URLSearchParams({
      organization_id: server.firstRun.organization_id,
      provider: 'github',
      owner: 'acme',
      repo_name: 'slow',
      branch: 'main',
      commit: 'c'.repeat(40),
    })
    const upload = request(`http://127.0.0.1:${port}/gate/api/scans/import?${query}`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${server.firstRun.keys.gate}`,
        'content-type': 'application/json',
      },
    })
    const cut = new Promise((resolve) => upload.once('close', resolve))
    upload.on('error', () => undefined)
    await new Promise<void>((resolve) => upload.write('{"version":', () => resolve()))
    expect(await server.stop()).toBe(0)
    await cut
    expect(server.stderr()).toContain('database stopped')
    expect(server.stderr()).not.toContain('draining took too long')
  })

  describe('do not start, and say why in one line,', () => {
    const refusal = async (env: Record<string, string>) => {
      const failure = await startProcess({ dataDir, port, env }).then(
        (server) => {
          running.push(server)
          return 'it started'
        },
        (error: Error) => error.message,
      )
      const said = failure.split('\n').filter((line) => line.startsWith('panthera: '))
      return said.join('\n')
    }

    it('with a wrong setting', async () => {
      expect(await refusal({ PANTHERA_ROLES: 'cook' })).toBe(
        'panthera: PANTHERA_ROLES=cook is not accepted: api, worker or api,worker',
      )
    })

    it('with a network that cannot be read', async () => {
      expect(await refusal({ PANTHERA_OUTBOUND_ALLOW_CIDRS: '10.0.0.0/99' })).toMatch(
        /^panthera: PANTHERA_OUTBOUND_ALLOW_CIDRS=10\.0\.0\.0\/99 is not accepted: /,
      )
    })

    it('on a port in use', async () => {
      await start()
      const said = await refusal({})
      expect(said).toContain(`PANTHERA_PORT=${port}`)
      expect(said).toContain('already in use')
    })

    it('with a master key that does not fit the data', async () => {
      await (await start()).stop()
      writeFileSync(join(dataDir, 'master.key'), `${Buffer.alloc(32, 9).toString('base64')}\n`)
      expect(await refusal({})).toContain('PANTHERA_MASTER_KEY does not fit the data')
    })

    it('without the master key of the data that is there, and makes no other', async () => {
      await (await start()).stop()
      const path = join(dataDir, 'master.key')
      rmSync(path)
      expect(await refusal({})).toContain(`${path} is missing`)
      expect(existsSync(path)).toBe(false)
    })

    it('without the database that it was told to use', async () => {
      const said = await refusal({
        DATABASE_URL: 'postgres://nobody@127.0.0.1:1/nothing',
        PANTHERA_MASTER_KEY: Buffer.alloc(32, 9).toString('base64'),
        PANTHERA_OWNER_EMAIL: 'owner@example.com',
        PANTHERA_OWNER_PASSWORD: 'long enough for this',
      })
      expect(said).toContain('DATABASE_URL does not lead to a database')
    })
  })
})
