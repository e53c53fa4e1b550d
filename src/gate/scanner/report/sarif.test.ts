import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import Ajv from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import { describe, expect, it } from 'vitest'
import { joined, sampleFindings, sampleReport, sampleSuppressed } from './sample.ts'
import { writeSarif } from './sarif.ts'

const schemas = join(import.meta.dirname, '../../../../test/fixtures/schemas')
const schema = JSON.parse(readFileSync(join(schemas, 'sarif.json'), 'utf8'))
const ajv = new Ajv.default({ strict: false, allErrors: true })
addFormats.default(ajv)
const validate = ajv.compile(schema)

async function runOf(report = sampleReport, room?: Parameters<typeof writeSarif>[1]) {
  const document = JSON.parse(await joined(writeSarif(report, room)))
  expect(validate(document), JSON.stringify(validate.errors)).toBe(true)
  expect(document.runs).toHaveLength(1)
  return document.runs[0]
}

describe('writeSarif', () => {
  it('writes one run', async () => {
    const text = await joined(writeSarif(sampleReport))
    await expect(text).toMatchFileSnapshot('../../../../test/golden/report/report.sarif')
  })

  it('gives the same bytes however long the scan took', async () => {
    const coverage = { ...sampleReport.coverage, durationMs: 99_999 }
    const createdAt = '2027-01-01T00:00:00Z'
    expect(await joined(writeSarif({ ...sampleReport, coverage, createdAt }))).toBe(
      await joined(writeSarif(sampleReport)),
    )
  })

  it('points every result at its rule', async () => {
    const { results, tool } = await runOf()
    for (const { ruleId, ruleIndex } of results) {
      expect(tool.driver.rules[ruleIndex].id).toBe(ruleId)
    }
  })

  it('tags rules so that GitHub shows severity and weakness', async () => {
    const { tool } = await runOf()
    const [, key, injection] = tool.driver.rules
    expect(key.properties.tags).toContain('external/cwe/cwe-798')
    expect(injection.properties.tags).toContain('external/cwe/cwe-089')
    expect(Number(key.properties['security-severity'])).toBeGreaterThanOrEqual(7)
  })

  it('writes paths as relative URIs', async () => {
    const { results } = await runOf()
    const flow = results.find((result: { ruleId: string }) => result.ruleId === 'sql-injection')
    const { uri } = flow.locations[0].physicalLocation.artifactLocation
    expect(uri).toMatch(/^[A-Za-z0-9/%._~-]+$/)
    expect(decodeURIComponent(uri)).toBe('src/orders: new/列表 #1.ts')
    expect(new URL(uri, 'file:///root/').protocol).toBe('file:')
  })

  it('says when the scan did not end well', async () => {
    const coverage = { ...sampleReport.coverage, complete: false }
    const { invocations } = await runOf({ ...sampleReport, coverage })
    expect(invocations).toMatchObject([
      {
        executionSuccessful: false,
        toolExecutionNotifications: [{ descriptor: { id: 'incomplete' } }],
      },
    ])
  })

  it('tells who set a finding aside, and where that is written', async () => {
    const { results } = await runOf({ ...sampleReport, findings: [] })
    expect(results.map(({ suppressions }: { suppressions: unknown }) => suppressions)).toEqual([
      [
        {
          kind: 'inSource',
          status: 'accepted',
          justification: 'panthera-ignore: a key of the "sandbox"',
        },
      ],
      [{ kind: 'inSource', status: 'accepted', justification: 'checkov:skip' }],
      [
        {
          kind: 'external',
          status: 'accepted',
          justification: 'panthera.yaml: until the rewrite',
        },
      ],
    ])
  })

  it('keeps the most severe where there is no room for all, and says so', async () => {
    const room = { itemsMax: 3, charsMax: 1e6 }
    const { results, invocations } = await runOf(sampleReport, room)
    const kept = sampleFindings.filter(({ severity }) => severity === 'critical')
    expect(kept).toHaveLength(2)
    expect(results.map(({ level }: { level: string }) => level)).toEqual([
      'error',
      'error',
      'error',
    ])
    const told = invocations[0].toolExecutionNotifications
    expect(told.map(({ message }: { message: { text: string } }) => message.text)).toEqual([
      `${sampleFindings.length - 3} of ${sampleFindings.length} results have no room in this ` +
        'report: the most severe are listed.',
      `${sampleSuppressed.length} of ${sampleSuppressed.length} suppressed results have no room ` +
        'in this report: they are fewer than there are.',
    ])
  })

  it('keeps to a number of characters too', async () => {
    const { results } = await runOf(sampleReport, { itemsMax: 100, charsMax: 3000 })
    expect(results.length).toBeLessThan(5)
    expect(results.length).toBeGreaterThan(1)
  })
})
