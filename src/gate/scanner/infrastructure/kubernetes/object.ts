// An object of Kubernetes as resources, wherever it was written.
import type { Mapping, Resource } from '../resource.ts'
import { partial } from '../yaml/templates.ts'
import { isPartial, podSpecOf } from './pod-spec.ts'

/** The object by its kind and, where it runs containers, also as a `PodSpec`. */
export function resourcesOf(
  kind: string,
  object: Mapping,
  known: Pick<Resource, 'address' | 'place' | 'scope'>,
): Resource[] {
  const pod = podSpecOf(kind, object)
  const body = pod !== null && isPartial(pod) ? (partial(object) as Mapping) : object
  const shared = { ...known, platform: 'kubernetes' as const }
  const resource: Resource = { ...shared, type: kind, body }
  const spec = body === object ? pod : podSpecOf(kind, body)
  if (spec === null) return [resource]
  return [resource, { ...shared, type: 'PodSpec', body: spec, place: spec.place }]
}
