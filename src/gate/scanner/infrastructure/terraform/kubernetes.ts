// Resources of Terraform's provider for Kubernetes as the objects that it makes of them, so that
// the checks of manifests hold for them, too.
import { resourcesOf } from '../kubernetes/object.ts'
import { textAt, valueAt } from '../mapping.ts'
import type { Entry, Mapping, Resource, Value } from '../resource.ts'

/** Those of `resources` that describe objects of Kubernetes, as such. */
export function kubernetesObjectsIn(resources: readonly Resource[]): Resource[] {
  return resources.flatMap((resource) => {
    const { type, body, address, place, scope } = resource
    const known = { address, place, scope }
    if (type === 'kubernetes_manifest') {
      const object = valueAt(body, 'manifest')
      const kind = textAt(object, 'kind')
      return object?.kind === 'map' && kind !== null ? resourcesOf(kind, object, known) : []
    }
    const kind = kinds.get(type.replace(/_v\d(?:(?:alpha|beta)\d)?$/, ''))
    return kind === undefined ? [] : resourcesOf(kind, objectOf(body, 0), known)
  })
}

const kinds: ReadonlyMap<string, string> = new Map(
  [
    ...['Pod', 'Deployment', 'StatefulSet', 'Job', 'CronJob', 'ReplicationController'],
    ...['DaemonSet', 'Role', 'ClusterRole', 'RoleBinding', 'ClusterRoleBinding', 'Service'],
    ...['Ingress', 'NetworkPolicy', 'Namespace', 'ServiceAccount', 'ConfigMap', 'Secret'],
    ...['PersistentVolume', 'PodSecurityPolicy'],
  ].map((kind) => [`kubernetes${kind.replace(/[A-Z]/g, (one) => `_${one.toLowerCase()}`)}`, kind]),
)
  .set('kubernetes_daemonset', 'DaemonSet')
  .set('kubernetes_daemon_set', 'DaemonSet')

/** Blocks that may be repeated, and what the lists that they make are called. */
const lists: ReadonlyMap<string, string> = new Map([
  ['container', 'containers'],
  ['init_container', 'initContainers'],
  ['volume', 'volumes'],
  ['volume_mount', 'volumeMounts'],
  ['env', 'env'],
  ['env_from', 'envFrom'],
  ['port', 'ports'],
  ['ports', 'ports'],
  ['toleration', 'tolerations'],
  ['image_pull_secrets', 'imagePullSecrets'],
  ['host_aliases', 'hostAliases'],
  ['rule', 'rules'],
  ['path', 'paths'],
  ['subject', 'subjects'],
  ['tls', 'tls'],
  ['ingress', 'ingress'],
  ['egress', 'egress'],
  ['from', 'from'],
  ['to', 'to'],
  ['items', 'items'],
  ['sysctl', 'sysctls'],
  ['match_expressions', 'matchExpressions'],
])

/** Names in which camel case has more than one capital in a row. */
const irregular: ReadonlyMap<string, string> = new Map([
  ['host_pid', 'hostPID'],
  ['host_ipc', 'hostIPC'],
  ['host_ip', 'hostIP'],
  ['cluster_ip', 'clusterIP'],
  ['external_ips', 'externalIPs'],
  ['non_resource_urls', 'nonResourceURLs'],
  ['pod_cidr', 'podCIDR'],
])

/** What people name themselves, which is no name of a field. */
const verbatim = new Set([
  ...['labels', 'annotations', 'match_labels', 'node_selector', 'selector', 'data'],
  ...['limits', 'requests', 'string_data', 'binary_data'],
])

const depthMax = 30

function objectOf(body: Mapping, depth: number): Mapping {
  const entries = new Map<string, Entry>()
  for (const [key, { value, place }] of body.entries) {
    const isList = lists.has(key) && value.kind === 'list' && value.items.every(isMapping)
    const name = isList ? (lists.get(key) ?? key) : nameOf(key)
    const inside = verbatim.has(key) ? unwrapped(value) : converted(value, isList, depth + 1)
    entries.set(name, { value: inside, place })
  }
  return { ...body, entries }
}

function isMapping({ kind }: Value): boolean {
  return kind === 'map' || kind === 'unknown'
}

function nameOf(key: string): string {
  return irregular.get(key) ?? key.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase())
}

function converted(value: Value, isList: boolean, depth: number): Value {
  if (depth > depthMax) return value
  if (value.kind === 'map') return objectOf(value, depth)
  if (value.kind !== 'list') return value
  const items = value.items.map((item) => converted(item, false, depth))
  return isList ? { ...value, items } : unwrapped({ ...value, items })
}

/** A block that may stand but once is a list of one map in Terraform. */
function unwrapped(value: Value): Value {
  const [only] = value.kind === 'list' ? value.items : []
  return only?.kind === 'map' && value.kind === 'list' && value.items.length === 1 ? only : value
}
