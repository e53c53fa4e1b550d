// Finds the policies that a request may concern, without looking at the others.
import type { Evaluation } from './evaluation.ts'
import type { Anchor, Guard, Leading } from './leading.ts'
import type { Scope } from './scope.ts'
import type { Value } from './value.ts'
import { EntityRef } from './value.ts'

/** What the index needs to know of a policy. */
export interface Indexed {
  /** Its place in the set. */
  readonly order: number
  readonly principal: Scope
  readonly action: Scope
  readonly resource: Scope
  readonly leading: Leading
}

/** A policy that lists more actions than this is looked for under any action. */
const actionsMax = 16

/**
 * Policies by action first, then by the rarest thing that they ask of principal or resource, then
 * by constants that their conditions begin with. What it finds is never too little and may be too
 * much, or found twice.
 */
export class PolicyIndex<P extends Indexed> {
  readonly #byAction = new Map<string, Shelf<P>>()
  readonly #anyAction = new Shelf<P>()

  /** The policies that may hold or fail, in lists. */
  find(evaluation: Evaluation): (readonly P[])[] {
    const { action, entities } = evaluation
    const found: (readonly P[])[] = []
    this.#anyAction.find(evaluation, found)
    if (this.#byAction.size === 0) return found
    this.#byAction.get(action.key)?.find(evaluation, found)
    for (const key of entities.ancestors(action.key)) {
      if (key !== action.key) this.#byAction.get(key)?.find(evaluation, found)
    }
    return found
  }

  /** In steps, of which all must be taken before something is looked for. */
  *filling(policies: readonly P[]): Generator<undefined, void> {
    const frequency = new Map<string, number>()
    for (const policy of policies) {
      countAnchors(policy, frequency)
      yield
    }
    for (const policy of policies) {
      const anchor = rarest(policy, frequency)
      for (const shelf of this.#shelvesOf(policy.action)) shelf.add(policy, anchor)
      yield
    }
    yield* this.#anyAction.closing()
    for (const shelf of this.#byAction.values()) yield* shelf.closing()
  }

  #shelvesOf({ equal, within }: Scope): Shelf<P>[] {
    const keys = equal === undefined ? [...new Set(within)] : [equal]
    if ((equal === undefined && within === undefined) || keys.length > actionsMax)
      return [this.#anyAction]
    return keys.map((key) => {
      const shelf = this.#byAction.get(key) ?? new Shelf<P>()
      this.#byAction.set(key, shelf)
      return shelf
    })
  }
}

/** Whether the index may find it more than once for one request. */
export function isScattered({ action, leading }: Omit<Indexed, 'order'>): boolean {
  return (action.within?.length ?? 0) > 1 || leading.anchors.some(({ names }) => names.length > 1)
}

function anchorsOf(policy: Indexed): Anchor[] {
  const heads = (['principal', 'resource'] as const).flatMap((side): Anchor[] => {
    const { equal, within, type } = policy[side]
    const key = equal ?? within?.[0]
    if (key !== undefined) return [{ side, by: 'key', names: [key] }]
    return type === undefined ? [] : [{ side, by: 'type', names: [type] }]
  })
  return [...heads, ...policy.leading.anchors]
}

function countAnchors(policy: Indexed, frequency: Map<string, number>): void {
  for (const name of anchorsOf(policy).flatMap(namesOf))
    frequency.set(name, (frequency.get(name) ?? 0) + 1)
}

/** The anchor under which the fewest others stand; a type is taken for common. */
function rarest(policy: Indexed, frequency: ReadonlyMap<string, number>): Anchor | undefined {
  let best: Anchor | undefined
  let least = Number.POSITIVE_INFINITY
  for (const anchor of anchorsOf(policy)) {
    const count = Math.max(0, ...namesOf(anchor).map((name) => frequency.get(name) ?? 0))
    const cost = anchor.by === 'type' ? count + frequency.size : count
    if (cost < least) [best, least] = [anchor, cost]
  }
  return best
}

function namesOf({ side, by, names }: Anchor): string[] {
  return names.map((name) => `${side} ${by} ${name}`)
}

/** The policies of one action, or of all actions. */
class Shelf<P extends Indexed> {
  readonly #principal = new Side<P>()
  readonly #resource = new Side<P>()
  readonly #anywhere = new Bucket<P>()

  add(policy: P, anchor: Anchor | undefined): void {
    if (anchor === undefined) this.#anywhere.add(policy)
    else (anchor.side === 'principal' ? this.#principal : this.#resource).add(policy, anchor)
  }

  *closing(): Generator<undefined, void> {
    yield* this.#anywhere.closing()
    yield* this.#principal.closing()
    yield* this.#resource.closing()
  }

  find(evaluation: Evaluation, found: (readonly P[])[]): void {
    this.#anywhere.find(evaluation, found)
    this.#principal.find(evaluation, evaluation.principal, found)
    this.#resource.find(evaluation, evaluation.resource, found)
  }
}

/** Policies by what they ask of the principal, or of the resource. */
class Side<P extends Indexed> {
  readonly #keys = new Map<string, Bucket<P>>()
  readonly #types = new Map<string, Bucket<P>>()

  add(policy: P, { by, names }: Anchor): void {
    const buckets = by === 'key' ? this.#keys : this.#types
    for (const name of names) {
      const bucket = buckets.get(name) ?? new Bucket<P>()
      buckets.set(name, bucket)
      bucket.add(policy)
    }
  }

  *closing(): Generator<undefined, void> {
    for (const bucket of this.#keys.values()) yield* bucket.closing()
    for (const bucket of this.#types.values()) yield* bucket.closing()
  }

  find(evaluation: Evaluation, entity: EntityRef, found: (readonly P[])[]): void {
    if (this.#types.size > 0) this.#types.get(entity.type)?.find(evaluation, found)
    if (this.#keys.size === 0) return
    this.#keys.get(entity.key)?.find(evaluation, found)
    for (const key of evaluation.entities.ancestors(entity.key)) {
      if (key !== entity.key) this.#keys.get(key)?.find(evaluation, found)
    }
  }
}

/** From this many policies with the same guard on, it is asked once for all of them. */
const guardedMin = 4

/** Policies that stand at one place, those with a common guard by its constants. */
class Bucket<P extends Indexed> {
  #plain: P[] = []
  #guarded: GuardedPolicies<P>[] | undefined

  add(policy: P): void {
    this.#plain.push(policy)
  }

  *closing(): Generator<undefined, void> {
    yield
    if (this.#plain.length < guardedMin) return
    const groups = Map.groupBy(this.#plain, ({ leading }) => leading.guard?.key)
    const guarded: GuardedPolicies<P>[] = []
    this.#plain = []
    for (const [key, policies] of groups) {
      if (key === undefined || policies.length < guardedMin) this.#plain.push(...policies)
      else {
        const group = new GuardedPolicies<P>(policies)
        yield* group.filling()
        guarded.push(group)
      }
    }
    if (guarded.length > 0) this.#guarded = guarded
  }

  find(evaluation: Evaluation, found: (readonly P[])[]): void {
    if (this.#plain.length > 0) found.push(this.#plain)
    if (this.#guarded === undefined) return
    for (const group of this.#guarded) {
      const policies = group.find(evaluation)
      if (policies !== undefined) found.push(policies)
    }
  }
}

class GuardedPolicies<P extends Indexed> {
  readonly #all: readonly P[]
  readonly #select: Guard['select'] | undefined
  readonly #scalars = new Map<Value, P[]>()
  readonly #entities = new Map<string, P[]>()

  constructor(policies: readonly P[]) {
    this.#all = policies
    this.#select = policies[0]?.leading.guard?.select
  }

  *filling(): Generator<undefined, void> {
    for (const policy of this.#all) {
      yield
      for (const scalar of new Set(policy.leading.guard?.scalars))
        append(this.#scalars, scalar, policy)
      for (const key of new Set(policy.leading.guard?.entities)) append(this.#entities, key, policy)
    }
  }

  find(evaluation: Evaluation): readonly P[] | undefined {
    const value = this.#select?.(evaluation)
    if (value === undefined) return this.#all
    if (value === null) return undefined
    if (typeof value !== 'object') return this.#scalars.get(value)
    return value instanceof EntityRef ? this.#entities.get(value.key) : undefined
  }
}

function append<K, P>(map: Map<K, P[]>, key: K, policy: P): void {
  const policies = map.get(key)
  if (policies === undefined) map.set(key, [policy])
  else policies.push(policy)
}
