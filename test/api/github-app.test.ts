// From a push at GitHub to a check run there: received, cloned, scanned, packed and answered.
import { createHmac, randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { browserEnv, openBrowser } from '../fixtures/browser.ts'
import type { Json } from '../fixtures/call.ts'
import { hasDatabase } from '../fixtures/database.ts'
import {
  type GithubDouble,
  githubDouble,
  goodCode,
  installationId,
  memberCode,
} from '../fixtures/github-double.ts'
import {
  type HostedRepository,
  plantedToken,
  removeRepositories,
  repositoryAt,
} from '../fixtures/repositories.ts'
import { startTestServer, type TestServer } from '../fixtures/server.ts'

describe.skipIf(!hasDatabase)('the GitHub App', () => {
  let double: GithubDouble
  let server: TestServer
  let repository: HostedRepository
  const closing: (() => void)[] = []

  beforeAll(async () => {
    repository = repositoryAt('acme', 'shop', {
      'config.ts': `export const key = '${plantedToken(31)}'\n`,
    })
    repository.git('config', 'uploadpack.allowAnySHA1InWant', 'true')
    const atEnd = (close: () => void) => void closing.push(close)
    // Everybody may read it, and the app does not rely on that.
    double = await githubDouble(repository.root, { open: ['acme/shop'], atEnd })
    server = await startTestServer({ env: { ...browserEnv, ...double.env } })
  })
  afterAll(async () => {
    await server.stop()
    for (const close of closing) close()
    removeRepositories()
  })

  const deliver = (event: string, body: Json, { id = randomUUID() as string } = {}) => {
    const text = JSON.stringify(body)
    const secret = double.env.PANTHERA_GITHUB_WEBHOOK_SECRET ?? ''
    const signature = createHmac('sha256', secret).update(text).digest('hex')
    return server.call('POST', '/certus/api/webhooks/github', {
      key: null,
      body: text,
      headers: {
        'x-github-event': event,
        'x-github-delivery': id,
        'x-hub-signature-256': `sha256=${signature}`,
      },
    })
  }
  const scans = async () => {
    const path = `/gate/api/scans?organization_id=${server.organization_id}`
    return (await server.call('GET', path)).json.scans
  }
  const runOf = (commit: string) =>
    eventually(() =>
      double.checkRuns.find((run) => run.head_sha === commit && run.status === 'completed'),
    )

  it('answers a push and a pull request with one check run and one comment', async () => {
    const commit = repository.head()
    const push = pushOf(commit)
    const id = randomUUID()
    // Nobody has bound the installation yet.
    expect(await deliver('push', push)).toMatchObject({ status: 200, json: { received: true } })
    await bindInstallation(server)

    expect(await deliver('push', push, { id })).toMatchObject({ status: 200 })
    const run = await runOf(commit)
    expect(run).toMatchObject({ name: 'Panthera', conclusion: 'failure' })
    expect(run.output.title).toMatch(/^Grade [A-F], score \d+; A is needed$/)
    expect(run.output.annotations).toMatchObject([
      { path: 'config.ts', start_line: 1, end_line: 1, title: expect.any(String) },
    ])
    expect(double.gitCredentials.at(-1)).toMatch(/^x-access-token:ghs_/)
    const permissions = { contents: 'read' }
    expect(double.tokenRequests).toContainEqual({ repositories: ['shop'], permissions })

    // The same delivery, and the same commit in another, do nothing more.
    await deliver('push', push, { id })
    await deliver('push', push)
    await deliver('check_suite', suiteOf(commit))
    expect(await scans()).toMatchObject([{ branch: 'main', commit, source: 'platform' }])

    // Once the commit is a pull request's, that gets a comment, and keeps that one.
    await deliver('pull_request', pullOf(commit))
    const comment = await eventually(() => double.comments[0])
    expect(comment.body).toContain('Grade')
    repository.write('more.ts', 'export const more = 1\n')
    const next = repository.commit()
    await deliver('pull_request', pullOf(next))
    await eventually(() => comment.body.includes(next))
    expect(double.comments).toHaveLength(1)
    expect(double.checkRuns.map(({ status }) => status)).toEqual(['completed', 'completed'])
    expect(double.faults).toEqual([])
    expect(server.logLines.join('')).not.toMatch(/gh[su]_|BEGIN/)
  })

  it('scans a stranger’s pull request without a credential', async () => {
    repository.git('checkout', '--quiet', '-b', 'theirs')
    repository.write('panthera.yaml', 'exclude:\n  - config.ts\n')
    const commit = repository.commit()
    repository.git('update-ref', 'refs/pull/9/head', commit)
    repository.git('checkout', '--quiet', 'main')
    repository.git('branch', '-D', 'theirs')
    double.gitCredentials.length = 0
    await deliver('pull_request', pullOf(commit, { number: 9, from: 'eve/shop', isPrivate: false }))
    await runOf(commit)
    // Its own settings do not say what is overlooked.
    expect((await scans())[0]).toMatchObject({
      branch: 'pull/9/head',
      status: 'completed',
      scan_config: { project_settings: false },
      summary: { total_findings: 1 },
    })
    expect(new Set(double.gitCredentials)).toEqual(new Set([undefined]))
    expect(double.faults).toEqual([])
  })

  it('says why a scan failed, also where the beginning could not be told', async () => {
    double.failing.add('checks/create')
    const commit = 'f'.repeat(40)
    await deliver('push', pushOf(commit))
    const run = await runOf(commit)
    expect(run.conclusion).toBe('neutral')
    expect(run.output.summary).toContain('commit_not_found')
    expect(double.faults).toEqual([])
  })

  it('lets go of an installation that is uninstalled', async () => {
    const links = async () => (await server.call('GET', '/certus/api/code-hosts')).json.links
    expect(await links()).toHaveLength(1)
    await deliver('installation', { action: 'deleted', installation })
    expect(await links()).toEqual([])
    const before = (await scans()).length
    await deliver('push', pushOf('e'.repeat(40)))
    expect(await scans()).toHaveLength(before)
  })
})

const installation = { id: installationId }
const shop = { full_name: 'acme/shop', private: true, default_branch: 'main' }

function pushOf(commit: string): Json {
  return { ref: 'refs/heads/main', after: commit, deleted: false, repository: shop, installation }
}

function suiteOf(commit: string): Json {
  const check_suite = { id: 5, head_sha: commit, head_branch: 'main', pull_requests: [] }
  return { action: 'requested', check_suite, repository: shop, installation }
}

function pullOf(
  commit: string,
  { number, from, isPrivate } = { number: 7, from: 'acme/shop', isPrivate: true },
): Json {
  const head = { sha: commit, ref: 'main', repo: { full_name: from } }
  const repository = { ...shop, private: isPrivate }
  return { action: 'synchronize', pull_request: { number, head }, repository, installation }
}

/** As the owner does: from the address that is given out, back in the same browser. */
async function bindInstallation(server: TestServer): Promise<void> {
  const browser = openBrowser(server)
  const form = new URLSearchParams({ email: server.owner.email, password: server.ownerPassword })
  const headers = { 'content-type': 'application/x-www-form-urlencoded' }
  await browser.call('POST', '/certus/auth/login', {
    body: form.toString(),
    headers,
    redirect: 'manual',
  })
  const { json } = await browser.call('GET', '/certus/api/github/install')
  expect(json).toMatchObject({ url: expect.any(String) })
  const url = new URL(json.url)
  expect(url.href).toContain('https://github.example/apps/panthera/installations/new?state=')
  const query = new URLSearchParams({
    installation_id: String(installationId),
    setup_action: 'install',
    state: url.searchParams.get('state') ?? '',
  })
  const setup = () => browser.call('GET', `/certus/api/github/setup?${query}`)
  // The number of an installation proves nothing.
  expect((await setup()).json.error.code).toBe('installation_not_yours')
  query.set('code', 'another-code')
  expect((await setup()).json.error.code).toBe('installation_not_yours')
  // Who may read a repository of it is not who may show all of them to an organization here.
  query.set('code', memberCode)
  expect((await setup()).json.error.code).toBe('installation_not_yours')
  query.set('code', goodCode)
  const bound = await setup()
  expect(bound).toMatchObject({ status: 200, json: { name: 'acme', branches: 'all' } })
  const path = `/certus/api/code-hosts/${bound.json.id}`
  const changed = await server.call('PATCH', path, { body: { minimum_grade: 'A' } })
  expect(changed.json.minimum_grade).toBe('A')
}

async function eventually<Found>(look: () => Found | undefined | false): Promise<Found> {
  for (;;) {
    const found = look()
    if (found !== undefined && found !== false) return found
    await new Promise((resolve) => setTimeout(resolve, 25))
  }
}
