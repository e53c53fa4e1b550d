import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest'
import { stringify } from 'yaml'
import { newHierarchy, newKey, newLeaf, pemOf } from '../../x509/authority.fixture.ts'
import { fingerprintOf } from '../../x509/certificate.ts'
import { exportPublicKey } from '../../x509/signer.ts'
import { type Discovered, isSighting, KubernetesSettings } from './contract.ts'
import {
  type DoubleOptions,
  type KubernetesDouble,
  startKubernetesDouble,
} from './kubernetes/cluster-double.ts'
import { clusterOfPod, readKubeconfig } from './kubernetes/kubeconfig.ts'
import { discoverKubernetes } from './kubernetes.ts'

const folder = mkdtempSync(join(tmpdir(), 'panthera-kubernetes-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const { root, intermediate } = await newHierarchy()
const privateKey = newKey('P-256')
const server = await newLeaf(intermediate, ['localhost'], {
  publicKeyInfo: exportPublicKey(privateKey),
})
const identity = {
  key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  cert: pemOf(server) + pemOf(intermediate.certificate),
}
const leaf = await newLeaf(intermediate, ['web.example'])
const base64 = (text: string) => Buffer.from(text).toString('base64')
const crt = base64(pemOf(leaf) + pemOf(intermediate.certificate))
const data = { 'tls.crt': crt, 'tls.key': base64('never read') }
const token = 'token-of-the-test'

function configOf(port: number, user: object = { token }, cluster: object = {}): string {
  const path = join(folder, 'config')
  const told = {
    server: `https://localhost:${port}`,
    'certificate-authority-data': base64(pemOf(root.certificate)),
    ...cluster,
  }
  const config = {
    'current-context': 'here',
    clusters: [{ name: 'c', cluster: told }],
    users: [{ name: 'u', user }],
    contexts: [{ name: 'here', context: { cluster: 'c', user: 'u' } }],
  }
  writeFileSync(path, stringify(config))
  return path
}

let double: KubernetesDouble
const start = async (options: Partial<DoubleOptions>) => {
  double = await startKubernetesDouble({
    ...{ identity, token, secrets: [], allowed: null },
    ...options,
  })
}
beforeEach(() => start({}))
afterEach(() => double.close())

async function discover(more: { kubeconfig?: string; namespaces?: string[] } = {}) {
  const kubeconfig = more.kubeconfig ?? configOf(double.port)
  const settings = KubernetesSettings.parse({ ...more, kubeconfig })
  const context = { signal: new AbortController().signal, hostname: 'here' }
  return Array.fromAsync<Discovered>(discoverKubernetes(settings, context))
}

describe('TLS secrets', () => {
  it('are told with their chain, and without their key', async () => {
    double.close()
    await start({
      secrets: [
        { namespace: 'shop', name: 'web', data },
        { namespace: 'shop', name: 'no-key', data: { 'tls.crt': crt } },
        { namespace: 'shop', name: 'empty', data: {} },
        { namespace: 'shop', name: 'broken', data: { 'tls.crt': base64('x') } },
        { namespace: 'shop', name: 'other', type: 'Opaque', data },
      ],
    })
    const [web, bare, empty, broken, ...rest] = await discover()
    expect(rest).toEqual([])
    expect(web).toMatchObject({
      source: 'kubernetes',
      hostname: 'localhost',
      path: 'shop/web',
      hasPrivateKey: true,
    })
    const bytes = web !== undefined && isSighting(web) ? [web.der, ...web.chain] : []
    expect(bytes.map((der) => fingerprintOf(der))).toEqual([
      leaf.fingerprint,
      intermediate.certificate.fingerprint,
    ])
    expect(bare).toMatchObject({ path: 'shop/no-key', hasPrivateKey: false })
    expect(empty).toEqual({ path: 'shop/empty', reason: 'it has no tls.crt' })
    expect(broken).toMatchObject({ path: 'shop/broken', reason: expect.any(String) })
  })

  it('are read page by page, anew where the list grew too old', async () => {
    double.close()
    const secrets = Array.from({ length: 250 }, (_, at) => ({
      ...{ namespace: 'shop', name: `web-${at}`, data },
    }))
    await start({ secrets, expiresAtPage: 2 })
    const found = await discover()
    expect(new Set(found.map(({ path }) => path)).size).toBe(250)
    expect(found.every(isSighting)).toBe(true)
    expect(double.asked).toHaveLength(6)
  })

  it('are read in the namespaces that are named, and what is closed is told', async () => {
    double.close()
    const secrets = ['a', 'b'].map((namespace) => ({ namespace, name: 'web', data }))
    await start({ secrets, allowed: ['a'] })
    const found = await discover({ namespaces: ['a', 'b'] })
    expect(found.map(({ path }) => path)).toEqual(['a/web', 'b'])
    expect(found[1]).toMatchObject({ reason: expect.stringMatching(/may not list secrets/) })
    expect(await discover()).toMatchObject([{ path: 'all namespaces' }])
  })
})

it('tells a cluster that knows it not, is not the right one, or does not answer', async () => {
  const wrong = await discover({ kubeconfig: configOf(double.port, { token: 'other' }) })
  expect(wrong).toMatchObject([{ reason: expect.stringMatching(/does not know this credential/) }])
  const ca = { 'certificate-authority-data': base64(pemOf(leaf)) }
  const strange = await discover({ kubeconfig: configOf(double.port, { token }, ca) })
  expect(strange).toMatchObject([{ reason: expect.stringMatching(/TLS handshake/) }])
  expect(double.asked).toHaveLength(1)
  const { port } = double
  double.close()
  const closed = await discover({ kubeconfig: configOf(port) })
  expect(closed).toMatchObject([{ reason: expect.stringMatching(/refused the connection/) }])
})

describe('a kubeconfig', () => {
  it('may keep its parts in files', async () => {
    writeFileSync(join(folder, 'ca.pem'), 'CA')
    writeFileSync(join(folder, 'token'), 'from-file\n')
    const files = {
      ...{ 'certificate-authority-data': undefined, 'certificate-authority': 'ca.pem' },
    }
    const path = configOf(1, { tokenFile: 'token' }, files)
    expect(await readKubeconfig(path, undefined)).toEqual({
      url: 'https://localhost:1',
      ca: 'CA',
      identity: null,
      token: 'from-file',
    })
    const certificate = { 'client-certificate-data': base64('C'), 'client-key-data': base64('K') }
    expect(await readKubeconfig(configOf(1, certificate), 'here')).toMatchObject({
      identity: { cert: 'C', key: 'K' },
      token: null,
    })
  })

  it.each<[string, object, object, RegExp]>([
    ['a program for its credential', { exec: {} }, {}, /from a program, which is not run/],
    ['no credential', {}, {}, /has none/],
    ['no check', { token }, { 'insecure-skip-tls-verify': true }, /unchecked server/],
    ['no TLS', { token }, { server: 'http://localhost' }, /unchecked server/],
    ['a file that is not there', { tokenFile: 'nowhere' }, {}, /nowhere: ENOENT/],
  ])('with %s is refused', async (_, user, cluster, why) => {
    await expect(readKubeconfig(configOf(1, user, cluster), undefined)).rejects.toThrow(why)
  })

  it('that is another thing is refused', async () => {
    await expect(readKubeconfig(configOf(1), 'there')).rejects.toThrow(/no context "there"/)
    await expect(readKubeconfig(join(folder, 'no'), undefined)).rejects.toThrow(/ENOENT/)
    const path = join(folder, 'strange')
    writeFileSync(path, 'clusters: 1')
    await expect(readKubeconfig(path, undefined)).rejects.toThrow(/strange: clusters/)
    writeFileSync(path, '{')
    await expect(readKubeconfig(path, undefined)).rejects.toThrow(/no YAML/)
  })
})

it('finds its cluster in a pod, and nowhere else', async () => {
  writeFileSync(join(folder, 'ca.crt'), 'CA')
  writeFileSync(join(folder, 'token'), 'TOKEN\n')
  const env = { KUBERNETES_SERVICE_HOST: 'fd00::1', KUBERNETES_SERVICE_PORT: '6443' }
  expect(await clusterOfPod(env, folder)).toEqual({
    ...{ url: 'https://[fd00::1]:6443', ca: 'CA', identity: null, token: 'TOKEN' },
  })
  await expect(clusterOfPod({}, folder)).rejects.toThrow(/no pod/)
})
