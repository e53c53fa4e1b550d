import { describe, expect, it } from 'vitest'
import { slugOf } from './slug.ts'

describe('the name that evidence is filed under', () => {
  it.each([
    ['acme', 'shop', 'acme/shop'],
    ['Acme-1', 'shop.js', 'Acme-1/shop.js'],
    ['acme/web', 'shop', 'acme.web/shop'],
    ['a b', 'shop', null],
    ['..', 'shop', null],
    ['acme', '..', null],
    ['', 'shop', null],
    ['acme', 'x'.repeat(101), null],
  ])('of %s and %s is %s', (owner, name, slug) => {
    expect(slugOf(owner, name)).toBe(slug)
  })
})
