// Results of tests as JUnit XML: a suite per file, a case per test.
import { escapeMarkup } from '../../gate/scanner/report/escape.ts'
import type { Outcome, SuiteResult } from './run.ts'
import { nearTo, verdictLines } from './text.ts'
import type { Policies } from './verdict.ts'

export function junitText(results: readonly SuiteResult[]): string {
  const all = results.flatMap(({ outcomes }) => outcomes)
  const counts = `tests="${all.length}" failures="${failures(all)}" errors="0"`
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="panthera policy test" ${counts}>`,
    ...results.flatMap(({ path, outcomes, policies }) => [
      `  <testsuite name="${escapeMarkup(path)}" tests="${outcomes.length}" ` +
        `failures="${failures(outcomes)}" errors="0" skipped="0">`,
      ...outcomes.map((outcome) => caseText(outcome, { path, policies })),
      '  </testsuite>',
    ]),
    '</testsuites>',
    '',
  ].join('\n')
}

function failures(outcomes: readonly Outcome[]): number {
  return outcomes.filter(({ problems }) => problems.length > 0).length
}

function caseText(
  { name, line, request, problems, verdict, explanation }: Outcome,
  { path, policies }: { path: string; policies: Policies },
): string {
  const place = line === undefined ? '' : ` line="${line}"`
  const file = `classname="${escapeMarkup(path)}" file="${escapeMarkup(path)}"${place}`
  const head = `    <testcase name="${escapeMarkup(name)}" ${file}`
  if (problems.length === 0) return `${head}/>`
  const told = [
    request,
    ...(verdict === null ? [] : verdictLines(verdict, false)),
    ...nearTo(verdict, explanation, { byId: policies.byId, color: false }),
  ]
  const message = escapeMarkup(problems.join('; '))
  const body = escapeMarkup(told.join('\n'))
  return `${head}>\n      <failure message="${message}">${body}</failure>\n    </testcase>`
}
