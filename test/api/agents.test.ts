// /trust/api/agents: enrolled, proven with each request, sent to look around, and revoked.
import { generateKeyPairSync, randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Database, openDatabase, sql } from '../../src/platform/db.ts'
import { findJob, insertJob } from '../../src/trust/agents/jobs.ts'
import { bodyHash, proofType, signWords } from '../../src/trust/connectors/agent-words.ts'
import { newHierarchy, newLeaf } from '../../src/trust/x509/authority.fixture.ts'
import { enrolment, enrolTestAgent, type TestAgent } from '../fixtures/agent.ts'
import type { CallOptions } from '../fixtures/call.ts'
import { hasDatabase } from '../fixtures/database.ts'
import { startTestServer, type TestServer } from '../fixtures/server.ts'

describe.skipIf(!hasDatabase)('agents', () => {
  let server: TestServer
  let db: Database
  let agent: TestAgent
  beforeAll(async () => {
    const PANTHERA_RATE_LIMITS = JSON.stringify({ 'trust.enterprise.minute': 100_000 })
    server = await startTestServer({ env: { PANTHERA_RATE_LIMITS } })
    db = openDatabase({ connection: server.databaseUrl, onError: () => undefined })
    await db.inTenant(server.organization_id, (tx) =>
      tx.run(sql`insert into workspaces (organization_id, id, name)
        values (${server.organization_id}, ${secondWorkspace}, 'Second')`),
    )
    agent = await enrolTestAgent(server, 'web-1')
  })
  afterAll(async () => {
    await db.close()
    await server.stop()
  })

  const secondWorkspace = 'ws_second000000'
  const jobsPath = '/api/agents/me/jobs?wait=0'
  const call = (method: string, path = '', body?: unknown, options: CallOptions = {}) =>
    server.call(method, `/trust/api/agents${path}`, {
      ...(body === undefined ? {} : { body }),
      ...options,
    })
  const agentKey = () => ({ 'x-agent-api-key': server.keys.trust_agent as string })

  it('are listed and shown by id and by name', async () => {
    const { json } = await call('GET')
    expect(json.data).toMatchObject([
      { id: agent.id, name: 'web-1', status: 'online', hostname: 'web-1.example', openJobs: 0 },
    ])
    expect((await call('GET', `/${agent.id}`)).json.data.name).toBe('web-1')
    expect((await call('GET', '/web-1')).json.data.id).toBe(agent.id)
    expect((await call('GET', '?status=offline')).json.pagination.total).toBe(0)
    expect((await call('GET', '/web-9')).json.error.code).toBe('AGENT_NOT_FOUND')
  })

  describe('enrolment', () => {
    const keys = () => ({
      proof: generateKeyPairSync('ed25519').publicKey,
      sealing: generateKeyPairSync('x25519').publicKey,
    })
    const enrol = (body: object, headers: Record<string, string> = agentKey()) =>
      call('POST', '/enrol', body, { key: null, headers })

    it('is the same again where its answer was lost', async () => {
      const body = enrolment('again', keys())
      const first = await enrol(body)
      const second = await enrol({ ...body, version: '1.0.1' })
      expect([first.status, second.status]).toEqual([201, 201])
      expect(second.json).toEqual(first.json)
      expect((await call('GET', '/again')).json.data.version).toBe('1.0.1')
    })

    it('under the id of another as its name hides nobody', async () => {
      const victim = enrolment('victim', keys())
      const { agentId } = (await enrol(victim)).json
      expect((await enrol(enrolment(agentId, keys()))).status).toBe(201)
      // Its row is written anew, behind that of the other one.
      await enrol({ ...victim, version: '1.0.2' })
      expect((await call('GET', `/${agentId}`)).json.data.name).toBe('victim')
    })

    it('400 under another name, or with the key of another', async () => {
      const { proof, sealing } = agent
      const own = { proof: proof.publicKey, sealing: sealing.publicKey }
      const renamed = await enrol(enrolment('web-7', own))
      expect([renamed.status, renamed.json.error.details.fields[0].field]).toEqual([400, 'name'])
      const stolen = await enrol(enrolment('web-8', { ...keys(), proof: own.proof }))
      expect([stolen.status, stolen.json.error.details.fields[0].field]).toEqual([400, 'proofKey'])
    })

    it('409 where the name is taken, and says what to do', async () => {
      const { status, json } = await enrol(enrolment('web-1', keys()))
      expect([status, json.error.code]).toEqual([409, 'AGENT_NAME_TAKEN'])
      expect(json.error.message).toContain('revoke that agent first')
    })

    it('is for keys of agents only', async () => {
      const body = enrolment('stranger', keys())
      const publicKey = { authorization: `Bearer ${server.keys.trust_public}` }
      const asBearer = { authorization: `Bearer ${server.keys.trust_agent}` }
      for (const headers of [publicKey, asBearer]) {
        const { status, json } = await enrol(body, headers as Record<string, string>)
        expect([status, json.error.code]).toEqual([401, 'AGENT_NOT_ACCEPTED'])
      }
    })

    it.each([
      ['name', 'Web 1'],
      ['proofKey', 'AAAA'],
      ['sealingKey', Buffer.alloc(32).toString('base64')],
      ['targetTypes', 'nginx'],
    ])('400 for another %s', async (field, value) => {
      const { status, json } = await enrol({ ...enrolment('odd', keys()), [field]: value })
      expect([status, json.error.details.fields[0].field]).toEqual([400, field])
    })
  })

  describe('proofs', () => {
    const refused = async (answer: ReturnType<TestAgent['ask']>) => {
      const { status, json } = await answer
      expect([status, json.error.code]).toEqual([401, 'AGENT_NOT_ACCEPTED'])
      return json.error.message as string
    }

    it('a stolen key is worth nothing without one', async () => {
      const options = { key: null, headers: agentKey() }
      const { status, json } = await call('GET', '/me/jobs', undefined, options)
      expect([status, json.error.code]).toEqual([401, 'AGENT_NOT_ACCEPTED'])
    })

    it('holds once', async () => {
      const proof = agent.proofFor('GET', jobsPath)
      expect((await agent.send('GET', jobsPath, undefined, proof)).status).toBe(200)
      expect(await refused(agent.send('GET', jobsPath, undefined, proof))).toContain('holds once')
    })

    it.each([
      ['of a minute ago', -62, 'another time'],
      ['of the future', 75, 'another time'],
      ['for another path', { path: '/api/agents/me/jobs?wait=30' }, 'another request'],
      ['for another method', { method: 'POST' }, 'another request'],
      ['for another body', { body: bodyHash('x') }, 'another body'],
    ])('%s is refused, and told why', async (_, other, words) => {
      const iat = (seconds: number) => Math.floor(Date.now() / 1_000) + seconds
      const claims = typeof other === 'number' ? { iat: iat(other) } : other
      expect(await refused(agent.ask('GET', jobsPath, undefined, claims))).toContain(words)
    })

    it.each([
      ['kid', 'agent_\0', {}],
      ['kid', 'agent_\ud800', {}],
      ['jti', null, { jti: `${'j'.repeat(16)}\0` }],
      ['jti', null, { jti: `${'j'.repeat(16)}\ud800` }],
    ])('with a %s that no database takes is refused', async (_, kid, claims) => {
      const proof = signWords(
        agent.proof.privateKey,
        { typ: proofType, kid: kid ?? agent.id },
        {
          ...{ method: 'GET', path: jobsPath, body: bodyHash(''), jti: randomUUID() },
          ...{ iat: Math.floor(Date.now() / 1_000), ...claims },
        },
      )
      await refused(agent.send('GET', jobsPath, undefined, proof))
    })

    it('whoever it is that is not known learns the same', async () => {
      const stranger = generateKeyPairSync('ed25519').privateKey
      const claims = { method: 'GET', path: jobsPath, body: bodyHash(''), jti: randomUUID() }
      const signed = (kid: string) =>
        signWords(
          stranger,
          { typ: proofType, kid },
          { ...claims, iat: Math.floor(Date.now() / 1_000) },
        )
      const texts = [signed(agent.id), signed('agent_000000000000'), 'x', '..', 'a.b.c']
      const told = await Promise.all(
        texts.map((proof) => refused(agent.send('GET', jobsPath, undefined, proof))),
      )
      expect(new Set(told.map((text) => text.replace(/ \(.*/, ''))).size).toBe(1)
    })

    it('with a key of another workspace is refused', async () => {
      const made = await server.call('POST', '/console/api/keys', {
        body: { surface: 'trust', type: 'agent', name: 'second' },
        headers: { 'x-workspace-id': secondWorkspace },
      })
      const other = await enrolTestAgent(server, 'second-1', { key: made.json.api_key })
      expect((await other.ask('GET', jobsPath)).status).toBe(200)
      const proof = other.proofFor('GET', jobsPath)
      await refused(agent.send('GET', jobsPath, undefined, proof))
      const headers = { 'x-workspace-id': secondWorkspace }
      const seen = await call('GET', '', undefined, { headers })
      expect(seen.json.data).toMatchObject([{ id: other.id }])
      expect((await call('GET', '/web-1', undefined, { headers })).status).toBe(404)
    })
  })

  it('of another organization are as unknown as any', async () => {
    const made = await server.call('POST', '/console/api/organizations', {
      body: { name: 'Another', plan: 'enterprise' },
    })
    const key = await server.call('POST', '/console/api/keys', {
      key: made.json.admin_key,
      body: { surface: 'trust', type: 'agent', name: 'theirs' },
    })
    // A name is an organization's own.
    const other = await enrolTestAgent(server, 'web-1', { key: key.json.api_key })
    const headers = {
      ...agentKey(),
      'x-agent-proof': other.proofFor('GET', jobsPath),
    }
    const { status, json } = await server.call('GET', `/trust${jobsPath}`, { key: null, headers })
    expect([status, json.error.code]).toEqual([401, 'AGENT_NOT_ACCEPTED'])
    expect((await call('GET', `/${other.id}`)).status).toBe(404)
    expect(other.serverKey.equals(agent.serverKey)).toBe(false)
    // A key that leaked enrols no more of them than there may be.
    await db.inTenant(made.json.id, (tx) =>
      tx.run(sql`insert into agents (organization_id, id, workspace_id, name, key_id, hostname,
          version, platform, target_types, sources, reload_commands, proof_key, sealing_key)
        select organization_id, 'agent_' || n, workspace_id, 'many-' || n, key_id, hostname,
          version, platform, target_types, sources, reload_commands, int4send(n), sealing_key
          from agents, generate_series(1, 9999) as n where id = ${other.id}`),
    )
    const enrolling = enrolTestAgent(server, 'one-more', { key: key.json.api_key })
    await expect(enrolling).rejects.toThrow('TOO_MANY_AGENTS')
    const still = { proof: other.proof.publicKey, sealing: other.sealing.publicKey }
    const { 'x-agent-proof': _, ...own } = { ...headers, 'x-agent-api-key': key.json.api_key }
    const again = await call('POST', '/enrol', enrolment('web-1', still), {
      ...{ key: null, headers: own },
    })
    expect([again.status, again.json.agentId]).toEqual([201, other.id])
  })

  describe('discoveries', () => {
    const made = async (commonName: string) => {
      const answer = await server.call('POST', '/trust/api/certificates', { body: { commonName } })
      const pem: string = answer.json.data.certificate
      return pem.replaceAll(/-----[^-]+-----|\s/g, '')
    }
    const sighting = (certificate: string, path: string) => ({
      ...{ certificate, path, chain: [], hostname: 'web-1', hasPrivateKey: true },
    })
    const report = (runId: string, complete: boolean, sightings: object[]) => ({
      ...{ source: 'filesystem', runId, complete, sightings, skipped: [] },
    })
    const tell = (body: object) => agent.ask('POST', '/api/agents/me/discoveries', body)
    const found = async () =>
      (await server.call('GET', `/trust/api/discovered-certificates?agentId=${agent.id}`)).json.data

    it('are kept until a whole run no longer sees them', async () => {
      const { intermediate } = await newHierarchy()
      const issued = async (name: string) =>
        Buffer.from((await newLeaf(intermediate, [name])).der).toString('base64')
      const [a, b] = [await issued('a.example'), await issued('b.example')]
      const managed = await made('managed.example')
      const first = await tell(
        report('run-1', true, [
          sighting(a, '/etc/a.pem'),
          sighting(b, '/etc/b.pem'),
          sighting(managed, '/etc/m.pem'),
          sighting('AAAA', '/etc/junk.pem'),
        ]),
      )
      expect([first.status, first.json.data]).toEqual([200, { stored: 3, unreadable: 1 }])
      const byName = '/trust/api/discovered-certificates?agentId=web-1'
      expect((await server.call('GET', byName)).json.pagination.total).toBe(2)
      const names = async () =>
        (await found()).map((each: { commonName: string }) => each.commonName)
      expect((await names()).toSorted()).toEqual(['a.example', 'b.example'])
      await tell(report('run-2', false, [sighting(a, '/etc/a.pem')]))
      expect(await names()).toHaveLength(2)
      await tell(report('run-3', true, [sighting(a, '/etc/a.pem')]))
      expect(await names()).toEqual(['a.example'])
      const [shown] = await found()
      expect(shown.locations).toMatchObject([{ agentId: agent.id, path: '/etc/a.pem' }])
      const unchanged = [{ hostname: 'web-1', path: '/etc/a.pem' }]
      await tell({ ...report('run-4', true, []), unchanged })
      expect(await names()).toEqual(['a.example'])
      await tell(report('run-5', true, []))
      expect(await names()).toEqual([])
    })

    it('of many places show the first, and how many there are', async () => {
      const { intermediate } = await newHierarchy()
      const { der } = await newLeaf(intermediate, ['many.example'])
      const certificate = Buffer.from(der).toString('base64')
      const places = Array.from({ length: 120 }, (_, n) => sighting(certificate, `/etc/${n}.pem`))
      await tell(report('many', true, places))
      const [shown] = await found()
      expect([shown.locationsTotal, shown.locations.length]).toEqual([120, 100])
      // Nothing is left of those that went: paths come and go for as long as an agent runs.
      await tell(report('none', true, []))
      const count = sql`select count(*) as n from certificate_locations
        where agent_id = ${agent.id}`
      const left = () => db.inTenant(server.organization_id, (tx) => tx.one<{ n: number }>(count))
      expect((await left()).n).toBe(0)
    })

    it('400 for a place of more bytes than a key may have', async () => {
      const { intermediate } = await newHierarchy()
      const { der } = await newLeaf(intermediate, ['long.example'])
      const letters = Array.from({ length: 1_000 }, () =>
        String.fromCodePoint(0x4e00 + Math.floor(Math.random() * 20_000)),
      )
      const at = sighting(Buffer.from(der).toString('base64'), letters.join(''))
      const { status, json } = await tell(report('long', false, [at]))
      expect([status, json.error.details?.fields[0].field]).toEqual([400, 'sightings.0.path'])
    })

    it('of two agents at once, in another order, are all kept', async () => {
      const other = await enrolTestAgent(server, 'web-2')
      const { intermediate } = await newHierarchy()
      const sightings = await Promise.all(
        Array.from({ length: 60 }, async (_, n) => {
          const { der } = await newLeaf(intermediate, [`both-${n}.example`])
          return sighting(Buffer.from(der).toString('base64'), `/etc/${n}.pem`)
        }),
      )
      const path = '/api/agents/me/discoveries'
      for (const half of [sightings.slice(0, 30), sightings.slice(30), sightings]) {
        const answers = await Promise.all([
          agent.ask('POST', path, report('both', false, half)),
          other.ask('POST', path, report('both', false, half.toReversed())),
        ])
        expect(answers.map(({ status }) => status)).toEqual([200, 200])
      }
    })

    it('an agent is sent to look', async () => {
      const { status, json } = await call('POST', '/web-1/discover', { source: 'filesystem' })
      expect(status).toBe(202)
      const again = await call('POST', '/web-1/discover', { source: 'filesystem' })
      expect(again.json.data).toEqual(json.data)
      const job = await agent.job()
      expect(job).toMatchObject({ work: { kind: 'discover', source: 'filesystem', deep: false } })
      const wrong = await agent.end(job, { state: 'key_made', csr: 'AAAA' })
      expect([wrong.status, wrong.json.error.details.fields[0].field]).toEqual([400, 'state'])
      expect((await agent.end(job, { state: 'discovered', sightings: 2 })).status).toBe(200)
      const other = await call('POST', '/web-1/discover', { source: 'cloud' })
      expect([other.status, other.json.error.message]).toEqual([
        400,
        expect.stringContaining('filesystem'),
      ])
    })
  })

  it('that wait are woken by what there is to do', async () => {
    const waiting = agent.jobs(30)
    await call('POST', '/web-1/discover', { source: 'filesystem' })
    const [job] = await waiting
    expect(job?.work.kind).toBe('discover')
    if (job !== undefined) await agent.end(job, { state: 'discovered', sightings: 0 })
  })

  it('never hear a sequence again, not even of a server that a backup brought back', async () => {
    const next = async () => {
      await call('POST', '/web-1/discover', { source: 'filesystem' })
      const job = await agent.job()
      await agent.end(job, { state: 'discovered', sightings: 0 })
      return job.sequence
    }
    const before = await next()
    await db.inTenant(server.organization_id, (tx) => tx.run(sql`update agents set sequence = 1`))
    expect(await next()).toBeGreaterThan(before)
  })

  it('that ask twice at once wait once', async () => {
    const first = agent.jobs(30)
    await expect.poll(async () => (await agent.jobs(0)).length).toBe(0)
    expect(await first).toEqual([])
  })

  it('that ask while they are revoked stand in nobody’s way', async () => {
    const late = await enrolTestAgent(server, 'late-1')
    await call('POST', '/late-1/discover', { source: 'filesystem' })
    const blocked = sql`select 1 as one from pg_locks where not granted`
    // As a revocation does it: the agent, and then its jobs.
    const asked = await db.inTenant(server.organization_id, async (tx) => {
      await tx.run(sql`update agents set revoked_at = now() where id = ${late.id}`)
      const asking = late.ask('GET', jobsPath)
      await expect.poll(async () => (await db.pool.query(blocked)).rowCount).toBe(1)
      await tx.run(sql`update agent_jobs set expires_at = now() where agent_id = ${late.id}`)
      return { asking }
    })
    const { status, json } = await asked.asking
    expect([status, json.data]).toEqual([200, []])
  })

  it('that are revoked are refused at once', async () => {
    const gone = await enrolTestAgent(server, 'gone-1')
    expect((await gone.ask('GET', jobsPath)).status).toBe(200)
    const { status, json } = await call('POST', '/gone-1/revoke')
    expect([status, json.data.status]).toEqual([200, 'revoked'])
    const refused = await gone.ask('GET', jobsPath)
    expect([refused.status, refused.json.error.code]).toEqual([401, 'AGENT_NOT_ACCEPTED'])
    const keys = { proof: gone.proof.publicKey, sealing: gone.sealing.publicKey }
    const back = await call('POST', '/enrol', enrolment('gone-1', keys), {
      ...{ key: null, headers: agentKey() },
    })
    expect([back.status, back.json.error.code]).toEqual([409, 'AGENT_REVOKED'])
    // What is asked of it afterwards, by a rollout for instance, ends at once as well.
    const place = { organizationId: server.organization_id, agentId: gone.id }
    const late = await db.inTenant(place.organizationId, async (tx) => {
      const id = await insertJob(tx, { ...place, kind: 'discover', lastsMs: 86_400_000 })
      return findJob(tx, { ...place, id })
    })
    expect(late?.due).toBe(true)
    // Its name is free, and its id still says who it was.
    await enrolTestAgent(server, 'gone-1')
    expect((await call('GET', `/${gone.id}`)).json.data.status).toBe('revoked')
    const unable = await call('POST', '/web-1/revoke', undefined, {
      key: server.keys.trust_agent ?? '',
    })
    expect([unable.status, unable.json.error.details.scope]).toEqual([403, 'manage:agents'])
  })
})
