import { describe, expect, it } from 'vitest'
import { contextsIn, readExpressions } from './expression.ts'

describe('contextsIn', () => {
  it.each<[expression: string, contexts: string[]]>([
    ['github.event.issue.title', ['github.event.issue.title']],
    ["GitHub.Event['issue'].title", ['github.event.issue.title']],
    ['github.event.commits[0].message', ['github.event.commits.*.message']],
    ['github.event.pages.*.page_name', ['github.event.pages.*.page_name']],
    ["a.b == 'x'", []],
    ["a.b == 'x' && c.d || e.f", ['c.d', 'e.f']],
    ['!a.b', []],
    ["contains(a.b, 'x')", []],
    ["format('{0} {1}', a.b, toJSON(c.d))", ['a.b', 'c.d']],
    ['fromJSON(a.b).c', ['a.b']],
    ['(a.b || c.d).number', ['a.b.number', 'c.d.number']],
    [`'it''s \${{ a.b }}'`, []],
    ['env.My_Name', ['env.My_Name']],
    ['', []],
    ['((((', []],
  ])('%j', (expression, contexts) => {
    expect(contextsIn(expression)).toEqual(contexts)
  })
})

describe('readExpressions', () => {
  it('finds each in its place', () => {
    const text = `a \${{ b.c }} \${{ '}}' }} $ {{ d }} \${{ e`
    expect(readExpressions(text).map(({ start, end }) => text.slice(start, end))).toEqual([
      `\${{ b.c }}`,
      `\${{ '}}' }}`,
    ])
  })
})
