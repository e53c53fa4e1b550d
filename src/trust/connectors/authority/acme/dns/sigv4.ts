// Signs requests to AWS (Signature Version 4).
import { createHash, createHmac } from 'node:crypto'

export interface AwsKey {
  accessKeyId: string
  secretAccessKey: string
}

export interface AwsRequest {
  method: 'GET' | 'POST'
  url: string
  body: string
  region: string
  service: string
}

/** The headers that the request is sent with. */
export function signedHeaders(
  { method, url, body, region, service }: AwsRequest,
  { accessKeyId, secretAccessKey }: AwsKey,
  now: number,
): Record<string, string> {
  const { host, pathname, searchParams } = new URL(url)
  const time = new Date(now).toISOString().replaceAll(/[-:]|\.\d+/g, '')
  const date = time.slice(0, 8)
  const query = [...searchParams]
    .map(([name, value]) => `${escaped(name)}=${escaped(value)}`)
    .toSorted()
    .join('&')
  const canonical = [
    method,
    pathname,
    query,
    `host:${host}\nx-amz-date:${time}\n`,
    'host;x-amz-date',
    hash(body),
  ].join('\n')
  const scope = `${date}/${region}/${service}/aws4_request`
  const text = ['AWS4-HMAC-SHA256', time, scope, hash(canonical)].join('\n')
  const key = [date, region, service, 'aws4_request'].reduce(
    (derived: Buffer, part) => hmac(derived, part),
    Buffer.from(`AWS4${secretAccessKey}`),
  )
  const signature = hmac(key, text).toString('hex')
  const told = [
    `Credential=${accessKeyId}/${scope}`,
    'SignedHeaders=host;x-amz-date',
    `Signature=${signature}`,
  ]
  return { 'x-amz-date': time, authorization: `AWS4-HMAC-SHA256 ${told.join(', ')}` }
}

/** RFC 3986, which leaves fewer characters as they are than encodeURIComponent. */
function escaped(text: string): string {
  return encodeURIComponent(text).replaceAll(
    /[!'()*]/g,
    (one) => `%${one.charCodeAt(0).toString(16).toUpperCase()}`,
  )
}

function hash(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}

function hmac(key: Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest()
}
