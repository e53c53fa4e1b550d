// Random expressions in Cedar's JSON form, mostly of the type that their place wants: what is of a
// wrong type ends an evaluation early and would leave the rest unseen.
import type { CedarJson, EntityUid, ExpressionJson } from '../../src/identity/policy/json.ts'
import type { Chance } from './chance.ts'

const names = ['a', 'b', 'n', 's', '__proto__']
const texts = ['', 'a', 'ab', 'a*b', '*', '1.5', '10.0.0.1', 'é😀', 'toString', '1h']
const decimals = [
  '1.5',
  '1.50',
  '-0.0001',
  '922337203685477.5807',
  '-922337203685477.5808',
  '1',
  'x',
]
const addresses = [
  '10.0.0.1',
  '10.0.0.0/8',
  '10.1.0.0/8',
  '127.0.0.1',
  '224.0.0.0/3',
  '::1',
  '::/0',
  'ff00::/8',
  '1::2::3',
  '1:2:3:4:5:6:7::',
  '300.1.1.1',
  '01.2.3.4',
  '1.2.3.4/33',
  '::ffff:1.2.3.4',
  '1.2.3.4/08',
]
const datetimes = [
  '2024-02-29',
  '2023-02-29',
  '1969-12-31T23:59:59.999Z',
  '2024-10-15T11:38:02+0230',
  '2024-10-15T24:00:00Z',
  '0000-01-01',
  '9999-12-31T23:59:59Z',
  '2024-1-1',
  '1970-01-01T00:00:00.000-2359',
  '2024-01-01T00:00:60Z',
]
const durations = [
  '1d',
  '1h30m',
  '-5ms',
  '1d2h3m4s5ms',
  '0ms',
  '1m1ms',
  '1ms1s',
  '106751991167d',
  '9223372036854775807ms',
  '9223372036854775808ms',
  '-9223372036854775808ms',
  '-',
  '1',
]
const integers = [0, 1, -1, 2, 3, 7, 9_007_199_254_740_991, -9_007_199_254_740_991, 4_294_967_296]
const types = ['User', 'Group', 'Doc', 'A::B']

export class ExpressionMaker {
  readonly #chance: Chance
  readonly #uid: () => EntityUid

  constructor(chance: Chance, uid: () => EntityUid) {
    this.#chance = chance
    this.#uid = uid
  }

