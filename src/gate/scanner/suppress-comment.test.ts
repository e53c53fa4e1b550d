import { describe, expect, it } from 'vitest'
import { readDirective } from './suppress-comment.ts'

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
    ['# panthera-ignore: CVE-2021-23337 -- not called', ['CVE-2021-23337'], 'not called', true],
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
