// Runs the tests of policies.
import type { Explanation } from '../../identity/policy/explain.ts'
import type { PolicyFile } from './sources.ts'
import { type Case, isFault, labelOf, type TestFile } from './suite.ts'
import { explainVerdict, gatherPolicies, judge, type Policies, type Verdict } from './verdict.ts'

export interface Outcome {
  name: string
  line: number | undefined
  /** Who does what to what. */
  request: string
  expected: Case['expected']
  /** Null where it could not be asked. */
  verdict: Verdict | null
  /** What is not as expected; nothing in a test that passes. */
  problems: readonly string[]
  /** Of tests that fail. */
  explanation: Explanation | null
}

export interface SuiteResult {
  path: string
  outcomes: readonly Outcome[]
  policies: Policies
}

export function runSuite(file: TestFile, sources: readonly PolicyFile[]): SuiteResult {
  const policies = gatherPolicies(sources)
  const outcomes = file.cases.map((each) => runCase(each, policies))
  return { path: file.path, outcomes, policies }
}

function runCase({ name, line, question, expected }: Case, policies: Policies): Outcome {
  const about = { name, line, request: labelOf(question.asked), expected }
  const failed = (problem: string): Outcome => ({
    ...about,
    verdict: null,
    problems: [problem],
    explanation: null,
  })
  const { now } = question
  if (now === null && policies.needs.timezones.length > 0) {
    return failed('the policies look at the time: say now, in the test or for the whole file')
  }
  const timed = { ...question, now: now ?? new Date(0) }
  try {
    const verdict = judge(policies, timed)
    const problems = problemsOf(verdict, expected)
    const explanation = problems.length > 0 ? explainVerdict(policies, timed) : null
    return { ...about, verdict, problems, explanation }
  } catch (error) {
    if (!isFault(error)) throw error
    return failed(error.message)
  }
}

function problemsOf(verdict: Verdict, { expect, reason, policies }: Case['expected']): string[] {
  if (verdict.decision !== expect) return [`expected ${expect}, got ${verdict.decision}`]
  const called = new Set(verdict.policies.flatMap(({ id, names }) => [id, ...names]))
  const missing = policies.filter((each) => !called.has(each))
  const wrongReason = reason !== undefined && reason !== verdict.reason
  return [
    ...(wrongReason ? [`expected the reason ${reason}, got ${verdict.reason}`] : []),
    ...missing.map((each) => {
      const instead = verdict.policies.map(({ id }) => id).join(', ') || 'no policy'
      return `expected ${each} to decide, but ${instead} did`
    }),
  ]
}
