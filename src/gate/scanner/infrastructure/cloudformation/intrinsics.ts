// The functions of CloudFormation, evaluated as far as a template alone can tell: parameters count
// as their defaults, attributes of resources as references, and all else is unknown.
import { entryAt, itemsAt, mapAt, scalar, textOf, unknown, valueAt } from '../mapping.ts'
import type { Entry, Mapping, Place, Value } from '../resource.ts'

const depthMax = 60

export class Template {
  readonly #root: Mapping
  readonly #done = new Map<Value, Value | null>()
  readonly #conditions = new Map<string, boolean | null>()
  #depth = 0

  constructor(root: Mapping) {
    this.#root = root
  }

  /** The value without functions; undefined where it stands for nothing (`AWS::NoValue`). */
  resolve(value: Value): Value | undefined {
    if (value.kind === 'scalar' || value.kind === 'unknown') return value
    const done = this.#done.get(value)
    if (done !== undefined) return done ?? undefined
    if (this.#depth >= depthMax) return unknown(value.place)
    this.#depth++
    const resolved = value.kind === 'list' ? this.#list(value.items, value.place) : this.#map(value)
    this.#depth--
    this.#done.set(value, resolved ?? null)
    return resolved
  }

  /** Whether a resource with this condition is made; null where that is not known. */
  holds(name: string): boolean | null {
    const known = this.#conditions.get(name)
    if (known !== undefined) return known
    // One that needs itself is one that nobody knows.
    this.#conditions.set(name, null)
    const condition = valueAt(this.#root, 'Conditions', name)
    const truth = condition === undefined ? null : this.#truth(condition)
    this.#conditions.set(name, truth)
    return truth
  }

  #list(items: readonly Value[], place: Place): Value {
    const resolved = items.map((item) => this.resolve(item)).filter((one) => one !== undefined)
    return { kind: 'list', items: resolved, place }
  }

  #map(value: Mapping): Value | undefined {
    const [first] = value.entries
    if (first !== undefined && value.entries.size === 1) {
      const [name, { value: argument }] = first
      if (name === 'Ref') return this.#ref(argument, value.place)
      if (name.startsWith('Fn::')) return this.#call(name.slice(4), argument, value.place)
    }
    const entries = new Map<string, Entry>()
    for (const [key, entry] of value.entries) {
      const resolved = this.resolve(entry.value)
      if (resolved !== undefined) entries.set(key, { ...entry, value: resolved })
    }
    return { ...value, entries }
  }

  #ref(argument: Value, place: Place): Value | undefined {
    const name = textOf(argument) ?? ''
    if (name === 'AWS::NoValue') return undefined
    if (name.startsWith('AWS::')) return unknown(place)
    const parameter = mapAt(this.#root, 'Parameters', name)
    if (parameter === null) return { kind: 'unknown', place, references: [name] }
    const fallback = entryAt(parameter, 'Default')?.value
    if (fallback?.kind !== 'scalar') return unknown(place)
    const value = { ...fallback, place, origin: fallback.place }
    if (!/List/.test(textOf(valueAt(parameter, 'Type')) ?? '')) return value
    const items = String(fallback.value ?? '').split(',')
    return { kind: 'list', items: items.map((item) => scalar(item.trim(), place)), place }
  }

  #call(name: string, argument: Value, place: Place): Value | undefined {
    switch (name) {
      case 'GetAtt': {
        const [resource = ''] = (textOf(itemsAt(argument)[0]) ?? '').split('.')
        return { kind: 'unknown', place, references: [resource] }
      }
      case 'If':
        return this.#if(itemsAt(argument), place)
      case 'Sub':
        return this.#sub(argument, place)
      case 'Join':
        return this.#join(itemsAt(argument), place)
      case 'FindInMap':
        return this.#find(itemsAt(argument), place)
      case 'Base64':
      case 'ToJsonString':
        return this.resolve(argument)
      case 'Split':
      case 'Select':
        return this.#pick(name, itemsAt(argument), place)
      default:
        return unknown(place)
    }
  }

  #if([condition, yes, no]: readonly Value[], place: Place): Value | undefined {
    const truth = this.holds(textOf(condition) ?? '')
    if (truth === null || yes === undefined || no === undefined) return unknown(place)
    return this.resolve(truth ? yes : no)
  }

  /** Text with `${Name}`; what is known of it is all or nothing. */
  #sub(argument: Value, place: Place): Value {
    const [text, names] = argument.kind === 'list' ? argument.items : [argument]
    const references: string[] = []
    let isKnown = true
    const filled = (textOf(text) ?? '').replace(/\$\{([^!}][^}]{0,300})\}/g, (_, name: string) => {
      const given = valueAt(names, name.trim())
      const value =
        given === undefined
          ? this.#ref(scalar(name.trim().split('.')[0] ?? '', place), place)
          : this.resolve(given)
      const known = textOf(value)
      if (value?.kind === 'unknown') references.push(...value.references)
      if (known === null) isKnown = false
      return known ?? ''
    })
    if (text?.kind !== 'scalar') return unknown(place)
    return isKnown ? scalar(filled, place) : { kind: 'unknown', place, references }
  }

  #join([separator, items]: readonly Value[], place: Place): Value {
    const resolved = items === undefined ? undefined : this.resolve(items)
    if (resolved?.kind !== 'list') return unknown(place)
    const references = resolved.items.flatMap((one) =>
      one.kind === 'unknown' ? one.references : [],
    )
    const texts = resolved.items.map(textOf)
    const isKnown = texts.every((text) => text !== null)
    if (!isKnown) return { kind: 'unknown', place, references }
    return scalar(texts.join(textOf(separator) ?? ''), place)
  }

  #find(keys: readonly Value[], place: Place): Value {
    const names = keys.slice(0, 3).map((key) => textOf(this.resolve(key)))
    if (names.length < 3 || names.includes(null)) return unknown(place)
    return valueAt(this.#root, 'Mappings', ...names.map(String)) ?? unknown(place)
  }

  #pick(name: string, [first, second]: readonly Value[], place: Place): Value {
    const of = second === undefined ? undefined : this.resolve(second)
    const by = textOf(first)
    if (name === 'Split') {
      const text = textOf(of)
      if (text === null || by === null || by === '') return unknown(place)
      const items = text.slice(0, 10_000).split(by)
      return { kind: 'list', items: items.map((item) => scalar(item, place)), place }
    }
    return (of?.kind === 'list' ? of.items[Number(by)] : undefined) ?? unknown(place)
  }

  #truth(condition: Value): boolean | null {
    const [entry] = condition.kind === 'map' ? condition.entries : []
    if (entry === undefined || this.#depth >= depthMax) return null
    const [name, { value }] = entry
    this.#depth++
    const truth = this.#judge(name, value)
    this.#depth--
    return truth
  }

  #judge(name: string, value: Value): boolean | null {
    if (name === 'Condition') return this.holds(textOf(value) ?? '')
    const items = itemsAt(value)
    if (name === 'Fn::Equals') {
      const [a, b] = items.map((item) => textOf(this.resolve(item)))
      return a === undefined || b === undefined || a === null || b === null ? null : a === b
    }
    const truths = items.map((item) => this.#truth(item))
    if (name === 'Fn::Not') return truths[0] == null ? null : !truths[0]
    const isAnd = name === 'Fn::And'
    if (!isAnd && name !== 'Fn::Or') return null
    if (truths.includes(!isAnd)) return !isAnd
    return truths.includes(null) ? null : isAnd
  }
}
