// What every text file must be free of.
import type { Tree } from './tree.ts'

/** Brought from elsewhere or made by a program: not ours to reword. */
const foreign =
  /^(vendor|data)\/|^package-lock\.json$|^LICENSE$|\/fixtures\/|\.gen\.ts$|^test\/golden\//
/** Proofs of rules and tests of parsers hold what is wrong on purpose. */
const specimen = /^rules\/|\.test\.[a-z]+$/

// Written in pieces, as these files are checked, too.
const unfinished = new RegExp(`\\b(${['TO', 'DO|FIX', 'ME'].join('')})\\b`)
const machinePath = new RegExp(
  [
    '(?<![\\w.~-])/(work/(main|shared)|ro',
    'ot/(?!\\.ssh)|home/(?!user/|node/|runner/|<)[a-z])',
  ].join(''),
)
const registryHost = new RegExp(
  ['registry\\.', '(npmjs|yarnpkg)\\.|npm\\.pkg\\.github|files\\.pythonhosted|proxy\\.golang'].join(
    '',
  ),
)

const patterns = [
  { pattern: unfinished, says: 'leaves work for later: do it, or write down why not' },
  { pattern: /[ \t]$/, says: 'ends with white space' },
  { pattern: /\r/, says: 'ends a line with a carriage return' },
]
const notInSpecimens = [
  { pattern: machinePath, says: 'names a path of one machine' },
  { pattern: registryHost, says: 'names a package registry' },
]

export function findUntidyText(tree: Tree): string[] {
  return [...tree]
    .filter(([path]) => !foreign.test(path))
    .flatMap(([path, text]) => {
      const checks = specimen.test(path) ? patterns : [...patterns, ...notInSpecimens]
      const lines = text.split('\n')
      return [
        ...lines.flatMap((line, index) => judge(checks, `${path}:${index + 1}`, line)),
        ...(text === '' || text.endsWith('\n') ? [] : [`${path}:${lines.length} has no line end`]),
      ]
    })
}

function judge(checks: typeof patterns, place: string, line: string): string[] {
  return checks.filter(({ pattern }) => pattern.test(line)).map(({ says }) => `${place} ${says}`)
}

/** Each page has one title, so that it can be listed and linked by it. */
export function findPagesWithoutOneTitle(tree: Tree): string[] {
  return [...tree]
    .filter(([path]) => path.endsWith('.md') && !foreign.test(path) && !specimen.test(path))
    .flatMap(([path, text]) => {
      const titles = withoutCode(text).match(/^# .+/gm)?.length ?? 0
      return titles === 1 ? [] : [`${path}:1 has ${titles} titles ("# …"), and a page has one`]
    })
}

function withoutCode(text: string): string {
  return text.replace(/^(```|~~~)[^\n]*\n[\s\S]*?^\1/gm, '')
}
