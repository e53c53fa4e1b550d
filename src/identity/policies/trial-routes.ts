// /identity/v1/policies/test and …/simulate
import type { Caller } from '../../platform/http/caller.ts'
import { type Route, route } from '../../platform/http/route.ts'
import { holds } from '../../platform/permissions.ts'
import { explanationOf, withoutSight } from '../decisions/verdict.ts'
import { PolicyPath } from './schema.ts'
import {
  Simulation,
  SimulationOfOne,
  SimulationResult,
  TestResults,
  Tests,
} from './trial-schema.ts'
import type { TestResult, Trials } from './trials.ts'

// Who simulates sees of the log what is otherwise behind `read:decisions`, but who may change
// policies must see what a change would do.
const shared = { tag: 'Policies', permission: 'write:policies', method: 'POST' } as const

export function trialRoutes(trials: Trials): Route[] {
  return [
    route({
      ...shared,
      permission: 'read:policies',
      status: 200,
      path: '/v1/policies/test',
      operationId: 'testPolicies',
      summary: 'Decide requests with the active policies, or given ones, and compare the answers',
      body: Tests,
      reply: TestResults,
      errors: ['invalid_policy'],
      handle: async ({ caller, body }) => {
        const results = await trials.test(caller, body)
        const passed = results.filter((result) => result.passed).length
        return {
          passed,
          failed: results.length - passed,
          results: results.map((each) => shown(each, caller)),
        }
      },
    }),
    route({
      ...shared,
      status: 200,
      path: '/v1/policies/simulate',
      operationId: 'simulatePolicies',
      summary: 'What a change of policies would newly allow and newly deny; nothing is changed',
      body: Simulation,
      reply: SimulationResult,
      errors: ['invalid_policy', 'policy_not_found'],
      handle: ({ caller, body, signal }) => trials.simulate(caller, body, signal),
    }),
    route({
      ...shared,
      status: 200,
      path: '/v1/policies/:policy_id/simulate',
      operationId: 'simulatePolicy',
      summary: 'What a change of this policy would do; without one, what activating it would',
      params: PolicyPath,
      body: SimulationOfOne.default({ status: 'active', requests: [] }),
      reply: SimulationResult,
      errors: ['invalid_policy', 'policy_not_found'],
      handle: ({ caller, params, body: { requests, replay, ...change }, signal }) => {
        const changes = [{ id: params.policy_id, ...change }]
        return trials.simulate(caller, { changes, requests, replay }, signal)
      },
    }),
  ]
}

function shown(
  { name, expected, passed, verdict, inForce, facts }: TestResult,
  { scopes }: Caller,
) {
  // A principal is then somebody made up.
  const hidden = holds(scopes, 'read:principals') ? [] : (['resource'] as const)
  return {
    name,
    expected,
    passed,
    decision: verdict.allowed ? ('allow' as const) : ('deny' as const),
    reason: verdict.reason,
    message: verdict.message,
    policies: verdict.policies,
    ...(verdict.errors.length === 0 ? {} : { errors: verdict.errors }),
    ...(passed ? {} : { explanation: withoutSight(explanationOf(inForce, facts), hidden) }),
  }
}
