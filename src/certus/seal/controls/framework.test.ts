import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { linksOf } from './chain.ts'
import { controlOf, FrameworkFault, readCatalogue } from './framework.ts'

const folder = join(import.meta.dirname, '../../../../frameworks')
const files = new Map(
  readdirSync(folder)
    .filter((file) => file.endsWith('.yaml'))
    .map((file) => [file, readFileSync(join(folder, file), 'utf8')] as const),
)
const catalogue = readCatalogue(files)

describe('the frameworks', () => {
  it('are these, with as many controls', () => {
    const counts = [...catalogue.frameworks].map(([id, { controls }]) => [id, controls.length])
    expect(Object.fromEntries(counts)).toEqual({
      asvs: 80,
      cra: 22,
      dora: 29,
      hipaa: 60,
      'iso-27001': 93,
      nis2: 16,
      'nist-800-53': 299,
      'nist-csf': 106,
      'pci-dss': 63,
      soc2: 61,
    })
  })

  it('use every proof', () => {
    const used = new Set(
      [...catalogue.frameworks.values()].flatMap(({ controls }) =>
        controls.flatMap(({ proven_by }) => Object.keys(proven_by)),
      ),
    )
    expect([...catalogue.proofs.keys()].filter((name) => !used.has(name))).toEqual([])
  })

  it('have 345 requirements in ASVS', () => {
    const { controls = [] } = catalogue.frameworks.get('asvs') ?? {}
    expect(controls.reduce((sum, { parts = 0 }) => sum + parts, 0)).toBe(345)
  })

  it.each([
    ['soc2', 'CC6.1', 'CC6.1'],
    ['asvs', 'V1.2.10', 'V1.2'],
    ['asvs', '1.2.4', 'V1.2'],
    ['asvs', 'V1.2.11', null],
    ['asvs', 'V1.2.0', null],
    ['pci-dss', '6.2.4', '6.2'],
    ['pci-dss', '8.3.10.1', '8.3'],
    ['pci-dss', '13.1', null],
    ['nist-800-53', 'AC-2(1)', 'AC-2'],
    ['nist-800-53', 'AC-20(1)', 'AC-20'],
    ['nist-800-53', 'AC-13', null],
    ['hipaa', '164.312(a)(1)', '164.312(a)(1)'],
    ['soc2', 'CC6.1.1', null],
    ['iso-27001', 'A.8.35', null],
  ])('%s knows %s as of %s', (framework, id, expected) => {
    const found = catalogue.frameworks.get(framework)
    expect(found && (controlOf(found, id)?.id ?? null)).toBe(expected)
  })
})

describe('a chain', () => {
  const reached = (cwe: string | null, scanType: string | null, framework: string) =>
    linksOf(catalogue, { cwe, scanType })
      .filter((link) => link.framework === framework)
      .map(({ proof, control, confidence }) => `${proof} ${control} ${confidence}`)

  it('leads from a weakness to controls, by the proof and with its confidence', () => {
    expect(reached('CWE-89', 'code', 'asvs')).toContain('injection V1.2 high')
    expect(reached('CWE-89', 'code', 'soc2')).toContain('injection CC6.6 high')
  })

  it('leads from the kind of scan, too', () => {
    expect(reached(null, 'sca', 'iso-27001')).toContain('dependencies A.8.8 high')
    expect(reached(null, 'code', 'iso-27001')).toEqual([])
  })
})

describe('a file with a fault is refused with its place', () => {
  const soc2 = files.get('soc2.yaml') ?? ''
  it.each([
    ['an unknown proof', soc2.replace('audit: high', 'magic: high'), 'has no magic'],
    ['a control twice', soc2.replace('id: CC1.2', 'id: CC1.1'), 'has CC1.1 twice'],
    ['another name', soc2.replace('id: soc2', 'id: soc3'), 'must be named soc3.yaml'],
    ['an unknown field', soc2.replace('publisher:', 'author:'), 'publisher'],
  ])('%s', (_, text, told) => {
    const changed = new Map([...files, ['soc2.yaml', text]])
    expect(() => readCatalogue(changed)).toThrow(FrameworkFault)
    expect(() => readCatalogue(changed)).toThrow(told)
  })
})
