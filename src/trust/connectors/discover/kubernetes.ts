// Finds the certificates of TLS secrets in a Kubernetes cluster. It reads `tls.crt` alone.
import { z } from 'zod'
import { createOutbound, type Outbound } from '../../../platform/outbound/index.ts'
import type { Discover, Discovered, DiscoveryContext, KubernetesSettings } from './contract.ts'
import { readCertificates } from './files/read.ts'
import { type Cluster, clusterOfPod, readKubeconfig } from './kubernetes/kubeconfig.ts'

const pageItems = 100
const pagesMax = 1000
/** A secret has up to 1 MiB, and TLS secrets have far less. */
const pageBytesMax = 33_554_432
/** The list began anew because it took too long. */
const restartsMax = 3

export const discoverKubernetes: Discover<KubernetesSettings> = async function* (
  settings,
  context,
) {
  const { kubeconfig } = settings
  const cluster =
    kubeconfig === undefined
      ? await clusterOfPod(process.env)
      : await readKubeconfig(kubeconfig, settings.context)
  const outbound = createOutbound({
    // Clusters are private by nature, and whoever set this named the server.
    allowCidrs: ['0.0.0.0/0', '::/0'],
    setting: 'kubeconfig',
    userAgent: 'panthera-discovery',
    tls: { ...(cluster.ca === null ? {} : { ca: cluster.ca }), ...(cluster.identity ?? {}) },
  })
  try {
    const places = settings.namespaces.length > 0 ? settings.namespaces : [null]
    for (const namespace of places) yield* listIn(namespace, { cluster, outbound, context })
  } finally {
    await outbound.close()
  }
}

interface Reach {
  cluster: Cluster
  outbound: Outbound
  context: DiscoveryContext
}

const Page = z.object({
  metadata: z.object({ continue: z.string().max(8192).optional() }),
  items: z
    .array(
      z.object({
        metadata: z.object({ name: z.string().max(253), namespace: z.string().max(253) }),
        type: z.string().optional(),
        data: z.record(z.string(), z.string()).nullish(),
      }),
    )
    .nullable(),
})
type Secret = NonNullable<z.infer<typeof Page>['items']>[number]

async function* listIn(namespace: string | null, reach: Reach): AsyncGenerator<Discovered> {
  const where = namespace ?? 'all namespaces'
  let next = ''
  let restarts = 0
  let done = 0
  for (let page = 0; page < pagesMax; page++) {
    const answer = await pageOf(namespace, next, reach)
    if (answer === 'expired' && restarts++ < restartsMax) {
      next = ''
      continue
    }
    if (typeof answer === 'string') {
      yield { path: where, reason: answer === 'expired' ? 'its list changed too fast' : answer }
      return
    }
    for (const secret of answer.items ?? []) yield* sightingsIn(secret, reach.cluster)
    done += answer.items?.length ?? 0
    reach.context.progress?.(done, null)
    next = answer.metadata.continue ?? ''
    if (next === '') return
  }
  yield { path: where, reason: `over ${pagesMax * pageItems} secrets; the rest was not read` }
}

/** A text tells why there is none. */
async function pageOf(
  namespace: string | null,
  next: string,
  { cluster, outbound, context }: Reach,
): Promise<z.infer<typeof Page> | string> {
  const place = namespace === null ? '' : `/namespaces/${encodeURIComponent(namespace)}`
  const query = new URLSearchParams({
    fieldSelector: 'type=kubernetes.io/tls',
    limit: String(pageItems),
    ...(next === '' ? {} : { continue: next }),
  })
  const { token } = cluster
  try {
    const { status, body } = await outbound.request({
      url: `${cluster.url}/api/v1${place}/secrets?${query}`,
      headers: {
        accept: 'application/json',
        ...(token === null ? {} : { authorization: `Bearer ${token}` }),
      },
      bytesMax: pageBytesMax,
      overflow: 'fail',
      timeoutMs: 60_000,
      signal: context.signal,
    })
    if (status === 200) return Page.parse(JSON.parse(Buffer.from(body).toString('utf8')))
    return refusals[status] ?? `the cluster answered ${status}`
  } catch (error) {
    context.signal.throwIfAborted()
    if (error instanceof z.ZodError || error instanceof SyntaxError) {
      return 'the cluster answered what is no list of secrets'
    }
    return error instanceof Error ? error.message : String(error)
  }
}

const refusals: Record<number, string> = {
  401: 'the cluster does not know this credential; renew its token',
  403: 'this account may not list secrets; grant it the verb list on secrets',
  404: 'there is no such namespace, or no Kubernetes',
  410: 'expired',
}

function* sightingsIn(secret: Secret, cluster: Cluster): Generator<Discovered> {
  const { name, namespace } = secret.metadata
  const path = `${namespace}/${name}`
  const text = secret.data?.['tls.crt']
  if (text === undefined || text === '') {
    yield { path, reason: 'it has no tls.crt' }
    return
  }
  const read = readCertificates(Buffer.from(text, 'base64'), [])
  const [leaf, ...above] = read.certificates.map(({ certificate }) => certificate)
  if (leaf !== undefined) {
    yield {
      der: leaf.der,
      chain: above.map(({ der }) => der),
      source: 'kubernetes',
      hostname: new URL(cluster.url).hostname,
      path,
      // That it is there is all that is asked: its value is passed over unread.
      hasPrivateKey: Object.hasOwn(secret.data ?? {}, 'tls.key'),
    }
  }
  for (const reason of read.unread) yield { path, reason }
}
