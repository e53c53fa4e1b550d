// The agent against a server that speaks its protocol: what it does, and what it will not.
import { readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { createLog } from '../platform/log.ts'
import { newLeaf } from '../trust/x509/authority.fixture.ts'
import { parseRequest } from '../trust/x509/csr.ts'
import type { Configuration } from './configuration.ts'
import { readConfiguration } from './configuration.ts'
import { newAuthority, newHost, newPair, type TestHost } from './fixtures/deployment-host.ts'
import { type JobServer, startJobServer, testApiKey, type Work } from './fixtures/job-server.ts'
import { runAgent } from './run.ts'

const authority = await newAuthority()
const pair = await newPair(authority)
const endings: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const end of endings.splice(0).reverse()) await end()
})

interface Scene {
  jobs: JobServer
  test: TestHost
  configuration: Configuration
  log: string[]
  start: () => { done: Promise<void>; stop: () => Promise<void> }
  target: { name: string; type: string; settings: Record<string, unknown> }
}

async function scene(more: object = {}): Promise<Scene> {
  const jobs = await startJobServer()
  const test = newHost()
  endings.push(jobs.stop, async () => test.remove())
  const file = join(test.folder, 'agent.yaml')
  const settings = {
    ...{ server: jobs.url, name: 'host-1', data: 'data', targets: ['files'] },
    deploy: { folders: [test.certificates] },
    ...more,
  }
  writeFileSync(file, JSON.stringify(settings))
  const log: string[] = []
  const configuration = await readConfiguration(file)
  const destination = { write: (line: string) => void log.push(line) }
  const start = () => {
    const controller = new AbortController()
    const done = runAgent({
      configuration,
      env: { PANTHERA_AGENT_KEY: testApiKey },
      log: createLog({ destination }),
      signal: controller.signal,
    })
    const stop = async () => {
      controller.abort()
      await done
    }
    endings.push(() => stop().catch(() => undefined))
    return { done, stop }
  }
  const { certificate, key } = test.files
  const target = {
    ...{ name: 'web', type: 'files' },
    settings: { fullchainFile: certificate, keyFile: key },
  }
  return { jobs, test, configuration, log, start, target }
}

