// Deliveries of code hosts: who is heard, what is dropped, and that none of them breaks anything.
import { createHmac, randomUUID } from 'node:crypto'
import examples from '@octokit/webhooks-examples' with { type: 'json' }
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openDatabase, sql } from '../../src/platform/db.ts'
import { signedHeaders } from '../../src/platform/webhooks/signature.ts'
import { parseSigningKey } from '../../src/platform/webhooks/signing-key.ts'
import type { Json } from '../fixtures/call.ts'
import { hasDatabase } from '../fixtures/database.ts'
import { startTestServer, type TestServer } from '../fixtures/server.ts'

const secret = ['made', 'up', 'webhook', 'secret'].join('-')
const github = '/certus/api/webhooks/github'

describe.skipIf(!hasDatabase)('webhooks of code hosts', () => {
  let server: TestServer
  beforeAll(async () => {
    server = await startTestServer({
      // Without a worker what is queued stays, and can be looked at.
      env: { PANTHERA_GITHUB_WEBHOOK_SECRET: secret, PANTHERA_ROLES: 'api' },
    })
  })
  afterAll(() => server.stop())

  async function inTenant<Row extends object>(statement: ReturnType<typeof sql>): Promise<Row[]> {
    const db = openDatabase({ connection: server.databaseUrl, onError: () => undefined })
    try {
      return await db.inTenant(server.organization_id, (tx) => tx.rows<Row>(statement))
    } finally {
      await db.close()
    }
  }
  const checks = () =>
    inTenant<Json>(sql`select owner, name, commit_hash, branch, pull_requests, is_fork, is_private
      from repository_checks order by created_at, id`)

  const deliver = (text: string, more: Record<string, string> = {}) =>
    server.call('POST', github, {
      key: null,
      body: text,
      headers: {
        'x-hub-signature-256': `sha256=${hmac(secret, text)}`,
        'x-github-delivery': randomUUID(),
        ...more,
      },
    })

  it('401: refuses a GitHub signature that is missing, wrong, or of other bytes', async () => {
    for (const signature of ['', 'sha256=', `sha256=${hmac('other', '{}')}`, hmac(secret, '{}')]) {
      const answer = await deliver('{}', { 'x-hub-signature-256': signature })
      expect([answer.status, answer.json.error.code]).toEqual([401, 'invalid_signature'])
    }
    const headers = { 'x-hub-signature-256': `sha256=${hmac(secret, '{}')}` }
    expect((await deliver('{ }', headers)).status).toBe(401)
  })

  it('400, 413, 415: names what is wrong with what is signed', async () => {
    expect((await deliver('{')).json.error.details.fields[0].field).toBe('body')
    expect((await deliver('x'.repeat(25 * 1024 * 1024 + 1))).status).toBe(413)
    expect((await deliver('{}', { 'content-type': 'text/plain' })).status).toBe(415)
    const form = new URLSearchParams({ payload: '{"zen":"Keep it simple."}' }).toString()
    const type = { 'content-type': 'application/x-www-form-urlencoded' }
    expect((await deliver(form, type)).json).toEqual({ received: true })
  })

  it('200: answers all published examples, and keeps nothing of the unbound', async () => {
    const all = (examples as unknown as Json[]).flatMap(({ name, examples: list }) =>
      list.map((payload: Json) => ({ name, payload })),
    )
    expect(all).toHaveLength(329)
    const statuses = new Set<number>()
    for (const { name, payload } of all) {
      const text = JSON.stringify({ installation: { id: 2 }, ...payload })
      statuses.add((await deliver(text, { 'x-github-event': name })).status)
    }
    expect([...statuses]).toEqual([200])
    expect(await checks()).toEqual([])
  })

  it('200: GitHub’s examples of a bound installation become checks', async () => {
    await inTenant(sql`insert into code_host_links
      (organization_id, id, provider, installation_id, name, created_by)
      values (${server.organization_id}, ${randomUUID()}, 'github', '2', 'Codertocat', 'test')
      returning id`)
    for (const { name, examples: list } of examples as unknown as Json[]) {
      // One of them takes the installation away.
      if (name === 'installation') continue
      for (const payload of list) {
        const text = JSON.stringify({ ...payload, installation: { id: 2 } })
        expect((await deliver(text, { 'x-github-event': name })).status).toBe(200)
      }
    }
    const found = await checks()
    // Deleted references and tags are none; one check suite was asked for again.
    expect(found.map(({ branch }) => branch).sort()).toEqual([
      'changes',
      'changes',
      'master',
      'master',
    ])
    const [pull] = found.filter(({ branch }) => branch === 'changes')
    expect(pull).toMatchObject({ owner: 'Codertocat', name: 'Hello-World', pull_requests: [2] })
  })

  it('503: says what is missing where GitHub is not configured', async () => {
    const plain = await startTestServer({ env: { PANTHERA_ROLES: 'api' } })
    const answer = await plain.call('POST', github, { key: null, body: '{}' })
    expect([answer.status, answer.json.error]).toMatchObject([
      503,
      { code: 'not_configured', details: { variables: ['PANTHERA_GITHUB_WEBHOOK_SECRET'] } },
    ])
    const install = await plain.call('GET', '/certus/api/github/install')
    expect([install.status, install.json.error.code]).toEqual([503, 'not_configured'])
    await plain.stop()
  })

  it('GitLab is heard by its secret or its signature, and once', async () => {
    const link = await created('gitlab')
    const push = gitlabPush('a'.repeat(40))
    const text = JSON.stringify(push)
    const send = (headers: Record<string, string>, body = text) =>
      server.call('POST', new URL(link.url).pathname, { key: null, body, headers })
    expect((await send({})).status).toBe(401)
    expect((await send({ 'x-gitlab-token': 'other' })).status).toBe(401)
    const before = (await checks()).length
    expect((await send({ 'x-gitlab-token': link.secret })).json).toEqual({ received: true })
    const message = { id: 'msg_1', timestamp: Math.floor(Date.now() / 1000), body: text }
    const signed = signedHeaders(message, [parseSigningKey(link.secret)])
    expect((await send(signed)).status).toBe(200)
    // With a signature the secret alone is not enough.
    const forged = { ...signed, 'webhook-id': 'msg_2', 'x-gitlab-token': link.secret }
    expect((await send(forged)).status).toBe(401)
    expect((await checks()).slice(before)).toMatchObject([
      { owner: 'acme/web', name: 'shop', branch: 'main', commit_hash: 'a'.repeat(40) },
    ])
    const merge = JSON.stringify(gitlabMerge('b'.repeat(40)))
    await send({ 'x-gitlab-token': link.secret }, merge)
    expect((await checks()).at(-1)).toMatchObject({
      branch: 'pull/3/head',
      pull_requests: [3],
      is_fork: true,
      is_private: false,
    })
  })

  it('Bitbucket is heard by its signature, and tells of several branches', async () => {
    const link = await created('bitbucket')
    const target = { hash: 'c'.repeat(40) }
    const change = (name: string) => ({ new: { type: 'branch', name, target } })
    const text = JSON.stringify({
      push: { changes: [change('main'), { new: null }, change('dev')] },
      repository: { full_name: 'acme/shop', is_private: true },
    })
    const send = (signature: string) =>
      server.call('POST', new URL(link.url).pathname, {
        key: null,
        body: text,
        headers: { 'x-event-key': 'repo:push', 'x-hub-signature': signature },
      })
    expect((await send(`sha256=${hmac('other', text)}`)).status).toBe(401)
    expect((await send(`sha256=${hmac(link.secret, text)}`)).status).toBe(200)
    const found = (await checks()).filter((one) => one.commit_hash === target.hash)
    expect(found.map(({ branch }) => branch).sort()).toEqual(['dev', 'main'])
  })

  it('401: a link that is gone, of another host, or never was, is all one', async () => {
    const link = await created('gitlab')
    const { pathname } = new URL(link.url)
    const headers = { 'x-gitlab-token': link.secret }
    const send = async (path: string) => {
      const { status, text } = await server.call('POST', path, { key: null, body: '{}', headers })
      return `${status} ${text}`
    }
    expect(await send(pathname)).toContain('received')
    const refusals = [
      await send(pathname.replace('gitlab', 'bitbucket')),
      await send(pathname.replace(link.id, randomUUID())),
    ]
    await server.call('DELETE', `/certus/api/code-hosts/${link.id}`)
    refusals.push(await send(pathname))
    expect(new Set(refusals).size).toBe(1)
    expect(refusals[0]).toContain('401')
    const gone = await server.call('DELETE', `/certus/api/code-hosts/${link.id}`)
    expect([gone.status, gone.json.error.code]).toEqual([404, 'code_host_link_not_found'])
  })

  it('400: names the field of a link', async () => {
    const path = '/certus/api/code-hosts'
    for (const [body, field] of [
      [{ provider: 'github', name: 'x' }, 'provider'],
      [{ provider: 'gitlab' }, 'name'],
      [{ provider: 'gitlab', name: 'x', minimum_grade: 'Z' }, 'minimum_grade'],
    ] as const) {
      const answer = await server.call('POST', path, { body })
      expect([answer.status, answer.json.error.details.fields[0].field]).toEqual([400, field])
    }
  })

  async function created(provider: string): Promise<Json> {
    const body = { provider, name: `our ${provider}` }
    const made = await server.call('POST', '/certus/api/code-hosts', { body })
    expect(made.status).toBe(201)
    return made.json
  }
})

function hmac(key: string, text: string): string {
  return createHmac('sha256', key).update(text).digest('hex')
}

function gitlabPush(after: string): Json {
  const project = { path_with_namespace: 'acme/web/shop', default_branch: 'main' }
  return { object_kind: 'push', ref: 'refs/heads/main', after, project }
}

function gitlabMerge(id: string): Json {
  return {
    object_kind: 'merge_request',
    project: { path_with_namespace: 'acme/web/shop', visibility_level: 20 },
    object_attributes: {
      iid: 3,
      action: 'open',
      source_branch: 'main',
      source_project_id: 8,
      target_project_id: 4,
      last_commit: { id },
    },
  }
}
