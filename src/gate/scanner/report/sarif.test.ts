import { describe, expect, it } from 'vitest'
import { joined, sampleReport } from './sample.ts'
import { writeSarif } from './sarif.ts'

async function runOf(report = sampleReport) {
  const { runs } = JSON.parse(await joined(writeSarif(report)))
  expect(runs).toHaveLength(1)
  return runs[0]
}

describe('writeSarif', () => {
  it('writes one run', async () => {
    const text = await joined(writeSarif(sampleReport))
    await expect(text).toMatchFileSnapshot('../../../../test/golden/report/report.sarif')
  })

  it('gives the same bytes however long the scan took', async () => {
    const coverage = { ...sampleReport.coverage, durationMs: 99_999 }
    expect(await joined(writeSarif({ ...sampleReport, coverage }))).toBe(
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
    const [key, injection] = tool.driver.rules
    expect(key.properties.tags).toContain('external/cwe/cwe-798')
    expect(injection.properties.tags).toContain('external/cwe/cwe-089')
    expect(Number(key.properties['security-severity'])).toBeGreaterThanOrEqual(7)
  })

  it('writes paths as relative URIs', async () => {
    const { results } = await runOf()
    const { uri } = results[0].locations[0].physicalLocation.artifactLocation
    expect(uri).toMatch(/^[A-Za-z0-9/%._~-]+$/)
    expect(decodeURIComponent(uri)).toBe('src/orders: new/列表 #1.ts')
    expect(new URL(uri, 'file:///root/').protocol).toBe('file:')
  })

  it('says when the scan did not end well', async () => {
    const coverage = { ...sampleReport.coverage, complete: false }
    const { invocations } = await runOf({ ...sampleReport, coverage })
    expect(invocations).toEqual([{ executionSuccessful: false }])
  })
})
