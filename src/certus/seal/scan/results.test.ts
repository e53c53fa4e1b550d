import { describe, expect, it } from 'vitest'
import { frameworkCatalogue } from '../../frameworks/folder.ts'
import { readCatalogue } from '../controls/framework.ts'
import { computedOf } from '../grade/submission.ts'
import type { EngineLook, ScanFacts, ScannedFinding } from './facts.ts'
import { packOf } from './pack.ts'
import { controlResultsOf } from './results.ts'

const catalogue = readCatalogue(
  new Map([
    [
      'proofs.yaml',
      `{ injection: { title: x, engines: [code], cwe: [78, 79, 89], core: [78, 89] },
         secrets: { title: x, engines: [secrets, code], cwe: [798] },
         dependencies: { title: x, engines: [dependencies], scan_types: [sca] },
         scanning: { title: x, engines: [code, secrets] },
         certificates: { title: x, records: [certificates] } }`,
    ],
    [
      'f.yaml',
      `{ id: f, title: F, version: '1', publisher: P, terms: T, controls: [
        { id: injection, title: x, proven_by: { injection: high, certificates: low } },
        { id: less, title: x, proven_by: { injection: medium } },
        { id: secrets, title: x, proven_by: { secrets: high, injection: high } },
        { id: parts, title: x, proven_by: { dependencies: high } },
        { id: scanning, title: x, proven_by: { scanning: high } },
        { id: sealed, title: x, proven_by: { injection: high, certificates: high } },
        { id: people, title: x },
        { id: records, title: x, proven_by: { certificates: high } } ] }`,
    ],
  ]),
)

const ran = (engine: EngineLook['engine'], cwe: string[], looked = 9): EngineLook => {
  return { engine, state: 'ran', told: null, looked, rules: 5, cwe }
}

const whole: EngineLook[] = [
  ran('secrets', ['CWE-798']),
  ran('code', ['CWE-78', 'CWE-89', 'CWE-798']),
  ran('dependencies', [], 40),
  ran('infrastructure', [], 0),
]

function finding(cwe_id: string | null, severity: 'high' | 'low'): ScannedFinding {
  return {
    ...{ fingerprint: 'a', title: 'A', severity, scan_type: 'sast', rule_id: 'r', cwe_id },
    ...{ file_path: 'a.js', line_number: 1, description: 'D', remediation: 'R' },
  }
}

function facts(more: Partial<ScanFacts> = {}): ScanFacts {
  return { findings: [], engines: whole, left_out: 0, set_aside: [], advisories: null, ...more }
}

function statesOf(about: ScanFacts) {
  const results = controlResultsOf(catalogue, about)
  return Object.fromEntries(results.map(({ control_id, status }) => [control_id, status]))
}

const without = (name: string, change: Partial<EngineLook>) =>
  whole.map((one) => (one.engine === name ? { ...one, ...change } : one))

const place = {
  ...{ evidence_pack_id: 'p', repo_slug: 'a/b', commit_hash: 'a'.repeat(40), branch: 'main' },
  ...{ scanned_at: '2026-01-01T00:00:00Z', scanner_versions: { panthera: '1' }, sbom: null },
}

