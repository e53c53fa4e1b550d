import { Spec, Validation } from '@cyclonedx/cyclonedx-library'
import { describe, expect, it } from 'vitest'
import type { Package } from '../dependencies/package.ts'
import { writeCyclonedx } from './cyclonedx.ts'
import { joined, samplePackages, sampleReport, type sampleSuppressed } from './sample.ts'

async function documentOf(report = sampleReport) {
  const text = await joined(writeCyclonedx(report))
  const validator = new Validation.JsonStrictValidator(Spec.Version.v1dot6)
  expect(await validator.validate(text)).toBeNull()
  return JSON.parse(text)
}

describe('writeCyclonedx', () => {
  it('writes a valid document', async () => {
    const text = await joined(writeCyclonedx(sampleReport))
    await expect(text).toMatchFileSnapshot('../../../../test/golden/report/cyclonedx.json')
    await documentOf()
    await documentOf({ ...sampleReport, findings: [], packages: [], suppressed: [] })
  })

  it('tells what depends on what, and what is affected', async () => {
    const { dependencies, vulnerabilities, components } = await documentOf()
    expect(dependencies).toContainEqual({
      ref: 'pkg:npm/build-tool@2.0.0',
      dependsOn: ['pkg:npm/lodash@4.17.15'],
    })
    expect(dependencies[0]).toEqual({
      ref: 'project',
      dependsOn: ['pkg:npm/build-tool@2.0.0', 'pkg:npm/left-pad@1.3.0', 'pkg:pypi/requests'],
    })
    const [first] = vulnerabilities
    expect(first).toMatchObject({
      id: 'CVE-2021-23337',
      affects: [{ ref: 'pkg:npm/lodash@4.17.15' }],
      cwes: [1395],
    })
    const licences = components.map(({ licenses }: { licenses?: unknown[] }) => licenses?.[0])
    expect(licences).toEqual([
      { expression: 'MIT OR Apache-2.0' },
      { license: { name: 'Do what you like' } },
      { license: { id: 'MIT' } },
      undefined,
    ])
  })

  it('lists a package once, however many lock files name it', async () => {
    const again: Package[] = samplePackages.map((one) => ({
      ...one,
      development: false,
      place: { ...one.place, path: `other/${one.place.path}` },
    }))
    const { components } = await documentOf({
      ...sampleReport,
      packages: [...samplePackages, ...again],
    })
    expect(components).toHaveLength(samplePackages.length)
    expect(components[0]).toMatchObject({
      scope: 'required',
      evidence: {
        occurrences: [{ location: 'package-lock.json' }, { location: 'other/package-lock.json' }],
      },
    })
  })

  it('says of an accepted vulnerability that somebody will not fix it', async () => {
    const [finding] = sampleReport.findings as (typeof sampleSuppressed)[number]['finding'][]
    const found = [...(sampleReport.findings as NonNullable<typeof finding>[])]
    const vulnerable = found.filter(({ scanType }) => scanType === 'sca')
    const suppressed = vulnerable.map((one) => ({
      finding: one,
      by: 'config' as const,
      source: 'panthera.yaml',
      reason: 'never called',
    }))
    const { vulnerabilities } = await documentOf({ ...sampleReport, findings: [], suppressed })
    expect(vulnerabilities[0].analysis).toEqual({
      state: 'in_triage',
      response: ['will_not_fix'],
      detail: 'Accepted in panthera.yaml: never called',
    })
  })

  it('takes any words of a repository', async () => {
    const odd: Package[] = samplePackages.map((one, index) => ({
      ...one,
      name: ['@a/b', 'a b\u0000"<', '..', '%zz'][index] ?? '',
      version: 'not a version',
      licence: ')(',
      integrity: 'sha512-?? sha1-x sha256:zz',
      origin: 'not a URL',
    }))
    await documentOf({ ...sampleReport, packages: odd, findings: [] })
  })

  it('has another serial number when anything differs', async () => {
    const { serialNumber } = await documentOf()
    expect((await documentOf()).serialNumber).toBe(serialNumber)
    expect((await documentOf({ ...sampleReport, findings: [] })).serialNumber).not.toBe(
      serialNumber,
    )
  })
})
