// Shapes of trying policies out: tests with an expected answer, and simulations of a change.
import { z } from 'zod'
import { Decision, Evaluate, Explanation, reasons } from '../decisions/schema.ts'
import { principalTypes, readPrincipalType } from '../policy/names.ts'
import {
  hasNoTwoForms,
  hasOneForm,
  noTwoForms,
  oneForm,
  policyStatuses,
  written,
} from './schema.ts'

const testsMax = 1_000
const policiesMax = 200
const changesMax = 200
const requestsMax = 1_000
const replayMax = 50_000
export const replayDefault = 10_000

const Attributes = z.record(z.string().max(200), z.unknown())

/** Somebody who need not be stored. */
const Made = z.strictObject({
  type: z
    .string()
    .max(100)
    .refine((text) => readPrincipalType(text) !== null, {
      message: `must be one of ${principalTypes.join(', ')}`,
    }),
  id: z.string().min(1).max(200).default('principal_made_up'),
  attributes: Attributes.default({}),
  groups: z.array(z.string().min(1).max(200)).max(200).default([]),
})
export type Made = z.infer<typeof Made>

const Request = Evaluate.omit({ explain: true }).extend({
  principal: z
    .union([Evaluate.shape.principal, Made])
    .describe('The id of a principal, or somebody made up: {"type", "attributes", "groups"}'),
})
export type Request = z.infer<typeof Request>

const Given = z
  .strictObject({ name: z.string().max(200).optional(), ...written })
  .refine(hasOneForm, oneForm)

export const Tests = z.strictObject({
  tests: z
    .array(
      z.strictObject({
        name: z.string().max(200).optional(),
        request: Request,
        expect: z.enum(['allow', 'deny']),
      }),
    )
    .min(1)
    .max(testsMax),
  policies: z
    .array(Given)
    .min(1)
    .max(policiesMax)
    .optional()
    .describe('Decided with these alone; with the active policies unless given'),
})
export type Tests = z.infer<typeof Tests>

const Result = Decision.pick({ decision: true, message: true, policies: true, errors: true })
export const TestResults = z.object({
  passed: z.int(),
  failed: z.int(),
  results: z.array(
    Result.extend({
      name: z.string().optional(),
      passed: z.boolean(),
      expected: z.enum(['allow', 'deny']),
      reason: z.enum(reasons),
      explanation: Explanation.optional().describe('Where the test failed'),
    }),
  ),
})

const time = z.iso.datetime({ offset: true })
const over = {
  replay: z
    .strictObject({
      from: time.optional(),
      to: time.optional(),
      limit: z.int().min(1).max(replayMax).default(replayDefault),
    })
    .optional()
    .describe('Logged decisions of this window, the newest first; all where no requests are given'),
  requests: z.array(Request).max(requestsMax).default([]),
}

const Change = z
  .strictObject({
    id: z.string().max(64).optional().describe('Of a policy; a new one unless given'),
    status: z.enum(policyStatuses).default('active').describe('What is not active decides nothing'),
    ...written,
  })
  .refine(hasNoTwoForms, noTwoForms)
  .refine(({ id, rules, cedar }) => (id ?? rules ?? cedar) !== undefined, {
    message: 'one of id, rules and cedar must be given',
    path: ['id'],
  })
export type Change = z.infer<typeof Change>

export const Simulation = z.strictObject({
  changes: z.array(Change).min(1).max(changesMax),
  ...over,
})
export type Simulation = z.infer<typeof Simulation>

export const SimulationOfOne = z
  .strictObject({ status: z.enum(policyStatuses).default('active'), ...written, ...over })
  .refine(hasNoTwoForms, noTwoForms)

const Example = z.object({
  decision_id: z.string().nullable().describe('Of the logged one; null for a given request'),
  principal: z.string(),
  action: z.string(),
  resource: z.string(),
  before: z.object({ reason: z.string(), policies: Decision.shape.policies }),
  after: z.object({ reason: z.string(), policies: Decision.shape.policies }),
})
export type Example = z.infer<typeof Example>

const Count = { newly_allowed: z.int(), newly_denied: z.int() }

export const SimulationResult = z.object({
  evaluated: z.int(),
  skipped: z.int().describe('Logged ones that policies did not decide, or not kept whole'),
  changed: z.int(),
  newly_allowed: z.array(Example),
  newly_denied: z.array(Example),
  newly_allowed_count: z.int(),
  newly_denied_count: z.int(),
  by_principal: z.array(z.object({ principal: z.string(), ...Count })),
  by_action: z.array(z.object({ action: z.string(), ...Count })),
  complete: z.boolean().describe('False where the time was over before the window was'),
})
export type SimulationResult = z.infer<typeof SimulationResult>
