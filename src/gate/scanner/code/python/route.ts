// Paths of routes: the types that their converters give to parameters.
import type { Annotation } from '../ir/ir.ts'

/**
 * `/orders/<int:id>` (Flask; Bottle turns it round), `/orders/{id:int}` (Starlette): the types of
 * the parameters whose text cannot be chosen freely.
 */
export function routedTypes(annotations: readonly Annotation[]): ReadonlyMap<string, string> {
  const types = new Map<string, string>()
  for (const annotation of annotations) {
    for (const { value } of annotation.arguments) {
      if (value.op !== 'constant' || typeof value.value !== 'string') continue
      for (const [, first = '', second = ''] of value.value.matchAll(converter)) {
        const type = converters.get(first.replace(/\(.*/, ''))
        if (type !== undefined) types.set(second, type)
        else types.set(first, converters.get(second) ?? 'str')
      }
    }
  }
  return types
}

/**
 * Parameters that stand for a single part of the path, which holds no `/`; none where one stands
 * for several parts.
 */
export function segmentsOf(annotations: readonly Annotation[]): ReadonlySet<string> {
  const names = new Set<string>()
  for (const { value } of annotations.flatMap((one) => one.arguments)) {
    if (value.op !== 'constant' || typeof value.value !== 'string') continue
    if (/[<{](?:path:|[^>}]*:path)/.test(value.value)) return new Set()
    for (const [, name = ''] of value.value.matchAll(/[<{](?:string:)?(\w+)[>}]/g)) names.add(name)
  }
  return names
}

const converter = /[<{](\w+(?:\([^)]*\))?):(\w+)[^>}]*[>}]/g

const converters = new Map([
  ['int', 'int'],
  ['float', 'float'],
  ['uuid', 'uuid.UUID'],
  ['any', 'bool'],
  ['date', 'datetime.date'],
])
