import { createServer, type Server, type Socket } from 'node:net'
import { createSecureContext, createServer as createTlsServer, TLSSocket } from 'node:tls'
import { afterAll, describe, expect, it } from 'vitest'
import { newHierarchy, newKey, newLeaf, pemOf } from '../../x509/authority.fixture.ts'
import { fingerprintOf } from '../../x509/certificate.ts'
import { encodePem } from '../../x509/pem.ts'
import { exportPublicKey } from '../../x509/signer.ts'
import { type Discovered, isSighting, TlsSettings } from './contract.ts'
import { discoverTls } from './tls.ts'

const { intermediate } = await newHierarchy()
const privateKey = newKey('P-256')
const publicKeyInfo = exportPublicKey(privateKey)
const leaf = await newLeaf(intermediate, ['localhost'], { publicKeyInfo })
const other = await newLeaf(intermediate, ['other.example'], { publicKeyInfo })
const key = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
const identity = { key, cert: pemOf(leaf) + pemOf(intermediate.certificate) }
const otherContext = createSecureContext({ key, cert: pemOf(other) })

const servers: Server[] = []
const sockets = new Set<Socket>()
afterAll(() => {
  for (const socket of sockets) socket.destroy()
  for (const server of servers) server.close()
})

async function listening(server: Server): Promise<number> {
  servers.push(server)
  server.on('connection', (socket: Socket) => {
    sockets.add(socket)
    socket.on('error', () => {})
  })
  server.on('tlsClientError', () => {})
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  return typeof address === 'object' ? (address?.port ?? 0) : 0
}

async function discover(targets: string[], more: object = {}): Promise<Discovered[]> {
  const settings = TlsSettings.parse({ targets, timeoutMs: 2000, ...more })
  const context = { signal: new AbortController().signal, hostname: 'here' }
  const found: Discovered[] = []
  for await (const each of discoverTls(settings, context)) found.push(each)
  return found
}

const told = (found: Discovered[]) =>
  found.map((each) => (isSighting(each) ? [each.path, fingerprintOf(each.der)] : each))

const plain = await listening(createTlsServer(identity))

it('tells the chain that a server sends', async () => {
  const [found, ...rest] = await discover([`127.0.0.1:${plain}`])
  expect(rest).toEqual([])
  expect(found).toMatchObject({
    source: 'network',
    hostname: '127.0.0.1',
    path: `127.0.0.1:${plain}`,
    hasPrivateKey: false,
    tls: { protocol: 'TLSv1.3', serverName: null },
  })
  const bytes = found !== undefined && isSighting(found) ? [found.der, ...found.chain] : []
  expect(bytes.map((der) => fingerprintOf(der))).toEqual([
    leaf.fingerprint,
    intermediate.certificate.fingerprint,
  ])
})

it('parts in peace, and does not wait for a server that goes on', async () => {
  const { promise, resolve, reject } = Promise.withResolvers<string>()
  const server = createTlsServer(identity, (socket) => {
    socket.on('end', () => resolve('ended')).on('error', reject)
    socket.resume()
    socket.write(Buffer.alloc(100_000))
  })
  server.on('tlsClientError', reject)
  const port = await listening(server)
  expect(await discover([`127.0.0.1:${port}`])).toHaveLength(1)
  expect(await promise).toBe('ended')
})

it('tells a certificate that is none by our reading', async () => {
  // A version that does not exist, which OpenSSL passes over.
  const wrong = Buffer.from(leaf.der)
  const at = wrong.indexOf(Buffer.from('a003020102', 'hex'))
  wrong[at + 4] = 7
  const cert = encodePem('CERTIFICATE', wrong)
  const port = await listening(createTlsServer({ key, cert }))
  expect(await discover([`127.0.0.1:${port}`])).toEqual([
    { path: `127.0.0.1:${port}`, reason: expect.stringMatching(/cannot be read/) as string },
  ])
})

