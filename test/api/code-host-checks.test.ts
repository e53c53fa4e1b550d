// Checks at GitLab and Bitbucket, and what happens where the plan allows no more.
import { createHmac } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Json } from '../fixtures/call.ts'
import {
  bitbucketToken,
  type CodeHostDouble,
  codeHostDouble,
  gitlabToken,
} from '../fixtures/code-host-double.ts'
import { hasDatabase } from '../fixtures/database.ts'
import { removeRepositories, repositoryAt } from '../fixtures/repositories.ts'
import { startTestServer, type TestServer } from '../fixtures/server.ts'

/** A commit that is not there fails without a scanner having to start. */
const missing = (digit: string) => digit.repeat(40)

describe.skipIf(!hasDatabase)('checks at GitLab and Bitbucket', () => {
  let server: TestServer
  let double: CodeHostDouble
  const closing: (() => void)[] = []
  beforeAll(async () => {
    const { root } = repositoryAt('acme', 'shop', { 'a.ts': '\n' })
    double = await codeHostDouble(root, (close) => void closing.push(close))
    const limits = { 'certus.enterprise.month': 3, 'certus.enterprise.day': 8 }
    const env = { ...double.env, PANTHERA_RATE_LIMITS: JSON.stringify(limits) }
    server = await startTestServer({ env })
  })
  afterAll(async () => {
    await server.stop()
    for (const close of closing) close()
    removeRepositories()
  })

  async function linked(provider: 'gitlab' | 'bitbucket'): Promise<Json> {
    const isGitlab = provider === 'gitlab'
    const token = isGitlab ? gitlabToken : bitbucketToken
    const body = { provider, name: 'Ours', token, ...(isGitlab ? {} : { username: 'ada' }) }
    const connection = await server.call('POST', '/gate/api/connections', { body })
    expect(connection.status).toBe(201)
    const link = { provider, name: 'Ours' }
    return (await server.call('POST', '/certus/api/code-hosts', { body: link })).json
  }
  const send = (link: Json, body: Json, headers: Record<string, string>) =>
    server.call('POST', new URL(link.url).pathname, {
      key: null,
      body: JSON.stringify(body),
      headers,
    })

  it('sets the status of a commit at GitLab, and keeps one note', async () => {
    const link = await linked('gitlab')
    const merge = (id: string) =>
      send(link, mergeOf(id), { 'x-gitlab-token': link.secret, 'x-gitlab-event-uuid': id })
    expect((await merge(missing('a'))).status).toBe(200)
    await eventually(() => double.comments.length > 0)
    expect(double.statuses.gitlab).toEqual([
      'running Panthera is scanning',
      'canceled The scan could not be finished',
    ])
    await merge(missing('b'))
    await eventually(() => double.comments[0]?.text.includes(missing('b')))
    expect(double.comments).toHaveLength(1)
    expect(double.comments[0]?.text).toContain('`commit_not_found`')
  })

  it('sets the build status at Bitbucket; beyond the quota it does not scan', async () => {
    const link = await linked('bitbucket')
    const push = (hash: string) => {
      const body = pushOf(hash)
      const signature = createHmac('sha256', link.secret).update(JSON.stringify(body)).digest('hex')
      const headers = { 'x-event-key': 'repo:push', 'x-hub-signature': `sha256=${signature}` }
      return send(link, body, headers)
    }
    await push(missing('c'))
    await eventually(() => double.statuses.bitbucket.length === 2)
    await push(missing('d'))
    await eventually(() => double.statuses.bitbucket.length === 3)
    expect(double.statuses.bitbucket).toEqual([
      'INPROGRESS Panthera is scanning',
      'STOPPED The scan could not be finished',
      'STOPPED The plan allows no more scans',
    ])
    const path = `/gate/api/scans?organization_id=${server.organization_id}`
    expect((await server.call('GET', path)).json.total).toBe(3)
  })

  it('429: says what is left of the day and when it begins anew', async () => {
    const ask = () => server.call('GET', '/certus/api/evidence')
    let answer = await ask()
    while (answer.status === 200) answer = await ask()
    expect(answer).toMatchObject({ status: 429, json: { error: { code: 'rate_limited' } } })
    const { resets_at, ...details } = answer.json.error.details
    expect(details).toMatchObject({ limit: 8, remaining: 0 })
    expect(new Date(resets_at).toISOString()).toMatch(/T00:00:00.000Z$/)
    expect(Number(answer.headers.get('x-ratelimit-reset')) * 1000).toBe(Date.parse(resets_at))
    // Who asks for nothing of the organization's is not counted.
    expect((await server.call('GET', '/certus/api/status', { key: null })).status).toBe(200)
  })
})

function mergeOf(id: string): Json {
  return {
    object_kind: 'merge_request',
    project: { path_with_namespace: 'acme/shop' },
    object_attributes: {
      iid: 3,
      action: 'update',
      source_branch: 'main',
      source_project_id: 4,
      target_project_id: 4,
      last_commit: { id },
    },
  }
}

function pushOf(hash: string): Json {
  const changes = [{ new: { type: 'branch', name: 'main', target: { hash } } }]
  return { push: { changes }, repository: { full_name: 'acme/shop' } }
}

async function eventually(look: () => boolean | undefined): Promise<void> {
  while (look() !== true) await new Promise((resolve) => setTimeout(resolve, 25))
}
