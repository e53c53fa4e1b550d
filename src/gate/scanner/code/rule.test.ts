// Rules and models that are wrong are refused with what is wrong with them.
import { describe, expect, it } from 'vitest'
import { compileCodeRules, readCompiledCodeRules } from './compiled-rules.ts'
import { parseCodeRules } from './rule.ts'

const weakness = {
  path: 'code/flow.yaml',
  text: 'id: flow\ntitle: T\nseverity: high\ndescription: D\nremediation: R\ncwe: CWE-1\n',
}

const parse = (path: string, text: string) => parseCodeRules([weakness, { path, text }])
const model = (text: string) => parse('models/java/toy.yaml', `library: Toy\n${text}`)

describe('a weakness', () => {
  it('is told otherwise in one language', () => {
    const rules = parse('code/java/flow.yaml', 'rule: flow\nseverity: low\naliases: [x:y]\n')
    expect(rules.weaknesses[0]).toMatchObject({
      id: 'flow',
      sources: { request: 'high', message: 'high' },
      languages: { java: { severity: 'low', remediation: null, aliases: ['x:y'] } },
    })
  })

  it.each([
    ['code/java/other.yaml', 'rule: other', 'there is no rule other'],
    ['code/cobol/flow.yaml', 'rule: flow', 'must be in code/<language>/'],
    ['code/flow2.yaml', weakness.text, 'two rules have the id flow'],
    ['code/a.yaml', `${weakness.text.replace('flow', 'a')}sources: [rumour]`, 'sources must be of'],
    [
      'code/a.yaml',
      `${weakness.text.replace('flow', 'a')}source: [request]`,
      'unknown or misplaced',
    ],
  ])('%s: %s', (path, text, message) => {
    expect(() => parse(path, text)).toThrow(message)
  })
})

describe('a model', () => {
  it('is read whole', () => {
    const { models } = model(`
functions:
  - of: a.B
    call: [c, d]
    sinks: [{ rule: flow, argument: [0.x, 1+, name], when: [{ argument: '0.1', is: [A, 1] }] }]
    flows: [receiver -> 0]
`)
    expect(models[0]?.functions[0]).toMatchObject({
      names: ['a.B.c', 'a.B.d'],
      sinks: [
        {
          positions: [
            { root: 'argument', index: 0, path: ['x'] },
            { root: 'argument', index: 1, onwards: true },
            { root: 'argument', name: 'name' },
          ],
          when: [{ test: { kind: 'is', values: ['A', 1] } }],
        },
      ],
      flows: [{ from: { root: 'receiver' }, to: { root: 'argument', index: 0 } }],
    })
  })

  it.each([
    ['functions: [{ call: a, sinks: [{ rule: flo }] }]', 'names the rule flo, unknown'],
    ['functions: [{ call: a, cleans: [flo] }]', 'names the rule flo, unknown'],
    ['functions: [{ call: a, sink: [] }]', 'unknown or misplaced key "sink"'],
    ['functions: [{ of: a }]', 'call must be a name or a list of names'],
    ['functions: [{ call: a, flows: [0] }]', 'flows must be a list of texts'],
    ['functions: [{ call: a, flows: ["0 to 1"] }]', 'a flow is written'],
    ['functions: [{ call: a, sinks: [{ rule: flow, argument: -1 }] }]', 'a position is'],
    ['functions: [{ call: a, misuses: [{ rule: flow, when: [{ argument: 0 }] }] }]', 'exactly one'],
    ['functions: [{ call: a, source: { kind: rumour, label: x } }]', 'kind must be one of'],
    ['names: [{ matches: "a+b" }]', 'repeats without an upper bound'],
    ['entries: [{ others: {} }]', 'annotated must be given'],
    ['types: [a]', 'types must be a mapping'],
  ])('%s', (text, message) => {
    expect(() => model(text)).toThrow(message)
  })
})

describe('compiled rules', () => {
  const rules = model('functions: [{ call: a, does: text.of }]')

  it('come back as they were', () => {
    expect(readCompiledCodeRules(compileCodeRules(rules))).toEqual(rules)
  })

  it('of another version are refused', () => {
    const other = compileCodeRules(rules).replace(/"format":\d+/, '"format":0')
    expect(() => readCompiledCodeRules(other)).toThrow('have format 0')
  })
})
