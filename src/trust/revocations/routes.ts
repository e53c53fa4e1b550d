// /trust/crl, /trust/ocsp and /trust/ca: what relying parties ask about certificates of internal
// authorities. Anyone may, and the addresses stand in the certificates.
import { LRUCache } from 'lru-cache'
import { z } from 'zod'
import { common, Problem } from '../../platform/errors.ts'
import { network } from '../../platform/http/address.ts'
import { rateLimited } from '../../platform/http/rate-limit.ts'
import { type RawBody, type Route, route, type Streamed } from '../../platform/http/route.ts'
import { type AuthorityRow, findByToken } from '../authorities/store.ts'
import type { Trust } from '../parts.ts'
import { type Crl, type CrlIssuer, currentCrl, issuerOf } from './crl.ts'
import { createOcsp } from './ocsp.ts'

const tag = 'Revocation'
const requestBytesMax = 4_096
/** How long this node believes what it read of an authority: a revocation shows after it. */
const keptMs = 1_000

const File = (ending: string) =>
  z.object({
    file: z.string().regex(new RegExp(`^[0-9A-Za-z]{22}(-root|-[1-9][0-9]{0,3})?\\.${ending}$`), {
      message: `must be the name of a file of this installation, ending in .${ending}`,
    }),
  })
const Token = z.object({ token: z.string().max(100) })

export function revocationRoutes(trust: Trust): Route[] {
  const authorities = knownAuthorities(trust)
  return [...listRoutes(trust, authorities), ...ocspRoutes(trust, authorities)]
}

type KnownAuthorities = (token: string) => Promise<AuthorityRow>

/** Throws 404. */
function knownAuthorities({ platform }: Trust): KnownAuthorities {
  const known = new LRUCache<string, { row: AuthorityRow | null }>({ max: 10_000, ttl: keptMs })
  return async (token) => {
    const hit = known.get(token)
    const row =
      hit?.row ?? (hit ? null : await platform.db.inSystem((tx) => findByToken(tx, token)))
    if (hit === undefined) known.set(token, { row })
    if (row === null || row.type !== 'internal') throw common.problem('not_found')
    return row
  }
}

function listRoutes(trust: Trust, authorities: KnownAuthorities): Route[] {
  const { db } = trust.platform
  const lists = new LRUCache<string, Crl>({ max: 50, ttl: keptMs })
  return [
    route({
      method: 'GET',
      path: '/crl/:file',
      operationId: 'readRevocationList',
      summary: 'The list of revoked certificates of an authority',
      tag,
      permission: 'public',
      status: 200,
      params: File('crl'),
      reply: 'application/pkix-crl',
      errors: ['not_found', 'rate_limited'],
      handle: async ({ params, header, headers, address }) => {
        await spend(trust, address)
        const { token, issuer } = nameOf(params.file)
        const row = await authorities(token)
        const known = lists.get(params.file)
        const crl =
          known ??
          (await db.inTenant(row.organizationId, (tx) => currentCrl(trust, tx, row, issuer)))
        if (known === undefined) lists.set(params.file, crl)
        header('cache-control', 'public, max-age=60')
        const etag = `"${crl.number}"`
        header('etag', etag)
        const answer = whole('application/pkix-crl', crl.der)
        if (isKnown(headers['if-none-match'], etag)) answer.status = 304
        return answer
      },
    }),
    route({
      method: 'GET',
      path: '/ca/:file',
      operationId: 'readAuthorityCertificate',
      summary: 'The certificate of an authority, in DER',
      tag,
      permission: 'public',
      status: 200,
      params: File('crt'),
      reply: 'application/pkix-cert',
      errors: ['not_found', 'rate_limited'],
      handle: async ({ params, header, address }) => {
        await spend(trust, address)
        const { token, issuer } = nameOf(params.file)
        const row = await authorities(token)
        const keys = await db.inTenant(row.organizationId, (tx) => trust.authorities.keys(tx, row))
        const { certificate } = issuer === 'root' ? keys.root : issuerOf(keys, issuer)
        header('cache-control', 'public, max-age=86400')
        return whole('application/pkix-cert', certificate.der)
      },
    }),
  ]
}

function ocspRoutes(trust: Trust, authorities: KnownAuthorities): Route[] {
  const ocsp = createOcsp(trust)
  const shared = {
    tag,
    permission: 'public',
    status: 200,
    errors: ['not_found', 'rate_limited'],
  } as const
  const reply = 'application/ocsp-response'
  const answer = async (
    token: string,
    request: Uint8Array,
    header: (name: string, value: string) => void,
  ) => {
    const { der, maxAge } = await ocsp.answer(await authorities(token), request)
    header('cache-control', maxAge === 0 ? 'no-store' : `public, max-age=${maxAge}`)
    return whole(reply, der)
  }
  return [
    route({
      ...shared,
      reply,
      method: 'POST',
      path: '/ocsp/:token',
      operationId: 'askOcsp',
      summary: 'Whether a certificate is revoked (RFC 6960)',
      params: Token,
      rawBody: ['application/ocsp-request'],
      handle: async ({ params, body, header, address }) => {
        await spend(trust, address)
        return answer(params.token, await readBody(body as unknown as RawBody), header)
      },
    }),
    route({
      ...shared,
      reply,
      method: 'GET',
      // RFC 6960, appendix A: Base64 ends the address, and not every client escapes its slashes.
      path: '/ocsp/:token/*',
      operationId: 'lookUpOcsp',
      summary: 'The same with the request in the address, in Base64',
      params: Token.extend({ '*': z.string().max(1_000) }),
      handle: async ({ params, header, address }) => {
        await spend(trust, address)
        return answer(params.token, Buffer.from(params['*'], 'base64'), header)
      },
    }),
  ]
}

/** Anyone may ask, but not without end. */
async function spend({ platform }: Trust, address: string): Promise<void> {
  const { limits, plans, now } = platform
  const rates = plans.named('trust.status')
  const allowance = await limits.take(`trust.status ${network(address)}`, rates)
  if (!allowance.allowed) throw rateLimited(allowance, now())
}

/** As RFC 9110, section 13.1.2, compares: weakly, any of a list. */
function isKnown(sent: string | undefined, tag: string): boolean {
  const tags = (sent ?? '').split(',').map((each) => each.trim().replace(/^W\//, ''))
  return tags.includes(tag) || tags.includes('*')
}

function nameOf(file: string): { token: string; issuer: CrlIssuer } {
  const [token = '', signer = '1'] = file.replace(/\.\w+$/, '').split('-')
  return { token, issuer: signer === 'root' ? 'root' : Number(signer) }
}

async function readBody(body: RawBody): Promise<Buffer> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of body) {
    bytes += (chunk as Buffer).length
    if (bytes > requestBytesMax) {
      const details = { bytes_max: requestBytesMax }
      throw new Problem('too_large', common.entries.too_large, { details })
    }
    chunks.push(chunk as Buffer)
  }
  return Buffer.concat(chunks)
}

function whole(contentType: string, bytes: Uint8Array): Streamed {
  return { contentType, body: once(bytes) }
}

async function* once(bytes: Uint8Array) {
  yield bytes
}
