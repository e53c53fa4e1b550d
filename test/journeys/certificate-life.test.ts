// The whole life of a certificate on one machine, with nothing that stands for something else:
// nginx and HAProxy serve it, an agent finds it, it is managed, renewed over ACME by pebble with a
// key that is made on the host, deployed, seen by TLS clients, and revoked by who issued it.
import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connect } from 'node:tls'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startHaproxy, startNginx, type WebServer } from '../../src/agent/fixtures/web-servers.ts'
import type { Json } from '../fixtures/call.ts'
import { hasDatabase } from '../fixtures/database.ts'
import { type Bind, type Pebble, startBind, startPebble } from '../fixtures/pebble.ts'
import { freePort } from '../fixtures/process.ts'
import { compileCache } from '../fixtures/scanner-cache.ts'
import { startTestServer, type TestServer } from '../fixtures/server.ts'
import { describeWith, requireComponent } from '../require.ts'

const components = await Promise.all(
  (['bind', 'pebble', 'nginx', 'haproxy', 'openssl'] as const).map(requireComponent),
)
const lacking = components.find(({ available }) => !available)
const [any] = components
if (any === undefined) throw new Error('there are components')
const programOf = (name: string) => {
  const found = components.find((each) => each.name === name)
  if (found?.available !== true) throw new Error(`${name} is not there`)
  return found.path
}

const host = 'web.example.test'
const command = join(import.meta.dirname, '../../src/cli/fixtures/run.ts')
const slow = { timeout: 60_000 }

