import { describe, expect, it } from 'vitest'
import type { Finding } from '../finding.ts'
import { displayWidth } from './layout.ts'
import { joined, sampleFindings, sampleReport } from './sample.ts'
import { countsByEngine, summarize, writeText } from './text.ts'

const golden = (name: string) => `../../../../test/golden/report/${name}`
const noCounts = { critical: 0, high: 0, medium: 0, low: 0 }

describe('writeText', () => {
  it('writes records without colour', async () => {
    const text = await joined(writeText(sampleReport, { color: false, width: 100 }))
    await expect(text).toMatchFileSnapshot(golden('text.txt'))
  })

  it('writes records in colour', async () => {
    const text = await joined(writeText(sampleReport, { color: true, width: 100 }))
    await expect(text).toMatchFileSnapshot(golden('text-color.txt'))
  })

  it('keeps to a narrow terminal', async () => {
    const text = await joined(writeText(sampleReport, { color: false, width: 50 }))
    await expect(text).toMatchFileSnapshot(golden('text-narrow.txt'))
    for (const line of text.split('\n')) expect(displayWidth(line), line).toBeLessThanOrEqual(50)
  })

  it('differs in colour by nothing but escape sequences', async () => {
    const plain = await joined(writeText(sampleReport, { color: false, width: 80 }))
    const colored = await joined(writeText(sampleReport, { color: true, width: 80 }))
    // biome-ignore lint/suspicious/noControlCharactersInRegex: the sequences that we wrote
    const stripped = colored.replace(/\u001b\[[\d;]*m/g, '').replace(/[ ]+$/gm, '')
    expect(stripped).toBe(plain.replace(/[ ]+$/gm, ''))
  })

  it('passes no control character of the code on', async () => {
    const text = await joined(writeText(sampleReport, { color: false, width: 80 }))
    expect(text).not.toMatch(/[^\P{Cc}\n]|[\u202e]/u)
  })

  it('marks a package that only development needs', async () => {
    const findings = sampleFindings.flatMap((one) =>
      one.subject?.kind === 'package'
        ? [{ ...one, subject: { ...one.subject, development: true as const } }]
        : [],
    )
    const text = await joined(
      writeText({ ...sampleReport, findings }, { color: false, width: 100 }),
    )
    expect(text).toMatch(/lodash 4\.17\.15 \(development only\) +package-lock\.json:20:5/)
  })

  it('underlines exactly what was found', async () => {
    const lines = (await joined(writeText(sampleReport, { color: false, width: 80 }))).split('\n')
    const at = lines.findIndex((line) => line.includes("const key = 'exk_…'"))
    const code = lines[at] ?? ''
    const underline = lines[at + 1] ?? ''
    const from = underline.indexOf('^')
    expect(code.slice(from, underline.lastIndexOf('^') + 1)).toBe('exk_…')
  })

  it('shows the first of many findings of one rule in one file, and lists the others', async () => {
    const [one] = sampleFindings.filter(({ ruleId }) => ruleId === 'aws-s3-public-acl')
    const findings = Array.from({ length: 60 }, (_, index) => ({
      ...one,
      location: { path: 'main.tf', line: index + 1, column: 3, endLine: index + 1, endColumn: 9 },
    })) as Finding[]
    const text = await joined(writeText({ ...sampleReport, findings }, { color: false, width: 80 }))
    expect(text.match(/HIGH/g)).toHaveLength(3)
    expect(text.replace(/\s+/g, ' ')).toContain(
      'also 57 more places in this file: module.net.aws_s3_bucket.logs 4:3, ',
    )
    expect(text).toContain('and 17 more')
  })
})

describe('the order of records', () => {
  const write = async (findings: Finding[]) =>
    joined(writeText({ ...sampleReport, findings }, { color: false, width: 100 }))
  const headings = (text: string) =>
    text.split('\n').filter((line) => /^(CRITICAL|HIGH|MEDIUM|LOW)/.test(line))

  it('is by severity, then by place; a package stands where its worst stands', async () => {
    const text = await write([...sampleFindings].reverse())
    expect(headings(text).map((line) => line.split(/\s+/).slice(0, 2).join(' '))).toEqual([
      'CRITICAL lodash',
      'CRITICAL sql-injection',
      'HIGH aws-s3-public-acl',
      'HIGH example-api-key',
      'HIGH sql-injection',
      'LOW example-api-key',
      'LOW left-pad',
    ])
  })

  it('numbers the steps of a flow that goes back up in a file', async () => {
    const flow = sampleFindings.find(({ location }) => location?.path === 'src/users.ts')
    if (flow === undefined) throw new Error('the sample has no far flow')
    const [first, ...rest] = flow.steps
    const [, ...back] = [first, ...rest.toSorted((a, b) => b.line - a.line)]
    const steps = [...back, { ...rest.at(-1), line: 90 }] as Finding['steps']
    const shown = await write([{ ...flow, steps }])
    expect([...shown.matchAll(/← (\d)/g)].map(([, number]) => number)).toEqual(['1', '2', '3', '4'])
    expect(await write([flow])).not.toMatch(/← \d/)
  })

  it('shows the most severe of very many, and says how many it does not', async () => {
    const [one] = sampleFindings
    const findings = Array.from({ length: 10_002 }, (_, index) => ({
      ...one,
      severity: index === 10_001 ? 'critical' : 'low',
    })) as Finding[]
    const text = await write(findings)
    expect(text).toMatch(/^CRITICAL/)
    expect(text).toContain('2 less severe findings not shown; the other formats list all.')
  })
})

describe('countsByEngine', () => {
  it('is a table of what each engine found', () => {
    expect(countsByEngine(sampleFindings)).toEqual([
      '                  critical      high    medium       low',
      '  code                   1         1         -         -',
      '  dependencies           1         1         1         1',
      '  secrets                -         1         -         1',
      '  infrastructure         -         1         -         -',
      '  total                  2         4         1         2',
    ])
  })

  it('says nothing where one line says it', () => {
    expect(countsByEngine(sampleFindings.filter(({ scanType }) => scanType === 'sast'))).toEqual([])
  })
})

describe('summarize', () => {
  it('says what was looked at and what was found', () => {
    const by = new Map([
      ['nosec', 2],
      ['panthera.yaml', 1],
    ])
    expect(summarize(sampleReport.coverage, { ...noCounts, high: 1, low: 2 }, by)).toEqual([
      '412 files, 3.1 MB in 2.1 s; 3 files skipped (2 binary, 1 too-large)',
      '1 high, 2 low; 3 set aside (2 nosec, 1 panthera.yaml)',
    ])
  })

  it('is silent about what is not', () => {
    const coverage = {
      files: 1,
      bytes: 10,
      skipped: {},
      suppressed: 0,
      durationMs: 3,
      complete: false,
    }
    expect(summarize(coverage, noCounts)).toEqual([
      '1 file, 1 kB in 0.0 s',
      'No findings',
      'The scan is incomplete: what was not looked at may hold more',
    ])
  })
})
