// What a reader of a scan's results may want to do next: commands that can be copied as they are.
import { join } from 'node:path'
import { type Finding, severities } from '../gate/scanner/finding.ts'
import { placeOf } from '../gate/source/place.ts'
import { printable } from './terminal.ts'

export interface NextOptions {
  /** The path that was scanned, as it was typed. */
  path: string
  /** Whether a baseline or an earlier commit was asked for already. */
  compared: boolean
  /** Whether advisories lack for what was found in lock files. */
  advisoriesLack: boolean
}

/** Nothing where nothing was found. */
export function nextSteps(findings: readonly Finding[], options: NextOptions): string[] {
  const { path, compared, advisoriesLack } = options
  const update: Row[] = advisoriesLack
    ? [['panthera advisories --help', 'data that packages are compared with']]
    : []
  const worst = worstOf(findings)
  if (worst === null) return laidOut(update)
  const { location, subject, ruleId } = worst
  const about = subject?.kind === 'package' ? (subject.aliases[0] ?? ruleId) : ruleId
  const from = path === '.' ? '' : ` ${quoted(path)}`
  const rows: Row[] = [[`panthera explain ${quoted(about)}`, 'what it is and how to mend it']]
  if (location !== null) {
    const file = join(folderOf(path), location.path)
    const root = isInside(file) ? '' : ` --root ${quoted(folderOf(path))}`
    const place = quoted(`${file}:${location.line}`)
    rows.push([`panthera why ${place}${root}`, 'who reported it, and how to accept it'])
  }
  if (!compared) {
    rows.push([
      `panthera scan${from} --write-baseline known.json`,
      'accept what there is, tell only what is new',
    ])
  }
  return laidOut([...rows, ...update])
}

type Row = readonly [command: string, what: string]

function laidOut(rows: readonly Row[]): string[] {
  if (rows.length === 0) return []
  const width = Math.max(...rows.map(([command]) => command.length).filter(isShort), 0)
  return [
    '',
    'Next',
    ...rows.flatMap(([command, what]) =>
      isShort(command.length)
        ? [`  ${command.padEnd(width)}  ${what}`]
        : [`  ${command}`, `      ${what}`],
    ),
    '',
  ]
}

const isShort = (length: number) => length <= 48

function worstOf(findings: readonly Finding[]): Finding | null {
  const found = severities.flatMap((wanted) => {
    return findings.find(({ severity }) => severity === wanted) ?? []
  })
  return found[0] ?? null
}

function folderOf(path: string): string {
  const { only } = placeOf(path)
  return only === null ? path : join(path, '..')
}

const isInside = (file: string) => !file.startsWith('/') && !file.startsWith('..')

/** As a shell takes it for one word. */
function quoted(text: string): string {
  const shown = printable(text)
  return /^[\w@%+=:,./-]+$/.test(shown) ? shown : `'${shown.replaceAll("'", String.raw`'\''`)}'`
}