it('asks with a name and without, and for the names that are given', async () => {
  const named = await listening(
    createTlsServer({
      ...identity,
      SNICallback: (name, done) => done(null, name === 'other.example' ? otherContext : undefined),
    }),
  )
  expect(told(await discover([`localhost:${named}`]))).toEqual([
    [`localhost:${named}`, leaf.fingerprint],
  ])
  const asked = await discover([`127.0.0.1:${named}`], { serverNames: ['other.example'] })
  expect(told(asked)).toEqual([
    [`127.0.0.1:${named}`, leaf.fingerprint],
    [`127.0.0.1:${named} (name other.example)`, other.fingerprint],
  ])
})

it.each(['TLSv1.1', 'TLSv1.2', 'TLSv1.3'] as const)(
  'sees the certificate of who wants one in %s',
  async (version) => {
    const port = await listening(
      createTlsServer({
        ...identity,
        requestCert: true,
        rejectUnauthorized: true,
        ...{ minVersion: version, maxVersion: version, ciphers: 'ALL:@SECLEVEL=0' },
      }),
    )
    expect(told(await discover([`127.0.0.1:${port}`]))).toEqual([
      [`127.0.0.1:${port}`, leaf.fingerprint],
    ])
  },
)

describe('what cannot be seen', async () => {
  const web = createServer((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'))
  const silent = createServer(() => {})
  const closing = createServer((socket) => socket.destroy())
  const [webPort, silentPort, closingPort] = await Promise.all(
    [web, silent, closing].map(listening),
  )

  it.each([
    ['another protocol', webPort, /does not speak TLS/],
    ['silence', silentPort, /did not answer in time/],
    ['a closed connection', closingPort, /closed the connection/],
  ])('is told: %s', async (_, port, reason) => {
    const found = await discover([`127.0.0.1:${port}`], { timeoutMs: 300 })
    expect(found).toEqual([
      { path: `127.0.0.1:${port}`, reason: expect.stringMatching(reason) as string },
    ])
  })

  it('is told of names that do not exist and of ports that nobody listens on', async () => {
    const free = createServer()
    const port = await listening(free)
    free.close()
    const found = await discover([`127.0.0.1:${port}`, 'nowhere.invalid'])
    expect(found.toSorted((a, b) => (a.path < b.path ? -1 : 1))).toEqual([
      { path: `127.0.0.1:${port}`, reason: 'it refused the connection' },
      { path: 'nowhere.invalid:443', reason: 'its name cannot be resolved' },
    ])
  })

  it('is counted in a network', async () => {
    const found = await discover([`127.0.0.0/29:${plain}`])
    expect(told(found)).toEqual([
      [`127.0.0.1:${plain}`, leaf.fingerprint],
      { path: `127.0.0.0/29:${plain}`, reason: '5 of 6 ports did not answer' },
    ])
  })

  it('is too much of a network', async () => {
    await expect(discover(['10.0.0.0/8'])).rejects.toThrow('16,777,214 addresses, over 65,536')
  })

  it('ends with the signal', async () => {
    const controller = new AbortController()
    const settings = TlsSettings.parse({ targets: [`127.0.0.1:${silentPort}`], timeoutMs: 10_000 })
    const context = { signal: controller.signal, hostname: 'here' }
    silent.once('connection', () => controller.abort(new Error('stopped')))
    await expect(Array.fromAsync(discoverTls(settings, context))).rejects.toThrow('stopped')
  })
})

/** Each step is what comes, and what is answered; after the last one TLS begins. */
async function speaking(greeting: string | Buffer, steps: [RegExp, string | Buffer][]) {
  const left = new Map<Socket, [RegExp, string | Buffer][]>()
  const answer = (socket: Socket, data: Buffer) => {
    const [step, ...rest] = left.get(socket) ?? []
    const heard = step?.[0].exec(data.toString('latin1'))
    if (step === undefined || !heard) return socket.destroy()
    left.set(socket, rest)
    socket.write(step[1])
    if (rest.length > 0) return
    socket.removeAllListeners('data')
    // TLS may come with what asked for it.
    socket.pause()
    socket.unshift(data.subarray(heard[0].length))
    const secure = new TLSSocket(socket, {
      isServer: true,
      secureContext: createSecureContext(identity),
    })
    secure.on('error', () => {})
  }
  return listening(
    createServer((socket) => {
      left.set(socket, [...steps])
      socket.write(greeting)
      socket.on('data', (data: Buffer) => answer(socket, data))
    }),
  )
}

const mysqlGreeting = Buffer.concat([
  Buffer.from([0x0a]),
  Buffer.from('8.4.0\0'),
  Buffer.alloc(13),
  Buffer.from([0, 0x08]),
  Buffer.alloc(30),
])
const ldapYes = Buffer.from('300c02010178070a010004000400', 'hex')
const ldapNo = Buffer.from('300c02010178070a013504000400', 'hex')

describe('STARTTLS', () => {
  it.each<[string, string | Buffer, [RegExp, string | Buffer][]]>([
    [
      'smtp',
      '220-mail\r\n220 ready\r\n',
      [
        [/^EHLO localhost\r\n$/, '250-mail\r\n250-SIZE 1\r\n250 STARTTLS\r\n'],
        [/^STARTTLS\r\n$/, '220 go\r\n'],
      ],
    ],
    ['imap', '* OK ready\r\n', [[/^a STARTTLS\r\n$/, '* some news\r\na OK go\r\n']]],
    ['pop3', '+OK ready\r\n', [[/^STLS\r\n$/, '+OK go\r\n']]],
    ['ftp', '220 ready\r\n', [[/^AUTH TLS\r\n$/, '234 go\r\n']]],
    ['ldap', '', [[/^.+1\.3\.6\.1\.4\.1\.1466\.20037$/s, ldapYes]]],
    // biome-ignore lint/suspicious/noControlCharactersInRegex: the protocol is of such bytes
    ['postgres', '', [[/^\x00\x00\x00\x08\x04\xd2\x16\x2f$/, 'S']]],
  ])('of %s is asked for', async (scheme, greeting, steps) => {
    const port = await speaking(greeting, steps)
    expect(told(await discover([`${scheme}://127.0.0.1:${port}`]))).toEqual([
      [`127.0.0.1:${port}`, leaf.fingerprint],
    ])
  })

  it('of mysql is asked for', async () => {
    const head = Buffer.from([mysqlGreeting.length, 0, 0, 0])
    // It answers nothing: TLS follows the packet at once.
    const port = await speaking(Buffer.concat([head, mysqlGreeting]), [[/^ .{35}/s, '']])
    expect(told(await discover([`mysql://127.0.0.1:${port}`]))).toEqual([
      [`127.0.0.1:${port}`, leaf.fingerprint],
    ])
  })

  it.each<[string, string | Buffer, [RegExp, string | Buffer][], RegExp]>([
    ['smtp', '554 no\r\n', [], /answered "554 no"/],
    [
      'smtp',
      '220 a\r\n',
      [
        [/EHLO/, '250 a\r\n'],
        [/STARTTLS/, '502 no\r\n'],
      ],
      /"502 no"/,
    ],
    ['imap', 'x'.repeat(20_000), [], /too much before TLS/],
    ['postgres', '', [[/./s, 'N']], /does not offer TLS/],
    ['ldap', '', [[/./s, ldapNo]], /does not offer TLS/],
    ['ldap', '', [[/./s, Buffer.from('308480000000', 'hex')]], /too much before TLS/],
    ['mysql', Buffer.from([3, 0, 0, 0, 9, 9, 9]), [], /does not speak MySQL/],
  ])('of %s that is refused is told', async (scheme, greeting, steps, reason) => {
    const never: [RegExp, string] = [/^never$/, '']
    const port = await speaking(greeting, [...steps, never])
    expect(await discover([`${scheme}://127.0.0.1:${port}`])).toEqual([
      { path: `127.0.0.1:${port}`, reason: expect.stringMatching(reason) as string },
    ])
  })
})
