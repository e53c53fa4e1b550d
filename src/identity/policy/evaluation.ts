// What an expression sees while it is evaluated, and how it fails.
import type { Entities, StoredEntity } from './entities.ts'
import type { EntityRef, RecordValue, Value } from './value.ts'
import { RecordValue as Record, SetValue } from './value.ts'

/** One request in progress. */
export interface Evaluation {
  readonly principal: EntityRef
  readonly action: EntityRef
  readonly resource: EntityRef
  readonly context: RecordValue
  readonly entities: Entities
  /** The request's own principal and resource, which policies read most; null: not stored. */
  readonly stored: {
    readonly principal: StoredEntity | null
    readonly resource: StoredEntity | null
  }
  /** Of the last expression that failed. */
  failure: string
}

/**
 * A compiled expression. Undefined is failure, its reason in `evaluation.failure`: exceptions
 * would cost a hundred times as much, and a missing attribute is an everyday thing.
 */
export type Evaluate = (evaluation: Evaluation) => Value | undefined

export function fail(evaluation: Evaluation, reason: string): undefined {
  evaluation.failure = reason
  return undefined
}

export function wrongType(evaluation: Evaluation, wanted: string, value: Value): undefined {
  return fail(evaluation, `type error: expected ${wanted}, got ${typeName(value)}`)
}

function typeName(value: Value): string {
  switch (typeof value) {
    case 'boolean':
      return 'bool'
    case 'number':
    case 'bigint':
      return 'long'
    case 'string':
      return 'string'
  }
  if (value instanceof SetValue) return 'set'
  if (value instanceof Record) return 'record'
  return 'extension' in value ? value.extension : `(entity of type \`${value.type}\`)`
}
