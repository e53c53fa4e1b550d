// The one view of everything that runs containers: pods, what makes pods, and their templates.
import {
  entryAt,
  entryOf,
  extended,
  itemsAt,
  list,
  made,
  mapAt,
  scalar,
  textAt,
  valueAt,
} from '../mapping.ts'
import type { Entry, Mapping, Value } from '../resource.ts'

/**
 * The specification of the pods of an object, or null. Added to what is written there:
 *
 * - `containers`: also those of `initContainers` and `ephemeralContainers`; each with `arguments`,
 *   which are its `command` and its `args`
 * - `mainContainers`: what `containers` was
 * - `volumes`: each with `writable`: false where all its mounts are read-only
 * - `podMetadata`: of the pods
 * - `workload`: `{ kind, metadata }` of the object
 */
export function podSpecOf(kind: string, object: Mapping): Mapping | null {
  const template = templateOf(kind, object)
  const spec = mapAt(template ?? undefined, 'spec')
  if (template === null || spec === null) return null
  if (!spec.entries.has('containers') && !podKinds.has(kind)) return null
  const main = entryAt(spec, 'containers')
  const all = ['containers', 'initContainers', 'ephemeralContainers'].flatMap((key) =>
    itemsAt(spec, key).map(withArguments),
  )
  // Where something is missing, the line that says `spec:` tells more than the one below.
  const place = entryAt(template, 'spec')?.place ?? spec.place
  return extended(
    { ...spec, place },
    {
      containers: entryOf(list(all, main?.value.place ?? spec.place)),
      mainContainers: main,
      volumes: volumesOf(spec, all),
      podMetadata: entryAt(template, 'metadata'),
      workload: entryOf(
        made(
          { kind: valueAt(object, 'kind'), metadata: valueAt(object, 'metadata') },
          object.place,
        ),
      ),
    },
  )
}

function withArguments(container: Value): Value {
  if (container.kind !== 'map') return container
  const command = entryAt(container, 'command') ?? entryAt(container, 'args')
  if (command === undefined) return container
  const all = ['command', 'args'].flatMap((key) => itemsAt(container, key))
  return extended(container, { arguments: { ...command, value: list(all, command.value.place) } })
}

function volumesOf(spec: Mapping, containers: readonly Value[]): Entry | undefined {
  const volumes = entryAt(spec, 'volumes')
  if (volumes === undefined) return undefined
  const written = new Set(
    containers
      .flatMap((container) => itemsAt(container, 'volumeMounts'))
      .filter((mount) => textAt(mount, 'readOnly') !== 'true')
      .map((mount) => textAt(mount, 'name')),
  )
  const items = itemsAt(volumes.value).map((volume) => {
    if (volume.kind !== 'map') return volume
    const isWritten = written.has(textAt(volume, 'name')) || written.has(null)
    return extended(volume, { writable: entryOf(scalar(isWritten, volume.place)) })
  })
  return { ...volumes, value: list(items, volumes.value.place) }
}

const podKinds = new Set([
  'Pod',
  'Deployment',
  'StatefulSet',
  'DaemonSet',
  'ReplicaSet',
  'ReplicationController',
  'Job',
  'CronJob',
  'PodTemplate',
])

/** What has the `metadata` and the `spec` of the pods. */
function templateOf(kind: string, object: Mapping): Mapping | null {
  if (kind === 'Pod') return object
  if (kind === 'PodTemplate') return mapAt(object, 'template')
  if (kind === 'CronJob') return mapAt(object, 'spec', 'jobTemplate', 'spec', 'template')
  return mapAt(object, 'spec', 'template')
}

/** A patch, as Kustomize has them, says nothing of what it leaves out. */
export function isPartial(podSpec: Mapping): boolean {
  const containers = itemsAt(podSpec, 'mainContainers')
  return containers.length === 0 || containers.some(lacksImage)
}

function lacksImage(container: Value): boolean {
  return container.kind === 'map' && !container.open && !container.entries.has('image')
}
