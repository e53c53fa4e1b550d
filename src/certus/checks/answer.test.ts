import { describe, expect, it } from 'vitest'
import { annotationsMax, answerOf } from './answer.ts'

const pack = { kind: 'pack', pack_id: 'scan-1', grade: 'B', score: 80 } as const
const asked = { outcome: pack, minimumGrade: 'C', publicUrl: 'https://p.example' } as const
const finding = (more: object) => ({ title: 'T', severity: 'low', rule_id: 'r', ...more })

describe('what a check says', () => {
  it.each([
    ['A', 'failure', 'Grade B, score 80; A is needed'],
    ['B', 'success', 'Grade B, score 80'],
    ['F', 'success', 'Grade B, score 80'],
  ] as const)('of a pack where %s is needed', (minimumGrade, conclusion, title) => {
    const answer = answerOf({ ...asked, minimumGrade, content: { findings: [] } })
    expect(answer).toMatchObject({ conclusion, title, annotations: [] })
    expect(answer.url).toBe('https://p.example/certus/api/evidence/scan-1/report')
  })

  it('shows the worst first, in places that there are, and no more than fit', () => {
    const findings = [
      finding({ file_path: 'a.ts', line_number: 3 }),
      finding({ severity: 'critical', file_path: 'b.ts', line_number: 0, title: 'Worst' }),
      finding({ severity: 'high', file_path: null }),
      ...Array.from({ length: 400 }, (_, line_number) => finding({ file_path: 'c', line_number })),
    ]
    const { annotations, summary } = answerOf({ ...asked, content: { findings } })
    expect(annotations.slice(0, 2)).toMatchObject([
      { path: 'b.ts', line: 1, severity: 'critical' },
      { path: 'a.ts', line: 3, severity: 'low' },
    ])
    expect(annotations).toHaveLength(annotationsMax)
    expect(summary).toContain('Found: 1 critical, 1 high, 401 low.')
    expect(summary).toContain('And 383 more.')
  })

  it('lets a repository’s words be neither markup nor mentions', () => {
    const title = '`@everyone` | [x](https://evil.example)\n# <img src=x>'
    const { summary } = answerOf({ ...asked, content: { findings: [finding({ title })] } })
    const row = summary.split('\n').find((line) => line.includes('everyone')) ?? ''
    expect(row).toBe('| low | `’@everyone’ ¦ [x](https://evil.example) # <img src=x>` |  |')
  })

  it('lets no name of a file end its cell, whatever stands before a bar', () => {
    const file_path = 'a\\|![x](https://evil.example/b)|@everyone'
    const { summary } = answerOf({ ...asked, content: { findings: [finding({ file_path })] } })
    const row = summary.split('\n').find((line) => line.includes('everyone')) ?? ''
    expect(row.match(/\|/g)).toHaveLength(4)
  })

  it('says why there is no grade, and fails nothing for it', () => {
    const failed = { kind: 'failed', code: 'access_denied', message: 'No access.' } as const
    expect(answerOf({ ...asked, outcome: failed, content: null })).toMatchObject({
      conclusion: 'neutral',
      summary: 'No access. (`access_denied`)',
    })
    const quota = { kind: 'quota', limit: 100, resets_at: '2026-04-01T00:00:00Z' } as const
    const answer = answerOf({ ...asked, outcome: quota, content: null })
    expect(answer).toMatchObject({ conclusion: 'neutral', annotations: [] })
    expect(answer.summary).toContain('100 scans a month')
  })
})
