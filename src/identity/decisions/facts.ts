// What a decision is made over: the principal and the resource as they are stored, with what the
// request says of them, and the context as policies read it.
import { z } from 'zod'
import { invalidField } from '../../platform/http/validation.ts'
import type {
  KnownPrincipal,
  KnownResource,
  ResourceName,
} from '../authorization/known-entities.ts'
import { snapshotOf } from '../authorization/known-entities.ts'
import { createEntities, type Entities } from '../policy/entities.ts'
import type { CedarJson, Entity, EntityUid } from '../policy/json.ts'
import {
  actionUid,
  reservedPrincipalAttributes,
  reservedResourceAttributes,
  resourceUid,
  toCedarRecord,
  UnfitAttribute,
  withLists,
} from '../policy/names.ts'
import { type ContextNeeds, enrichContext } from '../policy/rules/context.ts'
import { entityRef } from '../policy/value.ts'
import type { Snapshot } from './store.ts'
import type { Facts } from './verdict.ts'

type Given = Readonly<Record<string, unknown>>

export interface Asked {
  /** The id of a stored principal, or an entity that is not stored. */
  principal: string | EntityUid
  action: string
  resource: ResourceName
  context: Given
  principalAttributes?: Given | undefined
  resourceAttributes?: Given | undefined
  explain?: boolean
}

export interface Known {
  principal: KnownPrincipal | EntityUid
  resource: KnownResource | null
  /** Whether the request's attributes win over stored ones, and its time over the clock. */
  isTrusted: boolean
  /** What a token that is bound to a task says of it. */
  task?: CedarJson | undefined
}

export interface Gathered extends Facts {
  snapshots: Snapshot[]
  /** As it was asked, with the task; and in JSON. */
  context: Given
  contextText: string
  /** Unix milliseconds: the clock's, or a trusted caller's. */
  time: number
}

/** Throws 400 that names the field. */
export function gather(
  asked: Asked,
  { principal, resource, isTrusted, task }: Known,
  { needs, now }: { needs: ContextNeeds; now: number },
): Gathered {
  const subject = subjectOf(asked, principal, isTrusted)
  const object = objectOf(asked, resource, isTrusted)
  const time = isTrusted ? timeOf(asked.context, now) : now
  const given = contextOf(asked, { isTrusted, task })
  // The task is the token's, and Cedar's already.
  const own = task === undefined ? given : withoutTask(given)
  const context = { ...converted(own, 'context'), ...(task === undefined ? {} : { task }) }
  // Afterwards: what is nested too deep has no text either.
  const contextText = JSON.stringify(given)
  if (contextText.length > contextLengthMax) {
    throw invalidField('context', `must not be longer than ${contextLengthMax} characters`)
  }
  const action = asked.action
  return {
    request: {
      principal: subject.uid,
      action: actionUid(action),
      resource: object.uid,
      context: enrichContext(context, needs, new Date(time), action),
    },
    entities: createEntities(withLists(beside(subject.store, object.entities)), subject.store),
    snapshots: [...subject.snapshots, ...object.snapshots],
    context: given,
    contextText,
    time,
  }
}

/** An owner of the resource who is the principal, too, is as the principal is for this request. */
function beside(subject: Entities, object: readonly Entity[]): readonly Entity[] {
  if (object.length === 1) return object
  return object.filter(({ uid }) => !subject.has(entityRef(uid).key))
}

/** Of a task speaks the token, or who is trusted, and nobody else. */
function contextOf({ context }: Asked, { isTrusted, task }: Pick<Known, 'isTrusted' | 'task'>) {
  if (task !== undefined) return { ...context, task }
  if (isTrusted || !Object.hasOwn(context, 'task')) return context
  return withoutTask(context)
}

function withoutTask({ task: _, ...rest }: Given): Given {
  return rest
}

/** As JSON. */
const contextLengthMax = 65_536

interface Subject {
  uid: EntityUid
  store: Entities
  snapshots: Snapshot[]
}

function subjectOf(
  { principalAttributes: given }: Asked,
  principal: KnownPrincipal | EntityUid,
  isTrusted: boolean,
): Subject {
  if (!('store' in principal)) {
    const attrs = {
      ...(isTrusted ? attributes(given, principalField, reservedPrincipalAttributes) : {}),
      id: principal.id,
    }
    const entities: Entity[] = [{ uid: principal, attrs, parents: [] }]
    const snapshots = [snapshotOf(entities)]
    return { uid: principal, store: createEntities(withLists(entities)), snapshots }
  }
  const { uid, store, snapshot } = principal
  const more = attributes(given, principalField, reservedPrincipalAttributes)
  const [own, ...above] = principal.entities
  // Else whoever may ask could also choose the answer.
  if (given === undefined || own === undefined || !isTrusted) {
    return { uid, store, snapshots: [snapshot] }
  }
  const entities = [{ ...own, attrs: { ...own.attrs, ...more } }, ...above]
  return { uid, store: createEntities(withLists(entities)), snapshots: [snapshotOf(entities)] }
}

const principalField = 'principal_attributes'
const resourceField = 'resource_attributes'

function objectOf(
  { resource: name, resourceAttributes: given }: Asked,
  resource: KnownResource | null,
  isTrusted: boolean,
): { uid: EntityUid; entities: Entity[]; snapshots: Snapshot[] } {
  const more = attributes(given, resourceField, reservedResourceAttributes)
  // Of what is stored nowhere only the caller knows anything.
  if (resource !== null && (given === undefined || !isTrusted)) {
    return { uid: resource.uid, entities: resource.entities, snapshots: [resource.snapshot] }
  }
  const [own, ...above] = resource?.entities ?? [bare(name)]
  if (own === undefined) throw new Error('a resource is an entity')
  const entities = [{ ...own, attrs: { ...own.attrs, ...more } }, ...above]
  // One of which nothing more is known is all in its name.
  const snapshots = resource === null && given === undefined ? [] : [snapshotOf(entities)]
  return { uid: own.uid, entities, snapshots }
}

/** A resource of which nothing is stored. */
export function bare({ type, id }: ResourceName): Entity {
  return { uid: resourceUid(type, id), attrs: { type, id }, parents: [] }
}

/** Without those that the platform sets: nobody else says who somebody is. */
function attributes(given: Given | undefined, field: string, reserved: readonly string[]) {
  if (given === undefined) return {}
  const own = Object.entries(given).filter(([name]) => !reserved.includes(name))
  const attrs = converted(Object.fromEntries(own), field)
  if (JSON.stringify(given).length > contextLengthMax) {
    throw invalidField(field, `must not be longer than ${contextLengthMax} characters`)
  }
  return attrs
}

function converted(given: Given, field: string): Record<string, CedarJson> {
  try {
    return toCedarRecord(given, field)
  } catch (error) {
    if (!(error instanceof UnfitAttribute)) throw error
    throw invalidField(error.path, error.message.slice(error.path.length + 2))
  }
}

/** Throws 400: a time that is not understood would quietly be the server's. */
function timeOf({ time }: Given, now: number): number {
  if (time === undefined || time === null) return now
  const { data } = Time.safeParse(time)
  if (data !== undefined) return Date.parse(data)
  throw invalidField('context.time', 'must be a time such as 2026-03-02T10:00:00Z')
}

/** RFC 3339: with a zone, and a day that there is. AuthZEN's own examples leave the seconds out. */
const Time = z
  .string()
  .toUpperCase()
  .transform((text) => text.replace(/(T\d\d:\d\d)(?=Z$|[+-]\d\d:\d\d$)/, '$1:00'))
  .pipe(z.iso.datetime({ offset: true }))
