// Deployments to secrets of Kubernetes, on a double of its API.
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { freePort } from '../../../test/fixtures/process.ts'
import { clusterSecrets } from '../../trust/connectors/deploy/cluster-secrets.ts'
import {
  materialFrom,
  newAuthority,
  newHost,
  newPair,
  newWork,
  type Pair,
  type TestHost,
} from '../fixtures/deployment-host.ts'
import { type SecretsDouble, startSecretsDouble } from '../fixtures/secrets-double.ts'
import { deploy, journalsOf, recover } from './deploy.ts'
import { openJournals } from './journal.ts'

const authority = await newAuthority()
const [old, next] = [await newPair(authority), await newPair(authority)]
const values = (pair: Pair) => {
  const encode = (text: string) => Buffer.from(text).toString('base64')
  const material = materialFrom(pair)
  return { 'tls.crt': encode(material.pem('fullchain')), 'tls.key': encode(material.pem('key')) }
}

describe('a secret', () => {
  let cluster: SecretsDouble
  let test: TestHost
  beforeEach(async () => {
    cluster = await startSecretsDouble()
    const { url, token } = cluster
    test = newHost()
    test.host.types = ['kubernetes']
    test.host.probing = { attemptsMax: 1, pauseMs: 1 }
    test.host.kubernetes = {
      secrets: clusterSecrets({ url, token, ca: null, identity: null }),
      namespaces: ['web'],
    }
  })
  afterEach(async () => {
    await test.host.kubernetes?.secrets.close()
    await cluster.stop()
    test.remove()
  })

  const work = (settings: object = {}) =>
    newWork(
      {
        ...{ name: 'ingress', type: 'kubernetes' },
        settings: { namespace: 'web', secret: 'tls', ...settings },
      },
      next,
      5,
    )
  const deployed = (settings: object = {}) =>
    deploy(test.host, work(settings), { material: materialFrom(next), watch: test })
  /** Nobody listens there, so it is never seen. */
  const unseen = async () => ({ probes: [{ host: '127.0.0.1', port: await freePort() }] })

  it('gets both values, and keeps what else it has', async () => {
    cluster.put('web/tls', { ...values(old), 'ca.crt': 'eA==' })
    expect(await deployed()).toMatchObject({ state: 'deployed', servedFingerprint: null })
    expect(cluster.secrets.get('web/tls')?.data).toEqual({ ...values(next), 'ca.crt': 'eA==' })
    expect(await deployed()).toMatchObject({ steps: [{ outcome: 'skipped' }] })
  })

  it('is made where there is none', async () => {
    expect(await deployed()).toMatchObject({ state: 'deployed' })
    expect(cluster.secrets.get('web/tls')).toMatchObject({
      type: 'kubernetes.io/tls',
      data: values(next),
    })
  })

  it('that somebody changes meanwhile is left to them', async () => {
    cluster.put('web/tls', values(old))
    const theirs = { 'tls.crt': 'dGhlaXJz', 'tls.key': 'dGhlaXJz' }
    cluster.onChange = () => {
      cluster.onChange = () => undefined
      cluster.put('web/tls', theirs)
    }
    expect(await deployed()).toMatchObject({
      state: 'rolled_back',
      message: expect.stringContaining('somebody else has changed it'),
    })
    expect(cluster.secrets.get('web/tls')?.data).toEqual(theirs)
  })

  it('gets its old values back where nobody sees the new ones', async () => {
    cluster.put('web/tls', values(old))
    expect(await deployed(await unseen())).toMatchObject({ state: 'rolled_back' })
    expect(cluster.secrets.get('web/tls')?.data).toEqual(values(old))
  })

  it('is taken away again where it had not been there', async () => {
    expect(await deployed(await unseen())).toMatchObject({ state: 'rolled_back' })
    expect(cluster.secrets.size).toBe(0)
  })

  it('gets its old values back after a crash', async () => {
    cluster.put('web/tls', values(old))
    const crashed = new Error('crash')
    test.host.crashpoint = (name) => {
      // From here on nothing of this process reaches the disk or the cluster.
      if (name === 'switch') throw crashed
      if (name === 'restored') throw crashed
    }
    const put = cluster.put
    await expect(deployed()).rejects.toThrow('crash')
    put('web/tls', values(next))
    delete test.host.crashpoint
    await recover(test.host, await openJournals(journalsOf(test.host)), test)
    expect(test.kept.at(-1)).toMatchObject({ state: 'rolled_back' })
    expect(cluster.secrets.get('web/tls')?.data).toEqual(values(old))
    expect(test.journals()).toEqual([])
  })

  it.each([
    ['another type', () => cluster.put('web/tls', {}, 'Opaque'), {}, 'has the type Opaque'],
    [
      'another namespace',
      () => undefined,
      { namespace: 'prod' },
      'is not in kubernetes.namespaces',
    ],
    ['a cluster that does not know it', () => (cluster.token = 'other'), {}, 'renew its token'],
  ])('of %s is not touched', async (_, arrange, settings, why) => {
    arrange()
    const before = [...cluster.secrets]
    expect(await deployed(settings)).toMatchObject({ message: expect.stringContaining(why) })
    expect([...cluster.secrets]).toEqual(before)
  })
})
