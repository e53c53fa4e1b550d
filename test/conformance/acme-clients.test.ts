// Debian's ACME clients against our own server: each gets, renews and revokes a certificate, over
// TLS, with names that a small name server of ours resolves.
import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { X509Certificate } from 'node:crypto'
import { once } from 'node:events'
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { connect as connectPlain, createServer as createPlain } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connect, createServer, type Server } from 'node:tls'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Json } from '../fixtures/call.ts'
import { hasDatabase } from '../fixtures/database.ts'
import { startNameServer } from '../fixtures/name-server.ts'
import { startTestServer, type TestServer } from '../fixtures/server.ts'
import { describeWith, requireComponent } from '../require.ts'

const run = promisify(execFile)
const [certbot, lego, dehydrated, caddy] = [
  await requireComponent('certbot'),
  await requireComponent('lego'),
  await requireComponent('dehydrated'),
  await requireComponent('caddy'),
]
const slow = { timeout: 120_000 }

describe.skipIf(!hasDatabase)('ACME clients', () => {
  let server: TestServer
  let front: Server | undefined
  let names: Awaited<ReturnType<typeof startNameServer>>
  let folder: string
  let directory: string
  let authority: Json
  let ports: { http: number; tls: number; front: number }
  const inFolder = (name: string) => join(folder, name)

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'panthera-acme-'))
    mkdirSync(inFolder('txt'))
    names = await startNameServer(inFolder('txt'))
    ports = { http: await freePort(), tls: await freePort(), front: await freePort() }
    server = await startTestServer({
      env: {
        PANTHERA_PUBLIC_URL: `https://localhost:${ports.front}`,
        PANTHERA_OUTBOUND_ALLOW_CIDRS: '127.0.0.0/8',
      },
    })
    const acme = {
      httpPort: ports.http,
      tlsPort: ports.tls,
      dnsServers: [`127.0.0.1:${names.port}`],
    }
    authority = await post('/certificate-authorities', {
      name: 'ACME',
      type: 'internal',
      settings: { acme },
    })
    writeFileSync(inFolder('root.pem'), authority.rootCertificate)
    directory = `https://localhost:${ports.front}/trust/acme/${authority.id}/directory`
    front = await startFront()
    writeHooks()
  }, 60_000)
  afterAll(async () => {
    front?.close()
    names.stop()
    await server.stop()
    rmSync(folder, { recursive: true, force: true })
  })

  async function post(path: string, body: object): Promise<Json> {
    const { status, text, json } = await server.call('POST', `/trust/api${path}`, { body })
    if (status >= 300) throw new Error(text)
    return json.data
  }

  /** The proxy that an installation has before it, with a certificate of its own authority. */
  async function startFront(): Promise<Server> {
    const { id } = await post('/certificates', {
      commonName: 'localhost',
      certificateAuthorityId: authority.id,
    })
    const path = `/trust/api/certificates/${id}/download?format=fullchain&privateKey=true`
    const { text, status } = await server.call('GET', path)
    if (status !== 200) throw new Error(text)
    const { port } = new URL(server.url)
    const made = createServer({ cert: text, key: text }, (socket) => {
      const plain = connectPlain(Number(port), '127.0.0.1')
      socket.pipe(plain).pipe(socket)
      for (const each of [socket, plain]) each.on('error', () => each.destroy())
    })
    made.listen(ports.front, 'localhost')
    await once(made, 'listening')
    return made
  }

  /** Both put TXT records where the name server finds them. */
  function writeHooks(): void {
    const file = (name: string, text: string) => {
      writeFileSync(inFolder(name), `#!/bin/sh\n${text}\n`)
      chmodSync(inFolder(name), 0o755)
    }
    const txt = inFolder('txt')
    file('lego-hook', `[ "$1" = present ] && echo "$3" >> "${txt}/\${2%.}" || true`)
    file(
      'dehydrated-hook',
      `[ "$1" = deploy_challenge ] && echo "$4" >> "${txt}/_acme-challenge.$2" || true`,
    )
  }

  const issued = async (name: string): Promise<Json[]> => {
    const path = `/trust/api/certificates?caId=${authority.id}&search=${name}&sortOrder=asc`
    return (await server.call('GET', path)).json.data
  }
  const serialOf = (pem: string) =>
    new X509Certificate(pem).serialNumber.toLowerCase().match(/../g)?.join(':')
  const statusOf = async (name: string, serial: string | undefined) =>
    (await issued(name)).find((each) => each.serialNumber === serial)?.status
  const verified = async (leaf: string, chain: string) => {
    const flags = ['-x509_strict', '-purpose', 'sslserver', '-CAfile', inFolder('root.pem')]
    const { stdout } = await run('openssl', ['verify', ...flags, '-untrusted', chain, leaf])
    expect(stdout).toContain('OK')
  }

  describeWith(certbot, 'certbot', (program) => {
    it('gets, renews and revokes over http-01', slow, async () => {
      const name = 'certbot.example.test'
      const call = (...args: string[]) =>
        run(
          program,
          [
            ...args,
            ...['--config-dir', inFolder('certbot'), '--work-dir', inFolder('certbot')],
            ...['--logs-dir', inFolder('certbot'), '--non-interactive'],
          ],
          { env: { ...process.env, REQUESTS_CA_BUNDLE: inFolder('root.pem') } },
        )
      const alone = ['--standalone', '--http-01-port', String(ports.http)]
      await call(
        ...['certonly', ...alone, '--server', directory, '-d', name, '--agree-tos'],
        '--register-unsafely-without-email',
      )
      const live = inFolder(`certbot/live/${name}`)
      const first = readFileSync(`${live}/cert.pem`, 'utf8')
      await verified(`${live}/cert.pem`, `${live}/chain.pem`)
      await call('renew', '--force-renewal', '--no-random-sleep-on-renew')
      const second = readFileSync(`${live}/cert.pem`, 'utf8')
      expect(serialOf(second)).not.toBe(serialOf(first))
      await call(
        ...['revoke', '--cert-name', name, '--reason', 'superseded', '--server', directory],
        '--no-delete-after-revoke',
      )
      expect(await statusOf(name, serialOf(second))).toBe('revoked')
      expect(await statusOf(name, serialOf(first))).toBe('active')
    })
  })

  describeWith(lego, 'lego', (program) => {
    const ways: [title: string, name: string, flags: () => string[]][] = [
      ['http-01', 'h.example.test', () => ['--http', '--http.port', `127.0.0.1:${ports.http}`]],
      ['tls-alpn-01', 't.example.test', () => ['--tls', '--tls.port', `127.0.0.1:${ports.tls}`]],
      [
        'dns-01, with a wildcard',
        '*.d.example.test',
        () => ['--dns', 'exec', '--dns.disable-cp', '--dns.resolvers', `127.0.0.1:${names.port}`],
      ],
    ]
    it.each(ways)('gets, renews and revokes over %s', slow, async (_, name, flags) => {
      const path = inFolder('lego')
      const call = (...args: string[]) =>
        run(
          program,
          [
            ...['--server', directory, '--accept-tos', '--email', 'ops@example.com'],
            ...['--domains', name, '--path', path, ...flags(), ...args],
          ],
          {
            env: {
              ...process.env,
              LEGO_CA_CERTIFICATES: inFolder('root.pem'),
              EXEC_PATH: inFolder('lego-hook'),
            },
          },
        )
      const file = `${path}/certificates/${name.replace('*', '_')}`
      await call('run')
      const first = serialOf(readFileSync(`${file}.crt`, 'utf8'))
      await verified(`${file}.crt`, `${file}.issuer.crt`)
      await call('renew', '--days', '1000', '--no-random-sleep')
      const second = serialOf(readFileSync(`${file}.crt`, 'utf8'))
      expect(second).not.toBe(first)
      await call('revoke')
      expect(await statusOf(name, second)).toBe('revoked')
    })
  })

  describeWith(dehydrated, 'dehydrated', (program) => {
    it('gets, renews and revokes over dns-01', slow, async () => {
      const name = 'dehydrated.example.test'
      const base = inFolder('dehydrated')
      mkdirSync(base)
      const settings = {
        CA: directory,
        BASEDIR: base,
        CHALLENGETYPE: 'dns-01',
        HOOK: inFolder('dehydrated-hook'),
        CURL_OPTS: `--cacert ${inFolder('root.pem')}`,
      }
      const lines = Object.entries(settings).map(([key, value]) => `${key}="${value}"\n`)
      writeFileSync(inFolder('dehydrated.conf'), lines.join(''))
      const call = (...args: string[]) => run(program, [...args, '-f', inFolder('dehydrated.conf')])
      await call('--register', '--accept-terms')
      await call('--cron', '--domain', name)
      const file = `${base}/certs/${name}/cert.pem`
      const first = serialOf(readFileSync(file, 'utf8'))
      await verified(file, `${base}/certs/${name}/chain.pem`)
      await call('--cron', '--domain', name, '--force')
      const second = serialOf(readFileSync(file, 'utf8'))
      expect(second).not.toBe(first)
      await call('--revoke', file)
      expect(await statusOf(name, second)).toBe('revoked')
    })
  })

  describeWith(caddy, 'caddy', (program) => {
    it('gets a certificate by itself and serves it', slow, async () => {
      const name = 'caddy.example.test'
      const settings = `{
        admin off
        acme_ca ${directory}
        acme_ca_root ${inFolder('root.pem')}
        http_port ${ports.http}
        https_port ${ports.tls}
        storage file_system ${inFolder('caddy')}
      }
      ${name} {
        respond ok
      }`
      writeFileSync(inFolder('Caddyfile'), settings)
      const flags = ['run', '--config', inFolder('Caddyfile'), '--adapter', 'caddyfile']
      const child = spawn(program, flags, {
        stdio: 'ignore',
        env: { ...process.env, HOME: folder },
      })
      try {
        const shown = await served(name, child)
        expect(shown.subjectAltName).toBe(`DNS:${name}`)
        expect(await statusOf(name, serialOf(shown.toString()))).toBe('active')
      } finally {
        child.kill()
        await once(child, 'exit')
      }
    })

    /** As soon as it serves one that the root vouches for. */
    async function served(name: string, child: ChildProcess): Promise<X509Certificate> {
      const ca = readFileSync(inFolder('root.pem'))
      for (;;) {
        const socket = connect({ host: '127.0.0.1', port: ports.tls, servername: name, ca })
        try {
          await once(socket, 'secureConnect')
          const shown = socket.getPeerX509Certificate()
          if (shown !== undefined) return shown
        } catch (error) {
          if (child.exitCode !== null) throw error
          await new Promise((resolve) => setTimeout(resolve, 200))
        } finally {
          socket.destroy()
        }
      }
    }
  })
})

async function freePort(): Promise<number> {
  const probe = createPlain().listen(0, '127.0.0.1')
  await once(probe, 'listening')
  const address = probe.address()
  probe.close()
  await once(probe, 'close')
  return typeof address === 'object' && address !== null ? address.port : 0
}
