// One host, nothing faked: the agent makes the key, the server's authority certifies it, nginx and
// HAProxy serve it, and so it goes at the renewal; discovery sees where it lies.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { servedNow } from '../../src/agent/deployment/probe.ts'
import {
  newAuthority,
  newHost,
  newPair,
  type TestHost,
} from '../../src/agent/fixtures/deployment-host.ts'
import { startHaproxy, startNginx, type WebServer } from '../../src/agent/fixtures/web-servers.ts'
import type { Json } from '../fixtures/call.ts'
import { hasDatabase } from '../fixtures/database.ts'
import { freePort } from '../fixtures/process.ts'
import { compileCache } from '../fixtures/scanner-cache.ts'
import { startTestServer, type TestServer } from '../fixtures/server.ts'
import { describeWith, requireComponent } from '../require.ts'

const haproxy = await requireComponent('haproxy')
const launcher = fileURLToPath(new URL('../../bin/panthera.js', import.meta.url))
const patience = { timeout: 40_000, interval: 100 }

describeWith(await requireComponent('nginx'), 'a host with an agent', (nginxProgram) => {
  describe.skipIf(!hasDatabase || !haproxy.available)('and its server', () => {
    let server: TestServer
    let test: TestHost
    let nginx: WebServer
    let proxy: WebServer
    let agent: ChildProcess
    let said = ''
    let probes: Parameters<typeof servedNow>[0]
    let certificate: Json
    const call = async (method: string, path: string, body?: object): Promise<Json> => {
      const more = body === undefined ? {} : { body }
      const answer = await server.call(method, `/trust/api${path}`, more)
      if (answer.status >= 300) throw new Error(answer.text)
      return answer.json.data
    }

    beforeAll(async () => {
      server = await startTestServer()
      test = newHost()
      test.put(await newPair(await newAuthority()))
      const { folder, files } = test
      const [webPort, proxyPort] = [await freePort(), await freePort()]
      nginx = await startNginx({ program: nginxProgram, folder, port: webPort, files })
      const program = haproxy.available ? haproxy.path : ''
      proxy = await startHaproxy({ program, folder, port: proxyPort, files })
      probes = [webPort, proxyPort].map((port) => {
        return { host: '127.0.0.1', port, serverName: 'localhost', keyType: undefined }
      })
      const configuration = {
        ...{ server: server.url, name: 'web-1', data: 'data', log: 'json' },
        targets: ['nginx', 'haproxy'],
        deploy: {
          folders: [test.certificates],
          commands: { ...nginx.commands, ...proxy.commands },
          endpoints: proxy.endpoints,
        },
        discovery: { files: { paths: [test.certificates] } },
      }
      writeFileSync(join(folder, 'agent.yaml'), JSON.stringify(configuration))
      const config = join(folder, 'agent.yaml')
      agent = spawn(process.execPath, [launcher, 'agent', 'run', '--config', config], {
        env: { ...process.env, ...compileCache(), PANTHERA_AGENT_KEY: server.keys.trust_agent },
        stdio: ['ignore', 'ignore', 'pipe'],
      })
      agent.stderr?.on('data', (chunk) => {
        said += String(chunk)
      })
    })
    afterAll(async () => {
      agent.kill('SIGKILL')
      await Promise.all([nginx.stop(), proxy.stop(), server.stop()])
      test.remove()
    })

    it('gets and serves a certificate whose key never leaves it', async () => {
      await vi.waitFor(() => expect(said).toContain('the agent is enrolled'), patience)
      const { certificate: certificateFile, key: keyFile, combined: pemFile } = test.files
      const [runtimeSocket] = proxy.endpoints
      await call('POST', '/deployment-targets', {
        ...{ name: 'nginx', type: 'nginx', agentId: 'web-1', order: 1 },
        settings: { certificateFile, keyFile, ...nginx.settings },
      })
      await call('POST', '/deployment-targets', {
        ...{ name: 'haproxy', type: 'haproxy', agentId: 'web-1', order: 2 },
        settings: { pemFile, runtimeSocket, ...proxy.settings },
      })
      const { id } = await call('POST', '/certificates', {
        commonName: 'localhost',
        deploymentTargets: ['nginx', 'haproxy'],
      })
      await vi.waitFor(async () => {
        certificate = await call('GET', `/certificates/${id}`)
        expect(certificate.fingerprint, said).toMatch(/^SHA256:/)
      }, patience)
      await call('POST', `/certificates/${id}/deploy`, {}).catch(() => undefined)
      await vi.waitFor(async () => {
        const { fingerprint } = certificate
        expect(await servedNow(probes), said).toEqual([fingerprint, fingerprint])
      }, patience)
      const path = `/trust/api/certificates/${id}/download?format=fullchain&privateKey=true`
      expect((await server.call('GET', path)).status).toBeGreaterThanOrEqual(400)
    }, 60_000)

    it('is renewed and serves the new one by itself', async () => {
      await vi.waitFor(async () => {
        const [latest] = await call('GET', `/certificates/${certificate.id}/deployments`)
        expect(latest.state).toBe('deployed')
      }, patience)
      await call('POST', `/certificates/${certificate.id}/renew`, { deployAfterRenewal: true })
      await vi.waitFor(async () => {
        const { fingerprint, renewalStatus } = await call('GET', `/certificates/${certificate.id}`)
        expect(fingerprint).not.toBe(certificate.fingerprint)
        expect(await servedNow(probes), said).toEqual([fingerprint, fingerprint])
        expect(renewalStatus).toBe('deployed')
      }, patience)
    }, 60_000)

    it('is looked through when the server asks', async () => {
      const body = { source: 'filesystem', deep: false }
      await call('POST', '/agents/web-1/discover', body)
      await vi.waitFor(() => expect(said).toMatch(/"state":"discovered"/), patience)
      const seen: Json[] = await call('GET', '/discovered-certificates')
      expect(seen.map(({ commonName }) => commonName)).toContain('localhost')
    }, 60_000)

    it('ends on SIGTERM with nothing half-done', async () => {
      agent.kill('SIGTERM')
      expect(await once(agent, 'exit')).toEqual([0, null])
      expect(test.journals()).toEqual([])
    })
  })
})
