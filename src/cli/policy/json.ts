// What the commands answer to programs.
import type { Explanation } from '../../identity/policy/explain.ts'
import { readableJson } from '../../identity/policy/value-words.ts'
import type { SuiteResult } from './run.ts'
import type { FilePolicy, PolicyFile } from './sources.ts'
import { untestedBy } from './text.ts'
import type { Policies, Verdict } from './verdict.ts'

export function validationJson(files: readonly PolicyFile[]): object {
  return {
    valid: files.every(({ errors }) => errors.length === 0),
    files: files.map(({ path, cedar, policies, errors, warnings }) => ({
      path,
      policies: policies.map(policyJson),
      errors,
      warnings,
      cedar,
    })),
  }
}

export function resultsJson(results: readonly SuiteResult[]): object {
  const outcomes = results.flatMap((result) => result.outcomes)
  const failed = outcomes.filter(({ problems }) => problems.length > 0).length
  return {
    passed: outcomes.length - failed,
    failed,
    files: results.map(({ path, outcomes, policies }) => ({
      path,
      tests: outcomes.map(({ name, line, request, expected, verdict, problems, explanation }) => ({
        name,
        line: line ?? null,
        request,
        passed: problems.length === 0,
        problems,
        expected,
        ...(verdict === null ? {} : verdictJson(verdict)),
        ...(explanation === null ? {} : { explanation: nearMisses(explanation, policies) }),
      })),
    })),
    untested: untestedBy(results).map(policyJson),
  }
}

export function explanationJson(
  verdict: Verdict,
  explanation: Explanation,
  policies: Policies,
): object {
  return { ...verdictJson(verdict), explanation: nearMisses(explanation, policies) }
}

function verdictJson({ decision, reason, policies, failures, absent }: Verdict): object {
  return {
    allowed: decision === 'allow',
    reason,
    policies: policies.map((policy) => {
      const without = absent.get(policy.id) ?? []
      return { ...policyJson(policy), ...(without.length > 0 ? { absent: without } : {}) }
    }),
    errors: failures.map(({ policy, message }) => ({ ...policyJson(policy), message })),
  }
}

/** As the server's decisions name these. */
function nearMisses({ considered, matched, nearMisses: near }: Explanation, { byId }: Policies) {
  return {
    considered,
    matched: matched.flatMap((id) => byId.get(id) ?? []).map(policyJson),
    near_misses: near.flatMap(({ policyId, failed, because, actual }) => {
      const policy = byId.get(policyId)
      if (policy === undefined) return []
      return [
        {
          ...policyJson(policy),
          failed,
          ...(because === '' ? {} : { because }),
          ...(actual === undefined ? {} : { actual: readableJson(actual) }),
        },
      ]
    }),
  }
}

function policyJson({ id, title, json }: FilePolicy) {
  return { id, effect: json.effect, ...(title === null ? {} : { description: title }) }
}
