import { describe, expect, it } from 'vitest'
import { type DriftPack, driftOf } from './drift.ts'
import { componentsIn } from './sbom.ts'

const empty: DriftPack = {
  evidence_pack_id: 'one',
  repo_slug: 'acme/shop',
  branch: 'main',
  commit_hash: 'a'.repeat(40),
  findings: [],
  control_results: [],
}

function finding(id: string, severity: 'critical' | 'high' | 'low', rest: object = {}) {
  return { id, title: `Title of ${id}`, severity, ...rest }
}

function control(control_id: string, status: 'pass' | 'fail' | 'partial' | 'not_tested') {
  return { framework: 'soc2', control_id, status }
}

function bill(...purls: string[]) {
  return { bomFormat: 'CycloneDX', components: purls.map((purl) => ({ name: 'x', purl })) }
}

describe('what changed between two packs', () => {
  it('is nothing where they are alike', () => {
    const { score_change, findings, controls, dependencies } = driftOf(empty, empty)
    expect({ score_change, findings, controls, dependencies }).toEqual({
      score_change: 0,
      findings: { ...lists('added', 'gone', 'rated'), same: 0 },
      controls: lists('worse', 'better', 'tested'),
      dependencies: null,
    })
  })

  it('is told of findings, the worst first', () => {
    const before = { ...empty, findings: [finding('a', 'low'), finding('b', 'high')] }
    const after = [finding('c', 'low'), finding('d', 'critical'), finding('b', 'low')]
    const { findings, from, to, score_change } = driftOf(before, { ...empty, findings: after })
    expect(findings.added.items.map(({ identity }) => identity)).toEqual(['d', 'c'])
    expect(findings.gone.items.map(({ identity }) => identity)).toEqual(['a'])
    expect(findings.rated.items).toMatchObject([{ identity: 'b', from: 'high', severity: 'low' }])
    expect([from.grade, to.grade, score_change]).toEqual(['B', 'D', to.score - from.score])
  })

  it('counts findings that share an identity one by one', () => {
    const one = finding('a', 'low', { fingerprint: 'f' })
    const { findings } = driftOf(
      { ...empty, findings: [one] },
      { ...empty, findings: [one, one, one] },
    )
    expect([findings.added.total, findings.same, findings.gone.total]).toEqual([2, 1, 0])
  })

  it('keeps what was not tested apart from what got worse', () => {
    const before = [control('CC6.1', 'pass'), control('CC6.2', 'fail'), control('CC6.3', 'pass')]
    const after = [
      control('CC6.1', 'fail'),
      control('CC6.2', 'pass'),
      control('CC6.3', 'not_tested'),
    ]
    const { controls } = driftOf(
      { ...empty, control_results: before },
      { ...empty, control_results: [...after, control('CC6.6', 'pass')] },
    )
    const ids = (list: { items: { control_id: string }[] }) =>
      list.items.map(({ control_id }) => control_id)
    expect([ids(controls.worse), ids(controls.better), ids(controls.tested)]).toEqual([
      ['CC6.1'],
      ['CC6.2'],
      ['CC6.3', 'CC6.6'],
    ])
  })

  it('is told of dependencies by name and version', () => {
    const { dependencies } = driftOf(
      { ...empty, sbom: bill('pkg:npm/%40a/b@1.0.0', 'pkg:npm/c@1', 'pkg:npm/d@1') },
      { ...empty, sbom: bill('pkg:npm/%40a/b@2.0.0', 'pkg:npm/c@1', 'pkg:pypi/e@3') },
    )
    expect(dependencies).toEqual({
      added: { total: 1, items: [{ name: 'pkg:pypi/e', version: '3' }] },
      removed: { total: 1, items: [{ name: 'pkg:npm/d', version: '1' }] },
      changed: {
        total: 1,
        items: [{ name: 'pkg:npm/%40a/b', from: ['1.0.0'], to: ['2.0.0'] }],
      },
    })
  })

  it('shows as much of a list as can be read, and counts the rest', () => {
    const findings = Array.from({ length: 1_500 }, (_, index) => finding(`f${index}`, 'low'))
    const { added } = driftOf(empty, { ...empty, findings }).findings
    expect([added.total, added.items.length]).toEqual([1_500, 1_000])
  })
})

describe('the components of a bill of materials', () => {
  it('are read from SPDX, without what it describes', () => {
    const spdx = {
      spdxVersion: 'SPDX-2.3',
      documentDescribes: ['SPDXRef-root'],
      packages: [
        { SPDXID: 'SPDXRef-root', name: 'shop' },
        {
          SPDXID: 'SPDXRef-1',
          name: 'left-pad',
          externalRefs: [{ referenceType: 'purl', referenceLocator: 'pkg:npm/left-pad@1.3.0?x=1' }],
        },
        { SPDXID: 'SPDXRef-2', name: 'plain', versionInfo: '2' },
      ],
    }
    expect(componentsIn(spdx)).toEqual([
      { name: 'pkg:npm/left-pad', version: '1.3.0' },
      { name: 'plain', version: '2' },
    ])
  })

  it.each([
    [
      'nested ones',
      { bomFormat: 'CycloneDX', components: [{ name: 'a', components: [{ name: 'b' }] }] },
      2,
    ],
    ['none', { bomFormat: 'CycloneDX' }, 0],
    ['none of what is no list', { bomFormat: 'CycloneDX', components: 'x' }, 0],
    ['nothing known', { components: [] }, null],
    ['no object', 'text', null],
    ['nothing', undefined, null],
  ])('are %s', (_, bom, count) => {
    expect(componentsIn(bom)?.length ?? null).toBe(count)
  })
})

function lists(...names: string[]) {
  return Object.fromEntries(names.map((name) => [name, { total: 0, items: [] }]))
}
