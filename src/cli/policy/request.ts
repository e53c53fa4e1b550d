// A request as people write it in a file, and what it asks in Cedar.
import { z } from 'zod'
import { createEntities, type Entities } from '../../identity/policy/entities.ts'
import type { CedarJson, Entity, EntityUid } from '../../identity/policy/json.ts'
import {
  actionUid,
  groupUid,
  principalTypes,
  principalUid,
  readPrincipalType,
  readResource,
  resourceUid,
  toCedarRecord,
  withLists,
} from '../../identity/policy/names.ts'

const name = z.string().min(1).max(512)
const Attributes = z.record(z.string(), z.unknown())

export const Principal = z.strictObject({
  type: z
    .string()
    .refine(
      (type) => readPrincipalType(type) !== null,
      `must be one of ${principalTypes.join(', ')}`,
    )
    .default('USER'),
  id: name.optional(),
  name: name.optional(),
  email: name.optional(),
  status: z.enum(['active', 'suspended', 'terminated']).default('active'),
  groups: z.array(name).max(1_000).default([]),
  attributes: Attributes.default({}),
})
export type Principal = z.infer<typeof Principal>

export const Resource = z.strictObject({
  type: name.optional(),
  id: name.optional(),
  attributes: Attributes.default({}),
})
export type Resource = z.infer<typeof Resource>

const Uid = z.union([
  z.strictObject({ type: name, id: z.string() }),
  z.strictObject({ __entity: z.strictObject({ type: name, id: z.string() }) }),
])
export const RawEntity = z.strictObject({
  uid: Uid,
  attrs: Attributes.default({}),
  parents: z.array(Uid).default([]),
  tags: Attributes.optional(),
})

/** Who and what there is, for a request to name. */
export const World = z.strictObject({
  principals: z.record(z.string(), Principal).default({}),
  resources: z.record(z.string(), Resource).default({}),
  entities: z.array(RawEntity).max(10_000).default([]),
})
export type World = z.infer<typeof World>

export const Principals = z.union([name, Principal], 'must be a name or a principal')
export const Resources = z.union([name, Resource], 'must be a name, type:id or a resource')

/** What is asked, with every name resolved. */
export interface Asked {
  principal: { uid: EntityUid; entity: Entity | null; status: Principal['status']; label: string }
  resource: { uid: EntityUid; entity: Entity | null; label: string }
  action: { uid: EntityUid; name: string }
}

export class UnknownName extends Error {}

export function resolvePrincipal(
  given: string | Principal,
  { principals }: World,
): Asked['principal'] {
  if (typeof given === 'string') {
    const uid = readUid(given)
    if (uid !== null) return { uid, entity: null, status: 'active', label: given }
    const known = Object.hasOwn(principals, given) ? principals[given] : undefined
    if (known === undefined) {
      const names = Object.keys(principals).slice(0, 20).join(', ') || 'none is given'
      throw new UnknownName(`no principal is called ${given}; principals: ${names}`)
    }
    return principalOf({ ...known, id: known.id ?? given }, given)
  }
  const id = given.id ?? 'principal'
  return principalOf({ ...given, id }, `${given.type} ${id}`)
}

function principalOf(principal: Principal & { id: string }, label: string): Asked['principal'] {
  const { id, status, groups } = principal
  const type = readPrincipalType(principal.type) ?? 'USER'
  const uid = principalUid(type, id)
  const attrs: Record<string, CedarJson> = {
    ...toCedarRecord(principal.attributes, 'attributes'),
    id,
    type,
    status,
    groups,
    name: principal.name ?? id,
    ...(principal.email === undefined ? {} : { email: principal.email }),
  }
  return { uid, entity: { uid, attrs, parents: groups.map(groupUid) }, status, label }
}

export function resolveResource(given: string | Resource, { resources }: World): Asked['resource'] {
  const uid = typeof given === 'string' ? readUid(given) : null
  if (typeof given === 'string' && uid !== null) return { uid, entity: null, label: given }
  const found =
    typeof given === 'string' && Object.hasOwn(resources, given) ? resources[given] : undefined
  const { type, id, attributes } = typeof given === 'string' ? (found ?? { attributes: {} }) : given
  const named = typeof given === 'string' ? readResource(given) : null
  const full = { type: type ?? named?.type, id: id ?? named?.id ?? (found && String(given)) }
  if (full.type === undefined || full.id === undefined) {
    const what = typeof given === 'string' ? given : 'the resource'
    throw new UnknownName(`${what} has no ${full.type === undefined ? 'type' : 'id'}; say type:id`)
  }
  const own = resourceUid(full.type, full.id)
  const attrs = { ...toCedarRecord(attributes, 'attributes'), type: full.type, id: full.id }
  return { uid: own, entity: { uid: own, attrs, parents: [] }, label: `${full.type}:${full.id}` }
}

export function resolveAction(text: string): Asked['action'] {
  const uid = readUid(text) ?? actionUid(text)
  return { uid, name: uid.id }
}

/** With the entities that were written in Cedar's own form, which win. */
export function entitiesOf({ principal, resource }: Asked, world: World): Entities {
  const { store, written } = foundationOf(world)
  const made = [principal.entity, resource.entity].flatMap((entity) =>
    entity === null || written.has(keyOf(entity.uid)) ? [] : [entity],
  )
  return createEntities(withLists(made), store)
}

interface Foundation {
  store: Entities
  written: ReadonlySet<string>
}

/** The same for all tests of a file, which may be many. */
const foundations = new WeakMap<World, Foundation>()

function foundationOf(world: World): Foundation {
  const known = foundations.get(world)
  if (known !== undefined) return known
  const own = world.entities.map(({ uid, attrs, parents, tags }) => ({
    uid: plain(uid),
    attrs: attrs as Record<string, CedarJson>,
    parents: parents.map(plain),
    ...(tags === undefined ? {} : { tags: tags as Record<string, CedarJson> }),
  }))
  const written = new Set(own.map(({ uid }) => keyOf(uid)))
  const foundation = { store: createEntities(withLists(own)), written }
  foundations.set(world, foundation)
  return foundation
}

function keyOf({ type, id }: EntityUid): string {
  return JSON.stringify([type, id])
}

function plain(uid: z.infer<typeof Uid>): EntityUid {
  return '__entity' in uid ? uid.__entity : uid
}

/** `Acme::User::"anna"`, as Cedar writes it. */
function readUid(text: string): EntityUid | null {
  const [, type, quoted] = /^([_a-zA-Z][\w:]*)::("(?:[^"\\]|\\.)*")$/.exec(text) ?? []
  if (type === undefined || quoted === undefined) return null
  try {
    return { type, id: String(JSON.parse(quoted)) }
  } catch {
    return null
  }
}
