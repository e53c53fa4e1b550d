// Deployments to Debian's servers, each on a port of its own, seen by TLS clients.
import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { freePort } from '../../../test/fixtures/process.ts'
import { describeWith, requireComponent } from '../../../test/require.ts'
import {
  materialFrom,
  newAuthority,
  newHost,
  newPair,
  newWork,
  type Pair,
  type TestHost,
} from '../fixtures/deployment-host.ts'
import {
  startApache,
  startCaddy,
  startHaproxy,
  startNginx,
  type Wanted,
  type WebServer,
} from '../fixtures/web-servers.ts'
import { type Deployed, deploy, type Refused } from './deploy.ts'
import { servedNow } from './probe.ts'

const authority = await newAuthority()
const [old, next, rsa] = [
  await newPair(authority),
  await newPair(authority),
  await newPair(authority, 'RSA-2048'),
]

interface Kind {
  type: string
  start: (wanted: Wanted) => Promise<WebServer>
  settings: (test: TestHost, server: WebServer) => Record<string, unknown>
  /** Settings with which it must fail. */
  broken: Record<string, unknown>
  why: RegExp
}

const failing = { broken: { reloadCommand: 'fails' }, why: /^fails failed \(3\): no such luck$/ }

const twoFiles: Kind['settings'] = ({ files }, { settings }) => ({
  certificateFile: files.certificate,
  keyFile: files.key,
  ...settings,
})

const kinds: (readonly [
  name: string,
  component: 'nginx' | 'haproxy' | 'apache' | 'caddy',
  Kind,
])[] = [
  ['nginx', 'nginx', { type: 'nginx', start: startNginx, settings: twoFiles, ...failing }],
  [
    'HAProxy over its socket',
    'haproxy',
    {
      type: 'haproxy',
      start: startHaproxy,
      settings: (_, { settings, endpoints: [runtimeSocket] }) => ({ ...settings, runtimeSocket }),
      broken: { testCommand: 'fails' },
      why: /^fails failed/,
    },
  ],
  [
    'HAProxy by a reload',
    'haproxy',
    { type: 'haproxy', start: startHaproxy, settings: (_, { settings }) => settings, ...failing },
  ],
  ['Apache', 'apache', { type: 'apache', start: startApache, settings: twoFiles, ...failing }],
  [
    'Caddy',
    'caddy',
    {
      type: 'caddy',
      start: async (wanted) => startCaddy({ ...wanted, adminPort: await freePort() }),
      settings: twoFiles,
      ...failing,
    },
  ],
]

for (const [title, component, kind] of kinds) {
  describeWith(await requireComponent(component), title, (program) => {
    let test: TestHost
    let server: WebServer
    let probes: Parameters<typeof servedNow>[0]
    let deployments = 0
    const deployed = (pair: Pair, more: Record<string, unknown> = {}) => {
      deployments += 1
      const settings = { ...kind.settings(test, server), ...more }
      const work = newWork({ name: 'web', type: kind.type, settings }, pair, deployments)
      return deploy(test.host, work, { material: materialFrom(pair), watch: test })
    }

    beforeAll(async () => {
      test = newHost()
      test.put(old)
      const { folder, files } = test
      const port = await freePort()
      server = await kind.start({ program, folder, port, files })
      test.serve(kind.type, server)
      test.allow('fails', ['/bin/sh', '-c', 'echo no such luck >&2; exit 3'])
      probes = [{ host: '127.0.0.1', port, serverName: 'localhost', keyType: undefined }]
    })
    afterAll(async () => {
      await server?.stop()
      test.remove()
    })

    it('serves the new certificate, and says each step', async () => {
      expect(await servedNow(probes)).toEqual([old.fingerprint])
      const result = await deployed(next)
      expect(result).toMatchObject({
        state: 'deployed',
        servedFingerprint: next.fingerprint,
        message: null,
      })
      expect(stepsOf(result)).toEqual(
        'snapshot write switch config_test reload probe commit'.split(' '),
      )
      expect(await servedNow(probes)).toEqual([next.fingerprint])
      expect(test.journals()).toEqual([])
      expect(test.kept.at(-1)).toEqual(result)
    })

    it('does nothing where it is there', async () => {
      const result = await deployed(next)
      expect([result.state, stepsOf(result)]).toEqual(['deployed', ['probe']])
    })

    it('replaces a key of another kind', async () => {
      expect(await deployed(rsa)).toMatchObject({ state: 'deployed' })
      expect(await servedNow(probes)).toEqual([rsa.fingerprint])
    })

    it('takes back what does not come to be served, and says why', async () => {
      const result = await deployed(old, kind.broken)
      expect(result).toMatchObject({
        state: 'rolled_back',
        servedFingerprint: rsa.fingerprint,
        message: expect.stringMatching(kind.why),
      })
      expect(await servedNow(probes)).toEqual([rsa.fingerprint])
      expect(test.journals()).toEqual([])
      expect(readFileSync(test.files.key, 'utf8')).toBe(
        materialFrom(kind.type === 'haproxy' ? old : rsa).pem('key'),
      )
    })
  })
}

const stepsOf = (result: Deployed | Refused) =>
  'steps' in result ? result.steps.map(({ step }) => step) : []
