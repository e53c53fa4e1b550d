// Which parts of a policy are left where only some of the request is known.
import { describe, expect, it } from 'vitest'
import { parsePolicies } from '../policy/parse.ts'
import { looksBeyond, reduced, type Variable } from './reduced-policies.ts'

function policy(text: string) {
  const [parsed] = parsePolicies(text).policies
  if (parsed === undefined) throw new Error('no policy')
  return parsed.json
}

const head = 'permit(principal is User, action == Action::"read", resource)'

describe('a reduced policy', () => {
  it.each<[string, readonly Variable[], string]>([
    ['when { principal.a == 1 && context.b }', ['principal'], 'when { principal.a == 1 }'],
    ['when { context.b }', ['principal'], ''],
    ['when { principal.a == 1 || context.b }', ['principal'], ''],
    ['unless { principal.a == 1 || context.b }', ['principal'], 'unless { principal.a == 1 }'],
    ['unless { principal.a == 1 && context.b }', ['principal'], ''],
    ['when { resource.owner == principal }', ['principal'], ''],
    ['when { {Var: 1, Value: context} has x }', ['principal'], ''],
    ['when { {Var: principal} has x }', ['principal'], 'when { {Var: principal} has x }'],
  ])('%s of %j: %s', (conditions, known, left) => {
    const { conditions: kept } = reduced(policy(`${head} ${conditions};`), known)
    expect(kept).toEqual(policy(`${head} ${left};`).conditions)
  })

  it('keeps the parts of its head that are about what is known', () => {
    const { principal, action } = reduced(policy(`${head};`), ['principal'])
    expect([principal, action]).toEqual([policy(`${head};`).principal, { op: 'All' }])
  })

  it('tells whether something is left out', () => {
    const given = policy(`${head} when { principal.a == 1 && context.b };`)
    expect(looksBeyond(given, ['principal'])).toBe(true)
    expect(looksBeyond(given, ['principal', 'context'])).toBe(false)
  })
})
