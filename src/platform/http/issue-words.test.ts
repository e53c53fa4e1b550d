import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { issueWords } from './issue-words.ts'

describe('issueWords', () => {
  it.each<[schema: z.ZodType, value: unknown, message: string]>([
    [z.string().min(1), '', 'must not be empty'],
    [z.string().max(3), 'abcd', 'must have at most 3 characters'],
    [z.coerce.number().int().max(100), '500', 'must be at most 100'],
    [z.coerce.number(), 'abc', 'must be a number'],
    [z.int(), 1.5, 'must be an integer'],
    [z.enum(['draft', 'active']), 'x', 'must be one of draft, active'],
    [z.array(z.string()).min(1), [], 'must hold at least 1'],
    [z.iso.datetime(), 'noon', 'must be a time such as 2026-03-02T10:00:00Z'],
    [z.uuid(), 'x', 'must be a UUID'],
    [z.object({}), null, 'must be an object'],
    [z.string('must be a name'), 7, 'must be a name'],
  ])('%#: %j', (schema, value, message) => {
    const parsed = schema.safeParse(value, { error: issueWords })
    expect(parsed.error?.issues.map((issue) => issue.message)).toEqual([message])
  })
})
