// Cedar's JSON forms: entities, requests and policies, as they stand in Cedar's documentation.

/** Names an entity; `type` is a Cedar name such as `User` or `Acme::User`. */
export interface EntityUid {
  readonly type: string
  readonly id: string
}

/**
 * A value in JSON: `{"__entity":{"type","id"}}` is an entity, `{"__extn":{"fn","arg"}}` a call of
 * an extension function such as `ip`. A number is an integer; beyond ±(2^53−1) only a bigint is
 * exact.
 */
export type CedarJson =
  | boolean
  | number
  | bigint
  | string
  | readonly CedarJson[]
  | { readonly [name: string]: CedarJson }

/** An entity as the application stores it: attributes, parents in the hierarchy, tags. */
export interface Entity {
  readonly uid: EntityUid
  readonly attrs: Readonly<Record<string, CedarJson>>
  readonly parents: readonly EntityUid[]
  readonly tags?: Readonly<Record<string, CedarJson>>
}

/** May this principal do this action on this resource, in this context? */
export interface AccessRequest {
  readonly principal: EntityUid
  readonly action: EntityUid
  readonly resource: EntityUid
  readonly context: Readonly<Record<string, CedarJson>>
}

export type Effect = 'permit' | 'forbid'

/** The name of a slot of a template. */
export type Slot = '?principal' | '?resource'

/** One policy or template in Cedar's JSON form, as `parsePolicies` makes it. */
export interface PolicyJson {
  readonly effect: Effect
  readonly principal: ScopeJson
  readonly action: ScopeJson
  readonly resource: ScopeJson
  readonly conditions: readonly ConditionJson[]
  readonly annotations?: Readonly<Record<string, string | null>>
}

/** What the head of a policy says of its principal, action or resource. */
export interface ScopeJson {
  readonly op: string
  readonly entity?: UidJson
  readonly entities?: readonly UidJson[]
  readonly entity_type?: string
  readonly slot?: string
  readonly in?: { readonly entity?: UidJson; readonly slot?: string }
}

/** Cedar writes an entity's name with or without its `__entity` around it. */
export type UidJson = EntityUid | { readonly __entity: EntityUid }

export interface ConditionJson {
  readonly kind: string
  readonly body: ExpressionJson
}

/** An object with one key, the operator: `{"==":{"left":…,"right":…}}`, `{"Var":"context"}`. */
export type ExpressionJson = { readonly [operator: string]: unknown }
