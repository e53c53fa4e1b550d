import { describe, expect, it } from 'vitest'
import type { ProofRecord } from '../facts/records.ts'
import type { Weaknesses } from '../packs/weaknesses.ts'
import { type Catalogue, readCatalogue } from '../seal/controls/framework.ts'
import { ControlEvidence, type Pack } from './evidence.ts'

const catalogue: Catalogue = readCatalogue(
  new Map([
    [
      'proofs.yaml',
      `{ injection: { title: x, engines: [code], cwe: [89] },
         certificates: { title: y, records: [certificates] },
         change: { title: z, records: [packs] } }`,
    ],
    [
      'f.yaml',
      `{ id: f, title: F, version: '1', publisher: P, terms: T, parts: numbered, controls: [
        { id: '1', title: One, parts: 2, proven_by: { injection: high } },
        { id: '2', title: Two, proven_by: { injection: medium } },
        { id: '3', title: Three, proven_by: { injection: high, certificates: high, change: high } },
        { id: '4', title: Four, proven_by: { certificates: high } },
        { id: '5', title: Five, proven_by: { certificates: medium } },
        { id: '6', title: Six, proven_by: { change: high } } ] }`,
    ],
  ]),
)

type Results = [id: string, status: 'pass' | 'fail' | 'partial' | 'not_tested'][]

function pack(nth: number, results: Results, weaknesses: Weaknesses = []): Pack {
  const control_results = results.map(([control_id, status]) => {
    return { framework: 'f', control_id, status }
  })
  const stored_at = `2026-01-0${nth + 1}T00:00:00.000Z`
  return { id: `p${nth}`, repository: `acme/${nth}`, stored_at, control_results, weaknesses }
}

function shownOf(id: string, packs: Pack[], certificates?: ProofRecord['state']) {
  const framework = catalogue.frameworks.get('f')
  const control = framework?.controls.find((one) => one.id === id)
  if (framework === undefined || control === undefined) throw new Error(`no control ${id}`)
  const record = {
    state: certificates ?? 'none',
    told: 'told',
    fresh_as_of: '2025-12-24T00:00:00Z',
  }
  const records = new Map([['certificates', record]])
  const evidence = new ControlEvidence(catalogue, framework, records)
  for (const one of packs) evidence.add(one)
  return evidence.shown(control)
}

const injection = (severity: 'high' | 'low'): Weaknesses => [
  { cwe: 'CWE-89', scan_type: null, severity, count: 1 },
]

describe('a control', () => {
  it.each<[string, string, Results[], string]>([
    ['the control itself', '2', [[['2', 'pass']]], 'pass'],
    [
      'every part',
      '1',
      [
        [
          ['1.1', 'pass'],
          ['1.2', 'pass'],
        ],
      ],
      'pass',
    ],
    ['one part of two', '1', [[['1.1', 'pass']]], 'partial'],
    ['one part of nobody knows how many', '2', [[['2.1', 'pass']]], 'partial'],
    [
      'all but one part',
      '2',
      [
        [
          ['2.1', 'pass'],
          ['2.2', 'not_tested'],
        ],
      ],
      'partial',
    ],
    ['one repository of two', '2', [[['2', 'pass']], [['2', 'not_tested']]], 'partial'],
    ['one, and nothing of the other', '2', [[['2', 'pass']], []], 'partial'],
    ['two repositories', '2', [[['2', 'pass']], [['2', 'pass']]], 'pass'],
    ['a failing one of two', '2', [[['2', 'pass']], [['2', 'fail']]], 'fail'],
    ['nothing', '2', [[['2', 'not_tested']]], 'not_tested'],
  ])('of which %s was tested is so (%s)', (_, id, results, state) => {
    expect(
      shownOf(
        id,
        results.map((one, nth) => pack(nth, one)),
      ).state,
    ).toBe(state)
  })

  it('fails by a likely link to a serious finding, whatever was tested', () => {
    const tested: Results = [
      ['1', 'pass'],
      ['2', 'pass'],
    ]
    expect(shownOf('1', [pack(0, tested, injection('high'))]).state).toBe('fail')
    expect(shownOf('1', [pack(0, tested, injection('low'))]).state).toBe('pass')
    expect(shownOf('2', [pack(0, tested, injection('high'))]).state).toBe('pass')
  })

  it('counts repositories, shows the worst results, and rests on the oldest evidence', () => {
    const packs = Array.from({ length: 300 }, (_, nth) => {
      return { ...pack(0, [['2', nth === 299 ? 'fail' : 'pass']]), repository: `acme/${nth}` }
    })
    const shown = shownOf('2', [...packs, pack(1, [])])
    expect(shown).toMatchObject({
      state: 'fail',
      tested: { wholly: 300, partly: 0, not: 1 },
      results_total: 300,
      fresh_as_of: '2026-01-01T00:00:00.000Z',
    })
    expect(shown.results).toHaveLength(200)
    expect(shown.results[0]).toMatchObject({ status: 'fail', repository: 'acme/299' })
  })

  const awaiting: Pack = {
    ...pack(0, []),
    control_results: [
      { framework: 'f', control_id: '3', status: 'not_tested', awaits: ['certificates', 'change'] },
    ],
  }

  it.each<[string, ProofRecord['state'] | undefined, string, Pack[], string]>([
    ['what a scan saw, with good records', 'good', '3', [awaiting], 'pass'],
    ['what a scan saw, without records', undefined, '3', [awaiting], 'not_tested'],
    ['what a scan saw, with a bad record', 'bad', '3', [awaiting], 'fail'],
    ['good records, and nothing of the scan', 'good', '3', [pack(0, [])], 'not_tested'],
    ['good records alone', 'good', '4', [], 'pass'],
    ['no records', undefined, '4', [], 'not_tested'],
    ['records that need care', 'warning', '4', [], 'partial'],
    ['bad records', 'bad', '4', [], 'fail'],
    ['bad records that show it less surely', 'bad', '5', [pack(0, [['5', 'pass']])], 'partial'],
    ['good records that show it less surely', 'good', '5', [], 'not_tested'],
    ['packs alone', 'good', '6', [pack(0, [])], 'not_tested'],
  ])('that rests on %s (%s) is so', (_, certificates, id, packs, state) => {
    expect(shownOf(id, packs, certificates).state).toBe(state)
  })

  it('names the records that it rests on, and is as fresh as the oldest of them', () => {
    expect(shownOf('4', [pack(0, [])], 'warning')).toMatchObject({
      fresh_as_of: '2025-12-24T00:00:00Z',
      records: [{ proof: 'certificates', confidence: 'high', state: 'warning', told: 'told' }],
    })
  })
})
