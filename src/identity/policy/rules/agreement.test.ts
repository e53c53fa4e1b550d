// What rules mean, written down a second time without Cedar, and compared with what their compiled
// form decides, on random rules and requests.
import { type Context, type EntityJson, isAuthorized } from '@cedar-policy/cedar-wasm/nodejs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decide } from '../decide.ts'
import { createEntities } from '../entities.ts'
import { explain } from '../explain.ts'
import type { AccessRequest, CedarJson, Entity } from '../json.ts'
import {
  actionUid,
  groupUid,
  type PrincipalType,
  principalTypes,
  principalUid,
  resourceUid,
  toCedarRecord,
  withLists,
} from '../names.ts'
import { parsePolicies } from '../parse.ts'
import { compilePolicySet } from '../set.ts'
import { compileRules } from './compile.ts'
import { enrichContext } from './context.ts'
import { type Rule, Rules } from './schema.ts'

type Attributes = Record<string, unknown>

interface Request {
  principal: { type: PrincipalType; id: string; groups: string[]; attributes: Attributes }
  resource: { type: string; id: string; attributes: Attributes }
  action: string
  context: Attributes
  now: Date
}

/** Of the rules at these places: which match, which fail, and what follows. */
interface Outcome {
  matched: number[]
  failed: number[]
  allowed: boolean
}

describe('the meaning of rules', () => {
  it('is that of their compiled form', () => {
    let allowed = 0
    let failed = 0
    fc.assert(
      fc.property(
        fc.array(ruleArbitrary, { minLength: 1, maxLength: 3 }),
        requests,
        (rules, request) => {
          // As the server has them: through the schema.
          const taken = Rules.parse(rules)
          const interpreted = interpret(rules, request)
          if (interpreted.allowed) allowed++
          if (interpreted.failed.length > 0) failed++
          expect(decideCompiled(taken, request)).toEqual(interpreted)
        },
      ),
      { numRuns: 1_000 },
    )
    // Otherwise the property would hold for nothing.
    expect(allowed).toBeGreaterThan(20)
    expect(failed).toBeGreaterThan(20)
  })
})

// ---- The interpreter: from the description of rules alone.

type Holds = 'yes' | 'no' | 'fails'
type Json = Record<string, unknown>

function interpret(rules: readonly Rule[], request: Request): Outcome {
  const holds = rules.map((rule) => ruleHolds(rule, request))
  const places = (wanted: Holds) => holds.flatMap((each, index) => (each === wanted ? [index] : []))
  const of = (effect: Rule['effect'], wanted: Holds) =>
    places(wanted).some((index) => rules[index]?.effect === effect)
  return {
    matched: places('yes'),
    failed: places('fails'),
    allowed: of('allow', 'yes') && !of('deny', 'yes') && !of('deny', 'fails'),
  }
}

function ruleHolds(rule: Rule, request: Request): Holds {
  const { principal, resource, action, context, now } = request
  const { principals = {}, resources = {} } = rule
  const absent: Holds = rule.effect === 'deny' ? 'yes' : 'no'
  const types = principals.types ?? (principals.type === undefined ? null : [principals.type])
  const resourceTypes = resources.types ?? (resources.type === undefined ? null : [resources.type])
  const { ids = null, groups = null } = principals
  const { identifiers = null } = resources
  const heads = [
    types === null || types.some((type) => type.toUpperCase() === principal.type),
    ids === null || ids.includes(principal.id),
    groups === null || groups.some((group) => principal.groups.includes(group)),
    rule.actions.some((pattern) => globMatches(pattern, action)),
    resourceTypes === null || resourceTypes.includes(resource.type),
    identifiers === null || identifiers.some((pattern) => globMatches(pattern, resource.id)),
  ]
  if (heads.includes(false)) return 'no'
  const tests = [
    ...attributeTests(principals.attributes, principal.attributes, absent),
    ...attributeTests(resources.attributes, resource.attributes, absent),
    ...(rule.conditions ?? []).map(
      (condition) => () => conditionHolds(condition as Json, { context, now, absent }),
    ),
  ]
  for (const test of tests) {
    const held = test()
    if (held !== 'yes') return held
  }
  return 'yes'
}

function attributeTests(wanted: Attributes | undefined, has: Attributes, absent: Holds) {
  return Object.entries(wanted ?? {}).map(([path, values]) => (): Holds => {
    const found = lookUp(has, path)
    if (found === 'fails') return 'fails'
    if (found === undefined) return absent
    const any = [values].flat()
    if ([found.value].flat().some((value) => any.includes(value))) return 'yes'
    const kinds = new Set(any.map((value) => typeof value))
    // A deny must not pass over what it cannot compare.
    if (Array.isArray(found.value)) return found.value.every(ofKind(kinds)) ? 'no' : absent
    return kinds.size > 1 || ofKind(kinds)(found.value) || absent === 'no' ? 'no' : 'fails'
  })
}

