import { createServer, type RequestListener, type Server } from 'node:http'
import {
  type AddressInfo,
  createServer as createTcpServer,
  type Socket,
  type Server as TcpServer,
} from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import {
  createOutbound,
  type Outbound,
  OutboundFailed,
  type OutboundOptions,
  OutboundRefused,
} from './index.ts'

const cleanups: (() => unknown)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})

function guard(options: Partial<OutboundOptions> = {}): Outbound {
  const outbound = createOutbound({
    allowCidrs: [],
    setting: 'PANTHERA_OUTBOUND_ALLOW_CIDRS',
    userAgent: 'panthera-test',
    ...options,
  })
  cleanups.push(() => outbound.close())
  return outbound
}

async function listen(server: Server | TcpServer, host: string): Promise<number> {
  const sockets = new Set<Socket>()
  server.on('connection', (socket: Socket) => sockets.add(socket.on('error', () => {})))
  await new Promise<void>((resolve) => server.listen(0, host, resolve))
  cleanups.push(() => {
    for (const socket of sockets) socket.destroy()
    return new Promise((resolve) => server.close(resolve))
  })
  return (server.address() as AddressInfo).port
}

/** A real server that counts what reaches it. */
async function serve(listener: RequestListener, host = '127.0.0.1') {
  const seen = { connections: 0, requests: 0 }
  const server = createServer((request, response) => {
    seen.requests += 1
    listener(request, response)
  })
  server.on('connection', () => {
    seen.connections += 1
  })
  const port = await listen(server, host)
  return { seen, port, origin: `http://127.0.0.1:${port}`, server }
}

const secret: RequestListener = (_request, response) => response.end('secret')
const loopback = { allowCidrs: ['127.0.0.0/8'] }
const answering =
  (...addresses: string[]) =>
  async () =>
    addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }))

/** The reason of a refusal or the code of a failure. */
async function outcome(work: Promise<unknown>): Promise<string> {
  try {
    await work
  } catch (error) {
    if (error instanceof OutboundRefused) return error.reason
    if (error instanceof OutboundFailed) return error.code
    throw error
  }
  return 'ok'
}

describe('a loopback service', () => {
  const hosts = [
    '127.0.0.1',
    '127.1',
    '127.0.1',
    '2130706433',
    '0x7f000001',
    '0x7f.1',
    '0x7f.0x0.0x0.0x1',
    '017700000001',
    '0177.0.0.1',
    '１２７.0.0.1',
    '127.0.0.1.',
    '[::1]',
    '[0:0:0:0:0:0:0:1]',
    '[::ffff:127.0.0.1]',
    '[::ffff:7f00:1]',
    '[::127.0.0.1]',
    '[64:ff9b::7f00:1]',
    'localhost',
    'LOCALHOST',
    '0',
    '0.0.0.0',
    '[::]',
  ]

  it.each(hosts)('is not reached as %s', async (host) => {
    const { seen, port } = await serve(secret, '::')
    // Plain HTTP is open here, so that nothing but the address is in the way.
    const outbound = guard({ plainHttpAnywhere: true })
    const url = `http://${host}:${port}/`
    expect(await outcome(outbound.request({ url }))).toMatch(/^(private|forbidden)_address$/)
    expect(await outcome(outbound.check(url))).toMatch(/^(private|forbidden)_address$/)
    const bare = host.replace(/^\[|\]$/g, '')
    expect(await outcome(outbound.resolve(bare, port))).toMatch(/^(private|forbidden)_address$/)
    expect(seen).toEqual({ connections: 0, requests: 0 })
  })

  it('is not reached as localhost., which some systems resolve', async () => {
    const { seen, port } = await serve(secret, '::')
    const outbound = guard({ plainHttpAnywhere: true })
    const work = outbound.request({ url: `http://localhost.:${port}/` })
    expect(await outcome(work)).toMatch(/^(private_address|dns)$/)
    expect(seen.connections).toBe(0)
  })

  it('is not reached by a name that resolves to it', async () => {
    const { seen, port } = await serve(secret, '::')
    const addresses = ['127.0.0.1', '::1', '::ffff:127.0.0.1', '0.0.0.0', '::', '169.254.169.254']
    for (const address of addresses) {
      const outbound = guard({ plainHttpAnywhere: true, lookup: answering(address) })
      const refused = outbound.request({ url: `http://name.example:${port}/` })
      expect(await outcome(refused)).toMatch(/^(private|forbidden)_address$/)
    }
    expect(seen.connections).toBe(0)
  })

  it('is not reached by a name that was public when it was checked', async () => {
    const { seen, port } = await serve(secret)
    const answers = ['93.184.216.34', '127.0.0.1']
    const lookup = async () => [{ address: answers.shift() ?? '127.0.0.1', family: 4 }]
    const outbound = guard({ plainHttpAnywhere: true, lookup })
    const url = `http://rebinding.example:${port}/`
    expect(await outcome(outbound.check(url))).toBe('ok')
    expect(await outcome(outbound.request({ url }))).toBe('private_address')
    expect(seen.connections).toBe(0)
  })

  it('is reached where the operator allows it, by literal and by name', async () => {
    const { seen, port, origin } = await serve(secret)
    const outbound = guard(loopback)
    for (const url of [origin, `http://localhost:${port}`, `http://2130706433:${port}`]) {
      const response = await outbound.request({ url })
      expect(Buffer.from(response.body).toString()).toBe('secret')
    }
    expect(await outbound.resolve('127.0.0.1', port)).toEqual(['127.0.0.1'])
    expect(await outbound.resolve('localhost', port)).toEqual(['127.0.0.1'])
    expect(seen.requests).toBe(3)
  })

  it('is skipped where the name has a permitted address as well', async () => {
    const forbidden = await serve(secret, '127.0.0.1')
    const allowed = createServer((_request, response) => response.end('allowed'))
    await new Promise<void>((resolve) => allowed.listen(forbidden.port, '127.0.0.2', resolve))
    cleanups.push(() => new Promise((resolve) => allowed.close(resolve)))
    const lookup = answering('127.0.0.1', '127.0.0.2')
    const outbound = guard({ allowCidrs: ['127.0.0.2/32'], lookup })
    const response = await outbound.request({ url: `http://both.example:${forbidden.port}/` })
    expect(Buffer.from(response.body).toString()).toBe('allowed')
    expect(await outbound.resolve('both.example', 443)).toEqual(['127.0.0.2'])
    expect(forbidden.seen.connections).toBe(0)
  })
})

