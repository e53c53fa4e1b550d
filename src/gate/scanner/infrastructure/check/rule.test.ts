import { describe, expect, it } from 'vitest'
import { compileCheckRules, parseCheckRules, readCompiledCheckRules } from './rule.ts'

const rule = {
  id: 'aws-x',
  title: 'X',
  severity: 'high',
  description: 'It is bad.',
  remediation: 'Mend it.',
  resources: ['aws_x'],
  fails: { path: 'x', equals: 1 },
}

function parse(changes: Record<string, unknown>) {
  const file = { platform: 'terraform', rules: [{ ...rule, ...changes }] }
  return parseCheckRules([{ path: 'x.yaml', text: JSON.stringify(file) }])
}

describe('parseCheckRules', () => {
  it('reads what it may be given, and the same when it was compiled', () => {
    const rules = parse({
      cwe: 'CWE-1',
      aliases: ['checkov:CKV_AWS_20'],
      references: ['https://example.com'],
      where: { exists: ['aws_y'] },
      note: '{value}',
    })
    expect(rules).toMatchObject([
      {
        id: 'aws-x',
        platform: 'terraform',
        firesOn: true,
        condition: { kind: 'values', quantifier: 'some', missing: false },
      },
    ])
    expect(readCompiledCheckRules(compileCheckRules(rules))).toEqual(rules)
    expect(() => readCompiledCheckRules('{"format":0}')).toThrow('format 0')
  })

  it.each<[name: string, changes: Record<string, unknown>, message: string]>([
    ['both verdicts', { requires: rule.fails }, 'needs exactly one of fails, requires'],
    ['an unknown key', { sevrity: 1 }, 'unknown or misplaced key "sevrity"'],
    ['a strange alias', { aliases: ['CKV_1'] }, 'alias "CKV_1" must be like tool:ID'],
    ['a strange type', { resources: ['a*b'] }, 'resources must name types'],
    [
      'a broken path',
      { fails: { path: 'a..b', equals: 1 } },
      'cannot read the path "a..b" at "..b"',
    ],
    ['an open end', { fails: { path: 'a[', equals: 1 } }, 'cannot read the path "a[" at "["'],
    ['a wildcard', { fails: { path: 'a[*]', equals: 1 } }, 'write "some" or "every" for "path"'],
    ['no test', { fails: { path: 'a' } }, 'needs exactly one of present, absent'],
    ['two tests', { fails: { path: 'a', equals: 1, less: 1 } }, 'has equals and less'],
    ['no condition', { fails: {} }, 'needs exactly one of path, some, every, all'],
    ['an empty list', { fails: { all: [] } }, 'fails: all: is an empty list of conditions'],
    ['a port too high', { fails: { path: 'a', 'covers-port': [70000] } }, 'covers-port must list'],
    ['a pattern without end', { fails: { path: 'a', matches: 'a+' } }, 'without an upper bound'],
    [
      'a deep fault',
      { fails: { any: [{ none: [{ path: 'a', in: [] }] }] } },
      'any[0]: none[0]: in',
    ],
    ['missing for nothing', { fails: { path: 'a', absent: true, missing: true } }, 'says nothing'],
  ])('refuses %s', (_, changes, message) => {
    expect(() => parse(changes)).toThrow(message)
    expect(() => parse(changes)).toThrow('x.yaml: rules[0] (aws-x)')
  })

  it('refuses two rules of one name', () => {
    const file = { platform: 'terraform', rules: [rule, rule] }
    const text = JSON.stringify(file)
    expect(() => parseCheckRules([{ path: 'x.yaml', text }])).toThrow('two rules have the id aws-x')
  })
})
