// The list of secrets as the Kubernetes API answers it: in pages with `continue`, by namespace and
// field selector, for who holds the token. For tests.
import type { IncomingMessage } from 'node:http'
import { createServer, type Server } from 'node:https'

export interface DoubleSecret {
  namespace: string
  name: string
  type?: string
  data: Record<string, string>
}

export interface DoubleOptions {
  identity: { key: string; cert: string }
  token: string
  secrets: DoubleSecret[]
  /** Namespaces that the account may list; null for all. */
  allowed: string[] | null
  /** Once, in the place of this page, the list is too old to go on. */
  expiresAtPage?: number
}

export interface KubernetesDouble {
  port: number
  /** Of each request. */
  asked: string[]
  close(): void
}

export async function startKubernetesDouble(options: DoubleOptions): Promise<KubernetesDouble> {
  const asked: string[] = []
  let expires = options.expiresAtPage ?? -1
  const server: Server = createServer(options.identity, (request, response) => {
    asked.push(request.url ?? '')
    const [status, body] = answerTo(request)
    response.writeHead(status, { 'content-type': 'application/json' })
    response.end(JSON.stringify(body))
  })

  function answerTo({ url = '', headers }: IncomingMessage): [number, object] {
    if (headers.authorization !== `Bearer ${options.token}`) return refused(401, 'Unauthorized')
    const { pathname, searchParams } = new URL(url, 'https://cluster')
    const [, namespace] = /^\/api\/v1(?:\/namespaces\/([^/]+))?\/secrets$/.exec(pathname) ?? []
    const mayList =
      options.allowed === null || (namespace !== undefined && options.allowed.includes(namespace))
    if (!mayList) return refused(403, 'Forbidden')
    const type = searchParams.get('fieldSelector')?.replace('type=', '')
    const all = options.secrets.filter(
      (each) =>
        (namespace === undefined || each.namespace === namespace) &&
        (each.type ?? 'kubernetes.io/tls') === type,
    )
    const from = Number(searchParams.get('continue') ?? 0)
    const limit = Number(searchParams.get('limit'))
    if (from > 0 && expires === from / limit) {
      expires = -1
      return refused(410, 'Expired')
    }
    const next = from + limit < all.length ? String(from + limit) : undefined
    const items = all.slice(from, from + limit).map(({ name, namespace: place, data }) => {
      return { metadata: { name, namespace: place }, type: 'kubernetes.io/tls', data }
    })
    const metadata = { resourceVersion: '1', ...(next === undefined ? {} : { continue: next }) }
    return [200, { kind: 'SecretList', apiVersion: 'v1', metadata, items }]
  }

  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  const port = typeof address === 'object' ? (address?.port ?? 0) : 0
  const close = () => {
    server.close()
    server.closeAllConnections()
  }
  return { port, asked, close }
}

function refused(code: number, reason: string): [number, object] {
  return [code, { kind: 'Status', apiVersion: 'v1', status: 'Failure', reason, code }]
}