const ofKind = (kinds: ReadonlySet<string>) => (value: unknown) => kinds.has(typeof value)

function lookUp(record: Attributes, path: string): { value: unknown } | undefined | 'fails' {
  let value: unknown = record
  for (const name of path.split('.')) {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return 'fails'
    if (!Object.hasOwn(value, name)) return undefined
    value = (value as Json)[name]
  }
  return { value }
}

function conditionHolds(
  { type, operator, value }: Json,
  { context, now, absent }: { context: Attributes; now: Date; absent: Holds },
): Holds {
  if (type === 'time') return inWindow(value as Json, now) ? 'yes' : 'no'
  const found = lookUp(context, String(type))
  if (found === 'fails') return 'fails'
  if (found === undefined) return absent
  const actual = found.value
  const values = [value].flat()
  const positive = operator === 'equals' || operator === 'in'
  if (positive || operator === 'not_equals' || operator === 'not_in') {
    const fits = type === 'ip' ? isIp(actual) : typeof actual === typeof values[0]
    // What an allow cannot match anyway may be told as not matching.
    if (!fits) return positive && absent === 'no' && quiet(type, values[0]) ? 'no' : 'fails'
    const same = (each: unknown) => (type === 'ip' ? ipWithin(actual, each) : each === actual)
    return values.some(same) === positive ? 'yes' : 'no'
  }
  if (operator === 'contains') {
    if (!Array.isArray(actual)) return 'fails'
    if (values.some((each) => actual.includes(each))) return 'yes'
    return actual.every(ofKind(new Set([typeof values[0]]))) ? 'no' : absent
  }
  if (operator === 'matches') {
    if (typeof actual !== 'string') return 'fails'
    return values.some((each) => globMatches(String(each), actual)) ? 'yes' : 'no'
  }
  if (typeof actual !== 'number') return 'fails'
  return compares(String(operator), actual, value) ? 'yes' : 'no'
}

const quiet = (type: unknown, value: unknown) => type !== 'ip' && typeof value !== 'boolean'

function compares(operator: string, actual: number, value: unknown): boolean {
  if (operator === 'between') {
    const { min, max } = Array.isArray(value) ? { min: value[0], max: value[1] } : (value as Json)
    return actual >= Number(min) && actual <= Number(max)
  }
  const bound = Number(value)
  if (operator === 'less_than') return actual < bound
  if (operator === 'less_or_equal') return actual <= bound
  return operator === 'greater_than' ? actual > bound : actual >= bound
}

function globMatches(pattern: string, text: string): boolean {
  const source = pattern.replaceAll(/\\[\\*]|[\s\S]/gu, (token) => {
    if (token === '*') return '[\\s\\S]*'
    const literal = /^\\./.test(token) ? token.slice(1) : token
    return `\\u{${literal.codePointAt(0)?.toString(16)}}`
  })
  return new RegExp(`^${source}$`, 'u').test(text)
}

function inWindow({ start, end, timezone = 'UTC', days = null }: Json, now: Date): boolean {
  // "2026-03-29 03:00" in the zone; its days by a calendar that knows no zones.
  const shown = now.toLocaleString('sv-SE', { timeZone: String(timezone) })
  const [date = '', time = ''] = shown.split(' ')
  const clock = time.slice(0, 5)
  const dayOf = (back: number) =>
    ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'][
      new Date(Date.parse(`${date}T12:00:00Z`) - back * 86_400_000).getUTCDay()
    ]
  const on = (back: number) => !Array.isArray(days) || days.includes(dayOf(back))
  if (String(start) < String(end)) return clock >= String(start) && clock < String(end) && on(0)
  return (clock >= String(start) && on(0)) || (clock < String(end) && on(1))
}

function isIp(value: unknown): boolean {
  return typeof value === 'string' && ipBits(value) !== null
}

function ipWithin(value: unknown, range: unknown): boolean {
  const [network = '', prefix] = String(range).split('/')
  const outer = ipBits(network) ?? ''
  const inner = ipBits(String(value)) ?? ''
  const bits = prefix === undefined ? outer.length : Number(prefix)
  return inner.length === outer.length && inner.slice(0, bits) === outer.slice(0, bits)
}

/** The address in binary digits. */
function ipBits(text: string): string | null {
  const dotted = /^(?:::ffff:)?(\d+\.\d+\.\d+\.\d+)$/.exec(text)?.[1]
  const binary = (numbers: number[], width: number) =>
    numbers.map((number) => number.toString(2).padStart(width, '0')).join('')
  if (dotted !== undefined) return binary(dotted.split('.').map(Number), 8)
  if (!/^[0-9a-f:]+$/.test(text) || !text.includes(':')) return null
  const [left = [], right = []] = text
    .split('::')
    .map((half) => half.split(':').flatMap((group) => (group === '' ? [] : [`0x${group}`])))
  const zeros = Array.from({ length: 8 - left.length - right.length }, () => 0)
  return binary([...left.map(Number), ...zeros, ...right.map(Number)], 16)
}