describe('an agent', () => {
  it('enrols, deploys what it is sent, and tells each step', async () => {
    const { jobs, test, start, target } = await scene()
    const jobId = jobs.offer(jobs.deployment(pair, target))
    const { stop } = start()
    expect(await jobs.resultOf(jobId)).toMatchObject({ state: 'deployed', servedFingerprint: null })
    await stop()
    expect(jobs.enrolments[0]).toMatchObject({ name: 'host-1', targetTypes: ['files'] })
    expect(readFileSync(test.files.key, 'utf8')).toContain('BEGIN PRIVATE KEY')
    expect(jobs.progress.at(-1)?.steps.length).toBeGreaterThan(0)
  })

  it('makes a key that stays, and deploys the certificate of it', async () => {
    const { jobs, test, start, target } = await scene()
    const names = ['a.example', 'b.example']
    const wish: Work = {
      ...{ kind: 'make_key', certificateId: 7, renewalId: 1, commonName: 'a.example', names },
      ...{ keyType: 'ECDSA', keySize: 256, reuseKey: false },
    }
    const { stop } = start()
    const made = await jobs.resultOf(jobs.offer(wish))
    const again = await jobs.resultOf(jobs.offer(wish))
    const next = await jobs.resultOf(jobs.offer({ ...wish, renewalId: 2 }))
    const same = await jobs.resultOf(jobs.offer({ ...wish, renewalId: 3, reuseKey: true }))
    const [first, second, third, fourth] = [made, again, next, same].map((result) => {
      if (result.state !== 'key_made') throw new Error(result.state)
      return parseRequest(Buffer.from(result.csr, 'base64'))
    })
    expect(first?.proven).toBe(true)
    expect(second?.publicKey).toEqual(first?.publicKey)
    expect(third?.publicKey).not.toEqual(first?.publicKey)
    expect(fourth?.publicKey).toEqual(third?.publicKey)
    const leaf = await newLeaf(authority.intermediate, names, {
      publicKeyInfo: third?.publicKey.der ?? Buffer.of(),
    })
    const { fingerprint } = leaf
    // A copy: the server has no key for it that it could send along.
    const work = { ...jobs.deployment({ ...pair, certificate: leaf.der, fingerprint }, target) }
    expect(await jobs.resultOf(jobs.offer(work))).toMatchObject({ state: 'deployed' })
    await stop()
    expect(readdirSync(join(test.folder, 'data', 'keys'))).toHaveLength(2)
  })

  it.each<[string, (scene: Scene) => void, string]>([
    [
      'is not signed by its server',
      ({ jobs }) => {
        jobs.tamper = (words, jws) => {
          const [head, , signature] = jws.split('.')
          const other = Buffer.from(JSON.stringify({ ...words, sequence: 9 })).toString('base64url')
          return `${head}.${other}.${signature}`
        }
      },
      'not signed by the server',
    ],
    [
      'is for another agent',
      ({ jobs }) => {
        jobs.agentId = 'agent_other'
      },
      'for another agent',
    ],
  ])('refuses a job that %s', async (_, change, why) => {
    const at = await scene()
    const { jobs, test, start, target } = at
    const { stop } = start()
    // It is enrolled when it has done one.
    await jobs.resultOf(jobs.offer(jobs.deployment(pair, target, 1)))
    change(at)
    const result = await jobs.resultOf(jobs.offer(jobs.deployment(pair, target, 2)))
    expect(result).toMatchObject({ state: 'refused', message: expect.stringContaining(why) })
    expect(test.journals()).toEqual([])
    await stop()
  })

  it('refuses a deployment whose journal it would not find again', async () => {
    const { jobs, test, start, target } = await scene()
    start()
    const result = await jobs.resultOf(jobs.offer(jobs.deployment(pair, target, -1)))
    expect(result).toMatchObject({ state: 'refused', message: expect.stringContaining('a form') })
    expect(readdirSync(test.certificates)).toEqual([])
  })

  it.each<[string, object, (target: Scene['target'], test: TestHost) => Scene['target'], RegExp]>([
    [
      'a folder',
      { deploy: { folders: [] } },
      (target) => target,
      /is in none of deploy\.folders \(none\)/,
    ],
    ['a type', { targets: ['nginx'] }, (target) => target, /does not serve targets of type files/],
    [
      'a command',
      {},
      (target) => ({ ...target, settings: { ...target.settings, reloadCommand: 'own' } }),
      /has no command "own"/,
    ],
    [
      'a socket',
      { targets: ['haproxy'] },
      (_, { files }) => ({
        ...{ name: 'h', type: 'haproxy' },
        settings: { pemFile: files.combined, runtimeSocket: '/var/run/docker.sock' },
      }),
      /docker\.sock is not in deploy\.endpoints/,
    ],
  ])('refuses %s that its host does not allow', async (_, more, change, why) => {
    const { jobs, test, start, target } = await scene(more)
    const { stop } = start()
    const work = jobs.deployment(pair, change(target, test))
    const result = await jobs.resultOf(jobs.offer(work))
    expect(result).toMatchObject({ state: 'refused', message: expect.stringMatching(why) })
    expect(readdirSync(test.certificates)).toEqual([])
    await stop()
  })

  it('refuses a key that is of another certificate before it touches anything', async () => {
    const { jobs, test, start, target } = await scene()
    const other = await newPair(authority)
    const { stop } = start()
    const work = jobs.deployment({ ...pair, key: other.key }, target)
    const result = await jobs.resultOf(jobs.offer(work))
    expect(result).toMatchObject({
      ...{ state: 'failed', steps: [] },
      message: 'the private key does not belong to the certificate',
    })
    expect(readdirSync(test.certificates)).toEqual([])
    await stop()
  })

  it('does a job once, and answers the second time what came of it', async () => {
    const { jobs, start, target } = await scene()
    const { stop } = start()
    const work = jobs.deployment(pair, target)
    const jobId = jobs.offer(work)
    await jobs.resultOf(jobId)
    jobs.results.clear()
    jobs.offer(work, jobId)
    await jobs.resultOf(jobId)
    await stop()
    // Had it been done twice, it would have been there already.
    const done = { step: 'commit', outcome: 'done' }
    expect(jobs.results.get(jobId)).toMatchObject([
      { steps: expect.arrayContaining([expect.objectContaining(done)]) },
    ])
  })
})

