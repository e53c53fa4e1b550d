// A server that dies at any statement of a deployment leaves it as it was or as it becomes: who
// comes afterwards ends it, once.
import { generateKeyPairSync, randomBytes } from 'node:crypto'
import { beforeAll, describe, expect, it } from 'vitest'
import { enrolment, requestOf } from '../../../test/fixtures/agent.ts'
import { hasDatabase, useTestDatabase } from '../../../test/fixtures/database.ts'
import { Died, dyingAt } from '../../../test/fixtures/dying-database.ts'
import { type Database, sql } from '../../platform/db.ts'
import type { Caller } from '../../platform/http/caller.ts'
import { uuid7 } from '../../platform/ids.ts'
import type { Platform } from '../../platform/platform.ts'
import { createSecrets } from '../../platform/secrets.ts'
import { enrolAgent } from '../agents/enrol.ts'
import { offerJobs } from '../agents/offer.ts'
import { tellResult } from '../agents/result.ts'
import { findLiving, type LivingAgent } from '../agents/store.ts'
import { lookAtJob } from '../agents/sweep.ts'
import { createAuthorities } from '../authorities/load.ts'
import { authorityService } from '../authorities/service.ts'
import { issueCertificate } from '../certificates/issue.ts'
import { CreateCertificate } from '../certificates/schema.ts'
import { renewCertificate } from '../certificates/service.ts'
import type { JobResult } from '../connectors/agent-protocol.ts'
import type { Trust } from '../parts.ts'
import { runRenewal } from '../renewals/jobs.ts'
import { createTarget } from '../targets/service.ts'
import { deployCertificate } from './service.ts'

const organizationId = uuid7()
const caller: Caller = {
  organizationId,
  workspaceId: 'ws_1',
  plan: 'enterprise',
  actor: { kind: 'key', id: 'key_1', name: 'Test' },
  surface: 'trust',
  scopes: ['*'],
  expiresAt: null,
  firstOrganization: true,
  organizationWide: true,
}
const origin = { caller, address: null, requestId: null }