describe.skipIf(!hasDatabase)('the life of a certificate', () => {
  describeWith(lacking ?? any, 'from being found to being revoked', () => {
    const folder = mkdtempSync(join(tmpdir(), 'panthera-life-'))
    const certificates = join(folder, 'certificates')
    const files = {
      certificate: join(certificates, 'site.pem'),
      key: join(certificates, 'site.key'),
      combined: join(certificates, 'lb.pem'),
    }
    let server: TestServer
    let bind: Bind
    let pebble: Pebble
    let servers: WebServer[] = []
    let ports: number[]
    let agent: ChildProcess
    let agentSaid = ''
    let first: string
    let certificate: Json

    beforeAll(async () => {
      mkdirSync(certificates)
      selfSigned()
      bind = await startBind(programOf('bind'), 'example.test')
      const acmePorts = { http: await freePort(), tls: await freePort() }
      const dnsServer = `127.0.0.1:${bind.port}`
      pebble = await startPebble(programOf('pebble'), { dnsServer, ports: acmePorts })
      server = await startTestServer({
        env: {
          PANTHERA_OUTBOUND_ALLOW_CIDRS: '127.0.0.0/8',
          PANTHERA_ACME_HTTP_PORT: String(acmePorts.http),
        },
      })
      ports = [await freePort(), await freePort()]
      const [nginxPort = 0, haproxyPort = 0] = ports
      const place = (name: string) => {
        mkdirSync(join(folder, name))
        return { program: programOf(name), folder: join(folder, name), files }
      }
      servers = [
        await startNginx({ ...place('nginx'), port: nginxPort }),
        await startHaproxy({ ...place('haproxy'), port: haproxyPort }),
      ]
      agent = startAgent()
    }, 60_000)
    afterAll(async () => {
      if (agent?.exitCode === null) {
        agent.kill('SIGTERM')
        await once(agent, 'exit')
      }
      for (const each of servers) await each.stop()
      await server?.stop()
      await pebble?.stop()
      await bind?.stop()
      rmSync(folder, { recursive: true, force: true })
    })

    /** As somebody made it by hand, long ago. */
    function selfSigned(): void {
      const subject = ['-subj', `/CN=${host}`, '-addext', `subjectAltName=DNS:${host}`]
      execFileSync(
        programOf('openssl'),
        [
          ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'],
          ...['-days', '20', ...subject, '-keyout', files.key, '-out', files.certificate],
        ],
        { stdio: 'ignore' },
      )
      const pem = readFileSync(files.certificate, 'utf8') + readFileSync(files.key, 'utf8')
      writeFileSync(files.combined, pem, { mode: 0o600 })
    }

    function startAgent(): ChildProcess {
      const commands = Object.assign({}, ...servers.map((each) => each.commands))
      const configuration = {
        server: server.url,
        name: 'web-1',
        data: join(folder, 'agent'),
        targets: ['nginx', 'haproxy'],
        deploy: {
          folders: [certificates],
          commands,
          endpoints: servers.flatMap((each) => each.endpoints),
        },
        discovery: { files: { paths: [certificates] } },
      }
      const file = join(folder, 'agent.yaml')
      writeFileSync(file, JSON.stringify(configuration))
      const child = spawn(process.execPath, [command, 'agent', 'run', '--config', file], {
        env: {
          PATH: process.env.PATH,
          PANTHERA_AGENT_KEY: server.keys.trust_agent,
          ...compileCache(),
        },
        stdio: ['ignore', 'pipe', 'pipe'],
      })
      for (const stream of [child.stdout, child.stderr]) {
        stream.on('data', (chunk) => {
          agentSaid += String(chunk)
        })
      }
      return child
    }

    const call = (method: string, path: string, body?: unknown) =>
      server.call(method, `/trust/api${path}`, body === undefined ? {} : { body })
    const data = async (method: string, path: string, body?: unknown): Promise<Json> => {
      const answer = await call(method, path, body)
      if (answer.status >= 300) throw new Error(`${method} ${path}: ${answer.text}`)
      return answer.json.data
    }
    const eventually = async <T>(look: () => Promise<T | undefined>): Promise<T> => {
      for (let tries = 0; tries < 400; tries++) {
        const found = await look()
        if (found !== undefined) return found
        await new Promise((resolve) => setTimeout(resolve, 50))
      }
      throw new Error(`it did not come to that; the agent said: ${agentSaid.slice(-3_000)}`)
    }
    /** As a client on the way in sees it. */
    const servedAt = (port: number) =>
      new Promise<string>((resolve, reject) => {
        const options = { host: '127.0.0.1', port, servername: host, rejectUnauthorized: false }
        const socket = connect(options, () => {
          const { fingerprint256 } = socket.getPeerCertificate()
          socket.destroy()
          resolve(`SHA256:${fingerprint256.replaceAll(':', '').toLowerCase()}`)
        })
        socket.on('error', reject)
      })
    const served = () => Promise.all(ports.map(servedAt))

    it('is found where it is served', slow, async () => {
      const found = await eventually(async () =>
        (await data('GET', '/discovered-certificates?source=filesystem')).find(
          ({ commonName, locations }: Json) => commonName === host && locations.length === 2,
        ),
      )
      first = found.fingerprint
      expect(await served()).toEqual([first, first])
      expect(found.locations.map(({ path, hasPrivateKey }: Json) => [path, hasPrivateKey])).toEqual(
        expect.arrayContaining([
          [files.certificate, true],
          [files.combined, true],
        ]),
      )
      const authority = await data('POST', '/certificate-authorities', {
        name: 'Pebble',
        type: 'acme',
        settings: {
          directoryUrl: pebble.directoryUrl,
          contactEmail: 'ops@example.com',
          termsOfServiceAgreed: true,
          caCertificates: pebble.trusted,
          dnsServers: [`127.0.0.1:${bind.port}`],
        },
      })
      certificate = await data('POST', `/discovered-certificates/${found.id}/import`, {
        autoRenew: true,
        renewalThresholdDays: 30,
        certificateAuthorityId: authority.id,
      })
      expect(certificate).toMatchObject({ commonName: host, fingerprint: first })
    })

    it('is renewed with a key of the host, deployed, and seen by clients', slow, async () => {
      for (const [order, type] of ['nginx', 'haproxy'].entries()) {
        const place = {
          nginx: { certificateFile: files.certificate, keyFile: files.key },
          haproxy: { pemFile: files.combined },
        }[type]
        await data('POST', '/deployment-targets', {
          name: `${type}-main`,
          type,
          agentId: 'web-1',
          order,
          settings: { ...place, ...servers[order]?.settings },
        })
      }
      const { id } = certificate
      await data('PUT', `/certificates/${id}`, {
        deploymentTargets: ['nginx-main', 'haproxy-main'],
      })
      const wish = { method: 'acme', deployAfterRenewal: true }
      expect((await call('POST', `/certificates/${id}/renew`, wish)).status).toBe(202)
      const renewed = await eventually(async () => {
        const now = await data('GET', `/certificates/${id}`)
        if (now.renewalStatus === 'failed') {
          throw new Error(JSON.stringify(await data('GET', `/certificates/${id}/renewals`)))
        }
        return now.renewalStatus === 'deployed' ? now : undefined
      })
      expect(renewed.fingerprint).not.toBe(first)
      expect(renewed).toMatchObject({ commonName: host, hasPrivateKey: false, status: 'active' })
      expect(await served()).toEqual([renewed.fingerprint, renewed.fingerprint])
      const deployments = await data('GET', `/certificates/${id}/deployments`)
      expect(deployments.map(({ target, state }: Json) => [target, state]).toSorted()).toEqual([
        ['haproxy-main', 'deployed'],
        ['nginx-main', 'deployed'],
      ])
      for (const { steps } of deployments) {
        expect(steps.map(({ step }: Json) => step)).toEqual(
          expect.arrayContaining(['snapshot', 'write', 'config_test', 'reload', 'probe', 'commit']),
        )
      }
      certificate = renewed
    })

    it('is revoked, and who issued it agrees', slow, async () => {
      const { id, serialNumber } = certificate
      const revoked = await data('POST', `/certificates/${id}/revoke`, { reason: 'superseded' })
      expect(revoked).toMatchObject({ status: 'revoked', revocationReason: 'superseded' })
      await eventually(async () =>
        (await pebble.statusOf(serialNumber)) === 'Revoked' ? true : undefined,
      )
      expect(agentSaid).not.toContain('PRIVATE KEY')
      expect(server.logLines.join('')).not.toContain('PRIVATE KEY')
    })
  })
})
