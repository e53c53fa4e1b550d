// Finds the certificates in AWS Certificate Manager: those it issued, and those imported into it.
import { setTimeout as wait } from 'node:timers/promises'
import { z } from 'zod'
import { createOutbound, type Outbound } from '../../../platform/outbound/index.ts'
import { type AwsCredentials, signAwsRequest } from '../aws-signature.ts'
import { findAwsCredentials } from './acm/credentials.ts'
import type { AcmSettings, Discover, Discovered, DiscoveryContext } from './contract.ts'
import { readCertificates } from './files/read.ts'

const pageItems = 100
const pagesMax = 1000

export const discoverAcm: Discover<AcmSettings> = async function* (settings, context) {
  const credentials = await findAwsCredentials(process.env)
  const { AWS_ENDPOINT_URL_ACM: endpoint, AWS_ENDPOINT_URL: all } = process.env
  const outbound = createOutbound({
    // A private endpoint is the operator's, who alone sets these variables.
    allowCidrs: endpoint || all ? ['0.0.0.0/0', '::/0'] : [],
    setting: 'AWS_ENDPOINT_URL_ACM',
    userAgent: 'panthera-discovery',
  })
  try {
    for (const region of settings.regions) {
      const url = new URL(endpoint || all || `https://acm.${region}.${domainOf(region)}/`)
      yield* listIn({ region, url, credentials, outbound, context })
    }
  } finally {
    await outbound.close()
  }
}

function domainOf(region: string): string {
  return region.startsWith('cn-') ? 'amazonaws.com.cn' : 'amazonaws.com'
}

interface Reach {
  region: string
  url: URL
  credentials: AwsCredentials
  outbound: Outbound
  context: DiscoveryContext
}

const List = z.object({
  CertificateSummaryList: z
    .array(
      z.object({
        CertificateArn: z.string().max(2048),
        Status: z.string().optional(),
        Type: z.string().optional(),
        InUse: z.boolean().optional(),
      }),
    )
    .default([]),
  NextToken: z.string().max(10_000).nullish(),
})

const Body = z.object({
  Certificate: z.string().max(131_072),
  CertificateChain: z.string().max(2_097_152).nullish(),
})

/** By default ACM lists RSA keys of 1024 and 2048 bits alone. */
const keyTypes = ['RSA_1024', 'RSA_2048', 'RSA_3072', 'RSA_4096'].concat([
  'EC_prime256v1',
  'EC_secp384r1',
  'EC_secp521r1',
])
/** Others have no certificate yet, or never will. */
const statuses = ['ISSUED', 'INACTIVE', 'EXPIRED', 'REVOKED']

async function* listIn(reach: Reach): AsyncGenerator<Discovered> {
  let next: string | undefined
  let done = 0
  for (let page = 0; page < pagesMax; page++) {
    const answer = await call(reach, 'ListCertificates', List, {
      MaxItems: pageItems,
      CertificateStatuses: statuses,
      Includes: { keyTypes },
      ...(next === undefined ? {} : { NextToken: next }),
    })
    if (typeof answer === 'string') {
      yield { path: `ACM in ${reach.region}`, reason: answer }
      return
    }
    for (const summary of answer.CertificateSummaryList) {
      yield* sightingOf(summary.CertificateArn, summary.InUse ?? null, reach)
      reach.context.progress?.(++done, null)
    }
    next = answer.NextToken ?? undefined
    if (next === undefined) return
  }
  const reason = `over ${pagesMax * pageItems} certificates; the rest was not read`
  yield { path: `ACM in ${reach.region}`, reason }
}

async function* sightingOf(
  arn: string,
  inUse: boolean | null,
  reach: Reach,
): AsyncGenerator<Discovered> {
  const answer = await call(reach, 'GetCertificate', Body, { CertificateArn: arn })
  if (typeof answer === 'string') {
    yield { path: arn, reason: answer }
    return
  }
  const read = readCertificates(Buffer.from(answer.Certificate), [])
  const above = answer.CertificateChain
    ? readCertificates(Buffer.from(answer.CertificateChain), [])
    : null
  const [leaf] = read.certificates
  if (leaf !== undefined) {
    yield {
      der: leaf.certificate.der,
      chain: above?.certificates.map(({ certificate }) => certificate.der) ?? [],
      source: 'cloud',
      hostname: reach.region,
      path: arn,
      // ACM holds the key of each of its certificates, and seldom lets it out.
      hasPrivateKey: true,
      ...(inUse === false ? { note: 'nothing uses it' } : {}),
    }
  }
  for (const reason of [...read.unread, ...(above?.unread ?? [])]) yield { path: arn, reason }
}

const attemptsMax = 5

/** A text tells why there is no answer. */
async function call<T>(
  { region, url, credentials, outbound, context }: Reach,
  action: string,
  shape: z.ZodType<T>,
  input: object,
): Promise<T | string> {
  const body = JSON.stringify(input)
  const type = { 'content-type': 'application/x-amz-json-1.1' }
  const headers = { ...type, 'x-amz-target': `CertificateManager.${action}` }
  try {
    for (let attempt = 1; ; attempt++) {
      const wish = { method: 'POST', url, headers, body, region, service: 'acm' } as const
      const answer = await outbound.request({
        url: url.href,
        method: 'POST',
        headers: signAwsRequest(wish, credentials, new Date()),
        body,
        bytesMax: 8_388_608,
        overflow: 'fail',
        signal: context.signal,
      })
      const text = Buffer.from(answer.body).toString('utf8')
      if (answer.status === 200) return shape.parse(JSON.parse(text))
      const refused = refusalOf(answer.status, text, action)
      if (!refused.again || attempt >= attemptsMax) return refused.reason
      await wait(2 ** attempt * 250, undefined, { signal: context.signal })
    }
  } catch (error) {
    context.signal.throwIfAborted()
    if (error instanceof z.ZodError || error instanceof SyntaxError) {
      return 'AWS answered something else than is documented'
    }
    return error instanceof Error ? error.message : String(error)
  }
}

const Refusal = z.object({ __type: z.string().max(300) })

/** The message of AWS is left out: it names the account and its keys. */
function refusalOf(status: number, text: string, action: string) {
  let type = ''
  try {
    type = Refusal.parse(JSON.parse(text)).__type.replace(/^.*#/, '')
  } catch {}
  const told: Record<string, string> = {
    AccessDeniedException: `this role may not do acm:${action}; allow it`,
    UnrecognizedClientException: 'AWS does not know these credentials',
    InvalidSignatureException: 'AWS refuses the signature: is the clock right, and the secret?',
    ExpiredTokenException: 'these credentials have expired',
  }
  const again = status >= 500 || /Throttl|TooManyRequests/.test(type)
  const reason = told[type] ?? `AWS answered ${status}${type === '' ? '' : `, ${type}`}`
  return { again, reason }
}
