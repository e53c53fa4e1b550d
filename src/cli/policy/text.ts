// Results of tests and explanations as people read them.
import {
  isolate,
  paint,
  type TextOptions,
  withoutCommands,
} from '../../gate/scanner/report/layout.ts'
import type { Explanation } from '../../identity/policy/explain.ts'
import { counted } from '../terminal.ts'
import type { Outcome, SuiteResult } from './run.ts'
import type { FilePolicy } from './sources.ts'
import type { Policies, Reason, Verdict } from './verdict.ts'

export interface TestTextOptions extends TextOptions {
  /** Also the tests that pass. */
  verbose: boolean
}

export function testText(results: readonly SuiteResult[], options: TestTextOptions): string {
  const lines = results.flatMap((result) => suiteLines(result, options))
  return withoutCommands([...lines, ...summary(results, options), ''].join('\n'))
}

function suiteLines({ path, outcomes, policies }: SuiteResult, options: TestTextOptions): string[] {
  const { color, verbose } = options
  const failed = outcomes.filter(({ problems }) => problems.length > 0)
  if (failed.length === 0 && !verbose) return []
  const shown = verbose ? outcomes : failed
  return [
    paint(isolate(path), 'bold', color),
    ...shown.flatMap((outcome) => outcomeLines(outcome, policies, { path, options })),
    '',
  ]
}

function outcomeLines(
  { name, line, request, problems, verdict, explanation }: Outcome,
  policies: Policies,
  { path, options: { color } }: { path: string; options: TestTextOptions },
): string[] {
  if (problems.length === 0) return [`  ✓ ${isolate(name)}`]
  const place = line === undefined ? '' : paint(`  ${isolate(path)}:${line}`, 'dim', color)
  return [
    `  ${paint('✗', 'high', color)} ${isolate(name)}${place}`,
    `      ${isolate(request)}`,
    ...problems.map((problem) => `      ${paint(isolate(problem), 'high', color)}`),
    ...(verdict === null ? [] : verdictLines(verdict, color).map((each) => `      ${each}`)),
    ...nearTo(verdict, explanation, { byId: policies.byId, color }).map((each) => `      ${each}`),
  ]
}

/** Nothing where there was no verdict to explain. */
export function nearTo(
  verdict: Verdict | null,
  explanation: Explanation | null,
  shown: { byId: Policies['byId']; color: boolean },
): string[] {
  return verdict === null || explanation === null ? [] : nearMissLines(verdict, explanation, shown)
}

const sentences: Readonly<Record<Reason, string>> = {
  permitted: 'Permitted',
  forbidden: 'Forbidden: a deny that holds wins over every allow',
  not_permitted: 'Not permitted: no policy that allows this holds',
  deny_rule_failed: 'Denied: a policy that denies could not be evaluated',
  principal_suspended: 'Denied: the principal is suspended',
  principal_terminated: 'Denied: the principal is terminated',
}

/** What was decided, by which policies, and which of them failed. */
export function verdictLines(
  { reason, policies, failures, absent }: Verdict,
  color: boolean,
): string[] {
  return [
    `${sentences[reason]}`,
    ...policies.flatMap((policy) => [
      `  by ${policyName(policy, color)}`,
      ...(absent.get(policy.id) ?? []).map(
        (path) => `    ${isolate(path)} is absent, which counts as holding in a deny`,
      ),
    ]),
    ...failures.flatMap(({ policy, message }) => [
      `  could not be evaluated: ${policyName(policy, color)}`,
      `    ${isolate(message)}`,
    ]),
  ]
}

/** Policies that would have decided otherwise, and the one thing that kept each from it. */
export function nearMissLines(
  { decision, reason }: Verdict,
  { nearMisses }: Explanation,
  { byId, color }: { byId: Policies['byId']; color: boolean },
): string[] {
  const other = decision === 'allow' ? 'forbid' : 'permit'
  const near = nearMisses.filter(({ effect }) => effect === other)
  // What is forbidden stays so, whatever else would allow it.
  if (near.length === 0 || reason === 'forbidden') return []
  return [
    'Near misses:',
    ...near.flatMap(({ policyId, failed, because }) => {
      const policy = byId.get(policyId)
      if (policy === undefined) return []
      return [
        `  ${policyName(policy, color)}`,
        `    ${isolate(failed)}`,
        ...(because === '' ? [] : [`    ${paint(isolate(because), 'dim', color)}`]),
      ]
    }),
  ]
}

function policyName({ id, title, json }: FilePolicy, color: boolean): string {
  const effect = json.effect === 'permit' ? 'allow' : 'deny'
  const about = title === null ? '' : `  ${isolate(title)}`
  return `${paint(isolate(id), 'bold', color)} (${effect})${about}`
}

function summary(results: readonly SuiteResult[], { color }: TextOptions): string[] {
  const outcomes = results.flatMap((result) => result.outcomes)
  const failed = outcomes.filter(({ problems }) => problems.length > 0).length
  const passed = outcomes.length - failed
  const untested = untestedBy(results)
  const total = new Set(results.flatMap(({ policies }) => [...policies.byId.keys()])).size
  const figures = [
    `${passed} passed`,
    ...(failed > 0 ? [paint(`${failed} failed`, 'high', color)] : []),
    counted(results.length, 'file'),
  ]
  return [
    figures.join(', '),
    `${total - untested.length} of ${counted(total, 'policy', 'policies')} decided a test` +
      (untested.length > 0 ? '; none by:' : ''),
    ...untested.map((policy) => `  ${policyName(policy, color)}`),
  ]
}

/** Policies that decided no test of any file. */
export function untestedBy(results: readonly SuiteResult[]): FilePolicy[] {
  const tested = new Set(
    results.flatMap(({ outcomes }) =>
      outcomes.flatMap(({ verdict }) => verdict?.policies.map(({ id }) => id) ?? []),
    ),
  )
  const all = new Map(results.flatMap(({ policies }) => [...policies.byId]))
  return [...all.values()].filter(({ id }) => !tested.has(id))
}