describe('its server', () => {
  it('offers again what waited until its words had ended', async () => {
    const { jobs, start, target, log } = await scene()
    jobs.wordsMs = -1_000
    const jobId = jobs.offer(jobs.deployment(pair, target))
    start()
    await vi.waitFor(() => expect(log.join('')).toContain('left until it is offered again'))
    jobs.wordsMs = 60_000
    expect(await jobs.resultOf(jobId)).toMatchObject({ state: 'deployed' })
    expect(jobs.results.get(jobId)).toHaveLength(1)
  })

  it('gets a result also where something on the way answered in its place', async () => {
    const { jobs, start, target, log } = await scene()
    jobs.resultRefusal = [404, {}]
    const jobId = jobs.offer(jobs.deployment(pair, target))
    start()
    await vi.waitFor(() => expect(log.join('')).toContain('as Panthera does not'))
    jobs.resultRefusal = null
    expect(await jobs.resultOf(jobId)).toMatchObject({ state: 'deployed' })
  })

  it('is not asked without a pause where it does not wait', async () => {
    const { jobs, start, log } = await scene()
    jobs.isHasty = true
    start()
    await vi.waitFor(() => expect(log.join('')).toContain('with the identity of this agent'))
  })
})

describe('its identity', () => {
  it('is the same at the next start, and of one name', async () => {
    const { jobs, configuration, start } = await scene()
    const idle = async () => {
      const { stop } = start()
      await jobs.resultOf(jobs.offer({ kind: 'discover', source: 'cloud', deep: false }))
      await stop()
    }
    await idle()
    await idle()
    const [first, second] = jobs.enrolments
    expect(second?.proofKey).toBe(first?.proofKey)
    configuration.name = 'host-2'
    await expect(start().done).rejects.toThrow('belongs to the agent "host-1"')
  })

  it('is made anew where it was moved away, and hears the jobs of the new agent', async () => {
    const { jobs, test, start } = await scene()
    const work = { kind: 'discover', source: 'cloud', deep: false } as const
    const first = start()
    for (let job = 0; job < 3; job++) await jobs.resultOf(jobs.offer(work))
    await first.stop()
    renameSync(join(test.folder, 'data', 'identity.json'), join(test.folder, 'identity.old'))
    jobs.newAgent()
    const second = start()
    const result = await jobs.resultOf(jobs.offer(work))
    expect(JSON.stringify(result)).not.toContain('an old one')
    await second.stop()
  })

  it('is not given to a server with another key', async () => {
    const { jobs, start } = await scene()
    const { stop } = start()
    await jobs.resultOf(jobs.offer({ kind: 'discover', source: 'cloud', deep: false }))
    await stop()
    jobs.newServerKey()
    await expect(start().done).rejects.toThrow('signs with another key')
  })

  it.each(['AGENT_REVOKED', 'AGENT_NAME_TAKEN'])(
    'ends it where its server says %s',
    async (code) => {
      const { jobs, start } = await scene()
      jobs.refusal = [409, { error: { code, message: 'It is so. Do that.' } }]
      await expect(start().done).rejects.toThrow(/^It is so: /)
    },
  )

  it('outlives a server that cannot now', async () => {
    const { jobs, start, log } = await scene()
    jobs.refusal = [503, { error: { code: 'OVERLOADED', message: 'later' } }]
    start()
    await vi.waitFor(() => expect(log.join('')).toContain('the server cannot now: later'))
    jobs.refusal = null
    await jobs.resultOf(jobs.offer({ kind: 'discover', source: 'cloud', deep: false }))
  })

  it('is used by one process at a time', async () => {
    const { jobs, start } = await scene()
    start()
    await jobs.resultOf(jobs.offer({ kind: 'discover', source: 'cloud', deep: false }))
    await expect(start().done).rejects.toThrow('another agent runs on')
  })
})
