// One ACME server as all that ask it share it: the way to it, its directory and its nonces.
import { createHash } from 'node:crypto'
import { LRUCache } from 'lru-cache'
import { z } from 'zod'
import {
  createOutbound,
  type Outbound,
  OutboundFailed,
  OutboundRefused,
  type OutboundRequest,
  type OutboundResponse,
} from '../../../../platform/outbound/index.ts'
import type { Platform } from '../../../../platform/platform.ts'
import { Refused, Unreachable } from '../contract.ts'
import { type AccountKey, signed } from './remote/jws.ts'
import { AcmeProblem, readProblem } from './remote/problem.ts'
import { retryAfterMs } from './remote/retry-after.ts'

const Url = z.url({ protocol: /^https?$/ }).max(2_000)
const Directory = z.object({
  newNonce: Url,
  newAccount: Url,
  newOrder: Url,
  revokeCert: Url,
  keyChange: Url.optional(),
  renewalInfo: Url.optional(),
  meta: z
    .object({
      termsOfService: z.string().max(2_000).optional(),
      externalAccountRequired: z.boolean().optional(),
      profiles: z.record(z.string().max(200), z.unknown()).optional(),
    })
    .optional(),
})
export type Directory = z.infer<typeof Directory>

export interface AcmeAnswer {
  status: number
  headers: OutboundResponse['headers']
  /** Undefined where the body is no JSON. */
  json: unknown
  text: string
  /** What Retry-After says, 0 without. */
  retryAfterMs: number
}

/** Throws Unreachable for what passes, AcmeProblem for what the server refuses. */
export interface AcmeServer {
  directory(): Promise<Directory>
  get(url: string): Promise<AcmeAnswer>
  /** @param account its URL; null where the key itself stands in the request */
  post(url: string, payload: object | null, by: Signer): Promise<AcmeAnswer>
}

export interface Signer {
  key: AccountKey
  account: string | null
}

export type AcmeServers = (place: {
  directoryUrl: string
  caCertificates?: string | undefined
}) => AcmeServer

const serversKept = 100
const directoryMs = 10 * 60_000
const noncesKept = 20
const nonceTriesMax = 8
const bodyBytesMax = 1_048_576
const timeoutMs = 20_000

export function createAcmeServers(platform: Platform): AcmeServers {
  const known = new LRUCache<string, AcmeServer & { outbound: Outbound }>({
    max: serversKept,
    dispose: ({ outbound }) => void outbound.close(),
  })
  platform.stopping?.addEventListener('abort', () => known.clear(), { once: true })
  return ({ directoryUrl, caCertificates = '' }) => {
    const name = createHash('sha256').update(`${directoryUrl}\n${caCertificates}`).digest('hex')
    const hit = known.get(name)
    if (hit !== undefined) return hit
    const { config, version } = platform
    const outbound = createOutbound({
      userAgent: `panthera/${version} (ACME)`,
      allowCidrs: config.outboundAllowCidrs,
      setting: 'PANTHERA_OUTBOUND_ALLOW_CIDRS',
      ...(caCertificates === '' ? {} : { tls: { ca: caCertificates } }),
    })
    const made = { ...createServer(directoryUrl, outbound, platform.now), outbound }
    known.set(name, made)
    return made
  }
}

function createServer(directoryUrl: string, outbound: Outbound, now: () => number): AcmeServer {
  const nonces: string[] = []
  let read: { directory: Directory; until: number } | null = null

  async function exchange(request: OutboundRequest): Promise<AcmeAnswer> {
    const answer = await reached(() =>
      outbound.request({
        timeoutMs,
        bytesMax: bodyBytesMax,
        overflow: 'fail',
        ...request,
      }),
    )
    const nonce = answer.headers['replay-nonce']
    if (typeof nonce === 'string' && /^[\w-]{1,512}$/.test(nonce) && nonces.length < noncesKept) {
      nonces.push(nonce)
    }
    const text = Buffer.from(answer.body).toString('utf8')
    const { status, headers } = answer
    const after = retryAfterMs(headers['retry-after'], now())
    return { status, headers, json: parsed(text), text, retryAfterMs: after }
  }

  async function directory(): Promise<Directory> {
    if (read !== null && read.until > now()) return read.directory
    const answer = sound(await exchange({ url: directoryUrl }))
    const found = Directory.safeParse(answer.json)
    if (!found.success) {
      throw new Refused(`${directoryUrl} is no ACME directory: see settings.directoryUrl`)
    }
    read = { directory: found.data, until: now() + directoryMs }
    return found.data
  }

  async function nonce(): Promise<string> {
    const kept = nonces.pop()
    if (kept !== undefined) return kept
    const { newNonce } = await directory()
    sound(await exchange({ url: newNonce, method: 'HEAD' }))
    const fresh = nonces.pop()
    if (fresh === undefined) throw new Unreachable('the ACME server gave no nonce')
    return fresh
  }

  async function post(url: string, payload: object | null, { key, account }: Signer) {
    for (let tries = 1; ; tries++) {
      const who = account === null ? { jwk: key.jwk } : { kid: account }
      const body = signed({ nonce: await nonce(), url, ...who }, payload, key)
      const headers = { 'content-type': 'application/jose+json' }
      const answer = await exchange({ url, method: 'POST', headers, body })
      try {
        return sound(answer)
      } catch (error) {
        const again = error instanceof AcmeProblem && error.kind === 'badNonce'
        if (!again || tries >= nonceTriesMax) throw error
      }
    }
  }

  return { directory, post, get: async (url) => sound(await exchange({ url })) }
}

/** What is away, busy or asks to come later passes; the rest is the server's word. */
function sound(answer: AcmeAnswer): AcmeAnswer {
  const { status } = answer
  if (status >= 200 && status < 300) return answer
  const problem = new AcmeProblem(status, readProblem(answer.json), answer.retryAfterMs)
  const passes = status >= 500 || status === 429 || problem.kind === 'rateLimited'
  if (!passes) throw problem
  const limited = status === 429 || problem.kind === 'rateLimited'
  const retry = limited ? Math.max(answer.retryAfterMs, limitedMs) : answer.retryAfterMs
  const when = retry === 0 ? '' : `; asked again in ${Math.ceil(retry / 1_000)} s at the earliest`
  throw new Unreachable(
    limited
      ? `the authority limits how often it is asked: ${problem.message}${when}`
      : `the authority answered ${status}: ${problem.message}${when}`,
    { retryAfterMs: retry, cause: problem },
  )
}

/** Where it is limited without saying until when. */
const limitedMs = 5 * 60_000

async function reached<Result>(work: () => Promise<Result>): Promise<Result> {
  try {
    return await work()
  } catch (error) {
    if (error instanceof OutboundFailed) throw new Unreachable(error.message, { cause: error })
    // An operator opens networks while the authority waits.
    if (error instanceof OutboundRefused) throw new Unreachable(error.message, { cause: error })
    throw error
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
