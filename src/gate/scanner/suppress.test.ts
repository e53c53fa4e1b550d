import { describe, expect, it } from 'vitest'
import { type Directive, judge, readDirective } from './suppress.ts'

describe('readDirective', () => {
  it.each([
    ['// panthera-ignore: a-rule -- test data', ['a-rule'], 'test data', true],
    ['key = 1 # panthera-ignore: a-rule, b -- why not', ['a-rule', 'b'], 'why not', false],
    ['/* panthera-ignore: a-rule -- a -- b */', ['a-rule'], 'a -- b', true],
    ['<!-- panthera-ignore: a-rule -- shown to nobody -->', ['a-rule'], 'shown to nobody', true],
    ['  {/* panthera-ignore: a-rule -- jsx */}', ['a-rule'], 'jsx', true],
    ['{# panthera-ignore: a-rule -- jinja #}', ['a-rule'], 'jinja', true],
    ['-- panthera-ignore: a-rule -- sql', ['a-rule'], 'sql', true],
    ['REM panthera-ignore: a-rule -- batch', ['a-rule'], 'batch', true],
    ['# panthera-ignore: a-rule', ['a-rule'], null, true],
    ['# panthera-ignore: a-rule --', ['a-rule'], null, true],
    ['# panthera-ignore', [], null, true],
    ['# panthera-ignore: -- everything', [], 'everything', true],
  ])('%s', (line, ruleIds, reason, alone) => {
    expect(readDirective(line)).toEqual({ ruleIds: new Set(ruleIds), reason, alone })
  })

  it('sees none elsewhere', () => {
    expect(readDirective('// ignore: a-rule -- other tools say so')).toBeNull()
  })
})

describe('judge', () => {
  const on = (lines: Record<number, string>) => (line: number) =>
    readDirective(lines[line] ?? '') as Directive | null

  it('counts a comment on the line, or alone on the line above', () => {
    const suppressed = { kind: 'suppressed', reason: 'why' }
    expect(judge('a', 5, on({ 5: 'x() // panthera-ignore: a -- why' }))).toEqual(suppressed)
    expect(judge('a', 5, on({ 4: '// panthera-ignore: a -- why' }))).toEqual(suppressed)
    expect(judge('a', 5, on({ 4: 'y() // panthera-ignore: a -- why' })).kind).toBe('kept')
    expect(judge('a', 5, on({ 6: '// panthera-ignore: a -- why' })).kind).toBe('kept')
  })

  it('counts for the named rule only', () => {
    expect(judge('b', 5, on({ 5: '// panthera-ignore: a -- why' }))).toEqual({
      kind: 'kept',
      note: null,
    })
  })

  it('keeps the finding, and says so, where the reason or the rule is missing', () => {
    expect(judge('a', 5, on({ 5: '// panthera-ignore: a' }))).toMatchObject({
      kind: 'kept',
      note: expect.stringContaining('gives no reason'),
    })
    expect(judge('a', 5, on({ 5: '// panthera-ignore' }))).toMatchObject({
      kind: 'kept',
      note: expect.stringContaining('names no rule'),
    })
  })
})