describe('what a refusal says', () => {
  it('names the host and the setting, but keeps the address for the log', async () => {
    const outbound = guard({ lookup: answering('10.9.8.7') })
    const url = 'https://intranet.example/hook/secret-path'
    const error: unknown = await outbound.request({ url }).catch((thrown) => thrown)
    expect(error).toBeInstanceOf(OutboundRefused)
    expect(error).toMatchObject({ code: 'outbound_refused', address: '10.9.8.7' })
    const { message } = error as OutboundRefused
    expect(message).toContain('intranet.example')
    expect(message).toContain('PANTHERA_OUTBOUND_ALLOW_CIDRS')
    expect(message).not.toContain('10.9.8.7')
    expect(message).not.toContain('secret-path')
  })

  it('tells plain HTTP to a public host apart', async () => {
    const outbound = guard({ lookup: answering('93.184.216.34') })
    expect(await outcome(outbound.request({ url: 'http://public.example/' }))).toBe('plain_http')
    expect(await outcome(outbound.check('http://public.example/'))).toBe('plain_http')
    expect(await outcome(outbound.check('https://public.example/'))).toBe('ok')
    expect(await outbound.resolve('public.example', 22)).toEqual(['93.184.216.34'])
  })

  it('refuses URLs, headers and ports that no request can have', async () => {
    const { seen, origin, port } = await serve(secret)
    const outbound = guard(loopback)
    const request = (headers: Record<string, string>) =>
      outcome(outbound.request({ url: origin, headers }))
    expect(await request({ Host: 'other.example' })).toBe('invalid_request')
    expect(await request({ 'Transfer-Encoding': 'chunked' })).toBe('invalid_request')
    expect(await request({ 'x-a': 'b\r\nx-injected: c' })).toBe('invalid_request')
    expect(await request({ 'x a': 'b' })).toBe('invalid_request')
    const url = `http://user:pass@127.0.0.1:${port}/`
    expect(await outcome(outbound.request({ url }))).toBe('credentials')
    expect(await outcome(outbound.check('file:///etc/passwd'))).toBe('scheme')
    for (const wrong of [0, 65_536, 1.5, Number.NaN]) {
      expect(await outcome(outbound.resolve('127.0.0.1', wrong))).toBe('invalid_request')
    }
    expect(await outcome(outbound.resolve('127.0.0.1:80/x', 80))).toBe('invalid_request')
    expect(seen.requests).toBe(0)
  })

  it('refuses a wrong network when it is made', () => {
    expect(() => guard({ allowCidrs: ['10.0.0.1/8'] })).toThrow('10.0.0.0/8')
  })
})

