// Every route that takes an id is asked for what belongs to another organization, and for what does
// not exist: the two answers are the same, byte for byte.
import { randomBytes } from 'node:crypto'
import { rootCertificates } from 'node:tls'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { sealedBytes, sealOf } from '../../src/certus/seal/submission.ts'
import { seedFindings, seedRepository } from '../../src/gate/findings/seed.fixture.ts'
import { type Database, openDatabase, sql } from '../../src/platform/db.ts'
import { prefixedId, uuid7 } from '../../src/platform/ids.ts'
import { type Browser, browserEnv, ownerBrowser } from '../fixtures/browser.ts'
import type { Answer, CallOptions, Json } from '../fixtures/call.ts'
import { hasDatabase } from '../fixtures/database.ts'
import { accept } from '../fixtures/people.ts'
import { startTestServer, type TestServer } from '../fixtures/server.ts'

const mounts = ['gate', 'trust', 'identity', 'certus', 'console'] as const
type Mount = (typeof mounts)[number]

/** By operation: a body that is valid, so that the answer is about the id. */
const bodies: Record<string, object> = {
  changeCodeHostLink: { minimum_grade: 'B' },
  changeFinding: { status: 'resolved' },
  changeOrganization: { plan: 'free' },
  changeUser: { role: 'viewer' },
  renameWorkspace: { name: 'Taken over' },
  issuePasswordReset: { password: 'correct horse battery' },
  resetTwoFactor: { password: 'correct horse battery' },
  changeKey: { active: false },
  rotateKey: {},
  rotateApiKey: {},
  rotateClient: {},
  updateWebhook: { description: 'Taken over' },
  handInCertificate: { certificate: rootCertificates[0] },
  updateCertificate: { autoRenew: true },
  updateCertificateAuthority: { name: 'Taken over' },
  createEabKey: { name: 'Taken over' },
  updateRenewalPolicy: { name: 'Taken over' },
  updateAlertChannel: { name: 'Taken over' },
  replayWebhook: { since: '2026-01-01T00:00:00Z' },
  changePrincipal: { name: 'Taken over' },
  createTaskToken: { task: 'Taken over' },
  replacePolicy: { name: 'Taken over', cedar: 'permit (principal is User, action, resource);' },
  changePolicy: { status: 'archived' },
  rollbackPolicy: { version: 1 },
  startDiscovery: { source: 'filesystem' },
  updateDeploymentTarget: { order: 1 },
  rejectException: { note: 'Taken over' },
  revokeException: { note: 'Taken over' },
  releaseHold: { reason: 'Taken over' },
}

const refusals = [
  /** Only operators of the installation know other organizations at all. */
  { of: ['changeOrganization'], status: 403 },
  /** Whoever does not sign is told nothing of the link. */
  { of: ['receiveGitlabDelivery', 'receiveBitbucketDelivery'], status: 401 },
]
/** Of the installation, not of a tenant; or whatever a tenant calls what is its own. */
const shared = [
  'kid',
  'type',
  'id',
  'file',
  'token',
  'request',
  'framework',
  'blueprint',
  '*',
].concat(
  // ACME asks for a signature instead of a key: acme.test.ts asks there for what is another's.
  ['authority', 'certificate', 'account', 'order', 'authorization', 'challenge'],
  // Agents prove who they are: agents.test.ts and deployments.test.ts ask for another's.
  ['job_id'],
)
/** What numbers something of a tenant's. */
const numbers: Record<string, string> = { version: '1' }

