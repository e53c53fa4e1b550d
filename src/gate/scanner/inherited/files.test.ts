import { describe, expect, it } from 'vitest'
import { readInheritedFile } from './files.ts'

const lines = (name: string, text: string) =>
  readInheritedFile(name, text).map(({ id, line, reason }) => [id, line, reason])

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

  it('is not slowed by what somebody chose to slow it', () => {
    expect(lines('.trivyignore', `${' '.repeat(200_000)}x`)).toEqual([])
    const entries = Array.from({ length: 20_000 }, (_, index) => `{id="A-${index}"},\n`)
    expect(lines('osv-scanner.toml', `IgnoredVulns=[\n${entries.join('')}]`)).toHaveLength(10_000)
    expect(lines('.trivyignore.yaml', `a: "${'\\\n'.repeat(400_000)}"`)).toEqual([])
  })
})