describe('a request', () => {
  it('carries method, headers and body, and brings back status, headers and body', async () => {
    const { origin } = await serve(async (request, response) => {
      const chunks: Buffer[] = []
      for await (const chunk of request) chunks.push(chunk)
      const { method, url, headers } = request
      const body = Buffer.concat(chunks).toString()
      response.writeHead(418, { 'X-Kind': 'teapot' })
      response.end(
        JSON.stringify({ method, url, agent: headers['user-agent'], a: headers['x-a'], body }),
      )
    })
    const response = await guard(loopback).request({
      url: `${origin}/path?q=1#fragment`,
      method: 'POST',
      headers: { 'X-A': 'b' },
      body: new TextEncoder().encode('{"é":1}'),
    })
    expect(response).toMatchObject({ status: 418, truncated: false })
    expect(response.headers['x-kind']).toBe('teapot')
    expect(response.durationMs).toBeGreaterThan(0)
    expect(JSON.parse(Buffer.from(response.body).toString())).toEqual({
      method: 'POST',
      url: '/path?q=1',
      agent: 'panthera-test',
      a: 'b',
      body: '{"é":1}',
    })
  })

  it('cuts a body that is too long, or fails where the whole was wanted', async () => {
    let closed = 0
    const { origin } = await serve((_request, response) => {
      response.on('close', () => {
        closed += 1
      })
      const more = () => {
        while (!response.destroyed && response.write('x'.repeat(10_000)));
        response.once('drain', more)
      }
      more()
    })
    const outbound = guard(loopback)
    const response = await outbound.request({ url: origin, bytesMax: 12_345 })
    expect(response).toMatchObject({ status: 200, truncated: true })
    expect(Buffer.from(response.body).toString()).toBe('x'.repeat(12_345))
    const whole = outbound.request({ url: origin, bytesMax: 12_345, overflow: 'fail' })
    expect(await outcome(whole)).toBe('too_large')
    await expect.poll(() => closed).toBe(2)
  })

  it('keeps a body of exactly the limit whole', async () => {
    const { origin } = await serve((_request, response) => response.end('x'.repeat(1000)))
    const response = await guard(loopback).request({
      url: origin,
      bytesMax: 1000,
      overflow: 'fail',
    })
    expect(response).toMatchObject({ truncated: false, body: Buffer.from('x'.repeat(1000)) })
  })

  it('fails on a header that is too large', async () => {
    const { origin } = await serve((_request, response) => {
      response.writeHead(200, { 'x-large': 'x'.repeat(40_000) }).end()
    })
    expect(await outcome(guard(loopback).request({ url: origin }))).toBe('too_large')
  })
})

describe('redirects', () => {
  it('are the answer, not an instruction', async () => {
    const inner = await serve(secret)
    const { origin } = await serve((_request, response) => {
      response.writeHead(302, { location: inner.origin }).end('moved')
    })
    const outbound = guard(loopback)
    for (const redirectsMax of [0, 3]) {
      const response = await outbound.request({ url: origin, redirectsMax })
      expect(response).toMatchObject({ status: 302, headers: { location: inner.origin } })
    }
    expect(inner.seen.requests).toBe(0)
  })

  it('are followed on the same origin where asked, so often and no further', async () => {
    const { origin, seen } = await serve((request, response) => {
      const step = Number(request.url?.slice(1))
      if (step >= 3) response.end(`${request.method} arrived`)
      else response.writeHead(307, { location: `/${step + 1}` }).end()
    })
    const outbound = guard(loopback)
    expect((await outbound.request({ url: `${origin}/1` })).status).toBe(307)
    const arrived = await outbound.request({ url: `${origin}/1`, redirectsMax: 2 })
    expect(Buffer.from(arrived.body).toString()).toBe('GET arrived')
    expect((await outbound.request({ url: `${origin}/0`, redirectsMax: 2 })).status).toBe(307)
    seen.requests = 0
    const posted = await outbound.request({ url: `${origin}/1`, method: 'POST', redirectsMax: 5 })
    expect(posted.status).toBe(307)
    expect(seen.requests).toBe(1)
  })
})

