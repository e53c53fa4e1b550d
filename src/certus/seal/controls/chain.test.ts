import { globSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { linksOf } from './chain.ts'
import { readCatalogue } from './framework.ts'

const root = join(import.meta.dirname, '../../../..')
const folder = join(root, 'frameworks')
const catalogue = readCatalogue(
  new Map(
    readdirSync(folder)
      .filter((file) => file.endsWith('.yaml'))
      .map((file) => [file, readFileSync(join(folder, file), 'utf8')]),
  ),
)

/** `framework control` of all links of this confidence. */
function reached(cwe: string | null, scanType: string | null = null, confidence = 'high') {
  const links = linksOf(catalogue, { cwe, scanType })
  return new Set(
    links.flatMap((link) =>
      link.confidence === confidence ? [`${link.framework} ${link.control}`] : [],
    ),
  )
}

describe('links', () => {
  it.each([
    ['CWE-89', 'soc2 CC6.1'],
    ['CWE-89', 'soc2 CC6.6'],
    ['CWE-89', 'hipaa 164.312(a)(1)'],
    ['CWE-89', 'hipaa 164.312(c)(1)'],
    ['CWE-502', 'pci-dss 6.2'],
    ['CWE-787', 'iso-27001 A.8.28'],
    ['CWE-476', 'nist-csf PR.PS-06'],
    ['CWE-250', 'nist-800-53 AC-6'],
    ['CWE-668', 'nist-800-53 SC-7'],
    ['CWE-311', 'nist-800-53 SC-28'],
    ['CWE-778', 'nist-800-53 AU-2'],
    ['CWE-613', 'nist-800-53 AC-12'],
    ['CWE-326', 'asvs V11.2'],
  ])('of %s reach %s surely', (cwe, control) => {
    expect([...reached(cwe)]).toContain(control)
  })

  it.each([
    ['CWE-117', 'nist-800-53 AU-2'],
    ['CWE-532', 'nist-800-53 AU-2'],
    ['CWE-352', 'nist-800-53 AC-12'],
    ['CWE-601', 'nist-800-53 AC-6'],
    ['CWE-918', 'soc2 CC6.3'],
    ['CWE-295', 'asvs V6.2'],
    ['CWE-798', 'asvs V6.2'],
    ['CWE-326', 'asvs V11.4'],
    ['CWE-326', 'asvs V11.5'],
    ['CWE-326', 'asvs V9.1'],
  ])('of %s do not reach %s surely', (cwe, control) => {
    expect([...reached(cwe)]).not.toContain(control)
  })

  it('of a scan of infrastructure alone are never sure', () => {
    for (const type of ['iac', 'infrastructure', 'container', 'cloud']) {
      expect([...reached(null, type), ...reached(null, type, 'medium')]).toEqual([])
      expect(reached(null, type, 'low').size).toBeGreaterThan(0)
    }
  })

  it('of a vulnerable component leave inventories and scanning alone', () => {
    const sure = [...reached('CWE-1395', 'sca')]
    for (const control of [
      'nist-800-53 CM-8',
      'nist-800-53 RA-5',
      'nist-csf ID.AM-02',
      'cra II.1',
    ]) {
      expect(sure).not.toContain(control)
    }
    expect(sure).toContain('nist-800-53 SI-2')
  })

  it('go over parents, and are the less sure for it', () => {
    expect([...reached('CWE-35')]).not.toContain('pci-dss 6.2')
    expect([...reached('CWE-35', null, 'medium')]).toContain('pci-dss 6.2')
    expect(linksOf(catalogue, { cwe: 'CWE-999999', scanType: null })).toEqual([])
  })

  it('start from every weakness of our own rules', () => {
    const rules = globSync('rules/**/*.yaml', { cwd: root })
    const named = rules.flatMap((file) => {
      return readFileSync(join(root, file), 'utf8').match(/\bCWE-\d+\b/g) ?? []
    })
    const weaknesses = [...new Set(named)]
    expect(weaknesses.length).toBeGreaterThan(50)
    expect(
      weaknesses.filter((cwe) => linksOf(catalogue, { cwe, scanType: null }).length === 0),
    ).toEqual([])
  })
})
