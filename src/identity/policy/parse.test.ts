import { describe, expect, it } from 'vitest'
import { checkPolicies, formatPolicies, parsePolicies } from './parse.ts'
import { textBounds } from './text-bounds.ts'

const all = 'permit (principal, action, resource)'

function when(expression: string): string {
  return `${all} when { ${expression} };`
}

/** As much of each kind of nesting as is allowed; one more is refused. */
const nests: [kind: string, write: (n: number) => string, max: number][] = [
  ['brackets', (n) => when(`${'('.repeat(n)}true${')'.repeat(n)}`), 40],
  ['sets', (n) => when(`${'['.repeat(n)}1${']'.repeat(n)} == 1`), 40],
  ['records', (n) => when(`${'{a: '.repeat(n)}1${'}'.repeat(n)} == 1`), 40],
  ['calls', (n) => when(`${'ip('.repeat(n)}"::1"${')'.repeat(n)} == 1`), 40],
  ['methods', (n) => when(`context${'.contains(1)'.repeat(n)}`), 476],
  ['ands', (n) => when(`true${' && true'.repeat(n)}`), 976],
  ['ors', (n) => when(`context.a == 1${' || context.a == 1'.repeat(n)}`), 972],
  ['sums', (n) => when(`1${' + 1'.repeat(n)} == 1`), 487],
  ['attributes', (n) => when(`context${'.a'.repeat(n)}`), 488],
  ['ifs', (n) => when(`${'if true then true else '.repeat(n)}true`), 244],
  [
    'conditions of ifs',
    (n) => when(`${'if '.repeat(n)}true${' then true else true'.repeat(n)}`),
    244,
  ],
]

describe('parsePolicies', () => {
  it('reads policies in the order of the text, each with its own text', () => {
    const text = `// not a policy; a comment\n@id("a;b")\n${all} when { context.a == "}; // \\"" };
      forbid (principal == ?principal, action, resource);`
    const { policies, errors } = parsePolicies(text)
    expect(errors).toEqual([])
    expect(policies).toMatchObject([
      { template: false, json: { effect: 'permit', annotations: { id: 'a;b' } } },
      {
        template: true,
        json: { effect: 'forbid', principal: { op: '==', slot: '?principal' } },
        text: 'forbid (principal == ?principal, action, resource);',
      },
    ])
  })

  it('places errors by line and column, also behind text beyond ASCII', () => {
    const { policies, errors } = parsePolicies(`${all};\n${when('"é😀" == 1 1')}`)
    expect(policies).toEqual([])
    expect(errors).toMatchObject([{ message: 'unexpected token `1`', line: 2, column: 56 }])
    expect(errors[0]?.start).toBe(all.length + 2 + 55)
  })

  it.each([
    ['9007199254740991', true],
    ['-9007199254740991', true],
    ['9007199254740992', false],
    ['-9007199254740992', false],
    ['9223372036854775807', false],
    ['00000000000000000000000001', true],
    ['"9007199254740992".a', true],
    ['decimal("922337203685477.5807")', true],
    ['1 // 9007199254740992\n', true],
    ['User::"9007199254740992"', true],
  ])('takes the integers of %s: %s', (expression, taken) => {
    const { errors } = parsePolicies(when(`context.a == ${expression}`))
    expect(errors.map(({ message, line }) => [message, line])).toEqual(
      taken ? [] : [['an integer must lie within ±(2^53−1)', 1]],
    )
  })

  it.each(nests)(
    'bounds %s before the parser sees them, which survives what is left',
    (_, write, max) => {
      expect(checkPolicies(write(max)).errors).toEqual([])
      expect(formatPolicies(write(max))).not.toBe('')
      expect(parsePolicies(write(max + 1)).errors).toMatchObject([
        { message: 'this nests too deeply', line: 1 },
      ])
      expect(parsePolicies(write(100_000 / 10)).errors).toHaveLength(1)
      expect(parsePolicies(`${all};`).errors).toEqual([])
    },
  )

  it.each([
    ['a long text', ' '.repeat(textBounds.lengthMax + 1), 'longer than'],
    ['many policies', `${all};`.repeat(textBounds.policiesMax + 1), 'at most 1000'],
    ['no policy', 'hello', 'unexpected'],
    ['a policy that is not ended', all, 'unexpected end'],
    ['a text that is not closed', `${all} when { "${'\\"'.repeat(50_000)}`, 'invalid token'],
    ['quotes in great number', '"\\'.repeat(60_000), 'invalid token'],
  ])('refuses %s', (_, text, says) => {
    const { policies, errors } = parsePolicies(text)
    expect(policies).toEqual([])
    expect(errors[0]?.message).toContain(says)
  })

  it('takes an empty text for no policies', () => {
    expect(parsePolicies(' // nothing\n')).toEqual({ policies: [], errors: [] })
  })
})

describe('formatPolicies', () => {
  it('sets what parses, and leaves what does not', () => {
    expect(formatPolicies(`${all}when{true};`)).toBe(`${all}\nwhen { true };\n`)
    expect(formatPolicies('permit(')).toBe('permit(')
  })
})
