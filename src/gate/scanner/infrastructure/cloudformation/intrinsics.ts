// The functions of CloudFormation, evaluated as far as a template alone can tell: parameters count
// as their defaults, but not where a condition asks for them; attributes of resources are
// references, and all else is unknown.
import { itemsAt, mapAt, scalar, textAt, textOf, unknown, valueAt } from '../mapping.ts'
import type { Entry, Mapping, Place, Value } from '../resource.ts'
import type { Work } from './work.ts'

const depthMax = 60

export class Template {
  /** Conditions that choose between values, and of which it is not known whether they hold. */
  readonly undecided = new Set<string>()
  readonly #root: Mapping
  readonly #work: Work
  readonly #done = new Map<Value, Value | null>()
  readonly #judged = new Map<Value, Value | null>()
  readonly #conditions = new Map<string, boolean | null>()
  /** Parameters that what is assumed hangs on, where it is not true of their defaults. */
  readonly #varied: ReadonlySet<string>
  /** Parameters that conditions have asked for. */
  readonly #asked = new Set<string>()
  #isJudging = false
  #takesDefaults = false
  #depth = 0

  /** `assumed` are conditions taken to hold, or not to. */
  constructor(root: Mapping, work: Work, assumed: ReadonlyMap<string, boolean> = new Map()) {
    this.#root = root
    this.#work = work
    for (const name of assumed.keys()) this.holds(name)
    this.#varied = new Set(this.#isTrueOfDefaults(assumed) ? [] : this.#asked)
    this.#conditions.clear()
    this.#judged.clear()
    for (const [name, truth] of assumed) this.#assume(name, truth)
  }

  /** The value without functions; undefined where it stands for nothing (`AWS::NoValue`). */
  resolve(value: Value): Value | undefined {
    if (value.kind === 'scalar' || value.kind === 'unknown') return value
    const known = this.#isJudging ? this.#judged : this.#done
    const done = known.get(value)
    if (done !== undefined) return done ?? undefined
    if (this.#depth >= depthMax || !this.#work.mayLook()) return unknown(value.place)
    this.#depth++
    const resolved = value.kind === 'list' ? this.#list(value.items, value.place) : this.#map(value)
    this.#depth--
    known.set(value, resolved ?? null)
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
    const fallback = this.#given(name, parameter)
    if (fallback?.kind !== 'scalar' || fallback.value === 'AWS::NoValue') return unknown(place)
    const value = { ...fallback, place, origin: fallback.place }
    if (!/List/.test(textOf(valueAt(parameter, 'Type')) ?? '')) return value
    const items = String(fallback.value ?? '').split(',')
    return { kind: 'list', items: items.map((item) => scalar(item.trim(), place)), place }
  }

  /** What a parameter is taken for; a name to look up, or a secret, stands for another value. */
  #given(name: string, parameter: Mapping): Value | undefined {
    const isStandIn = /^AWS::SSM::Parameter::/.test(textAt(parameter, 'Type') ?? '')
    if (isStandIn || textAt(parameter, 'NoEcho') === 'true') return undefined
    if (this.#takesDefaults) return valueAt(parameter, 'Default')
    if (!this.#isJudging) {
      return this.#varied.has(name) ? undefined : valueAt(parameter, 'Default')
    }
    const allowed = itemsAt(parameter, 'AllowedValues')
    if (allowed.length === 1) return allowed[0]
    this.#asked.add(name)
    return undefined
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
    const name = textOf(condition) ?? ''
    const truth = this.holds(name)
    if (truth === null && !this.#isJudging && mapAt(this.#root, 'Conditions', name) !== null) {
      this.undecided.add(name)
    }
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

  #isTrueOfDefaults(assumed: ReadonlyMap<string, boolean>): boolean {
    this.#conditions.clear()
    this.#judged.clear()
    this.#takesDefaults = true
    const isTrue = [...assumed].every(([name, truth]) => this.holds(name) === truth)
    this.#takesDefaults = false
    return isTrue
  }

  #assume(name: string, truth: boolean): void {
    if (this.#conditions.has(name)) return
    this.#conditions.set(name, truth)
    this.#infer(valueAt(this.#root, 'Conditions', name), truth)
  }

  /** What else is true, when a condition is. */
  #infer(condition: Value | undefined, truth: boolean): void {
    const [entry] = condition?.kind === 'map' ? condition.entries : []
    if (entry === undefined || this.#depth >= depthMax || !this.#work.mayLook()) return
    const [name, { value }] = entry
    this.#depth++
    if (name === 'Condition') this.#assume(textOf(value) ?? '', truth)
    else if (name === 'Fn::Not') this.#infer(itemsAt(value)[0], !truth)
    else if (name === (truth ? 'Fn::And' : 'Fn::Or')) {
      for (const item of itemsAt(value)) this.#infer(item, truth)
    }
    this.#depth--
  }

  #truth(condition: Value): boolean | null {
    const [entry] = condition.kind === 'map' ? condition.entries : []
    if (entry === undefined || this.#depth >= depthMax || !this.#work.mayLook()) return null
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
      const wasJudging = this.#isJudging
      this.#isJudging = true
      const [a, b] = items.map((item) => textOf(this.resolve(item)))
      this.#isJudging = wasJudging
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
