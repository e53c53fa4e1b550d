// What the type of a variable makes of the value that it is given: texts become numbers, objects
// lose what they should not have and gain what is optional.
import type { Entry, Mapping, Value } from '../../resource.ts'
import { evaluate } from '../evaluate/evaluate.ts'
import type { Scope } from '../evaluate/scope.ts'
import {
  booleanOf,
  entryOf,
  isAddressed,
  isEncoded,
  isNull,
  list,
  map,
  numberOf,
  scalar,
  set,
  textOf,
  unknown,
} from '../evaluate/value.ts'
import type { Expression } from '../syntax/tree.ts'

/** A value that does not fit is left as it is: Terraform would refuse the whole configuration. */
export function convert(value: Value, type: Expression | null, scope: Scope): Value {
  if (type === null || value.kind === 'unknown' || isNull(value) || isAddressed(value)) return value
  if (!scope.work.enter()) return value
  try {
    if (type.kind === 'call') return convertStructure(value, type, scope)
    const name = nameOf(type)
    if (value.kind !== 'scalar') return isEncoded(value) ? value : convertItems(value, name)
    const { place } = value
    const converted =
      name === 'string'
        ? textOf(value)
        : name === 'number'
          ? numberOf(value)
          : name === 'bool'
            ? booleanOf(value)
            : null
    return converted === null ? value : scalar(converted, place)
  } finally {
    scope.work.leave()
  }
}

/** Old configurations quote the name of a type. */
function nameOf(type: Expression): string {
  if (type.kind === 'variable') return type.name
  return type.kind === 'literal' ? String(type.value) : ''
}

function convertItems(value: Value, name: string): Value {
  return value.kind === 'map' && name === 'list' ? list([value], value.place) : value
}

function convertStructure(value: Value, type: Expression & { kind: 'call' }, scope: Scope): Value {
  const [inner = null] = type.args
  switch (type.name) {
    case 'list':
    case 'set': {
      if (value.kind !== 'list') return value
      const items = value.items.map((item) => convert(item, inner, scope))
      return type.name === 'set' ? set(items, value.place) : list(items, value.place)
    }
    case 'map':
      return value.kind === 'map' ? eachEntry(value, (item) => convert(item, inner, scope)) : value
    case 'object':
      return value.kind === 'map' && inner?.kind === 'object'
        ? convertObject(value, inner, scope)
        : value
    case 'optional':
      return convert(value, inner, scope)
    default:
      return value
  }
}

function eachEntry(value: Mapping, change: (item: Value) => Value): Mapping {
  const entries = Array.from(value.entries, ([key, entry]): [string, Entry] => {
    return [key, { value: change(entry.value), place: entry.place }]
  })
  return map(entries, value.place, value.open)
}

function convertObject(
  value: Mapping,
  { items }: Expression & { kind: 'object' },
  scope: Scope,
): Mapping {
  const entries: [string, Entry][] = []
  for (const { key, value: type } of items) {
    const name = textOf(evaluate(key, scope))
    if (name === null) continue
    const given = value.entries.get(name)
    if (given !== undefined && !isNull(given.value)) {
      entries.push([name, { value: convert(given.value, type, scope), place: given.place }])
    } else if (value.open) {
      entries.push([name, entryOf(unknown(value.place))])
    } else if (type.kind === 'call' && type.name === 'optional') {
      const [inner = null, fallback] = type.args
      const absent = fallback === undefined ? scalar(null, value.place) : evaluate(fallback, scope)
      entries.push([name, entryOf(convert(absent, inner, scope))])
    }
  }
  return map(entries, value.place)
}
