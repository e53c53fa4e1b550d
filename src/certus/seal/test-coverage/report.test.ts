import { describe, expect, it } from 'vitest'
import { CoverageFault, readCoverage } from './report.ts'

const read = (text: string) => readCoverage(new TextEncoder().encode(text))

const jacoco = (counters: string) => `<?xml version="1.0"?>
<!DOCTYPE report PUBLIC "-//JACOCO//DTD Report 1.1//EN" "report.dtd">
<report name="shop"><package name="a"><counter type="LINE" missed="9" covered="9"/></package>
${counters}</report>`

describe('a report of test coverage', () => {
  it.each([
    [
      'lcov with sums',
      `TN:\nSF:src/a.ts\nDA:1,1\nLF:10\nLH:7\nBRF:4\nBRH:1\nend_of_record
SF:b\nLF:2\nLH:2\nend_of_record\n`,
      { format: 'lcov', lines: { covered: 9, total: 12 }, branches: { covered: 1, total: 4 } },
    ],
    [
      'lcov of single lines, with line ends of Windows',
      'SF:a\r\nDA:1,0\r\nDA:2,5\r\nBRDA:1,0,0,-\r\nBRDA:1,0,1,3\r\nend_of_record\r\n',
      { format: 'lcov', lines: { covered: 1, total: 2 }, branches: { covered: 1, total: 2 } },
    ],
    [
      'Cobertura with sums',
      `<coverage line-rate="0.5" lines-covered="5" lines-valid="10" branches-covered="0"
        branches-valid="0"><packages/></coverage>`,
      { format: 'cobertura', lines: { covered: 5, total: 10 }, branches: null },
    ],
    [
      'Cobertura of single lines, those of methods once',
      `<coverage line-rate="0.5"><packages><package><classes><class><methods><method><lines>
        <line number="1" hits="1"/></lines></method></methods><lines><line number="1" hits="1"/>
        <line number="2" hits="0"/></lines></class></classes></package></packages></coverage>`,
      { format: 'cobertura', lines: { covered: 1, total: 2 }, branches: null },
    ],
    [
      'JaCoCo, whose own sums count',
      jacoco(`<counter type="BRANCH" missed="3" covered="1"/>
        <counter type="LINE" missed="20" covered="80"/>`),
      { format: 'jacoco', lines: { covered: 80, total: 100 }, branches: { covered: 1, total: 4 } },
    ],
  ])('is read as %s', (_, text, expected) => {
    expect(read(text)).toMatchObject(expected)
  })

  it('is known again by its digest, and rounded down', () => {
    const { percent, sha256 } = read('SF:a\nLF:3\nLH:2\nend_of_record\n')
    expect([percent, sha256]).toEqual([66.6, expect.stringMatching(/^[0-9a-f]{64}$/)])
  })

  it('has no percentage of nothing', () => {
    expect(read('SF:a\nLF:0\nLH:0\nend_of_record\n').percent).toBeNull()
  })

  it.each([
    ['a text', 'nothing'],
    ['nothing', ''],
    ['another XML', '<testsuite/>'],
    ['XML that breaks off', '<coverage lines-covered="1" lines-valid="2">'],
    ['JaCoCo without lines', jacoco('')],
    ['more covered than there is', 'SF:a\nLF:1\nLH:2\nend_of_record\n'],
    ['numbers that are none', '<report><counter type="LINE" missed="x" covered="1"/></report>'],
    [
      'an entity of its own',
      `<!DOCTYPE coverage [<!ENTITY a "b">]>
        <coverage lines-covered="1" lines-valid="2">&a;</coverage>`,
    ],
    ['nesting without end', `<coverage>${'<a>'.repeat(60)}${'</a>'.repeat(60)}</coverage>`],
  ])('is refused where it is %s', (_, text) => {
    expect(() => read(text)).toThrow(CoverageFault)
  })
})
