import { describe, expect, it } from 'vitest'
import { writeJson } from './json.ts'
import { joined, sampleFindings, sampleReport } from './sample.ts'

describe('writeJson', () => {
  it('writes one document that gives the findings back', async () => {
    const text = await joined(writeJson(sampleReport))
    await expect(text).toMatchFileSnapshot('../../../../test/golden/report/report.json')
    expect(JSON.parse(text)).toMatchObject({ schemaVersion: 1, coverage: sampleReport.coverage })
    expect(JSON.parse(text).findings).toEqual(sampleFindings)
  })

  it('writes a valid document without findings', async () => {
    const text = await joined(writeJson({ ...sampleReport, findings: [] }))
    expect(JSON.parse(text).findings).toEqual([])
  })

  it('takes findings as they come', async () => {
    async function* late() {
      yield* sampleFindings
    }
    expect(await joined(writeJson({ ...sampleReport, findings: late() }))).toBe(
      await joined(writeJson(sampleReport)),
    )
  })
})