describe('time', () => {
  const timeoutMs = 150

  it('ends a server that never answers, stalls in its body or drips', async () => {
    const { origin } = await serve((request, response) => {
      if (request.url === '/silent') return
      response.write('begin')
      if (request.url !== '/drip') return
      const drip = setInterval(() => response.write('.'), 10)
      response.on('close', () => clearInterval(drip))
    })
    const outbound = guard(loopback)
    for (const path of ['/silent', '/stall', '/drip']) {
      expect(await outcome(outbound.request({ url: origin + path, timeoutMs }))).toBe('timeout')
    }
  })

  it('ends a lookup and a TLS handshake that never finish', async () => {
    const never = () => new Promise<never>(() => {})
    const url = 'https://slow.example/'
    expect(await outcome(guard({ lookup: never }).request({ url, timeoutMs }))).toBe('timeout')
    const port = await listen(createTcpServer(), '127.0.0.1')
    const request = { url: `https://127.0.0.1:${port}/`, timeoutMs }
    expect(await outcome(guard(loopback).request(request))).toBe('timeout')
  })

  it('ends when the caller stops, with the reason of the caller', async () => {
    const controller = new AbortController()
    const { origin } = await serve(() => controller.abort(new Error('shutting down')))
    const outbound = guard(loopback)
    const { signal } = controller
    await expect(outbound.request({ url: origin, signal })).rejects.toThrow('shutting down')
    await expect(outbound.request({ url: origin, signal })).rejects.toThrow('shutting down')
  })
})

describe('failures have stable codes', () => {
  const url = (port: number, scheme = 'http') => `${scheme}://127.0.0.1:${port}/`

  it('refused, reset, protocol and tls', async () => {
    const outbound = guard(loopback)
    const closed = createTcpServer()
    const closedPort = await listen(closed, '127.0.0.1')
    await new Promise((resolve) => closed.close(resolve))
    expect(await outcome(outbound.request({ url: url(closedPort) }))).toBe('refused')

    const resetting = createTcpServer((socket) =>
      socket.once('data', () => socket.resetAndDestroy()),
    )
    const resettingPort = await listen(resetting, '127.0.0.1')
    expect(await outcome(outbound.request({ url: url(resettingPort) }))).toBe('reset')

    const babbling = createTcpServer((socket) => socket.end('220 mail.example ESMTP\r\n'))
    const babblingPort = await listen(babbling, '127.0.0.1')
    expect(await outcome(outbound.request({ url: url(babblingPort) }))).toBe('protocol')
    expect(await outcome(outbound.request({ url: url(babblingPort, 'https') }))).toBe('tls')
  })

  it('dns, where a check says that the host is not found', async () => {
    const lookup = () => Promise.reject(Object.assign(new Error('x'), { code: 'ENOTFOUND' }))
    for (const outbound of [guard({ lookup }), guard({ lookup: answering() })]) {
      expect(await outcome(outbound.request({ url: 'https://no.example/' }))).toBe('dns')
      expect(await outcome(outbound.resolve('no.example', 443))).toBe('dns')
      expect(await outcome(outbound.check('https://no.example/'))).toBe('unresolvable')
    }
  })

  it('but a mistake of the program stays what it is', async () => {
    const lookup = () => Promise.reject(new TypeError('a bug'))
    const request = guard({ lookup }).request({ url: 'https://no.example/' })
    await expect(request).rejects.toThrow(TypeError)
  })
})

describe('connections', () => {
  it('are reused within one guard and never by another', async () => {
    const { seen, origin } = await serve(secret)
    const trusted = guard(loopback)
    for (let round = 0; round < 8; round += 1) await trusted.request({ url: origin })
    // The client opens a second one where a request follows hard upon the first.
    expect(seen.requests).toBe(8)
    expect(seen.connections).toBeLessThanOrEqual(2)
    const before = { ...seen }
    expect(await outcome(guard().request({ url: origin }))).toBe('private_address')
    expect(seen).toEqual(before)
  })

  it('are checked one by one, so a name that moved is refused', async () => {
    const { seen, port, server } = await serve(secret)
    let address = '127.0.0.1'
    const lookup = async () => [{ address, family: 4 }]
    const outbound = guard({ ...loopback, lookup })
    const url = `http://moving.example:${port}/`
    expect(await outcome(outbound.request({ url }))).toBe('ok')
    address = '10.0.0.1'
    server.closeAllConnections()
    await expect.poll(() => outcome(outbound.request({ url }))).toBe('private_address')
    expect(seen.connections).toBe(1)
  })

  it('are closed with the guard, which then sends no more', async () => {
    const { origin, server } = await serve(secret)
    const outbound = guard(loopback)
    await outbound.request({ url: origin })
    await outbound.close()
    await outbound.close()
    await expect(outbound.request({ url: origin })).rejects.toThrow('has been closed')
    const open = () =>
      new Promise((resolve) => server.getConnections((_error, count) => resolve(count)))
    await expect.poll(open).toBe(0)
  })
})
