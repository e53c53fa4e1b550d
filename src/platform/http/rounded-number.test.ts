import { expect, it } from 'vitest'
import { roundedNumber } from './rounded-number.ts'

it.each([
  ['{"a":{"b":[1,49.9999999999999999]}}', 'a.b[1]'],
  ['{"a":9007199254740990.6}', 'a'],
  ['{"a": -1e-400}', 'a'],
  ['[\n5.00000000000000000000001]', '[0]'],
  ['{"a":1.00000000000000000001e2}', 'a'],
])('finds it in %s', (json, place) => expect(roundedNumber(json)).toBe(place))

it.each([
  '{"a":50,"b":"49.9999999999999999","c":"x: 1e-400"}',
  '[5.0, 1e3, 12.50e1, -0.0, 0e-5, 1.5, 0.1, 1e400, 100e-2, 9007199254740993]',
  '"49.9999999999999999"',
])('finds none in %s', (json) => expect(roundedNumber(json)).toBeNull())

it('looks at a large body once', () => {
  const many = Array.from({ length: 50_000 }, () => '1.5')
  expect(roundedNumber(`[${many.join(',')},49.9999999999999999]`)).toBe('[50000]')
  const deep = `${'['.repeat(1_000)}1e-400${',1.5]'.repeat(1_000)}`
  expect(roundedNumber(deep)).toMatch(/^(\[0\])+/)
  expect(() => roundedNumber(`${'['.repeat(200_000)}1.5${']'.repeat(200_000)}`)).toThrow(RangeError)
  expect(roundedNumber(`[${'1'.repeat(500_000)}${' '.repeat(500_000)}]`)).toBeNull()
})
