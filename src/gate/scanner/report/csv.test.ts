import { describe, expect, it } from 'vitest'
import { writeCsv } from './csv.ts'
import { joined, sampleFindings, sampleReport } from './sample.ts'

describe('writeCsv', () => {
  it('writes a header and a row per finding', async () => {
    const text = await joined(writeCsv(sampleReport))
    await expect(text).toMatchFileSnapshot('../../../../test/golden/report/report.csv')
    expect(text.endsWith('\r\n')).toBe(true)
  })

  it.each(['=1+1', '+1', '-1', '@SUM(A1)', '\t=1', '\r=1', '＝1'])(
    'lets no spreadsheet run %j',
    async (title) => {
      const findings = sampleFindings.map((finding) => ({ ...finding, title }))
      const text = await joined(writeCsv({ ...sampleReport, findings }))
      const [, ...cells] = cellsOf(text)
      expect(cells.filter((cell) => cell === `'${title}`)).toHaveLength(sampleFindings.length)
      for (const cell of cells) expect(cell).not.toMatch(/^[=+\-@\t\r＝]/)
    },
  )
})

/** Reads RFC 4180: a cell is quoted, with quotes doubled, or holds neither quote nor separator. */
function cellsOf(text: string): string[] {
  return [...text.matchAll(/(?<=^|,|\n)(?:"((?:[^"]|"")*)"|([^",\r\n]*))(?=,|\r\n)/g)].map(
    ([, quoted, plain]) => quoted?.replaceAll('""', '"') ?? plain ?? '',
  )
}
