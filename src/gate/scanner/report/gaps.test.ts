import { describe, expect, it } from 'vitest'
import { reportFormats } from './formats.ts'
import { gapLine, gapsOf, warnings } from './gaps.ts'
import type { Report } from './report.ts'
import { joined, sampleReport } from './sample.ts'

const seen = { coverage: { skipped: {}, complete: true }, shortfalls: [] }
const known = { uncovered: [], unresolved: 0 }

describe('what was not looked at', () => {
  it('is nothing where all was', () => {
    expect(gapsOf({ ...seen, ...known })).toEqual([])
  })

  it('is told with its place, the gravest first', () => {
    const shortfalls = [{ path: 'a.js', reason: 'the time limit ended the scan of this file' }]
    const coverage = { skipped: { binary: 2, generated: 0 }, complete: false }
    const gaps = gapsOf({ shortfalls, coverage, uncovered: ['npm', 'Go'], unresolved: 1 })
    expect(gaps.map((gap) => `${gap.kind}: ${gapLine(gap)}`)).toEqual([
      'cut: a.js: the time limit ended the scan of this file',
      'no-advisories: there are no advisories for npm, Go: packages were not compared',
      'no-version: 1 package was not compared: no lock file tells the version',
      'left-out: 2 left out: binary',
    ])
    expect(warnings(gaps)).toHaveLength(3)
  })

  it('is told of packages that only the bundled selection was compared with', () => {
    const selected = { ecosystems: ['npm' as const], vulnerabilities: 1065, date: '2025-12-31' }
    const [gap, ...more] = gapsOf({ ...seen, ...known, selected })
    expect(more).toEqual([])
    expect(gap?.kind).toBe('few-advisories')
    expect(gap?.text).toContain('npm were compared with the bundled 1,065')
    expect(gap?.text).toContain('as of 2025-12-31')
    expect(gap?.text).toContain('panthera advisories update --from')
  })

  it('is told of an incomplete scan that does not say why', () => {
    const coverage = { skipped: {}, complete: false }
    expect(gapsOf({ ...seen, ...known, coverage })).toMatchObject([{ kind: 'cut', path: null }])
  })
})

const lacking: Report = {
  ...sampleReport,
  coverage: { ...sampleReport.coverage, complete: false },
  gaps: [
    { kind: 'cut', path: 'src/big.js', text: 'the time ended' },
    { kind: 'no-advisories', path: null, text: 'there are no advisories for npm' },
  ],
}

/** Formats whose reader has no place for it. */
const mute = ['csv', 'gitlab-quality']

describe('reports', () => {
  it.each(
    reportFormats.filter(({ name }) => !mute.includes(name)).map((format) => [format.name, format]),
  )('%s tells what was not looked at', async (_, { load }) => {
    const text = await joined((await load())(lacking))
    expect(text).toContain('the time ended')
    expect(text).toContain('there are no advisories for npm')
  })

  it('name the file in SARIF', async () => {
    const sarif = reportFormats.find(({ name }) => name === 'sarif')
    const document = JSON.parse(await joined((await sarif?.load())?.(lacking) ?? nothing()))
    const [{ toolExecutionNotifications: told }] = document.runs[0].invocations
    expect(told).toContainEqual({
      descriptor: { id: 'cut' },
      level: 'warning',
      message: { text: 'the time ended' },
      locations: [
        { physicalLocation: { artifactLocation: { uri: 'src/big.js', uriBaseId: '%SRCROOT%' } } },
      ],
    })
  })
})

async function* nothing() {}