// ---- The compiled form, decided by us and by the reference implementation of Cedar.

function decideCompiled(rules: readonly Rule[], request: Request): Outcome {
  const { principal, resource, action, context, now } = request
  const { cedar, needs } = compileRules(rules)
  const asked: AccessRequest = {
    principal: principalUid(principal.type, principal.id),
    action: actionUid(action),
    resource: resourceUid(resource.type, resource.id),
    context: enrichContext(toCedarRecord(context, 'context'), needs, now, action),
  }
  const entities = entitiesOf(request)
  const { policies } = parsePolicies(cedar)
  const set = compilePolicySet(policies.map(({ json }, index) => ({ id: `policy${index}`, json })))
  const stored = createEntities(entities)
  const { decision, reasons, errors } = decide(set, asked, stored)
  const failed = errors.map(({ policyId }) => policyId)
  expect({ decision, reasons, failed }).toEqual(decideByCedar(cedar, asked, entities))
  const place = (id: string) => Number(id.replace('policy', ''))
  const denyFailed = failed.some((id) => rules[place(id)]?.effect === 'deny')
  return {
    // Also those of the effect that did not win.
    matched: explain(set, asked, stored).matched.map(place),
    failed: failed.map(place),
    allowed: decision === 'allow' && !denyFailed,
  }
}

function decideByCedar(cedar: string, asked: AccessRequest, entities: readonly Entity[]) {
  const answer = isAuthorized({
    ...asked,
    context: asked.context as Context,
    policies: { staticPolicies: cedar },
    entities: entities as EntityJson[],
  })
  if (answer.type === 'failure') throw new Error(`${answer.errors[0]?.message}\n${cedar}`)
  const { decision, diagnostics } = answer.response
  const failed = diagnostics.errors.map(({ policyId }) => policyId)
  return { decision, reasons: diagnostics.reason.sort(), failed: failed.sort() }
}

function entitiesOf({ principal, resource }: Request): Entity[] {
  const entity = (
    uid: Entity['uid'],
    attributes: Attributes,
    reserved: Record<string, CedarJson>,
    parents: Entity['uid'][] = [],
  ): Entity => {
    const attrs = toCedarRecord(attributes, 'attributes')
    return { uid, attrs: { ...attrs, ...reserved }, parents }
  }
  const { type, id, attributes, groups } = principal
  const reserved = { id, type, groups }
  return withLists([
    entity(principalUid(type, id), attributes, reserved, groups.map(groupUid)),
    entity(resourceUid(resource.type, resource.id), resource.attributes, {
      id: resource.id,
      type: resource.type,
    }),
  ])
}

// ---- Random rules and requests: few names, so that they meet; and texts that try to break out.

const texts = fc.constantFrom(
  'a',
  'b',
  'ab',
  '',
  '*',
  '"',
  '\\',
  'a"]) || true; //',
  '\n',
  '\u202e',
  '😀',
)
const someText = texts.filter((text) => text !== '')
const numbers = fc.constantFrom(-1, 0, 1, 2, 2 ** 53 - 1, -(2 ** 53) + 1)
const names = fc.constantFrom('x', 'y', 'x.y', 'if', 'a b', '"]', '__proto__')
const globs = fc
  .array(fc.constantFrom('*', 'a', 'b', '\\*', '\\\\', '"', '\n', '😀'), {
    minLength: 1,
    maxLength: 3,
  })
  .map((pieces) => pieces.join(''))
const scalars = fc.oneof(texts, numbers, fc.boolean())
const few = <T>(each: fc.Arbitrary<T>) => fc.array(each, { minLength: 1, maxLength: 3 })
const types = fc.constantFrom('doc', 'my-db', 'in', 'User')
const groups = fc.constantFrom('eng', 'o"ps')
const ids = fc.constantFrom('p1', 'p"2')
const wantedAttributes = fc.dictionary(
  names.filter((name) => name !== '__proto__'),
  fc.oneof(scalars, few(scalars)),
  { maxKeys: 2 },
)
const maybe = <T>(each: fc.Arbitrary<T>) => fc.option(each, { nil: undefined, freq: 1 })

const zones = fc.constantFrom(undefined, 'Europe/Berlin', 'America/New_York', 'Asia/Kolkata')
const clocks = fc.constantFrom('00:00', '01:30', '02:30', '09:00', '17:00', '22:15')
const days = fc.constantFrom('mon', 'sat', 'sun')
const windows = fc
  .record({
    start: clocks,
    end: fc.oneof(clocks, fc.constant('24:00')),
    timezone: zones,
    days: maybe(few(days)),
  })
  .filter(({ start, end }) => start !== end)
