import { checkParsePolicySet } from '@cedar-policy/cedar-wasm/nodejs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Entity } from './json.ts'
import {
  entityType,
  principalEntityType,
  principalTypeOf,
  principalTypes,
  readPrincipalType,
  readResource,
  toCedar,
  toCedarRecord,
  UnfitAttribute,
  withLists,
} from './names.ts'

describe('types of principals', () => {
  it.each(principalTypes)('%s has an entity type of its own', (type) => {
    expect(principalTypeOf(principalEntityType(type))).toBe(type)
    expect(readPrincipalType(type.toLowerCase())).toBe(type)
    expect(readPrincipalType(principalEntityType(type))).toBe(type)
  })

  it('knows no others', () => {
    expect(principalTypeOf('document')).toBeNull()
    expect(readPrincipalType('robot')).toBeNull()
  })
})

describe('entityType', () => {
  it.each([
    ['document', 'document'],
    ['snake_case_2', 'snake_case_2'],
    ['Billing::Invoice', 'Billing::Invoice'],
    ['my-db', 'my_x2d_db'],
    ['3d', '_x33_d'],
    ['in', '_x69_n'],
    ['a::in', 'a::_x69_n'],
    ['a::', 'a_x3a__x3a_'],
    ['_x2d_', '_x5f_x2d_'],
    ['User', '_x55_ser'],
    ['Action', '_x41_ction'],
    ['', '_xempty_'],
    ['é', '_xe9_'],
  ])('%j is %s', (text, encoded) => {
    expect(entityType(text)).toBe(encoded)
  })

  const tricky = fc.string({
    unit: fc.constantFrom('_', 'x', '2', 'd', 'e', ':', '::', '-', 'in', 'Ä', '_x2d_', '\ud800'),
  })

  it('can be read back, so that no two texts share a type', () => {
    const decode = (type: string) =>
      type === '_xempty_'
        ? ''
        : type.replaceAll(/_x([0-9a-f]+)_/g, (_, hex) =>
            String.fromCharCode(Number.parseInt(hex, 16)),
          )
    fc.assert(fc.property(tricky, (text) => decode(entityType(text)) === text))
  })

  it('is a name that Cedar takes and never one of the platform', () => {
    const own = new Set(['User', 'ServiceAccount', 'ApiKey', 'AIAgent', 'Group', 'Action'])
    const texts = fc.oneof(tricky, fc.string(), fc.constantFrom(...own, '__cedar', 'if', 'true'))
    fc.assert(
      fc.property(texts, (text) => {
        const type = entityType(text)
        const policy = `permit(principal, action, resource is ${type});`
        const { type: answer } = checkParsePolicySet({ staticPolicies: policy })
        return answer === 'success' && !own.has(type)
      }),
    )
  })
})

describe('readResource', () => {
  it.each([
    ['document:7', { type: 'document', id: '7' }],
    ['s3:arn:aws:s3:::b', { type: 's3', id: 'arn:aws:s3:::b' }],
    ['document:', null],
    [':7', null],
    ['document', null],
  ])('%j', (text, expected) => {
    expect(readResource(text)).toEqual(expected)
  })
})

describe('toCedar', () => {
  it('keeps what Cedar has and leaves null out', () => {
    const value = { a: [1, null, 'x', true], b: { c: null, d: -0 }, e: null }
    expect(toCedar(value, 'attributes')).toEqual({ a: [1, 'x', true], b: { d: 0 } })
    expect(toCedar(null, 'attributes')).toBeUndefined()
  })

  it('takes a member called __proto__ as any other', () => {
    const value = JSON.parse('{"__proto__":{"admin":true}}')
    const record = toCedarRecord(value, 'context')
    expect(Object.keys(record)).toEqual(['__proto__'])
    expect(record.admin).toBeUndefined()
  })

  const deep = JSON.parse('['.repeat(500) + ']'.repeat(500))
  it.each([
    [{ a: [1, 1.5] }, 'attributes.a[1]'],
    [{ a: 2 ** 53 }, 'attributes.a'],
    [{ a: Number.POSITIVE_INFINITY }, 'attributes.a'],
    [{ a: { __entity: { type: 'User', id: 'x' } } }, 'attributes.a.__entity'],
    [{ a: [{ __extn: { fn: 'ip', arg: '::1' } }] }, 'attributes.a[0].__extn'],
    [{ __expr: 'x' }, 'attributes.__expr'],
    [{ a: '\ud800' }, 'attributes.a'],
    [{ a: () => 1 }, 'attributes.a'],
    [deep, `attributes${'[0]'.repeat(9)}`],
  ])('refuses %o at its place', (value, path) => {
    const refused = (() => {
      try {
        return toCedar(value, 'attributes')
      } catch (error) {
        return error
      }
    })()
    expect(refused).toBeInstanceOf(UnfitAttribute)
    expect(refused).toMatchObject({ path })
  })
})

describe('withLists', () => {
  const entity = (attrs: Entity['attrs']): Entity => ({
    uid: { type: 'User', id: 'x' },
    attrs,
    parents: [],
  })

  it('repeats lists, and nothing else, as tags by their path', () => {
    const owner = { __entity: { type: 'User', id: 'x' } }
    const attributes = {
      a: ['x'],
      b: 'x',
      c: { d: [1], 'e.f': [2], g: owner },
      'c.d': ['no'],
      owner,
    }
    const [tagged] = withLists([entity(attributes)])
    const kinds = { 'a.kinds': ['string'], 'c.d.kinds': ['number'] }
    expect(tagged).toEqual({ ...entity(attributes), tags: { a: ['x'], 'c.d': [1], ...kinds } })
  })

  it('passes over what is no value of Cedar', () => {
    const attrs = JSON.parse('{"a":null,"b":{"c":null,"d":[1]}}')
    expect(withLists([entity(attrs)])[0]?.tags).toEqual({ 'b.d': [1], 'b.d.kinds': ['number'] })
  })

  it('keeps other tags, and entities without lists as they are', () => {
    const plain = entity({ a: 'x' })
    expect(withLists([plain])[0]).toBe(plain)
    const [tagged] = withLists([{ ...entity({ a: ['x'] }), tags: { a: 'old', b: 'y' } }])
    expect(tagged?.tags).toEqual({ a: ['x'], 'a.kinds': ['string'], b: 'y' })
  })
})
