import { describe, expect, it } from 'vitest'
import { readInheritedFile } from './files.ts'

const lines = (name: string, text: string) =>
  readInheritedFile(name, text).entries.map(({ id, line, reason }) => [id, line, reason])

describe('readInheritedFile', () => {
  it('reads what follows an id in .trivyignore', () => {
    const text = '# why\n\nCVE-2021-1 exp:2030-01-31 # ours # still\nCVE-2021-2#\n'
    expect(lines('.trivyignore', text)).toEqual([
      ['CVE-2021-1', 3, 'ours # still'],
      ['CVE-2021-2', 4, null],
    ])
  })

  it('knows the lines of osv-scanner.toml', () => {
    const text = '[[IgnoredVulns]]\nid = "GO-1"\nreason = "a"\n\n[[IgnoredVulns]]\nid = "GO-2"\n'
    expect(lines('osv-scanner.toml', text)).toEqual([
      ['GO-1', 2, 'a'],
      ['GO-2', 6, null],
    ])
  })

  it('says of a file that it does not read as a whole why', () => {
    const problemOf = (name: string, text: string) => readInheritedFile(name, text).problem
    const many = `skip-check:\n${'  - CKV_AWS_20\n'.repeat(5_000)}`
    expect(problemOf('.checkov.yaml', many)).toBe('.checkov.yaml does not count: it has over 64 kB')
    expect(problemOf('.checkov.yaml', '{')).toMatch(/cannot be read/)
    expect(problemOf('.trivyignore', 'CVE-2021-1\n'.repeat(10_001))).toMatch(/only the first 10000/)
    expect(problemOf('.trivyignore', 'CVE-2021-1\n')).toBeNull()
  })

  it('is not slowed by what somebody chose to slow it', () => {
    expect(lines('.trivyignore', `${' '.repeat(200_000)}x`)).toEqual([])
    const entries = Array.from({ length: 20_000 }, (_, index) => `{id="A-${index}"},\n`)
    expect(lines('osv-scanner.toml', `IgnoredVulns=[\n${entries.join('')}]`)).toHaveLength(10_000)
    expect(lines('.trivyignore.yaml', `a: "${'\\\n'.repeat(400_000)}"`)).toEqual([])
  })
})
