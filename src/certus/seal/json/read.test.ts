import { describe, expect, it } from 'vitest'
import { canonicalJson } from './canonical.ts'
import { JsonFault, readJson } from './read.ts'

const bounds = { depthMax: 8, valuesMax: 100 }
const canonical = (text: string) => canonicalJson(readJson(text, bounds))

describe('what is read', () => {
  it.each([
    [
      'the same under any order and space',
      '{ "b" : 1,\n"a":[true , null]}',
      '{"a":[true,null],"b":1}',
    ],
    [
      'names by UTF-16 code units',
      '{"\u20ac":1,"\\r":2,"\ufb33":3,"1":4,"\ud83d\ude00":5,"\u0080":6,"\u00f6":7}',
      '{"\\r":2,"1":4,"\u0080":6,"\u00f6":7,"\u20ac":1,"\ud83d\ude00":5,"\ufb33":3}',
    ],
    [
      'numbers as ECMAScript writes them',
      '[333333333.33333329,1E30,4.50,2e-3,0.000000000000000000000000001,-0]',
      '[333333333.3333333,1e+30,4.5,0.002,1e-27,0]',
    ],
    [
      'escapes undone where none is needed',
      '"\\u20ac$\\u000F\\u000aA\'\\u0042\\u0022\\u005c\\\\\\"\\/"',
      '"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/"',
    ],
    [
      'escaped names as what they mean',
      '{"\\u0061":1,"b":2,"\\u0063":{"\\u0061":3}}',
      '{"a":1,"b":2,"c":{"a":3}}',
    ],
    [
      'a name that objects have of themselves',
      '{"__proto__":{"a":1},"constructor":2}',
      '{"__proto__":{"a":1},"constructor":2}',
    ],
    ['an empty object, array and text', '{"a":{},"b":[],"c":""}', '{"a":{},"b":[],"c":""}'],
  ])('is written canonically: %s', (_, text, expected) => {
    expect(canonical(text)).toBe(expected)
  })

  it.each([
    ['a name twice', '{"a":1,"a":2}', 7],
    ['a name twice, once escaped', '{"a":1,"\\u0061":2}', 7],
    ['an integer between two doubles', '9007199254740993', 0],
    ['the same with a point', '9007199254740993.0', 0],
    ['what a double makes a whole number', '49.9999999999999999', 0],
    ['less than any double', '1e-400', 0],
    ['a number beyond all', '1e400', 0],
    ['half of a pair', '"\\ud800"', 1],
    ['half of a name', '{"\\udc00":1}', 2],
    ['a control character', '"a\u0001"', 2],
    ['an unknown escape', '"\\x41"', 1],
    ['a cut escape', '"\\u00', 5],
    ['a leading zero', '01', 1],
    ['a sign', '+1', 0],
    ['nothing', '', 0],
    ['a comma too many', '[1,]', 3],
    ['a second value', '1 2', 2],
    ['an open object', '{"a":1', 6],
    ['an open text', '"abc', 4],
    ['a byte-order mark', '\ufeff1', 0],
    ['a word that is none', 'nul', 0],
    ['a name without quotes', '{a:1}', 1],
    ['too deep a nest', `${'['.repeat(10)}${']'.repeat(10)}`, 9],
    ['too many values', `[${'1,'.repeat(120)}1]`, 199],
  ])('is refused with its place: %s', (_, text, at) => {
    const fault = faultOf(text)
    expect(fault).toBeInstanceOf(JsonFault)
    expect(fault?.at).toBe(at)
  })

  it('reads whatever it wrote', () => {
    const random = [1e16, 1e20, 1e21, -9007199254740992, 295147905179352830000, 5e-324, 0.1, 4.35]
    for (let bits = 1n; bits < 2n ** 63n; bits = bits * 3n + 7n) {
      const value = new Float64Array(BigUint64Array.of(bits).buffer)[0] ?? 0
      if (Number.isFinite(value)) random.push(value, -value)
    }
    const text = canonicalJson(random)
    expect(canonicalJson(readJson(text, bounds))).toBe(text)
  })

  it('agrees with JSON.parse on whatever JSON.stringify writes', () => {
    const value = { text: 'é\u2028"\\', list: [1.5e-7, -3, 1e21, { deep: [[]] }], no: null }
    const text = JSON.stringify(value, null, 2)
    expect(JSON.parse(canonical(text))).toEqual(value)
  })
})

function faultOf(text: string): JsonFault | undefined {
  try {
    readJson(text, bounds)
    return undefined
  } catch (error) {
    return error as JsonFault
  }
}
