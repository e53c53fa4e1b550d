import { describe, expect, it } from 'vitest'
import { ChangeFinding, FindingFilter, FindingQuery } from './schema.ts'

function complaints(schema: { safeParse(value: unknown): { error?: unknown } }, value: unknown) {
  const { error } = schema.safeParse(value) as {
    error?: { issues: { path: PropertyKey[]; message: string }[] }
  }
  return (error?.issues ?? []).map(({ path, message }) => `${path.join('.')}: ${message}`)
}

describe('filters', () => {
  it('repeat, take lists, and do both', () => {
    const severity = ['critical', 'high', 'low']
    expect(FindingFilter.parse({ severity })).toEqual({ severity })
    expect(FindingFilter.parse({ severity: 'critical,high,low' })).toEqual({ severity })
    expect(FindingFilter.parse({ severity: ['critical,high', 'low'] })).toEqual({ severity })
  })

  it('name the field, the value and what is accepted', () => {
    expect(complaints(FindingQuery, { severity: 'high,urgent' })).toEqual([
      'severity: "urgent" is not one of critical, high, medium, low',
    ])
    expect(complaints(FindingQuery, { status: '' })).toEqual([
      'status: "" is not one of open, resolved, ignored',
    ])
    expect(complaints(FindingQuery, { cwe: 'SQL' })).toEqual([
      'cwe: "SQL" is not a CWE such as CWE-89 or 89',
    ])
    expect(complaints(FindingQuery, { scan_id: 'x' })).toEqual([
      'scan_id: "x" is not the id of a scan',
    ])
  })

  it('write a CWE in one way', () => {
    expect(FindingFilter.parse({ cwe: '89,cwe-79,CWE-0022' })).toEqual({
      cwe: ['CWE-89', 'CWE-79', 'CWE-22'],
    })
  })

  it('do not split a clone URL', () => {
    const repository = ['https://git.example.com/a,b.git', 'acme/web', 'acme/shop']
    expect(
      FindingFilter.parse({
        repository: ['https://git.example.com/a,b.git', 'acme/web,acme/shop'],
      }),
    ).toEqual({ repository })
  })

  it('bound how many values and characters there are', () => {
    const many = Array.from({ length: 51 }, (_, at) => String(at)).join(',')
    expect(complaints(FindingFilter, { cwe: many })).toEqual(['cwe: takes at most 50 values'])
    expect(complaints(FindingFilter, { q: 'x'.repeat(201) })).toHaveLength(1)
    expect(complaints(FindingFilter, { q: ' x ' })).toHaveLength(1)
    expect(complaints(FindingFilter, { q: 'ab\0c' })).toEqual([
      'q: must not hold the character NUL',
    ])
  })

  it('do not know other parameters', () => {
    expect(complaints(FindingQuery, { severety: 'high' })).toHaveLength(1)
    expect(complaints(FindingFilter, { limit: '5' })).toHaveLength(1)
  })
})

describe('pages', () => {
  it('have the size that the reference shows unless told', () => {
    expect(FindingQuery.parse({})).toEqual({ limit: 20, offset: 0 })
  })

  it('are bounded', () => {
    for (const query of [{ limit: '0' }, { limit: '101' }, { offset: '-1' }, { limit: 'all' }]) {
      expect(complaints(FindingQuery, query)).toHaveLength(1)
    }
  })

  it('go by cursor or by offset', () => {
    const cursor = '01890a5d-ac96-774b-bcce-b302099a8057'
    expect(complaints(FindingQuery, { cursor, offset: '20' })).toEqual([
      'offset: goes without cursor: use one of the two',
    ])
    expect(complaints(FindingQuery, { cursor, offset: '0' })).toEqual([])
  })
})

describe('changes', () => {
  it('take the body of the reference', () => {
    const body = { status: 'resolved', resolution_note: 'Fixed in commit abc123' }
    expect(ChangeFinding.parse(body)).toEqual(body)
  })

  it('take a reason and an expiry with ignored only', () => {
    const extras = { reason: 'accepted_risk', expires_at: '2099-01-01T00:00:00Z' }
    expect(complaints(ChangeFinding, { status: 'ignored', ...extras })).toEqual([])
    expect(complaints(ChangeFinding, { status: 'resolved', ...extras })).toEqual([
      'reason: is only accepted with status ignored, not resolved',
      'expires_at: is only accepted with status ignored, not resolved',
    ])
    expect(complaints(ChangeFinding, { status: 'open', expires_at: null })).toHaveLength(1)
  })
})