const addresses = fc.constantFrom('10.0.0.1', '10.0.1.1', '::1', '2001:db8::7', '192.168.0.1')
const ranges = fc.constantFrom(
  '10.0.0.0/8',
  '10.0.0.9/24',
  '2001:db8::/32',
  '::/0',
  '10.0.0.1',
  '0.0.0.0/0',
)

const conditions: fc.Arbitrary<Json> = fc.oneof(
  fc.record({ type: fc.constant('time'), operator: fc.constant('between'), value: windows }),
  fc.record({
    type: fc.constant('ip'),
    operator: fc.constantFrom('in', 'not_in'),
    value: few(ranges),
  }),
  fc.record({
    type: fc.constant('ip'),
    operator: fc.constantFrom('equals', 'not_equals'),
    value: addresses,
  }),
  fc.record({
    type: fc.oneof(names, fc.constant('mfa')),
    operator: fc.constantFrom('equals', 'not_equals'),
    value: fc.boolean(),
  }),
  fc.record({ type: names, operator: fc.constantFrom('equals', 'not_equals'), value: scalars }),
  fc.record({
    type: names,
    operator: fc.constantFrom('in', 'not_in'),
    value: fc.oneof(few(texts), few(numbers)),
  }),
  fc.record({
    type: fc.oneof(names, fc.constant('risk_score')),
    operator: fc.constantFrom('less_than', 'less_or_equal', 'greater_than', 'greater_or_equal'),
    value: numbers,
  }),
  fc.record({
    type: names,
    operator: fc.constant('between'),
    value: fc.oneof(fc.constant([0, 1]), fc.constant({ min: -1, max: 2 })),
  }),
  fc.record({
    type: names,
    operator: fc.constant('contains'),
    value: fc.oneof(texts, few(texts), few(numbers)),
  }),
  fc.record({ type: names, operator: fc.constant('matches'), value: fc.oneof(globs, few(globs)) }),
)

const principalForm = fc.record(
  {
    type: fc.constantFrom('USER', 'ai_agent'),
    attributes: wantedAttributes,
    groups: few(groups),
    ids: few(ids),
  },
  { requiredKeys: [] },
)
const principalForms = fc.oneof(
  principalForm,
  principalForm.map(({ type: _, ...rest }) => ({ ...rest, types: ['USER', 'API_KEY'] })),
)
const resourceForm = fc.record(
  { type: types, attributes: wantedAttributes, identifiers: few(globs) },
  { requiredKeys: [] },
)
const resourceForms = fc.oneof(
  resourceForm,
  resourceForm.map(({ type: _, ...rest }) => ({ ...rest, types: ['doc', 'my-db'] })),
)

const ruleArbitrary = fc.record(
  {
    effect: fc.constantFrom('allow', 'deny'),
    description: someText,
    principals: fc.oneof(fc.constant({}), principalForms),
    resources: fc.oneof(fc.constant({}), resourceForms),
    actions: few(fc.constantFrom('*', 'read', 'write:*', 'write:all', '*"*')),
    conditions: fc.array(conditions, { maxLength: 2 }),
  },
  { requiredKeys: ['effect', 'actions'] },
) as fc.Arbitrary<Rule>

const stored = fc.oneof(scalars, few(scalars), fc.dictionary(fc.constant('y'), scalars))
const attributes = fc.dictionary(
  names.filter((name) => name !== 'x.y'),
  stored,
  { maxKeys: 3 },
)
const requests: fc.Arbitrary<Request> = fc.record({
  principal: fc.record({
    type: fc.constantFrom(...principalTypes),
    id: ids,
    groups: fc.uniqueArray(groups),
    attributes,
  }),
  resource: fc.record({ type: types, id: fc.oneof(someText, globs), attributes }),
  action: fc.constantFrom('read', 'write:all', 'write:', 'x"y'),
  context: fc
    .record({
      rest: attributes,
      own: fc.record(
        {
          ip: fc.oneof(
            addresses,
            fc.constantFrom('::ffff:10.0.0.1', 'nonsense', 7, '10.0.0.0/7', '0.0.0.0/0'),
          ),
          mfa: fc.constantFrom(true, false, 'false'),
          risk_score: fc.oneof(numbers, texts),
          panthera: fc.constant({ action: 'read', time: {} }),
        },
        { requiredKeys: [] },
      ),
    })
    .map(({ rest, own }) => ({ ...rest, ...own })),
  now: fc.oneof(
    // Around the hours that are left out and that come twice.
    fc.integer({ min: 0, max: 600 }).map((minute) => new Date(1_774_738_800_000 + minute * 60_000)),
    fc.date({ min: new Date('2026-01-01'), max: new Date('2027-01-01'), noInvalidDate: true }),
  ),
})
