import { describe, expect, it } from 'vitest'
import { fitEvent, type NewFinding } from './news.ts'

const finding = (more: Partial<NewFinding> = {}): NewFinding => ({
  id: '01890000-0000-7000-8000-000000000000',
  title: 'SQL injection',
  severity: 'high',
  scan_type: 'sast',
  rule_id: 'javascript.sql-injection',
  file_path: 'src/users.ts',
  line_number: 12,
  ...more,
})

const many = (more: Partial<NewFinding>) => Array.from({ length: 120 }, () => finding(more))

describe('fitEvent', () => {
  it('leaves what fits as it is, up to a hundred', () => {
    expect(fitEvent([finding()])).toEqual([finding()])
    expect(fitEvent(many({}))).toEqual(many({}).slice(0, 100))
  })

  it.each([
    ['ASCII', 'p'],
    ['three bytes a character', '漢'],
    ['half a surrogate pair', '\ud83d'],
    ['six bytes a character in JSON', '\u0001'],
  ])('keeps to its bytes with long texts of %s', (_name, char) => {
    const text = char.repeat(5_000)
    const fitting = fitEvent(many({ title: text, rule_id: text, file_path: text }))
    expect(fitting.length).toBeGreaterThan(5)
    expect(Buffer.byteLength(JSON.stringify(fitting))).toBeLessThanOrEqual(48_001)
  })

  it('clips texts where they say least, and never within a character', () => {
    const [clipped] = fitEvent([
      finding({ title: '😀'.repeat(500), file_path: `${'d/'.repeat(500)}a.ts` }),
    ])
    expect(clipped?.title).toMatch(/^😀.*…$/u)
    expect(clipped?.title.isWellFormed()).toBe(true)
    expect(clipped?.file_path).toMatch(/^….*\/a\.ts$/)
  })
})
