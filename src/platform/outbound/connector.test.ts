import { createPrivateKey, generateKeyPairSync, sign } from 'node:crypto'
import { once } from 'node:events'
import { createServer as createHttpsServer } from 'node:https'
import { type AddressInfo, createServer, type Server } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { guardedConnector } from './connector.ts'
import { OutboundFailed, OutboundRefused } from './errors.ts'
import { createOutbound } from './index.ts'
import { createResolver } from './resolver.ts'

const cleanups: (() => unknown)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})

async function listen(server: Server): Promise<string> {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  cleanups.push(() => new Promise((resolve) => server.close(resolve)))
  return String((server.address() as AddressInfo).port)
}

describe('a socket that ends up at an address that is not permitted', () => {
  it.each(['http:', 'https:'])('is closed before a byte is sent over %s', async (protocol) => {
    const received: Buffer[] = []
    let closed = 0
    const server = createServer((socket) => {
      socket.on('data', (bytes) => received.push(bytes))
      socket.on('error', () => {})
      socket.on('close', () => {
        closed += 1
      })
    })
    const port = await listen(server)
    // Permits the address when it is looked up and no more when it is connected to.
    const checked: string[] = []
    const policy = {
      refusal: (address: string) => (checked.push(address) > 1 ? 'private_address' : null),
    } as const
    const lookup = async () => [{ address: '127.0.0.1', family: 4 }]
    const resolver = createResolver({ policy, lookup, lookupMs: 1000, setting: 'X' })
    const connect = guardedConnector({ resolver, tls: {}, connectMs: 1000 })
    const error = await new Promise((resolve) => {
      connect({ hostname: 'moved.example', protocol, port }, (thrown, _socket) => resolve(thrown))
    })
    expect(error).toBeInstanceOf(OutboundRefused)
    expect(checked).toEqual(['127.0.0.1', '127.0.0.1'])
    await expect.poll(() => closed).toBe(1)
    expect(received).toEqual([])
  })
})

describe('https', () => {
  const { certificate, key } = selfSigned('trusted.example')
  const lookup = async () => [{ address: '127.0.0.1', family: 4 }]
  const options = {
    allowCidrs: ['127.0.0.0/8'],
    setting: 'X',
    userAgent: 'panthera-test',
    lookup,
  }

  async function serve() {
    const names: unknown[] = []
    const server = createHttpsServer({ cert: certificate, key }, (request, response) => {
      names.push('servername' in request.socket ? request.socket.servername : null)
      response.end(request.headers.host)
    })
    return { port: await listen(server), names }
  }

  it('reaches a host whose certificate is trusted and names it', async () => {
    const { port, names } = await serve()
    const outbound = createOutbound({ ...options, tls: { ca: certificate } })
    cleanups.push(() => outbound.close())
    const response = await outbound.request({ url: `https://trusted.example:${port}/` })
    expect(Buffer.from(response.body).toString()).toBe(`trusted.example:${port}`)
    expect(names).toEqual(['trusted.example'])
    const error: unknown = await outbound
      .request({ url: `https://other.example:${port}/` })
      .catch((thrown) => thrown)
    expect(error).toBeInstanceOf(OutboundFailed)
    expect(error).toMatchObject({ code: 'tls' })
    expect(names).toHaveLength(1)
  })

  it('does not reach one whose certificate nobody vouches for', async () => {
    const { port, names } = await serve()
    const outbound = createOutbound(options)
    cleanups.push(() => outbound.close())
    const request = outbound.request({ url: `https://trusted.example:${port}/` })
    await expect(request).rejects.toMatchObject({ code: 'tls' })
    expect(names).toEqual([])
  })
})

/** A self-signed certificate for one DNS name (RFC 5280), written out in DER. */
function selfSigned(name: string): { certificate: string; key: string } {
  const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const ecdsaWithSha256 = der(0x30, oid('2a8648ce3d040302'))
  const subject = der(0x30, der(0x31, der(0x30, oid('550403'), der(0x0c, Buffer.from(name)))))
  const validity = der(0x30, time('20200101000000Z'), time('20991231235959Z'))
  const altName = der(0x30, der(0x82, Buffer.from(name)))
  const extension = der(0x30, oid('551d11'), der(0x04, altName))
  const toBeSigned = der(
    0x30,
    der(0xa0, der(0x02, Buffer.of(2))),
    der(0x02, Buffer.of(1)),
    ecdsaWithSha256,
    subject,
    validity,
    subject,
    pair.publicKey.export({ type: 'spki', format: 'der' }),
    der(0xa3, der(0x30, extension)),
  )
  const key = pair.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
  const signature = sign('sha256', toBeSigned, createPrivateKey(key))
  const bits = der(0x03, Buffer.of(0), signature)
  const base64 = der(0x30, toBeSigned, ecdsaWithSha256, bits).toString('base64')
  const lines = base64.match(/.{1,64}/g) ?? []
  const certificate = ['-----BEGIN CERTIFICATE-----', ...lines, '-----END CERTIFICATE-----', '']
  return { certificate: certificate.join('\n'), key }
}

function der(tag: number, ...content: Uint8Array[]): Buffer {
  const body = Buffer.concat(content)
  const { length } = body
  const size =
    length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff]
  return Buffer.concat([Buffer.of(tag, ...size), body])
}

const oid = (hex: string) => der(0x06, Buffer.from(hex, 'hex'))
const time = (text: string) => der(0x18, Buffer.from(text))