describe.skipIf(!hasDatabase)('ids of another organization', () => {
  let server: TestServer
  let db: Database
  let theirs: Tenant
  let mine: Tenant
  beforeAll(async () => {
    server = await startTestServer({
      env: {
        ...browserEnv,
        PANTHERA_GITHUB_CLONE_URL: 'file:///nowhere',
        PANTHERA_WEBHOOK_ALLOW_CIDRS: '127.0.0.0/8',
      },
    })
    db = openDatabase({ connection: server.databaseUrl, onError: () => undefined })
    const owner = await ownerBrowser(server)
    theirs = await furnish({
      organizationId: server.organization_id,
      keys: server.keys,
      browser: owner,
    })
    mine = await furnish(await another())
  })
  afterAll(async () => {
    await db.close()
    await server.stop()
  })

  const channelBody = {
    name: 'Of a tenant',
    type: 'webhook',
    settings: { url: 'http://127.0.0.1:9/hook' },
  }

  interface Entered {
    organizationId: string
    keys: Record<string, string>
    browser: Browser
  }
  interface Tenant extends Entered {
    ids: Record<string, string>
  }

  /** A second organization with keys of every surface, and its owner. */
  async function another(): Promise<Entered> {
    const { json } = await server.call('POST', '/console/api/organizations', {
      body: { name: 'Another', plan: 'enterprise', owner_email: 'another@example.com' },
    })
    const keys: Record<string, string> = { identity: json.admin_key }
    for (const surface of ['gate', 'trust', 'certus']) {
      const made = await server.call('POST', '/console/api/keys', {
        key: json.admin_key,
        body: { surface, name: 'all' },
      })
      keys[surface === 'trust' ? 'trust_public' : surface] = made.json.api_key
    }
    const person = await accept(server, json.owner_invitation)
    return { organizationId: json.id, keys, browser: person.browser }
  }

  /** Something of every kind that a route takes the id of. */
  async function furnish(entered: Entered): Promise<Tenant> {
    const { organizationId, keys, browser } = entered
    const post = async (path: string, body: object): Promise<Json> => {
      const answer = await server.call('POST', path, { key: keyFor(path, keys), body })
      if (answer.status >= 300) throw new Error(`${path} answered ${answer.text}`)
      return answer.json
    }
    const asPerson = async (method: string, path: string, body?: object): Promise<Json> =>
      (await browser.call(method, path, body === undefined ? {} : { body })).json
    const scan = await post('/gate/api/scans', {
      organization_id: organizationId,
      scan_type: 'code',
      provider: 'github',
      owner: 'acme',
      repo_name: 'shop',
    })
    const key = await post('/console/api/keys', { surface: 'identity', name: 'of a tenant' })
    const client = await post('/identity/v1/oauth/clients', {
      name: 'of a tenant',
      grant_types: ['client_credentials'],
      scopes: ['admin:console'],
    })
    const webhook = await post('/gate/api/webhooks', {
      url: 'http://127.0.0.1:9/hook',
      events: ['scan.completed'],
    })
    const principal = await post('/identity/v1/principals', { type: 'SERVICE_ACCOUNT', name: 'P' })
    const policy = await post('/identity/v1/policies', {
      name: 'Of a tenant',
      cedar: 'permit (principal is User, action, resource);',
    })
    const decision = await post('/identity/v1/decisions/evaluate', {
      principal: principal.id,
      action: 'read',
      resource: 'document:1',
    })
    const { auditor, ...evidence } = await plantEvidence(organizationId, keys.identity ?? '')
    const invitation = await asPerson('POST', '/trust/api/invitations', {
      email: `${randomBytes(4).toString('hex')}@example.com`,
      role: 'viewer',
    })
    const workspace = await asPerson('POST', '/trust/api/workspaces', { name: 'Second' })
    const sessions = await asPerson('GET', '/trust/api/auth/sessions')
    return {
      ...entered,
      keys: { ...keys, auditor },
      ids: {
        ...(await plant(organizationId, webhook.id)),
        ...(await furnishTrust(organizationId, post)),
        ...evidence,
        organization_id: organizationId,
        scan_id: scan.scan_id,
        key_id: key.id,
        client_id: client.client_id,
        webhook_id: webhook.id,
        principal_id: principal.id,
        policy_id: policy.id,
        decision_id: decision.id,
        invitation_id: invitation.data.id,
        workspace_id: workspace.data.id,
        session_id: sessions.data[0].id,
        user_id: (await asPerson('GET', '/trust/api/auth/me')).user.id,
      },
    }
  }

  async function furnishTrust(
    organizationId: string,
    post: (path: string, body: object) => Promise<Json>,
  ): Promise<Record<string, string>> {
    const certificate = await post('/trust/api/certificates', { commonName: 'a.example.com' })
    const renewalPolicy = await post('/trust/api/renewal-policies', { name: 'Of a tenant' })
    const channel = await post('/trust/api/alert-channels', channelBody)
    return {
      ...(await plantCertificate(organizationId, certificate.data)),
      certificate_id: String(certificate.data.id),
      authority_id: String(certificate.data.certificateAuthorityId),
      renewal_policy_id: String(renewalPolicy.data.id),
      alert_channel_id: String(channel.data.id),
    }
  }

  async function plantEvidence(organizationId: string, key: string) {
    const made = await server.call('POST', '/console/api/keys', {
      key,
      body: { surface: 'certus', name: 'of a tenant' },
    })
    const { api_key, evidence_secret } = made.json
    const pack = {
      repo_slug: 'acme/shop',
      commit_hash: 'a'.repeat(40),
      branch: 'main',
      findings: [],
      control_results: [],
      grade: 'A',
      score: 100,
      evidence_pack_id: `pack-${organizationId}`,
    }
    const sealed = { ...pack, signed_hash: sealOf(sealedBytes(pack), evidence_secret) }
    const post = async (path: string, body: object): Promise<Json> => {
      const answer = await server.call('POST', `/certus/api${path}`, { key: api_key, body })
      if (answer.status !== 201) throw new Error(`${path} answered ${answer.text}`)
      return answer.json
    }
    await post('/scans', sealed)
    const hold = await post('/retention/holds', { reason: 'of a tenant' })
    const link = await post('/auditor-links', {
      name: 'of a tenant',
      expires_at: new Date(Date.now() + 86_400_000).toISOString(),
    })
    return {
      auditor: link.token as string,
      evidence_pack_id: pack.evidence_pack_id,
      exception_id: await plantException(organizationId),
      hold_id: hold.id as string,
      link_id: link.id as string,
    }
  }

  /** It takes two people. */
  async function plantException(organizationId: string): Promise<string> {
    const id = uuid7()
    await db.inTenant(organizationId, (tx) =>
      tx.run(sql`insert into evidence_exceptions (organization_id, id, repository, finding, about,
          evidence_pack_id, reason, requested_by, requested_person, expires_at)
        values (${organizationId}, ${id}, 'acme/shop', 'f', '{}', '', 'R', '{}', ${uuid7()},
          now() + interval '1 day')`),
    )
    return id
  }

  /** What agents find and the clock brings. */
  async function plantCertificate(organizationId: string, { id, workspaceId }: Json) {
    return db.inTenant(organizationId, async (tx) => {
      const alert = await tx.one<{ id: number }>(sql`insert into alerts
          (organization_id, workspace_id, certificate_id, class, severity, summary)
        values (${organizationId}, ${workspaceId}, ${id}, 'policy_violation', 'error', 'A')
        returning id`)
      const discovered = await tx.one<{ id: number }>(sql`insert into discovered_certificates
          (organization_id, workspace_id, fingerprint, der)
        select ${organizationId}, ${workspaceId}, '\\x00', der from certificate_versions
         where organization_id = ${organizationId} and certificate_id = ${id}
        returning id`)
      const accountId = uuid7()
      await tx.run(sql`insert into acme_accounts (organization_id, id, authority_id, workspace_id,
          thumbprint, jwk, status, contacts)
        select organization_id, ${accountId}, authority_id, workspace_id, '', '{}', 'valid', '{}'
          from certificates where organization_id = ${organizationId} and id = ${id}`)
      const agentId = prefixedId('agent')
      await tx.run(sql`insert into agents (organization_id, id, workspace_id, name, key_id,
          hostname, version, platform, target_types, sources, reload_commands, proof_key,
          sealing_key)
        values (${organizationId}, ${agentId}, ${workspaceId}, 'a', '', '', '', '', '{}',
          '{filesystem}', '{}', ${Buffer.from(agentId)}, '')`)
      const target = await tx.one<{ id: number }>(sql`insert into deployment_targets
          (organization_id, workspace_id, name, type, settings, agent_id, position)
        values (${organizationId}, ${workspaceId}, 't', 'files',
          '{"keyFile":"/etc/key"}', ${agentId}, 1) returning id`)
      const deployment = await tx.one<{ id: number }>(sql`insert into deployments
          (organization_id, workspace_id, certificate_id, version, target, agent_id, cause, state,
           finished_at, created_by)
        values (${organizationId}, ${workspaceId}, ${id}, 1, 't', ${agentId}, 'requested',
          'failed', now(), 'test') returning id`)
      return {
        agent_id: agentId,
        target_id: String(target.id),
        deployment_id: String(deployment.id),
        alert_id: String(alert.id),
        discovered_id: String(discovered.id),
        account_id: accountId,
      }
    })
  }

  /** What only work in the background makes. */
  async function plant(organizationId: string, webhookId: string) {
    const [connectionId, messageId, deliveryId] = [uuid7(), uuid7(), uuid7()]
    const linkId = uuid7()
    return db.inTenant(organizationId, async (tx) => {
      await tx.run(sql`insert into connections
          (organization_id, id, provider, host, name, sealed_token)
        values (${organizationId}, ${connectionId}, 'gitlab', 'gitlab.example', 'C', '')`)
      await tx.run(sql`insert into code_host_links
          (organization_id, id, provider, name, installation_id, created_by)
        values (${organizationId}, ${linkId}, 'github', 'L', ${linkId}, 'test')`)
      await tx.run(sql`insert into webhook_messages (organization_id, id, event, body)
        values (${organizationId}, ${messageId}, 'scan.completed', '{}')`)
      await tx.run(sql`insert into webhook_deliveries
          (organization_id, id, endpoint_id, message_id, status)
        values (${organizationId}, ${deliveryId}, ${webhookId}, ${messageId}, 'failed')`)
      const repositoryId = await seedRepository(tx, organizationId, { name: 'seeded' })
      const [finding] = await seedFindings(tx, organizationId, [{ repositoryId }])
      const event = await tx.one<{ id: string }>(sql`select id from audit_events limit 1`)
      return {
        connection_id: connectionId,
        delivery_id: deliveryId,
        link_id: linkId,
        finding_id: finding?.id ?? '',
        event_id: event.id,
      }
    })
  }

  function keyFor(path: string, keys: Record<string, string>): string {
    const mount = path.split('/')[1] ?? ''
    if (path.startsWith('/certus/auditor/')) return keys.auditor ?? ''
    const names: Record<string, string> = { trust: 'trust_public', console: 'identity' }
    return keys[names[mount] ?? mount] ?? ''
  }

  interface Operation {
    operationId: string
    method: string
    path: string
    bySession: boolean
  }

  async function operations(): Promise<Operation[]> {
    const all: Operation[] = []
    for (const mount of mounts satisfies readonly Mount[]) {
      const { json } = await server.call('GET', `/${mount}/openapi.json`, { key: null })
      for (const [path, methods] of Object.entries<Record<string, Json>>(json.paths)) {
        for (const [method, { operationId, security }] of Object.entries(methods)) {
          const bySession = security.length === 1 && 'session' in security[0]
          const place = { method: method.toUpperCase(), path: `/${mount}${path}` }
          all.push({ operationId, bySession, ...place })
        }
      }
    }
    return all.filter(({ path }) => path.includes('{'))
  }

  const namesIn = (path: string) =>
    [...path.matchAll(/\{(\w+)\}/g)]
      .map(([, name = '']) => name)
      .filter((name) => !(name in numbers))

  /** Of the same form, and nobody's. */
  function missing(id: string): string {
    if (/^\d+$/.test(id)) return '987654321'
    if (/^[0-9a-f-]{36}$/.test(id)) return '00000000-0000-4000-8000-00000000dead'
    return id.replace(/[0-9A-Za-z]{6}$/, '000000')
  }

  function ask(operation: Operation, ids: Record<string, string>): Promise<Answer> {
    const path = operation.path.replaceAll(
      /\{(\w+)\}/g,
      (_, name: string) => ids[name] ?? numbers[name] ?? '',
    )
    const body = bodies[operation.operationId]
    const options: CallOptions = body === undefined ? {} : { body }
    if (operation.bySession) return mine.browser.call(operation.method, path, options)
    return server.call(operation.method, path, { key: keyFor(path, mine.keys), ...options })
  }

  it('are known to this test, each with something of its kind', async () => {
    const names = (await operations()).flatMap(({ path }) => namesIn(path))
    const unknown = [...new Set(names)].filter((name) => !(name in theirs.ids))
    expect(unknown.filter((name) => !shared.includes(name))).toEqual([])
    expect(names.length).toBeGreaterThan(20)
    for (const [name, id] of Object.entries(theirs.ids)) {
      expect(id, name).toEqual(expect.stringMatching(/^\d+$|.{10}/))
      expect(id, name).not.toBe(mine.ids[name])
    }
  })

  it('answer as ids that do not exist, whichever of them is foreign', async () => {
    const faults: string[] = []
    for (const operation of await operations()) {
      const names = namesIn(operation.path)
      if (names.some((name) => shared.includes(name))) continue
      // All of them foreign, then one at a time among the caller's own.
      for (const foreign of names.length === 1
        ? [names]
        : [names, ...names.map((name) => [name])]) {
        const choose = (pick: (name: string) => string) =>
          Object.fromEntries(
            names.map((name) => [
              name,
              foreign.includes(name) ? pick(name) : (mine.ids[name] ?? ''),
            ]),
          )
        const there = await ask(
          operation,
          choose((name) => theirs.ids[name] ?? ''),
        )
        const nowhere = await ask(
          operation,
          choose((name) => missing(theirs.ids[name] ?? '')),
        )
        const what = `${operation.operationId} (${operation.method} ${operation.path}), ${foreign}`
        const { operationId } = operation
        const expected = refusals.find(({ of }) => of.includes(operationId))?.status ?? 404
        if (there.status !== expected) faults.push(`${what}: ${there.status} ${there.text}`)
        if (answered(there) !== answered(nowhere)) faults.push(`${what}: ${nowhere.text}`)
      }
    }
    expect(faults).toEqual([])
  })

  it('name no workspace of another organization', async () => {
    const look = (id: string) => {
      const headers = { 'x-workspace-id': id }
      return [
        server.call('GET', '/gate/api/findings', { key: mine.keys.gate ?? null, headers }),
        mine.browser.call('GET', '/trust/api/auth/me', { headers }),
      ]
    }
    const foreign = theirs.ids.workspace_id ?? ''
    const [there, nowhere] = await Promise.all(
      [foreign, missing(foreign)].map((id) => Promise.all(look(id))),
    )
    there?.forEach((answer, at) => {
      const other = nowhere?.[at]
      expect([answer.status, other?.status]).toEqual([403, 403])
      expect(answer.text.replace(foreign, missing(foreign))).toBe(other?.text)
    })
  })

  /** All of it but what tells one request from another: its id, the limits, the clock. */
  function answered({ status, text, headers }: Answer): string {
    const kept = [...headers].filter(([name]) => !/^(date|x-request-id|x-ratelimit-)/.test(name))
    return JSON.stringify([status, text.replace(/req_\w+/, ''), kept])
  }
})