  boolean(depth: number): ExpressionJson {
    if (depth <= 0) return this.#leaf(depth, () => ({ Value: this.#chance.half() }))
    const of = () => this.boolean(depth - 1)
    const deeper = depth - 1
    return this.#chance.pick<() => ExpressionJson>([
      () => ({ '&&': { left: of(), right: of() } }),
      () => ({ '||': { left: of(), right: of() } }),
      () => ({ '!': { arg: of() } }),
      () => this.#choice(of, deeper),
      () => this.#equality(deeper),
      () => this.#order(deeper),
      () => ({ in: { left: this.entity(deeper), right: this.#group(deeper) } }),
      () => this.#is(deeper),
      () => ({ has: { left: this.#holder(deeper), attr: this.#path() } }),
      () => ({ hasTag: { left: this.entity(deeper), right: this.text(deeper) } }),
      () => ({ like: { left: this.text(deeper), pattern: this.#pattern() } }),
      () => this.#ofSets(deeper),
      () => this.#test(deeper),
      () => this.#leaf(deeper, () => ({ Value: this.#chance.half() })),
    ])()
  }

  /** A conjunction that begins as many policies do: who, whether it is there, what it equals. */
  leading(): ExpressionJson {
    const parts = [...this.#chance.some(3, () => this.#leadingPart()), this.boolean(2)]
    return parts.reduce((left, right) => ({ '&&': { left, right } }))
  }

  /** Reads behind tests of presence, in all the ways that tests can be put together. */
  guarded(depth: number): ExpressionJson {
    const of = () => this.guarded(depth - 1)
    const base = this.#chance.pick<ExpressionJson>([
      { Var: 'context' },
      { Var: 'principal' },
      { '.': { left: { Var: 'context' }, attr: 'a' } },
    ])
    const name = this.#chance.pick(['a', 'b'])
    const has = { has: { left: base, attr: name } }
    const read = { '==': { left: { '.': { left: base, attr: name } }, right: { Value: 1 } } }
    if (depth <= 0) return this.#chance.half() ? has : read
    return this.#chance.pick<() => ExpressionJson>([
      () => ({ '&&': { left: has, right: read } }),
      () => ({ '||': { left: { '!': { arg: has } }, right: read } }),
      () => ({ '&&': { left: of(), right: of() } }),
      () => ({ '||': { left: of(), right: of() } }),
      () => ({ '!': { arg: of() } }),
      () => this.#choice(of, 1),
    ])()
  }

  #leadingPart(): ExpressionJson {
    const variable = { Var: this.#chance.pick(['principal', 'resource']) }
    const read = { '.': { left: { Var: 'context' }, attr: this.#chance.pick(['a', 'n']) } }
    const entity = () => ({ Value: { __entity: { ...this.#uid() } } })
    const scalar = () => ({
      Value: this.#chance.pick<boolean | number | string>([true, 1, 0, 'a', 'ab']),
    })
    return this.#chance.pick<() => ExpressionJson>([
      () => ({ in: { left: variable, right: entity() } }),
      () => ({ in: { left: variable, right: { Set: this.#chance.some(3, entity) } } }),
      () => ({ '==': { left: entity(), right: variable } }),
      () => ({ contains: { left: { Set: this.#chance.some(3, entity) }, right: variable } }),
      () => ({ is: { left: variable, entity_type: this.#chance.pick(types) } }),
      () => {
        const [left, right] = [entity(), entity()].map((each) => {
          return { '==': { left: variable, right: each } }
        })
        return { '||': { left, right } }
      },
      () => ({ has: { left: { Var: 'context' }, attr: this.#chance.pick(['a', 'n']) } }),
      () => ({ has: { left: { Var: 'context' }, attr: ['a', 'n'] } }),
      () => ({ '==': { left: read, right: this.#chance.half() ? scalar() : entity() } }),
      () => ({ '==': { left: scalar(), right: read } }),
      () => ({ contains: { left: { Set: this.#chance.some(3, scalar) }, right: read } }),
      () => {
        const tag = { Value: 'a' }
        const left = { hasTag: { left: variable, right: tag } }
        const right = { '==': { left: { getTag: { left: variable, right: tag } }, right: tag } }
        const comparison = { '==': { left: read, right: scalar() } }
        return { '||': { left: comparison, right: { '&&': { left, right } } } }
      },
    ])()
  }

  integer(depth: number): ExpressionJson {
    if (depth <= 0) return { Value: this.#chance.pick(integers) }
    const of = () => this.integer(depth - 1)
    return this.#chance.pick<() => ExpressionJson>([
      () => ({ [this.#chance.pick(['+', '-', '*'])]: { left: of(), right: of() } }),
      () => ({ neg: { arg: of() } }),
      () => this.#choice(of, depth - 1),
      () => ({ [this.#chance.pick(units)]: [this.#duration(depth - 1)] }),
      () => this.#leaf(depth - 1, () => ({ Value: this.#chance.pick(integers) })),
    ])()
  }

  text(depth: number): ExpressionJson {
    return this.#leaf(depth, () => ({ Value: this.#chance.pick(texts) }))
  }

  entity(depth: number): ExpressionJson {
    const { type, id } = this.#uid()
    return this.#chance.pick<() => ExpressionJson>([
      () => ({ Var: this.#chance.pick(['principal', 'action', 'resource']) }),
      () => ({ Value: { __entity: { type, id } } }),
      () => this.#leaf(depth, () => ({ Var: 'principal' })),
      () => this.#choice(() => this.entity(depth - 1), depth),
    ])()
  }

  any(depth: number): ExpressionJson {
    if (depth <= 0) return this.text(0)
    return this.#chance.pick<() => ExpressionJson>([
      () => this.boolean(depth - 1),
      () => this.integer(depth - 1),
      () => this.text(depth - 1),
      () => this.entity(depth - 1),
      () => this.#set(depth - 1),
      () => this.#record(depth - 1),
      () => this.#decimal(),
      () => this.#address(),
      () => this.#datetime(depth - 1),
      () => this.#duration(depth - 1),
    ])()
  }

  /** Attributes, tags or a context. */
  jsonRecord(depth: number): Record<string, CedarJson> {
    return Object.fromEntries(
      this.#chance.some(4, () => [this.#chance.pick(names), this.#json(depth)] as const),
    )
  }

  #json(depth: number): CedarJson {
    return this.#chance.pick<() => CedarJson>([
      () => this.#chance.half(),
      () => this.#chance.pick(integers),
      () => this.#chance.pick(texts),
      () => ({ __entity: { ...this.#uid() } }),
      () => ({ __extn: { fn: 'ip', arg: this.#chance.pick(['10.0.0.1', '10.0.0.0/8', '::1']) } }),
      () => ({ __extn: { fn: 'decimal', arg: this.#chance.pick(['1.5', '1.50', '-3.0']) } }),
      () => ({ __extn: { fn: 'datetime', arg: this.#chance.pick(['2024-02-29', '1969-12-31']) } }),
      () => ({ __extn: { fn: 'duration', arg: this.#chance.pick(['1h', '60m', '-1ms']) } }),
      () => (depth <= 0 ? [] : this.#chance.some(3, () => this.#json(depth - 1))),
      () => (depth <= 0 ? {} : this.jsonRecord(depth - 1)),
    ])()
  }

  /** Something read from the request or the entities, or what the place wants. */
  #leaf(depth: number, wanted: () => ExpressionJson): ExpressionJson {
    const name = this.#chance.pick(names)
    return this.#chance.pick<() => ExpressionJson>([
      wanted,
      wanted,
      () => ({ '.': { left: this.#holder(depth), attr: name } }),
      () => ({ getTag: { left: this.entity(depth - 1), right: { Value: name } } }),
      () => (this.#chance.below(6) === 0 ? this.any(depth) : wanted()),
    ])()
  }

  #holder(depth: number): ExpressionJson {
    const variables = ['principal', 'context', 'context', 'resource']
    const variable = () => ({ Var: this.#chance.pick(variables) })
    if (depth <= 0) return variable()
    return this.#chance.pick<() => ExpressionJson>([
      variable,
      variable,
      () => this.#record(depth - 1),
      () => ({ '.': { left: this.#holder(depth - 1), attr: this.#chance.pick(names) } }),
    ])()
  }

  #choice(of: () => ExpressionJson, depth: number): ExpressionJson {
    if (depth <= 0) return of()
    // biome-ignore lint/suspicious/noThenProperty: Cedar calls it so.
    return { 'if-then-else': { if: this.boolean(depth - 1), then: of(), else: of() } }
  }

  #equality(depth: number): ExpressionJson {
    const operator = this.#chance.pick(['==', '!='])
    const make = this.#chance.pick<() => ExpressionJson>([
      () => this.any(depth),
      () => this.integer(depth),
      () => this.text(depth),
      () => this.entity(depth),
      () => this.#set(depth),
      () => this.#record(depth),
      () => this.#decimal(),
      () => this.#address(),
      () => this.#duration(depth),
    ])
    return { [operator]: { left: make(), right: make() } }
  }

  #order(depth: number): ExpressionJson {
    const operator = this.#chance.pick(['<', '<=', '>', '>='])
    const make = this.#chance.pick<() => ExpressionJson>([
      () => this.integer(depth),
      () => this.integer(depth),
      () => this.#datetime(depth),
      () => this.#duration(depth),
    ])
    return { [operator]: { left: make(), right: make() } }
  }

  #group(depth: number): ExpressionJson {
    if (this.#chance.half()) return this.entity(depth)
    return { Set: this.#chance.some(3, () => this.entity(depth)) }
  }

  #is(depth: number): ExpressionJson {
    const left = this.entity(depth)
    const entity_type = this.#chance.pick(types)
    return this.#chance.half()
      ? { is: { left, entity_type } }
      : { is: { left, entity_type, in: this.#group(depth) } }
  }

  #path(): string | string[] {
    if (this.#chance.half()) return this.#chance.pick(names)
    return [this.#chance.pick(['a', 'b']), this.#chance.pick(['a', 'n', 's'])]
  }

  #pattern(): (string | { Literal: string })[] {
    return this.#chance.some(5, () =>
      this.#chance.half() ? 'Wildcard' : { Literal: this.#chance.pick(['a', 'b', '*', 'é', '😀']) },
    )
  }

  #ofSets(depth: number): ExpressionJson {
    const left = this.#set(depth)
    const operator = this.#chance.pick(['contains', 'containsAll', 'containsAny', 'isEmpty'])
    if (operator === 'isEmpty') return { isEmpty: { arg: left } }
    const right = operator === 'contains' ? this.any(depth) : this.#set(depth)
    return { [operator]: { left, right } }
  }

  #test(depth: number): ExpressionJson {
    const wrong = this.#chance.below(15) === 0 ? [this.any(0)] : []
    return this.#chance.pick<() => ExpressionJson>([
      () => ({ [this.#chance.pick(ofAddress)]: [this.#address(), ...wrong] }),
      () => ({ isInRange: [this.#address(), this.#address(), ...wrong] }),
      () => ({ [this.#chance.pick(ofDecimals)]: [this.#decimal(), this.#decimal()] }),
      () => ({ '==': { left: this.#duration(depth), right: this.#duration(depth) } }),
    ])()
  }

  #set(depth: number): ExpressionJson {
    if (depth <= 0) return { Set: this.#chance.some(2, () => this.integer(0)) }
    return this.#chance.pick<() => ExpressionJson>([
      () => ({ Set: this.#chance.some(4, () => this.any(depth - 1)) }),
      () => ({ Set: this.#chance.some(12, () => this.integer(0)) }),
      () => this.#leaf(depth - 1, () => ({ Set: [] })),
    ])()
  }

  #record(depth: number): ExpressionJson {
    const fields = this.#chance.some(3, () => {
      return [this.#chance.pick(names), this.any(depth - 1)] as const
    })
    return { Record: Object.fromEntries(fields) }
  }

  #decimal(): ExpressionJson {
    return { decimal: [{ Value: this.#chance.pick(decimals) }] }
  }

  #address(): ExpressionJson {
    return { ip: [{ Value: this.#chance.pick(addresses) }] }
  }

  #datetime(depth: number): ExpressionJson {
    const written = { datetime: [{ Value: this.#chance.pick(datetimes) }] }
    if (depth <= 0 || this.#chance.half()) return written
    if (this.#chance.half()) return { toDate: [this.#datetime(depth - 1)] }
    return { offset: [this.#datetime(depth - 1), this.#duration(depth - 1)] }
  }

  #duration(depth: number): ExpressionJson {
    const written = { duration: [{ Value: this.#chance.pick(durations) }] }
    if (depth <= 0 || this.#chance.half()) return written
    if (this.#chance.half()) return { toTime: [this.#datetime(depth - 1)] }
    return { durationSince: [this.#datetime(depth - 1), this.#datetime(depth - 1)] }
  }
}

const units = ['toMilliseconds', 'toSeconds', 'toMinutes', 'toHours', 'toDays']
const ofAddress = ['isIpv4', 'isIpv6', 'isLoopback', 'isMulticast']
const ofDecimals = ['lessThan', 'lessThanOrEqual', 'greaterThan', 'greaterThanOrEqual']
