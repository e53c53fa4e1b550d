// The calls on secrets of a Kubernetes cluster that a deployment needs: each refused where somebody
// else has changed the secret in between.
import { z } from 'zod'
import { createOutbound, type Outbound } from '../../../platform/outbound/index.ts'
import type { Cluster } from '../discover/kubernetes/kubeconfig.ts'

export interface SecretName {
  namespace: string
  name: string
}

export interface Secret {
  uid: string
  resourceVersion: string
  type: string
  /** Base64, by key. */
  data: Readonly<Record<string, string>>
}

/** Every call may throw ClusterRefused. */
export interface Secrets {
  /** Null where there is none. */
  get(secret: SecretName): Promise<Secret | null>
  /** Of type `kubernetes.io/tls`; refused where there is one. */
  create(secret: SecretName, data: Secret['data']): Promise<Secret>
  /** Replaces those keys and leaves others; refused where the version is another by now. */
  patch(secret: SecretName, data: Secret['data'], resourceVersion: string): Promise<Secret>
  /** Only the one of that uid. */
  remove(secret: SecretName, uid: string): Promise<void>
  close(): Promise<void>
}

/** The cluster answered and will not, or did not answer. */
export class ClusterRefused extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'ClusterRefused'
  }
}

export const tlsSecretType = 'kubernetes.io/tls'

const Answer = z.object({
  metadata: z.object({ uid: z.string().max(100), resourceVersion: z.string().max(100) }),
  type: z.string().max(253).default('Opaque'),
  data: z.record(z.string(), z.string()).nullish(),
})
const Refusal = z.object({ message: z.string() })

/** A secret has up to 1 MiB, base64 included; answers stand in JSON. */
const answerBytesMax = 4 << 20

export function clusterSecrets(cluster: Cluster): Secrets {
  const outbound = createOutbound({
    // Clusters are private by nature, and whoever set this named the server.
    allowCidrs: ['0.0.0.0/0', '::/0'],
    setting: 'kubernetes',
    userAgent: 'panthera-agent',
    tls: { ...(cluster.ca === null ? {} : { ca: cluster.ca }), ...(cluster.identity ?? {}) },
  })

  async function call(secret: SecretName, { method, body, found = true }: Call) {
    const { status, text } = await exchange(outbound, cluster, secret, { method, body, found })
    if (status === 404 && method === 'GET') return null
    if (status >= 200 && status < 300) return text
    throw new ClusterRefused(refusal(secret, status, text))
  }

  return {
    async get(secret) {
      const text = await call(secret, { method: 'GET' })
      return text === null ? null : secretIn(text)
    },
    async create(secret, data) {
      const { name } = secret
      const body = {
        apiVersion: 'v1',
        kind: 'Secret',
        metadata: { name },
        type: tlsSecretType,
        data,
      }
      return secretIn(await call(secret, { method: 'POST', body, found: false }))
    },
    async patch(secret, data, resourceVersion) {
      // With a version in it, a merge is refused as a conflict unless it is still that one.
      const body = { metadata: { resourceVersion }, data }
      return secretIn(await call(secret, { method: 'PATCH', body }))
    },
    async remove(secret, uid) {
      const body = { apiVersion: 'v1', kind: 'DeleteOptions', preconditions: { uid } }
      await call(secret, { method: 'DELETE', body })
    },
    close: () => outbound.close(),
  }
}

interface Call {
  method: 'GET' | 'POST' | 'PATCH' | 'DELETE'
  body?: object | undefined
  /** Whether the secret has an address of its own yet. */
  found?: boolean
}

async function exchange(
  outbound: Outbound,
  { url, token }: Cluster,
  { namespace, name }: SecretName,
  { method, body, found }: Call,
): Promise<{ status: number; text: string }> {
  const path = `/api/v1/namespaces/${encodeURIComponent(namespace)}/secrets`
  const form = method === 'PATCH' ? 'application/merge-patch+json' : 'application/json'
  try {
    const answer = await outbound.request({
      method,
      url: `${url}${path}${found ? `/${encodeURIComponent(name)}` : ''}`,
      headers: {
        accept: 'application/json',
        ...(token === null ? {} : { authorization: `Bearer ${token}` }),
        ...(body === undefined ? {} : { 'content-type': form }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      bytesMax: answerBytesMax,
      overflow: 'fail',
      timeoutMs: 30_000,
    })
    return { status: answer.status, text: Buffer.from(answer.body).toString('utf8') }
  } catch (cause) {
    const told = cause instanceof Error ? cause.message : String(cause)
    throw new ClusterRefused(`the cluster ${url} cannot be reached: ${told}`, { cause })
  }
}

function secretIn(text: string | null): Secret {
  try {
    const { metadata, type, data } = Answer.parse(JSON.parse(text ?? ''))
    return { ...metadata, type, data: data ?? {} }
  } catch (cause) {
    throw new ClusterRefused('the cluster answered what is no secret', { cause })
  }
}

const meanings: Readonly<Record<number, string>> = {
  401: 'the cluster does not know this credential: renew its token',
  403: 'this account may not do that: grant it get, create, patch and delete on secrets there',
  404: 'there is no such namespace or secret',
  409: 'somebody else has changed it in the meantime',
}

function refusal({ namespace, name }: SecretName, status: number, text: string): string {
  let said = ''
  try {
    said = Refusal.parse(JSON.parse(text)).message.slice(0, 200)
  } catch {
    // The status alone has to do.
  }
  const why = meanings[status] ?? `the cluster answers ${status}`
  return `secret ${namespace}/${name}: ${why}${said === '' ? '' : ` (${said})`}`
}
