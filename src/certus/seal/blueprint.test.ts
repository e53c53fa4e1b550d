import { describe, expect, it } from 'vitest'
import { blueprintCatalogue, frameworkCatalogue } from '../frameworks/folder.ts'
import {
  type Blueprint,
  type ControlState,
  readBlueprints,
  runBlueprint,
  statesIn,
} from './blueprint.ts'
import { FrameworkFault, readCatalogue } from './controls/framework.ts'

const catalogue = readCatalogue(
  new Map([
    ['proofs.yaml', 'code: { title: Code }'],
    [
      'f.yaml',
      `{ id: f, title: F, version: '1', publisher: P, terms: T, controls: [
        { id: '1', title: One, parts: 2 }, { id: '2', title: Two }, { id: '3', title: Three } ] }`,
    ],
  ]),
)

const threshold = 'threshold: { passed: 60, grade: B }'
const controls = `controls: [{ framework: f, control: '1', required: true },
  { framework: f, control: '2' }, { framework: f, control: '3' }]`

function read(text: string, file = 'b.yaml') {
  return readBlueprints(new Map([[file, text]]), catalogue)
}

function blueprint(): Blueprint {
  const found = read(`{ id: b, title: B, about: B., ${threshold}, ${controls} }`).get('b')
  if (found === undefined) throw new Error('there is none')
  return found
}

function run(states: Record<string, ControlState>, grade: 'A' | 'C' | null = 'A') {
  const stateOf = (_: string, control: string) => states[control] ?? null
  return runBlueprint(blueprint(), catalogue, { stateOf, grade })
}

describe('the blueprints that come with it', () => {
  it('name controls that there are', () => {
    expect([...blueprintCatalogue().keys()]).toContain('soc2-code')
  })

  it('ask for nothing that nothing here shows', () => {
    const { frameworks } = frameworkCatalogue()
    const unseen = [...blueprintCatalogue().values()].flatMap((one) =>
      one.controls.filter(({ framework, control }) => {
        const known = frameworks.get(framework)?.controls.find(({ id }) => id === control)
        return !Object.values(known?.proven_by ?? {}).includes('high')
      }),
    )
    expect(unseen).toEqual([])
  })
})

describe('a blueprint', () => {
  it.each([
    ['a control that its framework has not', `controls: [{ framework: f, control: '9' }]`],
    ['a framework that there is not', `controls: [{ framework: g, control: '1' }]`],
    [
      'a control twice',
      `controls: [{ framework: f, control: '1' }, { framework: f, control: '1' }]`,
    ],
    ['no controls', 'controls: []'],
  ])('is refused with %s', (_, text) => {
    const whole = `{ id: b, title: B, about: B., ${threshold}, ${text} }`
    expect(() => read(whole)).toThrow(FrameworkFault)
  })

  it('is refused under another name', () => {
    const whole = `{ id: b, title: B, about: B., ${threshold}, ${controls} }`
    expect(() => read(whole, 'c.yaml')).toThrow('c.yaml: must be named b.yaml')
  })

  it('passes where enough controls pass', () => {
    expect(run({ 1: 'pass', 2: 'pass', 3: 'fail' })).toMatchObject({
      verdict: 'pass',
      reasons: [],
      passed: 66,
      counts: { pass: 2, fail: 1, partial: 0, not_tested: 0 },
    })
  })

  it('tells each reason why it fails', () => {
    expect(run({ 1: 'partial', 2: 'pass' }, 'C')).toMatchObject({
      verdict: 'fail',
      reasons: [
        'f/1 is required and holds in part only',
        '33 % of its controls pass, 60 % must',
        'the grade is C, B is asked for',
      ],
    })
  })

  it('takes what was not tested as no pass', () => {
    const { verdict, counts } = run({})
    expect({ verdict, counts }).toEqual({
      verdict: 'fail',
      counts: { pass: 0, fail: 0, partial: 0, not_tested: 3 },
    })
  })

  it('reaches no grade without a pack', () => {
    expect(run({ 1: 'pass', 2: 'pass', 3: 'pass' }, null).reasons).toEqual([
      'the grade is not known, B is asked for',
    ])
  })
})

describe('the states in a pack', () => {
  it.each<[string, Record<string, ControlState>, string, ControlState | null]>([
    ['a result of its own', { 2: 'pass' }, '2', 'pass'],
    ['the worst of its parts', { '1.1': 'pass', '1.2': 'fail' }, '1', 'fail'],
    ['all of its parts', { '1.1': 'pass', '1.2': 'pass' }, '1', 'pass'],
    ['one of its parts', { '1.1': 'pass' }, '1', 'partial'],
    ['an untested part', { '1.1': 'pass', '1.2': 'not_tested' }, '1', 'partial'],
    ['only untested parts', { '1.1': 'not_tested', '1.2': 'not_tested' }, '1', 'not_tested'],
    ['itself untested, with parts', { 1: 'not_tested', '1.1': 'pass' }, '1', 'partial'],
    ['nothing', {}, '1', null],
  ])('come from %s', (_, results, control, expected) => {
    const all = Object.entries(results).map(([control_id, status]) => {
      return { framework: 'f', control_id, status }
    })
    expect(statesIn(catalogue, all)('f', control)).toBe(expected)
  })
})
