// The head of a policy: which principals, actions and resources it speaks of.

import type { EntityUid, Slot } from './json.ts'
import { isUid } from './json-value.ts'
import { fieldsOf, InvalidPolicy, listOf, textOf } from './malformed.ts'
import type { EntityRef } from './value.ts'
import { entityRef } from './value.ts'

/** What is asked of one of the three; what is absent is not asked. */
export interface Scope {
  /** Key of the one entity. */
  readonly equal?: string
  /** Keys of which it must be, or be in, at least one; an empty list fits nothing. */
  readonly within?: readonly string[]
  readonly type?: string
}

export type Slots = Partial<Record<Slot, EntityUid>>

/** @throws InvalidPolicy, where a slot is not filled too */
export function readScope(json: unknown, slots: Slots): Scope {
  const scope = fieldsOf(json, 'a scope')
  switch (scope.op) {
    case 'All':
      return {}
    case '==':
      return { equal: keyOf(scope, slots) }
    case 'in': {
      if (scope.entities === undefined) return { within: [keyOf(scope, slots)] }
      return { within: listOf(scope.entities, 'entities').map((each) => uidOf(each).key) }
    }
    case 'is': {
      const type = textOf(scope.entity_type, 'entity_type')
      if (scope.in === undefined) return { type }
      return { type, within: [keyOf(fieldsOf(scope.in, 'in'), slots)] }
    }
  }
  throw new InvalidPolicy(`a scope has no operator ${String(scope.op)}`)
}

function keyOf({ entity, slot }: Readonly<Record<string, unknown>>, slots: Slots): string {
  if (slot === undefined) return uidOf(entity).key
  const filled = slot === '?principal' || slot === '?resource' ? slots[slot] : undefined
  if (filled === undefined) throw new InvalidPolicy(`the slot ${String(slot)} is not filled`)
  return uidOf(filled).key
}

function uidOf(json: unknown): EntityRef {
  const inner = fieldsOf(json, 'an entity').__entity ?? json
  if (!isUid(inner)) throw new InvalidPolicy('an entity must be {"type": text, "id": text}')
  return entityRef(inner)
}

/** Whether a scope is a template's. */
export function hasSlot(json: unknown): boolean {
  const scope = fieldsOf(json, 'a scope')
  if (scope.slot !== undefined) return true
  return scope.in !== undefined && fieldsOf(scope.in, 'in').slot !== undefined
}

export function fits(scope: Scope, entity: EntityRef, ancestors: ReadonlySet<string>): boolean {
  if (scope.type !== undefined && scope.type !== entity.type) return false
  if (scope.equal !== undefined && scope.equal !== entity.key) return false
  if (scope.within === undefined) return true
  return scope.within.some((key) => key === entity.key || ancestors.has(key))
}
