import { expect, it } from 'vitest'
import { z } from 'zod'
import { Problem } from '../errors.ts'
import { validate } from './validation.ts'

it('refuses what is nested so deep that a schema cannot follow', () => {
  const depth = 100_000
  const deep: unknown = JSON.parse(`${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`)
  const fields = [{ field: 'body', message: 'is nested too deep' }]
  const refused = () => validate(z.json(), deep, 'body')
  expect(refused).toThrow(Problem)
  expect(refused).toThrow(expect.objectContaining({ status: 400, details: { fields } }))
  expect(validate(z.json(), { a: { b: [1] } }, 'body')).toEqual({ a: { b: [1] } })
})
