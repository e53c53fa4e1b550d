// Reading attributes and tags: of records, and of entities through the store.
import type { Evaluate, Evaluation } from './evaluation.ts'
import { fail, wrongType } from './evaluation.ts'
import type { Value } from './value.ts'
import { EntityRef, RecordValue } from './value.ts'

export function attribute(of: Evaluate, name: string): Evaluate {
  return (evaluation) => {
    const value = of(evaluation)
    return value === undefined ? undefined : read(evaluation, value, name)
  }
}

/** The same of a variable: what most policies read is found without asking the store again. */
export function attributeOfVariable(variable: string, name: string): Evaluate | undefined {
  switch (variable) {
    case 'context':
      return (evaluation) =>
        evaluation.context.fields.get(name) ?? read(evaluation, evaluation.context, name)
    case 'principal':
      return (evaluation) =>
        evaluation.stored.principal?.attrs.fields.get(name) ??
        read(evaluation, evaluation.principal, name)
    case 'resource':
      return (evaluation) =>
        evaluation.stored.resource?.attrs.fields.get(name) ??
        read(evaluation, evaluation.resource, name)
  }
  return undefined
}

/** `has a.b.c`: each attribute but the last is looked into. */
export function hasAttributes(of: Evaluate, names: readonly string[]): Evaluate {
  const last = names.length - 1
  return (evaluation) => {
    let value = of(evaluation)
    for (let i = 0; ; i++) {
      const name = names[i]
      if (value === undefined || name === undefined) return undefined
      const has = holds(evaluation, value, name)
      if (has !== true || i === last) return has
      value = read(evaluation, value, name)
    }
  }
}

export function getTag(evaluation: Evaluation, entity: Value, tag: Value): Value | undefined {
  if (!(entity instanceof EntityRef)) return wrongType(evaluation, '(entity of any type)', entity)
  if (typeof tag !== 'string') return wrongType(evaluation, 'string', tag)
  const stored = evaluation.entities.find(entity.key)
  if (stored === undefined) return missing(evaluation, entity)
  const value = stored.tags?.fields.get(tag)
  return value ?? fail(evaluation, `${nameOf(entity)} does not have the tag \`${tag}\``)
}

export function hasTag(evaluation: Evaluation, entity: Value, tag: Value): boolean | undefined {
  if (!(entity instanceof EntityRef)) return wrongType(evaluation, '(entity of any type)', entity)
  if (typeof tag !== 'string') return wrongType(evaluation, 'string', tag)
  return evaluation.entities.find(entity.key)?.tags?.fields.has(tag) === true
}

function read(evaluation: Evaluation, value: Value, name: string): Value | undefined {
  if (value instanceof RecordValue)
    return (
      value.fields.get(name) ?? fail(evaluation, `record does not have the attribute \`${name}\``)
    )
  if (!(value instanceof EntityRef))
    return wrongType(evaluation, 'record or (entity of any type)', value)
  const stored = evaluation.entities.find(value.key)
  if (stored === undefined) return missing(evaluation, value)
  const found = stored.attrs.fields.get(name)
  return found ?? fail(evaluation, `${nameOf(value)} does not have the attribute \`${name}\``)
}

function holds(evaluation: Evaluation, value: Value, name: string): boolean | undefined {
  if (value instanceof RecordValue) return value.fields.has(name)
  if (value instanceof EntityRef)
    return evaluation.entities.find(value.key)?.attrs.fields.has(name) === true
  return wrongType(evaluation, 'record or (entity of any type)', value)
}

function missing(evaluation: Evaluation, entity: EntityRef): undefined {
  return fail(evaluation, `entity ${nameOf(entity)} does not exist`)
}

function nameOf({ type, id }: EntityRef): string {
  return `\`${type}::${JSON.stringify(id)}\``
}
