import { describe, expect, it } from 'vitest'
import { InvalidValue, readRecord, readValue, writeValue } from './json-value.ts'

function nested(depth: number): unknown {
  let json: unknown = 1
  for (let i = 0; i < depth; i++) json = [json]
  return json
}

describe('readValue', () => {
  it.each<[json: unknown, says: string]>([
    [null, 'v: must not be null'],
    [undefined, 'v: must not be undefined'],
    [1.5, 'v: must be an integer'],
    [2 ** 53, 'v: must be an integer'],
    [2n ** 63n, 'v: must fit 64 bits'],
    [{ a: [1, null] }, 'v.a[1]: must not be null'],
    [{ __entity: { type: 'A' } }, 'v: __entity must be'],
    [{ __entity: { type: 'A', id: 'a' }, b: 1 }, 'v: __entity must stand alone'],
    [{ __extn: { fn: 'eval', arg: 'a' } }, 'v: __extn must name an extension function'],
    [{ __extn: { fn: 'ip', arg: 'a' } }, 'v: is no valid argument of ip'],
    [{ __extn: { fn: 'ip', args: ['::1', '::1'] } }, 'v: ip takes 1 argument'],
    [{ __expr: 'User::"a"' }, 'v: __expr is not supported'],
    [nested(65), 'must not nest deeper than 64'],
    [nested(100_000), 'must not nest deeper than 64'],
  ])('refuses %#', (json, says) => {
    expect(() => readValue(json, 'v')).toThrow(InvalidValue)
    expect(() => readValue(json, 'v')).toThrow(says)
  })

  it('takes no name of a field for special', () => {
    const record = readRecord(JSON.parse('{"__proto__":{"a":1},"constructor":2}'), 'context')
    expect([...record.fields.keys()]).toEqual(['__proto__', 'constructor'])
  })
})

describe('writeValue', () => {
  it.each<[json: unknown, written?: unknown]>([
    [{ a: [true, 'x', { __entity: { type: 'A', id: 'a' } }] }],
    [{ __extn: { fn: 'decimal', arg: '-0.0001' } }],
    [{ __extn: { fn: 'ip', arg: '10.1.2.3' } }],
    [{ __extn: { fn: 'ip', arg: '10.0.0.0/8' } }],
    [{ __extn: { fn: 'ip', arg: '::1' } }, { __extn: { fn: 'ip', arg: '0:0:0:0:0:0:0:1' } }],
    [{ __extn: { fn: 'duration', arg: '1h' } }, { __extn: { fn: 'duration', arg: '3600000ms' } }],
    [
      { __extn: { fn: 'datetime', arg: '2024-10-15' } },
      { __extn: { fn: 'datetime', arg: '2024-10-15T00:00:00.000Z' } },
    ],
  ])('%j', (json, written = json) => {
    expect(writeValue(readValue(json, 'v'))).toEqual(written)
  })

  it('writes a time beyond four digits of a year as a sum', () => {
    const day = { __extn: { fn: 'datetime', arg: '9999-12-31' } }
    const later = { __extn: { fn: 'duration', arg: '1d' } }
    const value = readValue({ __extn: { fn: 'offset', args: [day, later] } }, 'v')
    const written = writeValue(value)
    expect(readValue(written, 'v')).toEqual(value)
  })
})
