// AWS Certificate Manager as its API is described: the JSON protocol with its target header, pages
// with NextToken, and signatures that are checked. For tests.
import { createServer, type IncomingMessage, type Server } from 'node:http'
import { type AwsCredentials, signAwsRequest } from '../../aws-signature.ts'

export interface AcmDouble {
  url: string
  /** The target of each request. */
  asked: string[]
  close(): void
}

export interface DoubleCertificate {
  arn: string
  certificate: string
  chain?: string
  inUse?: boolean
}

export interface AcmDoubleOptions {
  credentials: AwsCredentials
  certificates: DoubleCertificate[]
  /** Answered once, in the place of the first answer. */
  first?: { status: number; type: string }
  pageItems?: number
}

export async function startAcmDouble(options: AcmDoubleOptions): Promise<AcmDouble> {
  const { certificates, pageItems = 2 } = options
  const asked: string[] = []
  let { first } = options

  function answerTo(target: string, input: Record<string, unknown>): [number, object] {
    if (first !== undefined) {
      const { status, type } = first
      first = undefined
      return [status, { __type: type, message: 'arn:aws:iam::1:user/somebody' }]
    }
    if (target === 'CertificateManager.ListCertificates') {
      const from = Number(input.NextToken ?? 0)
      const next = from + pageItems < certificates.length ? String(from + pageItems) : null
      const summaries = certificates.slice(from, from + pageItems).map(({ arn, inUse }) => ({
        ...{ CertificateArn: arn, DomainName: 'a.example', Status: 'ISSUED' },
        InUse: inUse ?? true,
      }))
      const more = next === null ? {} : { NextToken: next }
      return [200, { CertificateSummaryList: summaries, ...more }]
    }
    const found = certificates.find(({ arn }) => arn === input.CertificateArn)
    if (target !== 'CertificateManager.GetCertificate' || found === undefined) {
      return [400, { __type: 'ResourceNotFoundException' }]
    }
    return [200, { Certificate: found.certificate, CertificateChain: found.chain }]
  }

  const server: Server = createServer((request, response) => {
    let body = ''
    request.setEncoding('utf8')
    request.on('data', (chunk: string) => {
      body += chunk
    })
    request.on('end', () => {
      const target = String(request.headers['x-amz-target'])
      asked.push(target)
      const [status, answer] = isSigned(request, body, options.credentials)
        ? answerTo(target, JSON.parse(body))
        : ([403, { __type: 'InvalidSignatureException' }] as const)
      response.writeHead(status, { 'content-type': 'application/x-amz-json-1.1' })
      response.end(JSON.stringify(answer))
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  const port = typeof address === 'object' ? (address?.port ?? 0) : 0
  const close = () => {
    server.close()
    server.closeAllConnections()
  }
  return { url: `http://127.0.0.1:${port}`, asked, close }
}

/** Signed again with what the request says of itself. */
function isSigned(
  { headers, url = '/' }: IncomingMessage,
  body: string,
  credentials: AwsCredentials,
): boolean {
  const { authorization = '', host } = headers
  const [, region = ''] = /\/\d{8}\/([^/]+)\/acm\/aws4_request/.exec(authorization) ?? []
  const time = String(headers['x-amz-date'])
  const at = time.replace(/^(....)(..)(..)T(..)(..)(..)Z$/, '$1-$2-$3T$4:$5:$6.000Z')
  const signed = {
    'content-type': String(headers['content-type']),
    'x-amz-target': String(headers['x-amz-target']),
  }
  const wish = { method: 'POST', body, region, service: 'acm' } as const
  const request = { ...wish, url: new URL(url, `http://${host}`), headers: signed }
  return signAwsRequest(request, credentials, new Date(at)).authorization === authorization
}
