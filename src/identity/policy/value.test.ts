import { describe, expect, it } from 'vitest'
import { readValue } from './json-value.ts'
import { EntityRef, equals, SetValue } from './value.ts'

const user = { __entity: { type: 'User', id: 'a' } }
const ip = (arg: string) => ({ __extn: { fn: 'ip', arg } })
const decimal = (arg: string) => ({ __extn: { fn: 'decimal', arg } })

describe('equals', () => {
  it.each<[a: unknown, b: unknown, equal: boolean]>([
    [1, 1, true],
    [1, '1', false],
    [0, false, false],
    [-0, 0, true],
    [2n ** 60n, 2n ** 60n, true],
    [2n ** 60n, 2n ** 60n + 1n, false],
    [5n, 5, true],
    [user, { __entity: { type: 'User', id: 'a' } }, true],
    [user, 'User::"a"', false],
    [user, { type: 'User', id: 'a' }, false],
    [[1, 2], [2, 1, 1], true],
    [[1, 2], [1, 3], false],
    [[1], [1, 2], false],
    [[[1, 2], [3]], [[3], [2, 1]], true],
    [['1'], [1], false],
    [[], {}, false],
    [{ a: 1, b: 2 }, { b: 2, a: 1 }, true],
    [{ a: 1 }, { a: 1, b: 2 }, false],
    [{ a: 1 }, { b: 1 }, false],
    [[{ a: [user] }], [{ a: [user, user] }], true],
    [decimal('1.5'), decimal('1.50'), true],
    [decimal('1.5'), 15_000, false],
    [ip('10.0.0.1'), ip('10.0.0.1/32'), true],
    [ip('10.0.0.1/24'), ip('10.0.0.0/24'), false],
    [ip('::'), ip('0.0.0.0'), false],
    [[['a,b']], [['a', 'b']], false],
    [[['"']], [['\\"']], false],
    [[[1]], [['1']], false],
    [[[user]], [['User::"a"']], false],
    [[[]], [{}], false],
    [[{ a: 1, b: [2] }], [{ b: [2, 2], a: 1 }], true],
    [[{ 'a:1,b': 2 }], [{ a: 1, b: 2 }], false],
    [[[decimal('1.5')]], [[ip('1.5.0.0')]], false],
  ])('%#', (a, b, equal) => {
    const [left, right] = [readValue(a, ''), readValue(b, '')]
    expect([equals(left, right), equals(right, left)]).toEqual([equal, equal])
  })

  it('compares large sets of records without looking at each pair', () => {
    const records = Array.from({ length: 20_000 }, (_, i) => ({ n: i, of: [user] }))
    const [one, other] = [readValue(records, ''), readValue(records.toReversed(), '')]
    expect(equals(one, other)).toBe(true)
  })
})

describe('sets made to be slow', () => {
  /** The hash that the engine has for small integers; it has no seed. */
  function engineHash(number: number): number {
    let hash = (~number + (number << 15)) >>> 0
    hash ^= hash >>> 12
    hash = (hash + (hash << 2)) >>> 0
    hash ^= hash >>> 4
    hash = Math.imul(hash, 2_057) >>> 0
    return (hash ^ (hash >>> 16)) & 0x3fff_ffff
  }

  it('do not become so by integers that the engine keeps in one place', () => {
    const numbers: number[] = []
    for (let i = 0; numbers.length < 20_000; i++) if ((engineHash(i) & 0xfff) === 7) numbers.push(i)
    const set = readValue([...numbers, 2n ** 60n], '')
    if (!(set instanceof SetValue)) throw new Error('no set')
    expect(set.distinct).toHaveLength(20_001)
    expect([numbers[7] ?? -1, 8, 2n ** 60n, '7'].map((each) => set.has(each))).toEqual([
      true,
      false,
      true,
      false,
    ])
  })

  it('cost no more by depth, and stay apart', () => {
    const nested = (text: string) => {
      let json: unknown = text
      for (let i = 0; i < 60; i++) json = i % 2 === 0 ? [json] : { a: json }
      return json
    }
    const long = 'y'.repeat(1_000)
    const values = [`${long}1`, `${long}2`, long].map((text) => readValue([nested(text)], ''))
    for (const a of values) for (const b of values) expect(equals(a, b)).toBe(a === b)
    expect(equals(readValue([nested(long)], ''), values[2] ?? 0)).toBe(true)
    const [first] = values
    if (!(first instanceof SetValue)) throw new Error('no set')
    expect(first.canonical.length).toBeLessThan(300)
  })
})

describe('EntityRef', () => {
  it('has a key of its own for each type and id', () => {
    const keys = [
      ['A', 'B::C'],
      ['A::B', 'C'],
      ['1:A', ''],
      ['', '1:A'],
    ].map(([type = '', id = '']) => new EntityRef(type, id))
    expect(new Set(keys.map(({ key }) => key)).size).toBe(4)
    for (const ref of keys) expect(EntityRef.fromKey(ref.key)).toEqual(ref)
  })
})