describe('what a scan says of controls', () => {
  it('passes what it looked at wholly, and says nothing of what no scan shows', () => {
    expect(statesOf(facts())).toEqual({
      injection: 'pass',
      less: 'not_tested',
      secrets: 'pass',
      parts: 'pass',
      scanning: 'pass',
      sealed: 'not_tested',
    })
  })

  it('names the records that are lacking where it saw all that it can', () => {
    const results = controlResultsOf(catalogue, facts())
    const awaits = results.flatMap(({ control_id, awaits }) =>
      awaits ? [[control_id, awaits]] : [],
    )
    expect(awaits).toEqual([['sealed', ['certificates']]])
  })

  it.each<[string, EngineLook[], string]>([
    ['failed', without('code', { state: 'failed', told: 'it broke' }), 'it broke'],
    ['was cut short', without('code', { state: 'cut', told: 'time ran out' }), 'time ran out'],
    ['was switched off', without('code', { state: 'off', told: 'off' }), 'off'],
    ['is not told of', whole.filter(({ engine }) => engine !== 'code'), 'did not run'],
    ['had nothing to look at', without('code', { looked: 0 }), 'nothing to look at'],
    ['had no such rules', without('code', { cwe: ['CWE-798'] }), 'no rule looks for it'],
    ['lacked one of the core', without('code', { cwe: ['CWE-78'] }), 'no rule looks for CWE-89'],
  ])('passes nothing of an engine that %s', (_, engines, told) => {
    const results = controlResultsOf(catalogue, facts({ engines }))
    const injection = results.find(({ control_id }) => control_id === 'injection')
    expect(injection).toMatchObject({
      status: 'not_tested',
      evidence: expect.arrayContaining([expect.stringContaining(told)]),
    })
  })

  it('keeps the others when one failed', () => {
    const engines = without('dependencies', { state: 'failed', told: 'it broke' })
    expect(statesOf(facts({ engines }))).toMatchObject({ injection: 'pass', parts: 'not_tested' })
  })

  it.each([
    ['a serious finding by a sure link', finding('CWE-89', 'high'), 'fail', 'not_tested'],
    ['a slight one', finding('CWE-89', 'low'), 'partial', 'not_tested'],
    ['one of another kind', finding('CWE-22', 'high'), 'pass', 'not_tested'],
    ['one without a weakness', finding(null, 'high'), 'pass', 'not_tested'],
  ])('is against what %s speaks against', (_, one, injection, less) => {
    expect(statesOf(facts({ findings: [one] }))).toMatchObject({ injection, less })
  })

  it('passes nothing over what the project set aside, and says so', () => {
    const { description: _, remediation: __, ...aside } = finding('CWE-89', 'high')
    const about = facts({ set_aside: [{ ...aside, reason: 'trust me' }] })
    expect(statesOf(about)).toMatchObject({ injection: 'partial', less: 'not_tested' })
    const [injection] = controlResultsOf(catalogue, about)
    expect(injection?.evidence[0]).toMatch(/^set aside by the project: 1 finding, CWE-89, high/)
    expect(packOf(catalogue, about, place)).toMatchObject({
      findings: [],
      findings_set_aside: [{ rule_id: 'r', reason: 'trust me' }],
    })
  })

  it('never betters the score by more or worse findings, whatever was looked at', () => {
    const all = frameworkCatalogue()
    let state = 7
    const below = (count: number) => {
      state = (state * 48_271) % 2_147_483_647
      return state % count
    }
    const weaknesses = [...new Set([...all.proofs.values()].flatMap(({ cwe }) => cwe))]
    const scoreWith = (findings: readonly ScannedFinding[], engines: EngineLook[]) => {
      const control_results = controlResultsOf(all, facts({ findings, engines }))
      return computedOf({ findings, control_results }).score
    }
    for (let nth = 0; nth < 15; nth += 1) {
      const engines = whole.map((one) => ({
        ...one,
        state: below(4) === 0 ? ('cut' as const) : ('ran' as const),
        cwe: weaknesses.filter(() => below(4) > 0).map((cwe) => `CWE-${cwe}`),
      }))
      const one = () => finding(`CWE-${weaknesses[below(weaknesses.length)]}`, 'low')
      const some = Array.from({ length: below(6) }, one)
      const added = one()
      const scores = [
        scoreWith(some, engines),
        scoreWith([...some, added], engines),
        scoreWith([...some, { ...added, severity: 'high' }], engines),
      ]
      expect(scores).toEqual(scores.toSorted((a, b) => b - a))
    }
  })
})

describe('a pack out of a scan', () => {
  it('claims what it comes to, and names what was not looked at', () => {
    const engines = without('code', { state: 'failed', told: 'it broke' })
    expect(
      packOf(catalogue, facts({ engines, findings: [finding('CWE-89', 'high')] }), place),
    ).toMatchObject({
      grade: 'F',
      findings: [{ title: 'A' }],
      engines: [{}, { engine: 'code', state: 'failed', told: 'it broke' }, {}, {}],
    })
  })

  it('takes names that neither JSON nor a database takes', () => {
    const strange = {
      ...finding('CWE-0x', 'low'),
      file_path: 'a\0\ud800',
      title: 'x'.repeat(2_000),
    }
    const { findings } = packOf(catalogue, facts({ findings: [strange] }), place)
    expect(findings).toMatchObject([{ file_path: 'a\uFFFD\uFFFD', cwe_id: null }])
    expect((findings as { title: string }[])[0]?.title).toHaveLength(1_000)
  })

  it('keeps the worst of very many findings, and counts the rest', () => {
    const findings = Array.from({ length: 25_001 }, () => finding(null, 'low'))
    const pack = packOf(catalogue, facts({ findings: [...findings, finding(null, 'high')] }), place)
    expect(pack.findings).toHaveLength(25_000)
    expect(pack.findings).toEqual(expect.arrayContaining([finding(null, 'high')]))
    expect(pack.findings_left_out).toBe(2)
  })
})
