import { describe, expect, it } from 'vitest'
import { cweIn, cweOfProperties, cweOfTaxa } from './weakness.ts'

describe('a CWE', () => {
  it.each([
    ['CWE-89: SQL injection', 'CWE-89'],
    ['external/cwe/cwe-079', 'CWE-79'],
    ['cwe:1333', 'CWE-1333'],
    ['CWE_22', 'CWE-22'],
    ['security', null],
    ['cwe-0', null],
    ['cwe-1234567', null],
  ])('in %j is %j', (text, cwe) => {
    expect(cweIn(text)).toBe(cwe)
  })

  it('comes from taxa and relationships of the taxonomy CWE', () => {
    const cwe = { name: 'CWE' }
    expect(cweOfTaxa([{ id: '89', toolComponent: cwe }])).toBe('CWE-89')
    expect(cweOfTaxa([{ target: { id: '089', toolComponent: cwe }, kinds: ['superset'] }])).toBe(
      'CWE-89',
    )
    expect(cweOfTaxa([{ id: '89', toolComponent: { name: 'OWASP' } }])).toBeNull()
    expect(cweOfTaxa({ id: '89' })).toBeNull()
  })

  it('comes from properties before tags', () => {
    expect(cweOfProperties({ cwe: ['CWE-94'], tags: ['CWE-20'] })).toBe('CWE-94')
    expect(cweOfProperties({ cwe_id: 78 })).toBe('CWE-78')
    expect(cweOfProperties({ tags: ['security', 7, 'external/cwe/cwe-020'] })).toBe('CWE-20')
    expect(cweOfProperties(null)).toBeNull()
  })
})
