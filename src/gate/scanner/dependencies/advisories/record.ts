// What an index holds of one package, as one line of text.
import { type Severity, severities } from '../../finding.ts'
import type { Rating, Statement, Vulnerability } from './advisory.ts'
import { list, text, texts } from './formats/loose.ts'
import { printRanges, readRanges } from './version-range.ts'

export interface PackageRecord {
  vulnerabilities: readonly Vulnerability[]
  /** Records that their databases withdrew: they are dropped from older indexes, too. */
  withdrawn: readonly string[]
}

/**
 * JSON without line ends: `[rows, withdrawn]`, where the row of a vulnerability is `[ids, rating,
 * cwes, published, modified, statements, parts?]`, a rating `c9.8/3.1` or `h`, a statement
 * `[source, id, ranges]`, and the source a position in `sources`.
 */
export function printRecord(record: PackageRecord, sources: readonly string[]): string {
  const rows = record.vulnerabilities.map((each) => [
    each.ids.join(' '),
    printRating(each.rating),
    each.cwes,
    each.published ?? '',
    each.modified ?? '',
    each.statements.map(({ source, id, affected }) => [
      sources.indexOf(source),
      id,
      printRanges(affected),
    ]),
    ...(each.parts.length === 0 ? [] : [each.parts]),
  ])
  return JSON.stringify([rows, record.withdrawn])
}

/** What has another form than `printRecord` writes is left out. Throws SyntaxError for no JSON. */
export function readRecord(line: string, sources: readonly string[]): PackageRecord {
  const [rows, withdrawn] = list(JSON.parse(line))
  return {
    vulnerabilities: list(rows, rowsMax).map((row) => readRow(list(row), sources)),
    withdrawn: texts(withdrawn, rowsMax),
  }
}

const rowsMax = 100_000

function readRow(row: readonly unknown[], sources: readonly string[]): Vulnerability {
  const [ids, rating, cwes, published, modified, statements, parts] = row
  return {
    ids: (text(ids) ?? '').split(' '),
    rating: readRating(text(rating) ?? ''),
    cwes: list(cwes).filter((each) => typeof each === 'number'),
    parts: texts(parts),
    published: text(published),
    modified: text(modified),
    statements: list(statements).map((each): Statement => {
      const [source, id, ranges] = list(each)
      return {
        source: sources[Number(source)] ?? '',
        id: text(id) ?? '',
        affected: readRanges(text(ranges) ?? ''),
      }
    }),
  }
}

function printRating({ severity, cvss }: Rating): string {
  const letter = severity === null ? '' : severity.charAt(0)
  return cvss === null ? letter : `${letter}${cvss.score}/${cvss.version}`
}

function readRating(printed: string): Rating {
  const [, letter = '', score, version] = /^([chml]?)(?:([\d.]+)\/([\d.]+))?$/.exec(printed) ?? []
  return {
    severity: letters.get(letter) ?? null,
    cvss: score === undefined || version === undefined ? null : { score: Number(score), version },
  }
}

const letters = new Map<string, Severity>(severities.map((each) => [each.charAt(0), each]))
