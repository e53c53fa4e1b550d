// Texts and JSON that nobody writes by mistake: nothing is thrown but what is documented, nothing
// hangs, and Cedar's parser, which serves everybody in the process, still works afterwards.
import { describe, expect, it } from 'vitest'
import { decide } from '../../src/identity/policy/decide.ts'
import { createEntities } from '../../src/identity/policy/entities.ts'
import { explain } from '../../src/identity/policy/explain.ts'
import type { AccessRequest, Entity } from '../../src/identity/policy/json.ts'
import { InvalidValue } from '../../src/identity/policy/json-value.ts'
import { InvalidPolicy } from '../../src/identity/policy/malformed.ts'
import { checkPolicies, formatPolicies, parsePolicies } from '../../src/identity/policy/parse.ts'
import type { PolicySource } from '../../src/identity/policy/set.ts'
import { compilePolicySet } from '../../src/identity/policy/set.ts'
import type { FuzzCase } from './cedar-fuzz.ts'
import { makeCase } from './cedar-fuzz.ts'
import { Chance } from './chance.ts'

const words =
  `permit forbid ( ) [ ] { } , ; . :: : == != < <= > >= && || ! - + * " \\ // @ ? ?principal
  principal action resource context when unless in is has like if then else true false User::"a"
  "text" 0 1 9007199254740993 99999999999999999999 ip( decimal( datetime( .contains( .getTag( é 😀
  __cedar entity type action appliesTo namespace enum tags Set< \u0000 \u2028 '`
    .trim()
    .split(/\s+/)

describe('texts', () => {
  it('are refused or taken, whatever stands in them', () => {
    for (let seed = 0; seed < 150; seed++) {
      const chance = new Chance(seed)
      const soup = chance.some(60, () => chance.pick(words)).join(chance.half() ? ' ' : '')
      const whole = 'permit (principal, action, resource) when { context.a == "x" || true };'
      const [at, length] = [chance.below(whole.length), chance.below(4)]
      const broken = whole.slice(0, at) + chance.pick(words) + whole.slice(at + length)
      for (const text of [soup, broken, `${whole}${soup}`]) {
        parsePolicies(text)
        formatPolicies(text)
        checkPolicies(text)
        checkPolicies(whole, text)
      }
    }
    expect(parsePolicies('permit (principal, action, resource);').policies).toHaveLength(1)
  })
})

describe('JSON', () => {
  it('is refused or taken, whatever stands in it', () => {
    let taken = 0
    for (let seed = 0; seed < 500; seed++) {
      const chance = new Chance(seed)
      const { sources, entities, requests } = disturb(chance, makeCase(seed)) as FuzzCase
      const set = documented(() => compilePolicySet(sources.filter(isObject) as PolicySource[]))
      const store = documented(() => createEntities(entities.filter(isObject) as Entity[]))
      if (set === undefined || store === undefined) continue
      for (const request of requests.filter(isRequest)) {
        const decision = documented(() => decide(set, request, store))
        documented(() => explain(set, request, store))
        if (decision !== undefined) taken += 1
      }
    }
    expect(taken).toBeGreaterThan(100)
  })
})

/** What is documented to be thrown is an answer. */
function documented<T>(call: () => T): T | undefined {
  try {
    return call()
  } catch (error) {
    if (error instanceof InvalidPolicy || error instanceof InvalidValue) return undefined
    throw error
  }
}

const hostile = [null, -1, 1.5, '', 'when', [], {}, { __entity: null }, { Value: null }, { Var: 1 }]

/** Replaces something deep inside, now and then, by something else. */
function disturb(chance: Chance, json: unknown, depth = 0): unknown {
  if (depth > 4 && chance.below(300) === 0) return chance.pick<unknown>(hostile)
  if (Array.isArray(json)) return json.map((each) => disturb(chance, each, depth + 1))
  if (!isObject(json)) return json
  const entries = Object.entries(json).map(([name, value]) => {
    const other = depth > 4 && chance.below(300) === 0 ? '__extn' : name
    return [other, disturb(chance, value, depth + 1)] as const
  })
  return Object.fromEntries(entries)
}

function isObject(json: unknown): json is object {
  return typeof json === 'object' && json !== null
}

function isRequest(json: unknown): json is AccessRequest {
  return isObject(json) && 'context' in json && isObject(json.context)
}