describe.skipIf(!hasDatabase)('deployments through crashes', () => {
  const database = useTestDatabase()
  let trust: Trust
  let agent: LivingAgent

  beforeAll(async () => {
    const { db } = database
    await db.inSystem((tx) =>
      tx.run(sql`insert into organizations (id, name, plan)
        values (${organizationId}, 'O', 'enterprise')`),
    )
    await db.inTenant(organizationId, (tx) =>
      tx.run(sql`insert into workspaces (organization_id, id, name)
        values (${organizationId}, 'ws_1', 'W')`),
    )
    const platform = {
      db,
      secrets: createSecrets({ masterKey: randomBytes(32) }),
      config: { publicUrl: 'http://localhost:4000' },
      node: { id: 'node', isGone: () => false },
      log: { warn: () => undefined, error: () => undefined },
      now: () => Date.now(),
    } as unknown as Platform
    const authorities = createAuthorities(platform)
    trust = { platform, authorities, authorityService: authorityService(platform, authorities) }
    const told = enrolment('web', {
      proof: generateKeyPairSync('ed25519').publicKey,
      sealing: generateKeyPairSync('x25519').publicKey,
    })
    const { agentId } = await enrolAgent(trust, origin, told)
    agent = (await db.inTenant(organizationId, (tx) =>
      findLiving(tx, { organizationId, id: agentId }),
    )) as LivingAgent
    for (const [order, name] of ['one', 'two'].entries()) {
      const settings = { fullchainFile: `/etc/tls/${name}.pem` }
      const target = { name, type: 'files', settings, agentId, order } as const
      await createTarget(platform, origin, target)
    }
  })

  const withDatabase = (db: Database): Trust => ({
    ...trust,
    platform: { ...trust.platform, db },
  })
  const issue = (more: object = {}) =>
    issueCertificate(
      trust,
      origin,
      CreateCertificate.parse({ commonName: 'a.example', keyLocation: 'server', ...more }),
    )
  const offered = async () => {
    const [first] = await offerJobs(trust, agent)
    if (first === undefined) throw new Error('no job is offered')
    return first.jobId
  }
  const rows = <Row extends object>(text: string): Promise<Row[]> =>
    database.db.inTenant(organizationId, (tx) => tx.rows(sql([text]))) as Promise<Row[]>
  const states = async (id: number) =>
    (
      await rows<{ state: string }>(
        `select state from deployments where certificate_id = ${id} order by id`,
      )
    ).map(({ state }) => state)
  const told = async (id: number) => {
    const [row] = await rows<{ n: number }>(`select count(*)::int as n from audit_events
      where action = 'certificate.deployed' and object_id = '${id}'`)
    return row?.n
  }
  const deployed: JobResult = {
    state: 'deployed',
    steps: [],
    servedFingerprint: null,
    message: null,
  }
  /** Does it again and again, dying one statement later each time; answers how often it died. */
  const untilItLives = async (
    work: (trust: Trust) => Promise<unknown>,
    check: () => Promise<void>,
  ) => {
    for (let statement = 0; ; statement++) {
      try {
        await work(withDatabase(dyingAt(database.db, statement)))
        return statement
      } catch (error) {
        if (!(error instanceof Died)) throw error
        await check()
      }
    }
  }

  it('is wished for whole or not at all', async () => {
    const { id } = await issue()
    const died = await untilItLives(
      (mortal) => deployCertificate(mortal, origin, { id, targets: ['one', 'two'] }),
      async () => expect(await states(id)).toEqual([]),
    )
    expect(died).toBeGreaterThan(10)
    expect(await states(id)).toEqual(['queued', 'waiting'])
  })

  it('is offered and ended whole or not at all', async () => {
    const id = await openCertificate()
    await untilItLives(
      (mortal) => offerJobs(mortal, agent),
      async () => expect(await states(id)).toEqual(['queued', 'waiting']),
    )
    expect(await states(id)).toEqual(['running', 'waiting'])
    const [job] = await rows<{ id: string }>(`select id from agent_jobs where state = 'offered'`)
    const jobId = job?.id ?? ''
    const died = await untilItLives(
      (mortal) => tellResult(mortal, agent, jobId, deployed),
      async () => expect(await states(id)).toEqual(['running', 'waiting']),
    )
    expect(died).toBeGreaterThan(8)
    expect(await states(id)).toEqual(['deployed', 'queued'])
    await tellResult(trust, agent, jobId, deployed)
    expect([await states(id), await told(id)]).toEqual([['deployed', 'queued'], 1])
    await tellResult(trust, agent, await offered(), deployed)
    expect([await states(id), await told(id)]).toEqual([['deployed', 'deployed'], 2])
  })

  it('is taken back from who fell silent whole or not at all', async () => {
    const { id } = await issue()
    await deployCertificate(trust, origin, { id, targets: ['one'] })
    const jobId = await offered()
    await rows(`update agent_jobs set lease_until = now() - interval '1 second'
      where id = '${jobId}'`)
    await untilItLives(
      (mortal) => lookAtJob(mortal, { organizationId, id: jobId }),
      async () => expect(await states(id)).toEqual(['running']),
    )
    expect(await states(id)).toEqual(['queued'])
    await rows(`update agent_jobs set next_attempt_at = now() where id = '${jobId}'`)
    expect(await offered()).toBe(jobId)
    await tellResult(trust, agent, jobId, deployed)
    expect([await states(id), await told(id)]).toEqual([['deployed'], 1])
  })

  it('is given up where its agent never comes, or cannot be told', async () => {
    const [away, untold, other] = [await issue(), await issue(), await issue()]
    for (const { id } of [away, untold, other]) {
      await deployCertificate(trust, origin, { id, targets: ['one'] })
    }
    const jobOf = async (id: number) =>
      (
        await rows<{ id: string }>(`select j.id from agent_jobs j join deployments d
          on d.id = j.deployment_id where d.certificate_id = ${id}`)
      )[0]?.id ?? ''
    const giveUp = async (id: number) => {
      await rows(`update agent_jobs set expires_at = now() where id = '${await jobOf(id)}'`)
      await lookAtJob(trust, { organizationId, id: await jobOf(id) })
      return (
        await rows<{ code: string }>(`select error_code as code from deployments
          where certificate_id = ${id} and state = 'failed'`)
      )[0]?.code
    }
    expect(await giveUp(away.id)).toBe('agent_unavailable')
    await rows(`update certificate_versions set sealed_key = 'spoilt'
      where certificate_id = ${untold.id}`)
    expect(await offered()).toBe(await jobOf(other.id))
    await tellResult(trust, agent, await jobOf(other.id), deployed)
    expect(await states(other.id)).toEqual(['deployed'])
    expect(await giveUp(untold.id)).toBe('internal_error')
  })

  it('a renewal whose key an agent makes ends in one version that is deployed', async () => {
    const { id } = await issue({ deploymentTargets: ['one'] })
    await rows(`update certificates set key_location = 'agent:${agent.id}' where id = ${id}`)
    const { renewalId } = await renewCertificate(trust, origin, { id, deployAfterRenewal: true })
    const place = { organizationId, id: renewalId }
    const state = async () =>
      (await rows<{ state: string }>(`select state from renewals where id = ${renewalId}`))[0]
        ?.state
    await runUntil(place, async () => (await state()) === 'waiting_agent')
    const jobId = await offered()
    const { csr } = await requestOf('a.example')
    await untilItLives(
      (mortal) => tellResult(mortal, agent, jobId, { state: 'key_made', csr }),
      async () => expect(await state()).toBe('waiting_agent'),
    )
    expect(await state()).toBe('queued')
    await runUntil(place, async () => (await state()) === 'stored')
    const versions = await rows<{ number: number }>(
      `select number from certificate_versions where certificate_id = ${id}`,
    )
    expect(versions).toHaveLength(2)
    expect(await states(id)).toEqual(['queued'])
    await tellResult(trust, agent, await offered(), deployed)
    expect([await states(id), await told(id)]).toEqual([['deployed'], 1])
  })

  /** Lets servers die at later and later statements, each followed by another, until it is so. */
  async function runUntil(
    place: { organizationId: string; id: number },
    isThere: () => Promise<boolean>,
  ): Promise<void> {
    for (let statement = 0; !(await isThere()); statement++) {
      // A machine takes its own death for a fault that passes: what it then writes dies as well.
      await runRenewal(withDatabase(dyingAt(database.db, statement)), place).catch((error) => {
        if (!(error instanceof Died)) throw error
      })
      await rows(`update renewals set lease_until = null, next_attempt_at = now()
        where id = ${place.id}`)
    }
  }

  async function openCertificate(): Promise<number> {
    const [row] = await rows<{ id: number }>(
      `select certificate_id as id from deployments where state = 'queued'`,
    )
    return Number(row?.id)
  }
})
