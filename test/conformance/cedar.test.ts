// Our engine decides as Cedar does: a sample of Cedar's own corpus, and random policies beside
// Cedar's engine. All of the corpus and more of chance: bench/cedar-corpus.ts.
import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { decide } from '../../src/identity/policy/decide.ts'
import { createEntities } from '../../src/identity/policy/entities.ts'
import { expressionText } from '../../src/identity/policy/expression-text.ts'
import { findUnguardedReads } from '../../src/identity/policy/guards.ts'
import type { ExpressionJson, PolicyJson } from '../../src/identity/policy/json.ts'
import { parsePolicies } from '../../src/identity/policy/parse.ts'
import { compilePolicySet } from '../../src/identity/policy/set.ts'
import type { CorpusCase } from './cedar-corpus.ts'
import { runCase, writeLargeIntegers } from './cedar-corpus.ts'
import { ExpressionMaker } from './cedar-expressions.ts'
import { fuzz, makeCase } from './cedar-fuzz.ts'
import { Chance } from './chance.ts'

const sample = gunzipSync(
  readFileSync(new URL('../fixtures/cedar/corpus-sample.jsonl.gz', import.meta.url)),
)
const cases: CorpusCase[] = sample
  .toString()
  .split('\n')
  .map((line) => JSON.parse(line))

describe('decide', () => {
  it('agrees with the sample of the Cedar corpus: decision, reasons and errors', () => {
    const outcomes = cases.map(runCase)
    expect(outcomes.flatMap(({ faults }) => faults)).toEqual([])
    expect(outcomes.reduce((sum, { requests }) => sum + requests, 0)).toBe(1240)
  })

  it('agrees with Cedar on random policies, entities and requests', () => {
    const { faults, requests, allowed, failing } = fuzz(1, 150)
    expect(faults).toEqual([])
    // Else chance has become too tame to prove anything.
    expect(allowed).toBeGreaterThan(requests / 20)
    expect(failing).toBeGreaterThan(requests / 20)
  })
})

describe('expressionText', () => {
  it('writes what Cedar reads as the same expression', () => {
    const differing = expressions(300).flatMap((expression) => {
      // Cedar knows no negative zero, and reads it as zero.
      const text = expressionText(expression).replaceAll(/-0(?![0-9.-])/g, '0')
      const { policies, errors } = parsePolicies(
        `permit (principal, action, resource) when { ${text} };`,
      )
      const read = policies[0]?.json.conditions[0]?.body
      return read !== undefined && expressionText(read) === text ? [] : [{ text, errors }]
    })
    expect(differing).toEqual([])
  })
})

describe('findUnguardedReads', () => {
  it('leaves nothing that fails for want of an attribute, a tag or an entity', () => {
    let guarded = 0
    const failing = expressions(1_000).flatMap((body, seed) => {
      const conditions = [{ kind: seed % 2 ? 'when' : 'unless', body }]
      if (findUnguardedReads(conditions).length > 0) return []
      if (/"(\.|getTag)":/.test(JSON.stringify(body))) guarded += 1
      return decidedBy(seed, { ...everything, conditions }).filter(({ message }) =>
        /does not (have|exist)/.test(message),
      )
    })
    expect(failing).toEqual([])
    expect(guarded).toBeGreaterThan(50)
  })
})

const all = { op: 'All' }
const everything: PolicyJson = {
  effect: 'forbid',
  principal: all,
  action: all,
  resource: all,
  conditions: [],
}

function decidedBy(seed: number, json: PolicyJson) {
  const { entities, requests } = makeCase(seed)
  const set = compilePolicySet([{ id: 'p', json }])
  return requests.flatMap((request) => decide(set, request, createEntities(entities)).errors)
}

function expressions(count: number): ExpressionJson[] {
  return Array.from({ length: count }, (_, seed) => {
    const chance = new Chance(seed)
    const uid = () => ({
      type: chance.pick(['User', 'A::B']),
      id: chance.pick(['a', 'é"\\\u0007']),
    })
    const maker = new ExpressionMaker(chance, uid)
    return seed % 3 === 0 ? maker.guarded(3) : maker.boolean(4)
  })
}

describe('writeLargeIntegers', () => {
  it.each([
    ['a == 9007199254740991', 'a == 9007199254740991'],
    ['a == 9223372036854775807', 'a == (8589934591 * 1073741824 + 1073741823)'],
    [
      '-9223372036854775808 < "9223372036854775807"',
      '(-9007199254740991 * 1024 - 1024) < "9223372036854775807"',
    ],
  ])('%s', (text, written) => {
    expect(writeLargeIntegers(text)).toBe(written)
  })
})
