import { describe, expect, it } from 'vitest'
import { Budget } from './budget.ts'
import { DocumentError } from './document-error.ts'
import { Rules } from './sarif/rules.ts'

describe('Budget', () => {
  it('ends when all texts together are too long', () => {
    const budget = new Budget(1_000)
    budget.take('x'.repeat(900), null)
    expect(() => budget.take('x'.repeat(100))).toThrow(DocumentError)
  })

  it('counts what is kept of rules', () => {
    const rules = new Rules(new Budget(20_000))
    const add = (at: number) =>
      rules.add(0, { id: `r${at}`, help: { text: 'x'.repeat(7_000) } }, `rules[${at}]`)
    add(0)
    add(1)
    expect(() => add(2)).toThrow('hold over 20000 characters')
  })
})
