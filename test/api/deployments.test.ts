// /trust/api/certificates/{id}/deploy, deployment targets and deployments: what agents are asked to
// do, in which order, and what becomes of their answers.
import { createPublicKey, generateKeyPairSync, type KeyObject, X509Certificate } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Database, openDatabase, sql } from '../../src/platform/db.ts'
import { watch } from '../../src/trust/alerts/watch.ts'
import type { Job } from '../../src/trust/connectors/agent-protocol.ts'
import { deployedResult, enrolTestAgent, requestOf, type TestAgent } from '../fixtures/agent.ts'
import type { CallOptions, Json } from '../fixtures/call.ts'
import { hasDatabase } from '../fixtures/database.ts'
import { startTestServer, type TestServer } from '../fixtures/server.ts'

describe.skipIf(!hasDatabase)('deployments', () => {
  let server: TestServer
  let db: Database
  let web: TestAgent
  let proxy: TestAgent
  beforeAll(async () => {
    const PANTHERA_RATE_LIMITS = JSON.stringify({ 'trust.enterprise.minute': 100_000 })
    server = await startTestServer({ env: { PANTHERA_RATE_LIMITS } })
    db = openDatabase({ connection: server.databaseUrl, onError: () => undefined })
    web = await enrolTestAgent(server, 'web')
    proxy = await enrolTestAgent(server, 'proxy')
    for (const [name, agentId, order] of [
      ['nginx-main', 'web', 1],
      ['nginx-2', 'web', 2],
      ['edge', 'proxy', 3],
    ] as const) {
      const made = await targets('POST', '', { name, type: 'files', settings, agentId, order })
      if (made.status !== 201) throw new Error(made.text)
    }
  })
  afterAll(async () => {
    await db.close()
    await server.stop()
  })

  const waits = { timeout: 20_000, interval: 100 }
  const settings = { fullchainFile: '/etc/tls/a.pem', keyFile: '/etc/tls/a.key' }
  const api =
    (path: string) =>
    (method: string, rest = '', body?: unknown, more: CallOptions = {}) =>
      server.call(method, `/trust/api/${path}${rest}`, {
        ...(body === undefined ? {} : { body }),
        ...more,
      })
  const targets = api('deployment-targets')
  const certificates = api('certificates')
  const make = async (body: object): Promise<Json> => {
    const answer = await certificates('POST', '', body)
    if (answer.status !== 201) throw new Error(answer.text)
    return answer.json.data
  }
  /** With its key here, where everything can be deployed. */
  const here = (commonName: string, more: object = {}) =>
    make({ commonName, keyLocation: 'server', ...more })
  const deploy = (id: number, body: object = {}) => certificates('POST', `/${id}/deploy`, body)
  const history = async (id: number): Promise<Json[]> =>
    (await certificates('GET', `/${id}/deployments`)).json.data
  const states = async (id: number) =>
    Object.fromEntries((await history(id)).map(({ target, state }) => [target, state]))
  const shown = async (id: number) => (await certificates('GET', `/${id}`)).json.data
  const change = (text: string, values: readonly unknown[] = []) =>
    db.inTenant(server.organization_id, (tx) => tx.run(sql([text], ...values)))
  const work = (job: Job) => {
    if (job.work.kind !== 'deploy') throw new Error(job.work.kind)
    return job.work
  }

  describe('targets', () => {
    it('are listed in the order in which they are deployed to', async () => {
      const { json } = await targets('GET')
      expect(json.data.map(({ name }: Json) => name)).toEqual(['nginx-main', 'nginx-2', 'edge'])
      expect(json.data[2]).toMatchObject({ agentName: 'proxy', agentId: proxy.id, type: 'files' })
    })

    it.each([
      ['type', { type: 'iis' }],
      ['type', { type: 'caddy', settings: { folder: '/etc/caddy/tls' } }],
      ['settings.keyFile', { settings: { ...settings, keyFile: 'a.pem' } }],
      ['settings.shell', { settings: { ...settings, shell: 'rm -rf /' } }],
      ['agentId', { agentId: 'nobody' }],
      ['order', { order: -1 }],
      ['name', { name: '' }],
    ])('400 for another %s', async (field, more) => {
      const body = { name: 'odd', type: 'files', settings, agentId: 'web', ...more }
      const { status, json, text } = await targets('POST', '', body)
      expect([status, json.error.details.fields?.[0].field], text).toEqual([400, field])
    })

    it('are changed and deleted, and names are taken once', async () => {
      const body = { name: 'spare', type: 'files', settings, agentId: web.id }
      const { data } = (await targets('POST', '', body)).json
      expect((await targets('POST', '', body)).json.error.code).toBe('NAME_TAKEN')
      const moved = await targets('PUT', `/${data.id}`, { agentId: 'proxy', order: 9 })
      expect(moved.json.data).toMatchObject({ agentId: proxy.id, order: 9, name: 'spare' })
      const taken = await targets('PUT', `/${data.id}`, { name: 'edge' })
      expect(taken.json.error.code).toBe('NAME_TAKEN')
      // Somebody else takes the name, and has not told yet.
      const late = await db.inTenant(server.organization_id, async (tx) => {
        await tx.run(sql`update deployment_targets set name = 'late' where name = 'nginx-2'`)
        const renamed = targets('PUT', `/${data.id}`, { name: 'late' })
        const blocked = sql`select 1 as one from pg_locks where not granted`
        await expect.poll(async () => (await db.pool.query(blocked)).rowCount).toBe(1)
        return { renamed }
      })
      expect((await late.renamed).json.error.code).toBe('NAME_TAKEN')
      await change(`update deployment_targets set name = 'nginx-2' where name = 'late'`)
      expect((await targets('DELETE', `/${data.id}`)).status).toBe(200)
      expect((await targets('GET', `/${data.id}`)).json.error.code).toBe(
        'DEPLOYMENT_TARGET_NOT_FOUND',
      )
    })
  })

  it('go to the canary first, and then to the rest', async () => {
    const names = ['edge', 'nginx-2', 'nginx-main']
    const made = await here('first.example', { deploymentTargets: names })
    const { status, json } = await deploy(made.id)
    expect(status).toBe(202)
    expect(json.data.deployments).toMatchObject([
      { target: 'nginx-main', state: 'queued' },
      { target: 'nginx-2', state: 'waiting' },
      { target: 'edge', state: 'waiting' },
    ])
    expect((await deploy(made.id)).json.error.code).toBe('DEPLOYMENT_IN_PROGRESS')
    const job = await web.job()
    expect(work(job)).toMatchObject({
      certificateId: made.id,
      version: 1,
      fingerprint: made.fingerprint,
      target: { name: 'nginx-main', type: 'files', settings },
    })
    const key = createPublicKey({
      key: web.privateKey(job) as Buffer,
      format: 'der',
      type: 'pkcs8',
    } as never)
    const leaf = new X509Certificate(Buffer.from(work(job).certificate, 'base64'))
    expect(key.equals(leaf.publicKey)).toBe(true)
    expect(new X509Certificate(Buffer.from(work(job).chain[0] ?? '', 'base64')).subject).toContain(
      'Panthera',
    )
    expect(await proxy.jobs()).toEqual([])
    const at = new Date().toISOString()
    const steps = [{ at, step: 'write', outcome: 'done', message: 'Written' }]
    const progress = await web.ask('POST', `/api/agents/me/jobs/${job.jobId}/progress`, { steps })
    expect(progress.json.data).toEqual({ jobId: job.jobId, leaseMs: 60_000 })
    expect(await states(made.id)).toMatchObject({ 'nginx-main': 'running', edge: 'waiting' })
    expect((await web.deployed(job)).status).toBe(200)
    await web.deployed(await web.job())
    expect((await shown(made.id)).renewalStatus).toBe('none')
    await proxy.deployed(await proxy.job())
    expect(await states(made.id)).toEqual({
      'nginx-main': 'deployed',
      'nginx-2': 'deployed',
      edge: 'deployed',
    })
    expect((await shown(made.id)).renewalStatus).toBe('deployed')
    const [last] = await history(made.id)
    expect(last).toMatchObject({ canary: false, servedFingerprint: made.fingerprint, error: null })
    expect(last.steps).toMatchObject([{ step: 'probe', outcome: 'done' }])
  })

  it('stop where the canary is rolled back, until somebody repeats it', async () => {
    const names = ['nginx-main', 'edge']
    const made = await here('canary.example', { deploymentTargets: names })
    await deploy(made.id)
    await web.rolledBack(await web.job(), 'nginx -t: key values mismatch')
    expect(await proxy.jobs()).toEqual([])
    const [edge, canary] = await history(made.id)
    expect(canary).toMatchObject({
      state: 'rolled_back',
      error: { code: 'rolled_back', message: 'nginx -t: key values mismatch' },
    })
    expect(edge).toMatchObject({ state: 'cancelled', error: { code: 'canary_failed' } })
    expect(edge.error.message).toContain('nginx-main, was rolled back: nginx -t')
    await db.inTenant(server.organization_id, (tx) => watch(tx, server.organization_id))
    const { data } = (await server.call('GET', '/trust/api/alerts?limit=100')).json
    expect(data.filter((each: Json) => each.certificateId === made.id)).toMatchObject([
      { class: 'renewal_failed', summary: 'canary.example could not be deployed' },
    ])
    const retried = await server.call('POST', `/trust/api/deployments/${canary.id}/retry`)
    expect(retried.json.data.deployments).toMatchObject([
      { target: 'nginx-main', state: 'queued' },
      { target: 'edge', state: 'waiting' },
    ])
    await web.deployed(await web.job())
    await proxy.deployed(await proxy.job())
    expect((await shown(made.id)).renewalStatus).toBe('deployed')
  })

  it('that show another certificate are no success', async () => {
    const made = await here('other.example')
    await deploy(made.id, { targets: ['nginx-main'] })
    const job = await web.job()
    const servedFingerprint = `SHA256:${'0'.repeat(64)}`
    await web.end(job, { ...deployedResult(job), servedFingerprint })
    expect(await history(made.id)).toMatchObject([
      { state: 'failed', error: { code: 'other_certificate_served' }, servedFingerprint },
    ])
  })

  it('have one result, however often it is told', async () => {
    const made = await here('twice.example')
    await deploy(made.id, { targets: ['nginx-main'] })
    const job = await web.job()
    const result = deployedResult(job)
    const told = await Promise.all([web.end(job, result), web.end(job, result)])
    expect(told.map(({ status }) => status)).toEqual([200, 200])
    const other = await web.end(job, { ...result, state: 'failed', message: 'no' })
    expect([other.status, other.json.error.code]).toEqual([409, 'JOB_ENDED'])
    const foreign = await proxy.end(job, result)
    expect([foreign.status, foreign.json.error.code]).toEqual([409, 'JOB_ENDED'])
    const path = `/api/agents/me/jobs/${job.jobId}/progress`
    expect((await web.ask('POST', path, { steps: [] })).json.error.code).toBe('JOB_ENDED')
    const events = await db.inTenant(server.organization_id, (tx) =>
      tx.one<{ n: number }>(sql`select count(*) as n from audit_events
        where organization_id = ${server.organization_id} and action = 'certificate.deployed'
          and object_id = ${String(made.id)}`),
    )
    expect(Number(events.n)).toBe(1)
  })

  it('whose lease is lost are offered again, and later given up', async () => {
    const made = await here('lost.example')
    await deploy(made.id, { targets: ['nginx-main'] })
    const first = await web.job()
    const lapse = () =>
      change(`update agent_jobs set lease_until = now() - interval '1 second'
        where state = 'offered'`)
    const hurry = () => change('update agent_jobs set next_attempt_at = now()')
    await lapse()
    await expect.poll(() => states(made.id), waits).toEqual({ 'nginx-main': 'queued' })
    await hurry()
    const second = await web.job()
    expect(second.jobId).toBe(first.jobId)
    expect(second.sequence).toBeGreaterThan(first.sequence)
    await change('update agent_jobs set attempts = 5')
    await lapse()
    await expect.poll(() => states(made.id), waits).toEqual({ 'nginx-main': 'failed' })
    expect((await history(made.id))[0].error.code).toBe('lease_lost')
    // It was there all the time, and only could not be heard.
    expect((await web.deployed(second)).status).toBe(200)
    expect(await states(made.id)).toEqual({ 'nginx-main': 'deployed' })
  })

  it('that an agent has forgotten are offered again at once', async () => {
    const made = await here('forgotten.example')
    await deploy(made.id, { targets: ['nginx-main'] })
    const first = await web.job()
    expect(await web.jobs()).toEqual([])
    const asked = await web.ask('GET', '/api/agents/me/jobs?wait=0&idle=true')
    expect(asked.json.data.map(({ jobId }: Json) => jobId)).toEqual([first.jobId])
    expect((await web.deployed(first)).status).toBe(200)
    expect(await states(made.id)).toEqual({ 'nginx-main': 'deployed' })
    expect((await web.ask('GET', '/api/agents/me/jobs?wait=0&idle=true')).json.data).toEqual([])
  })

  describe('that were undone because the agent ended', () => {
    const step = { at: new Date().toISOString(), message: 'told' }
    const end = (job: Job, switched: 'done' | 'failed' = 'done') =>
      web.end(job, {
        state: 'rolled_back',
        steps: [
          { ...step, step: 'switch', outcome: switched },
          { ...step, step: 'recovered', outcome: 'done' },
          { ...step, step: 'roll_back', outcome: 'done' },
        ],
        servedFingerprint: null,
        message: 'the agent ended in the middle of it',
      })
    const told = async (id: number) =>
      (await history(id)).map(({ target, state, error }) => [target, state, error?.code])

    it('are begun again, and the others wait for that', async () => {
      const made = await here('again.example')
      await deploy(made.id, { targets: ['nginx-main', 'edge'] })
      await end(await web.job())
      expect(await told(made.id)).toEqual([
        ['nginx-main', 'queued', undefined],
        ['edge', 'waiting', undefined],
        ['nginx-main', 'rolled_back', 'cut_off'],
      ])
      await web.deployed(await web.job())
      await proxy.deployed(await proxy.job())
      expect((await told(made.id)).slice(0, 2)).toEqual([
        ['nginx-main', 'deployed', undefined],
        ['edge', 'deployed', undefined],
      ])
    })

    it('are given up after the fourth time', async () => {
      const made = await here('ever.example')
      await deploy(made.id, { targets: ['nginx-main', 'edge'] })
      for (let time = 1; time <= 4; time++) await end(await web.job())
      expect(await web.jobs()).toEqual([])
      const codes = (await told(made.id)).map(([, , code]) => code)
      expect(codes).toEqual(['cut_off', 'cut_off', 'cut_off', 'canary_failed', 'cut_off'])
    })

    it('are not where something had failed before', async () => {
      const made = await here('failed-before.example')
      await deploy(made.id, { targets: ['nginx-main'] })
      await end(await web.job(), 'failed')
      expect(await told(made.id)).toEqual([['nginx-main', 'rolled_back', 'rolled_back']])
    })
  })

  it('end with the agent that is revoked, in the middle of its job', async () => {
    const short = await enrolTestAgent(server, 'short')
    await targets('POST', '', { name: 'short', type: 'files', settings, agentId: 'short' })
    const made = await here('short.example')
    await deploy(made.id, { targets: ['short'] })
    const job = await short.job()
    await server.call('POST', '/trust/api/agents/short/revoke')
    expect((await short.deployed(job)).status).toBe(401)
    expect(await history(made.id)).toMatchObject([
      { state: 'failed', error: { code: 'agent_revoked' } },
    ])
    const refused = await deploy(made.id, { targets: ['short'] })
    expect([refused.status, refused.json.error.code]).toEqual([503, 'AGENT_UNAVAILABLE'])
  })

  it('are given up before they begin', async () => {
    const made = await here('cancel.example')
    const { json } = await deploy(made.id, { targets: ['nginx-main', 'edge'] })
    const [first] = json.data.deployments
    const path = `/trust/api/deployments/${first.id}`
    expect((await server.call('POST', `${path}/cancel`)).json.data.state).toBe('cancelled')
    expect(await states(made.id)).toEqual({ 'nginx-main': 'cancelled', edge: 'cancelled' })
    expect(await web.jobs()).toEqual([])
    expect((await server.call('POST', `${path}/cancel`)).json.error.code).toBe('DEPLOYMENT_ENDED')
    await deploy(made.id, { targets: ['nginx-main'] })
    const job = await web.job()
    const [running] = await history(made.id)
    const late = await server.call('POST', `/trust/api/deployments/${running.id}/cancel`)
    expect(late.json.error.code).toBe('DEPLOYMENT_IN_PROGRESS')
    await web.deployed(job)
  })

  describe('are refused', () => {
    it('400 where a target does not exist, with those that do', async () => {
      const made = await here('unknown.example')
      const { status, json } = await deploy(made.id, { targets: ['nginx-main', 'nginx-9'] })
      expect([status, json.error.message]).toEqual([
        400,
        expect.stringMatching(/has no nginx-9; there are: edge, nginx-2, nginx-main/),
      ])
    })

    it('400 where the agent does not serve the target, 503 where there is none', async () => {
      const made = await here('agent.example')
      const body = { targets: ['edge'], agentId: 'web' }
      const other = await deploy(made.id, body)
      expect([other.status, other.json.error.details.fields[0].field]).toEqual([400, 'agentId'])
      const none = await deploy(made.id, { ...body, agentId: 'nobody' })
      expect([none.status, none.json.error.code]).toEqual([503, 'AGENT_UNAVAILABLE'])
    })

    it('503 where the agent is away', async () => {
      const made = await here('away.example')
      await change(`update agents set last_seen_at = now() - interval '5 minutes'
        where name = 'proxy'`)
      const { status, json } = await deploy(made.id, { targets: ['edge'] })
      expect([status, json.error.code, json.error.details.agent]).toEqual([
        ...[503, 'AGENT_UNAVAILABLE', 'proxy'],
      ])
      expect(await history(made.id)).toEqual([])
      await proxy.jobs()
    })

    it('409 where nobody here has the key, or the certificate is revoked', async () => {
      const { csr } = await requestOf('own.example')
      const pem = `-----BEGIN CERTIFICATE REQUEST-----\n${csr}\n-----END CERTIFICATE REQUEST-----\n`
      const own = await make({ csr: pem })
      const keyless = await deploy(own.id, { targets: ['edge'] })
      expect([keyless.status, keyless.json.error.code]).toEqual([409, 'PRIVATE_KEY_NOT_HELD'])
      const made = await here('revoked.example')
      await certificates('POST', `/${made.id}/revoke`, {})
      expect((await deploy(made.id, { targets: ['edge'] })).json.error.code).toBe('ALREADY_REVOKED')
    })
  })

  describe('after a renewal', () => {
    it('are made with the new version, and the certificate says when all have it', async () => {
      const names = ['nginx-main', 'edge']
      const made = await here('renewed.example', { deploymentTargets: names })
      await certificates('POST', `/${made.id}/renew`, { deployAfterRenewal: true })
      const job = await web.job()
      expect(work(job)).toMatchObject({ certificateId: made.id, version: 2 })
      expect(work(job).fingerprint).not.toBe(made.fingerprint)
      expect((await shown(made.id)).renewalStatus).toBe('none')
      await web.deployed(job)
      await proxy.deployed(await proxy.job())
      expect((await shown(made.id)).renewalStatus).toBe('deployed')
      expect(await history(made.id)).toMatchObject([{ cause: 'renewal' }, { cause: 'renewal' }])
      const { data } = (await certificates('GET', `/${made.id}/renewals`)).json
      expect(data[0].steps.at(-1)).toMatchObject({ step: 'deployments' })
    })

    it('a target that is none is told, and the others go on', async () => {
      const deploymentTargets = ['nowhere', 'edge']
      const made = await here('nowhere.example', { deploymentTargets })
      const refused = await certificates('POST', `/${made.id}/renew`, { deployAfterRenewal: true })
      expect([refused.status, refused.json.error.details.targets]).toEqual([503, ['nowhere']])
      await change(`insert into renewals (organization_id, workspace_id, certificate_id, cause,
          method, authority_id, deploy_after, state, created_by)
        select organization_id, workspace_id, id, 'threshold', 'api', authority_id, true, 'queued',
          'test' from certificates where common_name = 'nowhere.example'`)
      await proxy.deployed(await proxy.job())
      expect(await states(made.id)).toEqual({ nowhere: 'failed', edge: 'deployed' })
      expect((await shown(made.id)).renewalStatus).toBe('none')
    })

    it('the newer version overtakes what has not begun', async () => {
      const made = await here('newer.example', { deploymentTargets: ['nginx-main'] })
      await deploy(made.id)
      await certificates('POST', `/${made.id}/renew`, { deployAfterRenewal: true })
      await expect.poll(async () => (await history(made.id)).length, waits).toBe(2)
      expect(await history(made.id)).toMatchObject([
        { version: 2, state: 'queued' },
        { version: 1, state: 'cancelled', error: { code: 'superseded' } },
      ])
      const job = await web.job()
      expect(work(job).version).toBe(2)
      await web.deployed(job)
    })
  })

  describe('with the key on the host', () => {
    const issued = async (agent: TestAgent, commonName: string, key?: KeyObject) => {
      const job = await agent.job()
      const made = await requestOf(commonName, key)
      await agent.end(job, { state: 'key_made', csr: made.csr })
      return { job, ...made }
    }

    it('only the request leaves it, and no key goes back', async () => {
      const names = ['nginx-main', 'nginx-2']
      const wish = { commonName: 'host.example', deploymentTargets: names }
      const made = await make(wish)
      expect(made).toMatchObject({ status: 'pending', keyLocation: `agent:${web.id}` })
      const { job, publicKey } = await issued(web, 'host.example')
      expect(job.work).toMatchObject({
        ...{ kind: 'make_key', certificateId: made.id, names: ['host.example'] },
        ...{ keyType: 'ECDSA', keySize: 256, reuseKey: false },
      })
      await expect.poll(async () => (await shown(made.id)).status, waits).toBe('active')
      const now = await shown(made.id)
      expect(now).toMatchObject({ hasPrivateKey: false, keyLocation: `agent:${web.id}` })
      expect(new X509Certificate(now.certificate).publicKey.equals(publicKey)).toBe(true)
      const { data } = (await certificates('GET', `/${made.id}/renewals`)).json
      expect(data[0].steps.map(({ step }: Json) => step)).toEqual([
        ...['queued', 'waiting_agent', 'request_made', 'prepared', 'issued', 'stored'],
      ])
      await deploy(made.id)
      const deployment = await web.job()
      expect(work(deployment).key).toBeNull()
      await web.deployed(deployment)
      await web.deployed(await web.job())
      const other = await deploy(made.id, { targets: ['edge'] })
      expect([other.status, other.json.error.message]).toEqual([
        400,
        expect.stringContaining('does not leave its host'),
      ])
    })

    it('is renewed with the key that its policy keeps', async () => {
      const policy = await server.call('POST', '/trust/api/renewal-policies', {
        body: { name: 'Keeps', keyRotation: false, autoDeployment: true },
      })
      const made = await make({
        commonName: 'kept.example',
        deploymentTargets: ['nginx-main'],
        renewalPolicyId: policy.json.data.id,
      })
      const { key, job: first } = await issued(web, 'kept.example')
      expect(first.work).toMatchObject({ reuseKey: false })
      await expect.poll(async () => (await shown(made.id)).status, waits).toBe('active')
      await certificates('POST', `/${made.id}/renew`, { deployAfterRenewal: true })
      const { job } = await issued(web, 'kept.example', key)
      expect(job.work).toMatchObject({ reuseKey: true })
      await web.deployed(await web.job())
      expect((await shown(made.id)).renewalStatus).toBe('deployed')
    })

    it.each([
      ['of another kind', () => requestOf('bad.example', newEd25519())],
      ['that is none', async () => ({ csr: Buffer.from('nothing').toString('base64') })],
    ])('a request %s ends the renewal', async (_, request) => {
      const made = await make({ commonName: 'bad.example', deploymentTargets: ['nginx-main'] })
      const job = await web.job()
      const { csr } = await request()
      expect((await web.end(job, { state: 'key_made', csr })).status).toBe(200)
      const { data } = (await certificates('GET', `/${made.id}/renewals`)).json
      expect(data).toMatchObject([{ state: 'failed', error: { code: 'csr_refused' } }])
      expect((await shown(made.id)).renewalStatus).toBe('failed')
    })

    it('an agent that refuses, or is revoked, ends the renewal', async () => {
      const made = await make({ commonName: 'no.example', deploymentTargets: ['nginx-main'] })
      await web.end(await web.job(), { state: 'refused', message: 'no folder is allowed' })
      const [end] = (await certificates('GET', `/${made.id}/renewals`)).json.data
      expect(end).toMatchObject({ state: 'failed', error: { code: 'agent_refused' } })
      expect(end.error.message).toContain('no folder is allowed')
    })

    it('400 where several agents have the targets, 503 where the agent is away', async () => {
      const deploymentTargets = ['nginx-main', 'edge']
      const body = { commonName: 'many.example', deploymentTargets, keyLocation: 'agent' }
      const many = await certificates('POST', '', body)
      expect([many.status, many.json.error.details.fields[0].field]).toEqual([400, 'keyLocation'])
      const usual = await make({ commonName: 'many.example', deploymentTargets })
      expect(usual).toMatchObject({ status: 'active', keyLocation: 'server' })
      await change(`update agents set last_seen_at = now() - interval '5 minutes'
        where name = 'proxy'`)
      const away = await certificates('POST', '', { ...body, deploymentTargets: ['edge'] })
      expect([away.status, away.json.error.code]).toEqual([503, 'AGENT_UNAVAILABLE'])
      await proxy.jobs()
    })

    it('400 where its targets would then belong to several agents', async () => {
      const made = await here('split.example', { deploymentTargets: ['nginx-main'] })
      await certificates('PUT', `/${made.id}`, { keyLocation: 'agent' })
      const body = { deploymentTargets: ['nginx-main', 'edge'] }
      const { status, json } = await certificates('PUT', `/${made.id}`, body)
      expect([status, json.error.message]).toEqual([
        400,
        expect.stringContaining('does not leave its agent'),
      ])
      const freed = await certificates('PUT', `/${made.id}`, { ...body, keyLocation: 'server' })
      expect(freed.json.data).toMatchObject({ ...body, keyLocation: 'server' })
    })

    it('moves to the server and back where that is asked for', async () => {
      const made = await here('moves.example', { deploymentTargets: ['nginx-main'] })
      const put = (keyLocation: string) => certificates('PUT', `/${made.id}`, { keyLocation })
      expect((await put('agent')).json.data.keyLocation).toBe(`agent:${web.id}`)
      expect((await put('server')).json.data.keyLocation).toBe('server')
      await certificates('POST', `/${made.id}/renew`, {})
      await expect
        .poll(async () => (await shown(made.id)).fingerprint, waits)
        .not.toBe(made.fingerprint)
      expect((await shown(made.id)).hasPrivateKey).toBe(true)
    })
  })

  it('keep keys and words of other workspaces out of answers and logs', async () => {
    const rows = await db.inTenant(server.organization_id, (tx) =>
      tx.rows<{ text: string }>(sql`select details::text as text from audit_events
        where organization_id = ${server.organization_id}`),
    )
    const text = rows.map((row) => row.text).join('\n') + server.logLines.join('\n')
    expect(text).not.toMatch(/PRIVATE KEY|ephemeral|eyJ/)
  })
})

function newEd25519(): KeyObject {
  return generateKeyPairSync('ed25519').privateKey
}
