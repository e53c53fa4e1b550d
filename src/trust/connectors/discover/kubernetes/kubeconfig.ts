// How to reach a cluster: from a kubeconfig file, or as a pod inside it.
import { readFile } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { parse } from 'yaml'
import { z } from 'zod'
import { DiscoveryRefused } from '../contract.ts'

export interface Cluster {
  /** Such as `https://10.0.0.1:6443`, without a path's last slash. */
  url: string
  ca: string | null
  /** Of a client certificate, PEM. */
  identity: { cert: string; key: string } | null
  token: string | null
}

const sizeMax = 4_194_304
const text = z.string().max(1_048_576)

const Config = z.object({
  'current-context': text.optional(),
  clusters: z.array(
    z.object({
      name: text,
      cluster: z.object({
        server: text,
        'certificate-authority': text.optional(),
        'certificate-authority-data': text.optional(),
        'insecure-skip-tls-verify': z.boolean().optional(),
      }),
    }),
  ),
  users: z.array(
    z.object({
      name: text,
      user: z.object({
        token: text.optional(),
        tokenFile: text.optional(),
        'client-certificate': text.optional(),
        'client-certificate-data': text.optional(),
        'client-key': text.optional(),
        'client-key-data': text.optional(),
        exec: z.unknown().optional(),
        'auth-provider': z.unknown().optional(),
      }),
    }),
  ),
  contexts: z.array(z.object({ name: text, context: z.object({ cluster: text, user: text }) })),
})
type Config = z.infer<typeof Config>

/** @throws {DiscoveryRefused} */
export async function readKubeconfig(path: string, context: string | undefined): Promise<Cluster> {
  const config = parsed(await contentOf(path), path)
  const wanted = context ?? config['current-context'] ?? ''
  const chosen = config.contexts.find(({ name }) => name === wanted)?.context
  if (chosen === undefined) {
    const names = config.contexts.map(({ name }) => name).join(', ')
    throw new DiscoveryRefused(`${path} has no context "${wanted}"`, `It has ${names || 'none'}.`)
  }
  const cluster = config.clusters.find(({ name }) => name === chosen.cluster)?.cluster
  const user = config.users.find(({ name }) => name === chosen.user)?.user
  if (cluster === undefined || user === undefined) {
    throw new DiscoveryRefused(`${path}: the context "${wanted}" names what is not in it`)
  }
  const isChecked = cluster['insecure-skip-tls-verify'] !== true
  if (!isChecked || !/^https:\/\//i.test(cluster.server)) {
    const hint = 'It takes https:// and the authority in certificate-authority-data.'
    throw new DiscoveryRefused(`${path} would send a credential to an unchecked server`, hint)
  }
  const beside = (name: string) => resolve(dirname(path), name)
  const take = async (data: string | undefined, file: string | undefined) => {
    if (data !== undefined) return Buffer.from(data, 'base64').toString('utf8')
    return file === undefined ? null : await contentOf(beside(file))
  }
  const cert = await take(user['client-certificate-data'], user['client-certificate'])
  const key = await take(user['client-key-data'], user['client-key'])
  const token =
    user.token ??
    (user.tokenFile === undefined ? null : (await contentOf(beside(user.tokenFile))).trim())
  if (token === null && (cert === null || key === null)) throw noCredential(path, user)
  return {
    url: cluster.server.replace(/\/+$/, ''),
    ca: await take(cluster['certificate-authority-data'], cluster['certificate-authority']),
    identity: cert === null || key === null ? null : { cert, key },
    token,
  }
}

function noCredential(path: string, user: Config['users'][number]['user']): DiscoveryRefused {
  const runs = user.exec !== undefined || user['auth-provider'] !== undefined
  const what = runs ? 'gets its credential from a program, which is not run here' : 'has none'
  const hint = 'Make a service account that may list secrets, and use its token.'
  return new DiscoveryRefused(`${path}: the user ${what}`, hint)
}

function parsed(content: string, path: string): Config {
  let document: unknown
  try {
    document = parse(content, { maxAliasCount: 10 })
  } catch {
    throw new DiscoveryRefused(`${path} is no YAML`)
  }
  const { success, data, error } = Config.safeParse(document)
  if (success) return data
  const [issue] = error.issues
  throw new DiscoveryRefused(`${path}: ${issue?.path.join('.')}: ${issue?.message}`)
}

/** Where a pod finds its own account. */
const account = '/var/run/secrets/kubernetes.io/serviceaccount'

/** @throws {DiscoveryRefused} outside a cluster. */
export async function clusterOfPod(
  env: Readonly<Record<string, string | undefined>>,
  folder = account,
): Promise<Cluster> {
  const { KUBERNETES_SERVICE_HOST: host, KUBERNETES_SERVICE_PORT: port = '443' } = env
  if (host === undefined || host === '') {
    const hint = 'Name a kubeconfig, or run it in a pod.'
    throw new DiscoveryRefused('this is no pod of a Kubernetes cluster', hint)
  }
  const written = host.includes(':') ? `[${host}]` : host
  return {
    url: `https://${written}:${port}`,
    ca: await contentOf(`${folder}/ca.crt`),
    identity: null,
    token: (await contentOf(`${folder}/token`)).trim(),
  }
}

async function contentOf(path: string): Promise<string> {
  try {
    const content = await readFile(path, 'utf8')
    if (content.length <= sizeMax) return content
    throw new DiscoveryRefused(`${path} has over ${sizeMax} characters`)
  } catch (error) {
    if (error instanceof DiscoveryRefused) throw error
    const code = error instanceof Error && 'code' in error ? error.code : 'it cannot be read'
    throw new DiscoveryRefused(`${path}: ${code}`)
  }
}
