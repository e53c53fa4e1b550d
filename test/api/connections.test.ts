import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { serveGit } from '../../src/gate/source/git/fixtures/http-server.ts'
import type { Json } from '../fixtures/call.ts'
import { hasDatabase } from '../fixtures/database.ts'
import { plantedToken, removeRepositories, repositoryAt } from '../fixtures/repositories.ts'
import { startTestServer, type TestServer } from '../fixtures/server.ts'

const token = ['glpat', 'made-up-but-long-enough'].join('-')

/** Stands for GitLab: `GET /api/user` as its REST API describes it, and git over HTTP. */
async function gitlabDouble(): Promise<string> {
  const hosted = repositoryAt('acme', 'private', { 'a.ts': `const key = '${plantedToken(21)}'\n` })
  const basic = Buffer.from(`x-access-token:${token}`).toString('base64')
  const { origin } = await serveGit(hosted.root, (request, response) => {
    const isApi = request.url === '/api/user'
    const expected = isApi ? `Bearer ${token}` : `Basic ${basic}`
    if (request.headers.authorization !== expected) {
      response.writeHead(401, { 'www-authenticate': 'Basic' }).end()
      return true
    }
    if (isApi) response.writeHead(200).end('{"id":1}')
    return isApi
  })
  return origin
}

describe.skipIf(!hasDatabase)('connections', () => {
  let plain: TestServer
  beforeAll(async () => {
    plain = await startTestServer()
  })
  afterAll(async () => {
    await plain.stop()
    removeRepositories()
  })

  it('201: keeps a token that the host accepts, and scans with it', async () => {
    const origin = await gitlabDouble()
    const server = await startTestServer({
      env: {
        PANTHERA_GITLAB_CLONE_URL: origin,
        PANTHERA_GITLAB_API_URL: `${origin}/api`,
        PANTHERA_OUTBOUND_ALLOW_CIDRS: '127.0.0.0/8',
      },
    })
    const create = (given: string) =>
      server.call('POST', '/gate/api/connections', {
        body: { provider: 'gitlab', name: 'Ours', token: given },
      })

    const scan = async (): Promise<Json> => {
      const { json } = await server.call('POST', '/gate/api/scans', {
        body: {
          organization_id: server.organization_id,
          scan_type: 'code',
          provider: 'gitlab',
          owner: 'acme',
          repo_name: 'private',
        },
      })
      for (;;) {
        const answer = await server.call('GET', `/gate/api/scans/${json.scan_id}`)
        if (['completed', 'failed'].includes(answer.json.status)) return answer.json
        await new Promise((resolve) => setTimeout(resolve, 50))
      }
    }

    expect((await scan()).error.code).toBe('access_denied')
    const refused = await create('another-token')
    expect([refused.status, refused.json.error]).toMatchObject([
      400,
      { code: 'connection_refused', details: { status: 401 } },
    ])
    const made = await create(token)
    expect(made.status).toBe(201)
    expect(made.text).not.toContain(token)
    expect(await scan()).toMatchObject({ status: 'completed', summary: { total_findings: 1 } })

    const again = await create(token)
    expect([again.status, again.json.error.code]).toEqual([409, 'connection_exists'])
    const list = await server.call('GET', '/gate/api/connections')
    expect(list.json.connections).toMatchObject([{ id: made.json.id, name: 'Ours' }])
    expect(list.json.connections[0].last_used_at).not.toBeNull()
    const path = `/gate/api/connections/${made.json.id}`
    expect((await server.call('DELETE', path)).status).toBe(200)
    expect((await server.call('DELETE', path)).status).toBe(404)
    expect((await scan()).error.code).toBe('access_denied')
    expect(server.logLines.join('')).not.toContain(token)
    await server.stop()
  })

  it.each([
    [{ name: 'x', token }, 'provider'],
    [{ provider: 'gitlab', token }, 'name'],
    [{ provider: 'gitlab', name: 'x' }, 'token'],
    [{ provider: 'gitlab', name: 'x', token: 'two words' }, 'token'],
    [{ provider: 'gitlab', name: 'x', token, username: 'a:b' }, 'username'],
    [{ provider: 'git', name: 'x', token }, 'clone_url'],
    [{ provider: 'gitlab', name: 'x', token, colour: 'red' }, 'colour'],
  ])('400: %j names %s', async (body, field) => {
    const answer = await plain.call('POST', '/gate/api/connections', { body })
    expect(answer.status).toBe(400)
    expect(answer.json.error.details.fields[0].field).toBe(field)
    expect(answer.text).not.toContain(token)
  })
})
