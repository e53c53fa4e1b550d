// Ports on which authorities are answered without a proxy in between: http-01 in plain HTTP, and
// tls-alpn-01 (RFC 8737) by certificates that are made for one handshake.
import { createHash, generateKeyPairSync, randomBytes, X509Certificate } from 'node:crypto'
import { once } from 'node:events'
import { createServer as createHttp, type Server as HttpServer } from 'node:http'
import type { Server } from 'node:net'
import { createSecureContext, createServer as createTls, type SecureContext } from 'node:tls'
import { Problem } from '../../../../platform/errors.ts'
import type { Platform } from '../../../../platform/platform.ts'
import { parseAlternativeNames } from '../../../x509/alternative-name.ts'
import { signCertificate } from '../../../x509/build.ts'
import { subjectAltNameExtension } from '../../../x509/extension/write.ts'
import { encodeName } from '../../../x509/name.ts'
import { createSoftwareSigner } from '../../../x509/signer.ts'
import { keyAuthorizationFor } from './answer-store.ts'
import { answerTo } from './routes.ts'

const challengePath = '/.well-known/acme-challenge/'
const protocol = 'acme-tls/1'
const identifierOid = '1.3.6.1.5.5.7.1.31'
const requestMs = 10_000
const connectionsMax = 200
const day = 86_400_000

/** Answers what closes them. Throws as listening does. */
export async function listenForAuthorities(platform: Platform): Promise<() => Promise<void>> {
  const { http, tls } = platform.config.acmePorts
  const servers: Server[] = []
  const stop = async () => {
    for (const server of servers) {
      server.close()
      if ('closeAllConnections' in server) (server as HttpServer).closeAllConnections()
    }
  }
  try {
    if (http !== null) servers.push(await opened(httpServer(platform), platform, http))
    if (tls !== null) servers.push(await opened(tlsServer(platform), platform, tls))
  } catch (error) {
    await stop()
    throw error
  }
  return stop
}

async function opened<Kind extends Server>(
  server: Kind,
  { config, log }: Platform,
  port: number,
): Promise<Kind> {
  server.maxConnections = connectionsMax
  server.listen({ port, host: config.host })
  await once(server, 'listening')
  server.on('error', (error) => log.error({ err: error }, 'a port for ACME authorities failed'))
  log.info({ port }, 'answers ACME authorities')
  return server
}

function httpServer(platform: Platform): HttpServer {
  const { log } = platform
  const server = createHttp({ requestTimeout: requestMs, headersTimeout: requestMs })
  server.on('request', (request, response) => {
    const { method, url = '' } = request
    const token = url.startsWith(challengePath) ? url.slice(challengePath.length) : ''
    const isAsked = method === 'GET' || method === 'HEAD'
    const address = request.socket.remoteAddress ?? ''
    const found = isAsked ? answerTo(platform, token, address) : Promise.resolve(null)
    found.then(
      (text) => {
        response.statusCode = text === null ? 404 : 200
        response.setHeader('content-type', 'application/octet-stream')
        response.setHeader('connection', 'close')
        response.end(text ?? '')
      },
      (error: unknown) => {
        const isLimited = error instanceof Problem && error.status === 429
        if (!isLimited) log.error({ err: error }, 'an ACME challenge was not answered')
        response.statusCode = isLimited ? 429 : 503
        response.setHeader('connection', 'close')
        response.end()
      },
    )
  })
  return server
}

function tlsServer({ db, log, now }: Platform): Server {
  const server = createTls({
    ALPNProtocols: [protocol],
    handshakeTimeout: requestMs,
    minVersion: 'TLSv1.2',
    SNICallback(name, done) {
      const work = db.inSystem((tx) => keyAuthorizationFor(tx, identifierOf(name)))
      work
        .then((text) => (text === null ? null : contextFor(identifierOf(name), text, now())))
        .then(
          (context) => (context === null ? done(new Error('no such name')) : done(null, context)),
          (error: Error) => {
            log.error({ err: error }, 'an ACME challenge was not answered')
            done(error)
          },
        )
    },
  })
  // The handshake is the answer.
  server.on('secureConnection', (socket) => {
    socket.on('error', () => socket.destroy())
    // In all, and not since the last byte: there are few places.
    const end = setTimeout(() => socket.destroy(), requestMs).unref()
    socket.on('close', () => clearTimeout(end))
    socket.resume()
  })
  server.on('tlsClientError', (error) => log.debug({ err: error }, 'a TLS handshake failed'))
  return server
}

async function contextFor(
  identifier: string,
  keyAuthorization: string,
  now: number,
): Promise<SecureContext> {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const signer = createSoftwareSigner(privateKey)
  const digest = createHash('sha256').update(keyAuthorization).digest()
  const subject = encodeName({ CN: 'ACME challenge' })
  const der = await signCertificate(
    {
      serialNumber: randomBytes(16),
      issuer: subject,
      subject,
      validFrom: new Date(Math.floor((now - day) / 1_000) * 1_000),
      validTo: new Date(Math.floor((now + day) / 1_000) * 1_000),
      publicKeyInfo: signer.publicKeyInfo,
      extensions: [
        subjectAltNameExtension(parseAlternativeNames([identifier]), false),
        {
          oid: identifierOid,
          critical: true,
          // An OCTET STRING of 32 bytes.
          value: Buffer.concat([Buffer.of(4, digest.length), digest]),
        },
      ],
    },
    signer,
  )
  const key = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
  return createSecureContext({
    key,
    cert: new X509Certificate(der).toString(),
    minVersion: 'TLSv1.2',
  })
}

/** An address stands in SNI as the name that leads back to it (RFC 8738, section 6). */
function identifierOf(serverName: string): string {
  const name = serverName.toLowerCase()
  const four = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.in-addr\.arpa$/.exec(name)
  if (four !== null) return four.slice(1).toReversed().join('.')
  const six = /^((?:[0-9a-f]\.){32})ip6\.arpa$/.exec(name)?.[1]
  if (six === undefined) return name
  const hex = [...six.replaceAll('.', '')].toReversed().join('')
  const groups = hex.match(/.{4}/g) ?? []
  return new URL(`http://[${groups.join(':')}]/`).hostname.slice(1, -1)
}
