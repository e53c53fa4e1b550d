import { once } from 'node:events'
import { readdirSync, readFileSync } from 'node:fs'
import { createServer, type Server, type Socket } from 'node:net'
import { dirname } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { type CloneOptions, cloneRepository } from './clone.ts'
import type { CloneError } from './clone-error.ts'
import { serveGit } from './fixtures/http-server.ts'
import { makeRepository, temporaryFolder } from './fixtures/repository.ts'
import { probeRemote } from './remote.ts'

const limits = { bytesMax: 50 << 20, timeoutMs: 20_000 }
const token = ['ghp_', 'made', 'Up0123456789'].join('')

function clone(options: Partial<CloneOptions> & { url: string }) {
  return cloneRepository({ depth: 'tip', scratchDir: temporaryFolder(), limits, ...options })
}

const failure = (options: Partial<CloneOptions> & { url: string }): Promise<CloneError> =>
  clone(options).then(
    () => Promise.reject(new Error('the clone succeeded')),
    (reason) => reason,
  )

describe('cloneRepository over http', () => {
  it('clones, and tells a repository that is not there', async () => {
    const { dir } = makeRepository({ a: '1' })
    const { origin } = await serveGit(dir)
    expect(await clone({ url: `${origin}/.git` })).toMatchObject({ branch: 'main' })
    expect((await failure({ url: `${origin}/gone` })).code).toBe('repository_not_found')
  })

  it('sends the token with every request, and keeps it off command lines and files', async () => {
    const { dir } = makeRepository({ a: '1' })
    const commandLines: string[] = []
    const expected = `Basic ${Buffer.from(`x-access-token:${token}`).toString('base64')}`
    const server = await serveGit(dir, (request, response) => {
      commandLines.push(...commandLinesNow())
      if (request.headers.authorization === expected) return false
      response.writeHead(401, { 'www-authenticate': 'Basic realm="git"' }).end()
      return true
    })
    const scratchDir = temporaryFolder()
    await clone({ url: `${server.origin}/.git`, token, scratchDir })
    expect(new Set(server.authorizations)).toEqual(new Set([expected]))
    const clones = commandLines.filter((line) => line.includes(server.origin))
    expect(clones.length).toBeGreaterThan(0)
    const secrets = [token, expected.slice(6)]
    const written = ['gitconfig', 'repository.git/config'].map((name) =>
      readFileSync(`${scratchDir}/${name}`, 'utf8'),
    )
    for (const text of [...commandLines, ...written]) {
      for (const secret of secrets) expect(text).not.toContain(secret)
    }
  })

  it('tells refused access, with and without a token', async () => {
    const { dir } = makeRepository({ a: '1' })
    for (const status of [401, 403]) {
      const { origin } = await serveGit(dir, (_, response) => {
        response.writeHead(status, { 'www-authenticate': 'Basic realm="git"' }).end()
        return true
      })
      expect((await failure({ url: `${origin}/.git` })).code).toBe('access_denied')
      const error = await failure({ url: `${origin}/.git`, token })
      expect(error.code).toBe('access_denied')
      expect(`${error.message}${error.stack}`).not.toContain(token)
    }
  })

  it('follows no redirect', async () => {
    const { dir } = makeRepository({ a: '1' })
    const target = await serveGit(dir)
    const { origin } = await serveGit(dir, (request, response) => {
      response.writeHead(301, { location: `${target.origin}${request.url}` }).end()
      return true
    })
    const error = await failure({ url: `${origin}/.git`, token })
    expect(error.code).toBe('clone_failed')
    expect(error.message).toContain('redirect')
    expect(error.gitSaid).toMatch(/redirect|301/)
    expect(JSON.stringify(error)).not.toContain(token)
    expect(target.authorizations).toEqual([])
  })

  it('connects to the addresses that the guard answered, and to no others', async () => {
    const { dir } = makeRepository({ a: '1' })
    const { port } = await serveGit(dir)
    const asked: string[] = []
    const url = `http://git.invalid:${port}/.git`
    const resolve = async (host: string, asPort: number) => {
      asked.push(`${host}:${asPort}`)
      return ['127.0.0.1']
    }
    expect(await clone({ url, resolve })).toMatchObject({ branch: 'main' })
    expect(asked).toEqual([`git.invalid:${port}`])
    const refused = new Error('not allowed')
    await expect(clone({ url, resolve: () => Promise.reject(refused) })).rejects.toBe(refused)
    expect((await failure({ url, resolve: async () => [] })).code).toBe('clone_failed')
    expect((await failure({ url })).message).toBe('The server could not be reached.')
  })

  it('ends at its deadline and when it is cancelled, and leaves no process', async () => {
    const { port, connected } = await silentServer()
    const url = `http://127.0.0.1:${port}/x.git`
    const late = temporaryFolder()
    const error = await failure({ url, scratchDir: late, limits: { ...limits, timeoutMs: 300 } })
    expect(error.code).toBe('timed_out')
    const cancelled = temporaryFolder()
    const controller = new AbortController()
    const reason = new Error('cancelled')
    const cloning = clone({ url, scratchDir: cancelled, signal: controller.signal })
    const refused = expect(cloning).rejects.toBe(reason)
    await connected(2)
    controller.abort(reason)
    await refused
    await expect(clone({ url, signal: controller.signal })).rejects.toBe(reason)
    expect(commandLinesNow().filter((line) => line.includes(url))).toEqual([])
    expect(readdirSync(dirname(`${late}/x`))).not.toContain('repository.git')
  })

  it('leaves no unhandled failure behind when it was given up before it began', async () => {
    const signal = AbortSignal.abort(new Error('cancelled'))
    const resolve = () => Promise.reject(new Error('no such host'))
    await expect(clone({ url: 'http://git.invalid/x.git', resolve, signal })).rejects.toThrow(
      'cancelled',
    )
  })
})

describe('probeRemote', () => {
  it('tells whether a repository may be read, without fetching it', async () => {
    const { dir } = makeRepository({ a: '1' })
    const requests: string[] = []
    const { origin } = await serveGit(dir, ({ method, url, headers }, response) => {
      requests.push(`${method} ${url}`)
      if (headers.authorization !== undefined) return false
      response.writeHead(401, { 'www-authenticate': 'Basic realm="git"' }).end()
      return true
    })
    const probe = (path: string, options: { token?: string } = {}) =>
      probeRemote({
        url: origin + path,
        scratchDir: temporaryFolder(),
        timeoutMs: 20_000,
        ...options,
      })
    await probe('/.git', { token })
    expect(requests.join()).not.toContain('want')
    await expect(probe('/gone', { token })).rejects.toMatchObject({ code: 'repository_not_found' })
    await expect(probe('/.git')).rejects.toMatchObject({ code: 'access_denied' })
  })
})

/** Accepts connections and never says a word. */
async function silentServer() {
  const sockets: Socket[] = []
  const server: Server = createServer((socket) => sockets.push(socket))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  const address = server.address()
  return {
    port: typeof address === 'object' && address ? address.port : 0,
    async connected(count: number) {
      while (sockets.length < count) await once(server, 'connection')
    },
  }
}

/** The command lines of all processes that run now. */
function commandLinesNow(): string[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      try {
        return [readFileSync(`/proc/${name}/cmdline`, 'utf8').replaceAll('\0', ' ')]
      } catch {
        return []
      }
    })
}
