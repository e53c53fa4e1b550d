// Whatever is stored can be decided upon.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Problem } from '../platform/errors.ts'
import { checkAttributes, checkMetadata, merge } from './attributes.ts'
import { createEntities } from './policy/entities.ts'
import { principalEntity } from './principals/entities.ts'

const principal = {
  id: 'principal_000000000000',
  type: 'USER',
  name: 'n',
  email: null,
  status: 'active',
  groups: ['g'],
  owner: null,
  owners: [],
  standing: 'active',
} as const

describe('attributes', () => {
  it('are refused with a 400, or make an entity', () => {
    const names = fc.constantFrom('a', 'id', 'owner', '__entity', '__extn', '__proto__', '')
    const json = fc.letrec((tie) => ({
      value: fc.oneof(
        { depthSize: 'medium' },
        fc.constantFrom<unknown>(null, true, 1, -0, 1.5, 2 ** 53, '', 'text', '\ud800'),
        fc.array(tie('value'), { maxLength: 4 }),
        fc.dictionary(fc.oneof(names, fc.string()), tie('value'), { maxKeys: 4 }),
      ),
    })).value
    fc.assert(
      fc.property(fc.dictionary(names, json, { maxKeys: 5 }), (given) => {
        let attributes: ReturnType<typeof checkAttributes>
        try {
          attributes = checkAttributes(given)
        } catch (error) {
          expect(error).toBeInstanceOf(Problem)
          expect((error as Problem).status).toBe(400)
          return
        }
        createEntities(principalEntity({ ...principal, attributes }))
      }),
      { numRuns: 500 },
    )
  })

  it.each([
    [{ a: { b: [{ c: 0.5 }] } }, 'attributes.a.b[0].c'],
    [{ list: Array.from({ length: 1_001 }, () => 1) }, 'attributes: has more than 1000 values'],
    [{ ['n'.repeat(201)]: 1 }, 'of 1 to 200 characters'],
    [{ text: 'é'.repeat(17_000) }, 'over 32768'],
  ])('400: %#', (given, message) => {
    expect(() => checkAttributes(given)).toThrow(message)
  })

  it('merge on their first level; null takes a value away', () => {
    expect(merge({ a: 1, b: { x: 1 }, c: 3 }, { a: null, b: { y: 2 } })).toEqual({
      b: { y: 2 },
      c: 3,
    })
    expect(merge({ a: 1 }, undefined)).toEqual({ a: 1 })
  })

  it('that nobody decides upon may have fractions, in the same bounds', () => {
    expect(checkMetadata({ ratio: 0.5 })).toEqual({ ratio: 0.5 })
    expect(() => checkMetadata({ text: 'x'.repeat(40_000) })).toThrow('metadata')
  })
})
