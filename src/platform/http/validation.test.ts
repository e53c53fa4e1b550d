import { expect, it } from 'vitest'
import { z } from 'zod'
import { Problem } from '../errors.ts'
import { isPlainJson, validate } from './validation.ts'

it('refuses what is nested so deep that a schema cannot follow', () => {
  const depth = 100_000
  const deep: unknown = JSON.parse(`${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`)
  const fields = [{ field: 'body', message: 'is nested too deep' }]
  const refused = () => validate(z.json(), deep, 'body')
  expect(refused).toThrow(Problem)
  expect(refused).toThrow(expect.objectContaining({ status: 400, details: { fields } }))
  expect(validate(z.json(), { a: { b: [1] } }, 'body')).toEqual({ a: { b: [1] } })
})

it.each([
  ['{"a":"ü 🦁 \\n \\u0041"}', true],
  ['{"a":"\\u0000"}', false],
  ['{"\\uD83D":1}', false],
  ['["\\udc00"]', false],
])('sees in %s that all of it can be stored: %s', (json, isPlain) => {
  expect(isPlainJson(json)).toBe(isPlain)
  const check = () => validate(z.json(), JSON.parse(json), 'body')
  if (isPlain) expect(check()).toEqual(JSON.parse(json))
  else expect(check).toThrow(Problem)
})
