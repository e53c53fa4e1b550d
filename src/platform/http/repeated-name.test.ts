import { expect, it } from 'vitest'
import { repeatedName } from './repeated-name.ts'

it.each([
  ['{"a":1,"a":2}', 'a'],
  ['{"a":1,"\\u0061":2}', 'a'],
  ['{"b":{"a":[{"c":"x","c" \n: {}}]}}', 'c'],
  ['{"a\\"b":1,"a\\"b":2}', 'a"b'],
  ['{"a":{"x":1},"b":[1],"a":2}', 'a'],
  ['{"__proto__":1,"__proto__":2}', '__proto__'],
  ['{"a":{"a":1},"b":["a","a"]}', null],
  ['[{"a":1},{"a":1}]', null],
  ['{"a":"\\\\","b":"a\\":"}', null],
  ['{"a":"a","b":"{\\"a\\":1"}', null],
  ['"a"', null],
  ['null', null],
])('of %s it is %j', (json, name) => {
  JSON.parse(json)
  expect(repeatedName(json)).toBe(name)
})

it('is found in what is long and deep', () => {
  const long = `"${'\\\\'.repeat(250_000)}"`
  expect(repeatedName(`{"a":${long},"b":1,"a":1}`)).toBe('a')
  expect(repeatedName(`${'['.repeat(200_000)}${']'.repeat(200_000)}`)).toBe(null)
})
