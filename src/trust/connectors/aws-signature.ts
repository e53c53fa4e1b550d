// Signs requests to AWS (Signature Version 4): what every API of theirs asks for.
import { createHash, createHmac } from 'node:crypto'

export interface AwsCredentials {
  accessKeyId: string
  secretAccessKey: string
  /** Of temporary ones. */
  sessionToken: string | null
}

export interface AwsRequest {
  method: 'GET' | 'POST' | 'PUT' | 'DELETE'
  url: URL
  /** All are signed; the host is added. */
  headers: Readonly<Record<string, string>>
  body: string
  region: string
  /** As in a signature, such as `acm` or `route53`. */
  service: string
}

/** The headers to send: those given, lower-case, with the date and the signature. */
export function signAwsRequest(
  request: AwsRequest,
  { accessKeyId, secretAccessKey, sessionToken }: AwsCredentials,
  now: Date,
): Record<string, string> {
  const { method, url, body, region, service } = request
  const time = now.toISOString().replace(/[-:]|\.\d{3}/g, '')
  const scope = `${time.slice(0, 8)}/${region}/${service}/aws4_request`
  const headers: Record<string, string> = {
    ...lowerCased(request.headers),
    'x-amz-date': time,
    ...(sessionToken === null ? {} : { 'x-amz-security-token': sessionToken }),
  }
  const signed = Object.entries({ ...headers, host: url.host }).toSorted(byName)
  const names = signed.map(([name]) => name).join(';')
  const canonical = [
    method,
    canonicalPath(url),
    canonicalQuery(url),
    ...signed.map(([name, value]) => `${name}:${value.trim().replace(/ +/g, ' ')}`),
    '',
    names,
    sha256(body),
  ].join('\n')
  const toSign = ['AWS4-HMAC-SHA256', time, scope, sha256(canonical)].join('\n')
  const signature = hmac(signingKey(secretAccessKey, scope), toSign).toString('hex')
  const credential = `Credential=${accessKeyId}/${scope}`
  const parts = [credential, `SignedHeaders=${names}`, `Signature=${signature}`].join(', ')
  return { ...headers, authorization: `AWS4-HMAC-SHA256 ${parts}` }
}

function signingKey(secret: string, scope: string): Buffer {
  return scope
    .split('/')
    .reduce((key: Buffer, part) => hmac(key, part), Buffer.from(`AWS4${secret}`))
}

/** Each segment encoded again, as all services but S3 ask. */
function canonicalPath(url: URL): string {
  return url.pathname.split('/').map(encoded).join('/')
}

function canonicalQuery(url: URL): string {
  return [...url.searchParams]
    .map(([name, value]): [string, string] => [encoded(name), encoded(value)])
    .toSorted(byName)
    .map(([name, value]) => `${name}=${value}`)
    .join('&')
}

function byName([a, x]: readonly [string, string], [b, y]: readonly [string, string]): number {
  if (a !== b) return a < b ? -1 : 1
  return x < y ? -1 : x > y ? 1 : 0
}

/** RFC 3986, which leaves fewer characters alone than JavaScript does. */
function encoded(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  )
}

function lowerCased(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([k, v]) => [k.toLowerCase(), v]))
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}

function hmac(key: Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest()
}
