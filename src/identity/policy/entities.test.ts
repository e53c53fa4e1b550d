import { describe, expect, it } from 'vitest'
import { createEntities } from './entities.ts'
import type { Entity } from './json.ts'
import { entityKey } from './value.ts'

function group(id: string, ...parents: string[]): Entity {
  return { uid: { type: 'G', id }, attrs: {}, parents: parents.map((each) => uid(each)) }
}

function uid(id: string) {
  return { type: 'G', id }
}

function ancestors(store: ReturnType<typeof createEntities>, id: string): string[] {
  return [...store.ancestors(entityKey('G', id))].map((key) => key.slice(-1)).sort()
}

describe('createEntities', () => {
  it('knows all that an entity is in, also what is not stored', () => {
    const store = createEntities([group('a', 'b', 'c'), group('b', 'd'), group('d', 'e')])
    expect(ancestors(store, 'a')).toEqual(['b', 'c', 'd', 'e'])
    expect(ancestors(store, 'x')).toEqual([])
  })

  it('ends where entities go round in a circle', () => {
    const store = createEntities([group('a', 'b'), group('b', 'a')])
    expect(ancestors(store, 'a')).toEqual(['a', 'b'])
  })

  it('lays entities over others: in place of them, above and below them', () => {
    const base = createEntities([group('a', 'b'), group('b', 'c')])
    expect(ancestors(base, 'a')).toEqual(['b', 'c'])
    const over = createEntities([group('b', 'd'), group('z', 'a')], base)
    expect(ancestors(over, 'a')).toEqual(['b', 'd'])
    expect(ancestors(over, 'z')).toEqual(['a', 'b', 'd'])
    const aside = createEntities([group('x')], base)
    expect(ancestors(aside, 'a')).toEqual(['b', 'c'])
    expect(ancestors(base, 'a')).toEqual(['b', 'c'])
  })

  it('counts the later of two with one name', () => {
    expect(ancestors(createEntities([group('a', 'b'), group('a', 'c')]), 'a')).toEqual(['c'])
  })

  it('refuses what has no meaning in Cedar', () => {
    const wrong = { ...group('a'), attrs: { n: 1.5 } }
    expect(() => createEntities([wrong])).toThrow('attrs.n: must be an integer')
  })
})
