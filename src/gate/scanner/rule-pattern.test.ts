import { execFileSync } from 'node:child_process'
import { describe, expect, it } from 'vitest'
import { bothCases, rulePattern } from './rule-pattern.ts'

describe('bothCases', () => {
  it.each([
    ['abc', 'abc'],
    ['(?i:ab)c', '(?:[aA][bB])c'],
    ['x(?i:a|(?:b|c)d)e', 'x(?:[aA]|(?:[bB]|[cC])[dD])e'],
    ['(?i:[a-f0-9_x])', '(?:[a-f0-9_xA-FX])'],
    ['(?i:[^a-z-])', '(?:[^a-z-A-Z])'],
    [
      String.raw`(?i:\w\bk\x41\u0041(?<name>q)\k<name>)`,
      String.raw`(?:\w\b[kK]\x41\u0041(?<name>[qQ])\k<name>)`,
    ],
    ['(?i:a{2,3}(?=b)(?!c)(?<=d)(?<!e))f', '(?:[aA]{2,3}(?=[bB])(?![cC])(?<=[dD])(?<![eE]))f'],
    [String.raw`(?i:\(\[a\])z`, String.raw`(?:\(\[[aA]\])z`],
  ])('%s', (source, expected) => {
    expect(bothCases(source)).toBe(expected)
  })

  it('refuses what is no pattern', () => {
    expect(() => rulePattern('(?i:a')).toThrow(SyntaxError)
  })

  it('matches also where the engine does not optimise, which forgets the modifier', () => {
    const source = bothCases('(?i:bearer|token|key) [a-z]+')
    const matched = `new RegExp(${JSON.stringify(source)}).test('Bearer x')`
    const script = `process.stdout.write(String(${matched}))`
    const args = ['--no-regexp-optimization', '-e', script]
    expect(execFileSync(process.execPath, args, { encoding: 'utf8' })).toBe('true')
  })
})
