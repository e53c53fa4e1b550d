import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import { Ajv } from 'ajv'
import formats from 'ajv-formats'
import { beforeAll, describe, expect, it } from 'vitest'
import type { Json } from '../../../../test/fixtures/call.ts'
import { frameworkCatalogue } from '../../frameworks/folder.ts'
import { computedOf } from '../grade/submission.ts'
import { assessmentResults } from './assessment-results.ts'
import { controlToken } from './names.ts'
import type { AssessedFinding, AssessedPack, AssessedResult } from './pack.ts'

const folder = new URL('../../../../test/fixtures/schemas/', import.meta.url)
const part = '#/definitions/oscal-complete-oscal-ar:assessment-results'
const catalogue = frameworkCatalogue()

function validator(version: string) {
  const file = readFileSync(new URL(`oscal-${version}.json.gz`, folder))
  const ajv = new Ajv({ strict: false, allErrors: true })
  formats.default(ajv)
  const schema = JSON.parse(gunzipSync(file).toString())
  ajv.addSchema(schema)
  const validate = ajv.compile({ $ref: `${schema.$id}${part}` })
  return (value: unknown) => (validate(value) ? [] : (validate.errors ?? []))
}

function packOf(controlResults: AssessedResult[], findings: AssessedFinding[] = []): AssessedPack {
  return {
    id: 'shop 1',
    repository: 'acme/shop',
    commit: 'a'.repeat(40),
    branch: ' main',
    scannedAt: null,
    storedAt: '2026-11-22T10:00:00.000Z',
    digest: 'b'.repeat(64),
    log: { origin: 'example.org/certus/log/1', index: 3 },
    computed: computedOf({ findings, control_results: controlResults }),
    findings,
    controlResults,
    scannerVersions: { panthera: '1.0' },
  }
}

const sql: AssessedFinding = {
  fingerprint: 'f',
  title: ' two\nlines ',
  severity: 'high',
  scan_type: 'code',
  cwe_id: 'CWE-89',
  file_path: 'a.ts',
  line_number: 3,
}
const result = (control: string, status: AssessedResult['status']): AssessedResult => {
  const [framework = '', control_id = ''] = control.split(' ')
  return { framework, control_id, status, evidence: ['a test'] }
}
const statuses = (document: Json) =>
  document['assessment-results'].results.flatMap(({ findings = [] }: Json) =>
    findings.map(({ title, target: { status } }: Json) => [title, status.state, status.reason]),
  )
const exported = (...given: Parameters<typeof packOf>): Json =>
  assessmentResults(packOf(...given), catalogue)

describe('assessment results', () => {
  let faults: Record<string, (value: unknown) => unknown[]>
  beforeAll(() => {
    faults = Object.fromEntries(['1.1.2', '1.1.3', '1.2.2'].map((one) => [one, validator(one)]))
  })
  const faultsOf = (document: Json) =>
    Object.entries(faults).flatMap(([version, of]) => {
      const versioned = structuredClone(document['assessment-results'])
      versioned.metadata['oscal-version'] = version
      return of(versioned)
    })

  it('are valid by the schemas of NIST, which refuse what is not', () => {
    const every = [...catalogue.frameworks.values()].flatMap(({ id, controls }) =>
      controls.map(({ id: control_id }, at) => {
        const status = (['pass', 'fail', 'partial', 'not_tested'] as const)[at % 4] ?? 'pass'
        return { framework: id, control_id, status }
      }),
    )
    for (const document of [
      exported(every, [sql, { ...sql, cwe_id: null, severity: 'low' }]),
      exported([result('soc2 CC6.1', 'pass'), result('nist-800-53 AC-2(1)', 'partial')], [sql]),
      exported([], []),
      exported([], [{ id: 'x', title: '', severity: 'info' }]),
    ]) {
      expect(faultsOf(document)).toEqual([])
    }
    const broken = exported([result('soc2 CC6.1', 'pass')])
    broken['assessment-results'].results[0].findings[0].target.status.state = 'passed'
    expect(faultsOf(broken).length).toBeGreaterThanOrEqual(3)
  })

  it('say satisfied only of what was tested and has nothing against it', () => {
    const results = [
      result('soc2 CC6.1', 'pass'),
      result('soc2 CC6.3', 'fail'),
      result('soc2 CC7.1', 'partial'),
      result('soc2 CC8.1', 'not_tested'),
      result('soc2 CC1.1', 'pass'),
    ]
    expect(statuses(exported(results))).toEqual([
      ['soc2 CC1.1', 'satisfied', 'pass'],
      ['soc2 CC6.1', 'satisfied', 'pass'],
      ['soc2 CC6.3', 'not-satisfied', 'fail'],
      ['soc2 CC7.1', 'not-satisfied', 'other'],
    ])
    // The sender says that it passes; a finding says otherwise.
    expect(statuses(exported(results, [sql]))).toContainEqual([
      'soc2 CC6.1',
      'not-satisfied',
      'fail',
    ])
  })

  it('exclude what was not tested, and name each by what was looked for', () => {
    const document = exported([result('asvs 1.2.4', 'pass')])
    const [{ findings, observations, 'reviewed-controls': reviewed }] =
      document['assessment-results'].results
    const [selection] = reviewed['control-selections']
    expect(selection['include-controls']).toEqual([{ 'control-id': 'asvs_v1.2' }])
    expect(selection['exclude-controls']).toHaveLength(79)
    expect(findings[0].target.status.remarks).toContain('injection')
    expect(observations.map(({ methods }: Json) => methods)).toEqual([['TEST']])
    expect(findings[0]['related-observations']).toEqual([
      { 'observation-uuid': observations[0].uuid },
    ])
    const resources = document['assessment-results']['back-matter'].resources
    const plan = document['assessment-results']['import-ap'].href
    expect(resources.map(({ uuid }: Json) => `#${uuid}`)).toContain(plan)
  })

  it('are the same bytes each time, whatever the order of what was sent', () => {
    const results = [result('soc2 CC6.1', 'pass'), result('soc2 CC6.3', 'fail')]
    const other = { ...sql, cwe_id: 'CWE-79' }
    const one = JSON.stringify(exported(results, [sql, other]))
    expect(JSON.stringify(exported(results.toReversed(), [other, sql]))).toBe(one)
    expect(one).not.toBe(JSON.stringify(exported(results, [sql])))
  })

  it('have a name of its own for each control', () => {
    for (const { id: framework, controls } of catalogue.frameworks.values()) {
      const names = new Set(controls.map(({ id }) => controlToken(framework, id)))
      expect(names.size).toBe(controls.length)
    }
    expect(controlToken('nist-800-53', 'AC-2(1)')).toBe('ac-2.1')
  })
})
