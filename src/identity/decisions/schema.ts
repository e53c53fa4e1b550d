// Shapes of decisions: what is asked, what is answered, what the log tells.
import { z } from 'zod'
import { readResource } from '../policy/names.ts'

const nameBytesMax = 1_000
const attributesMax = 100
/** In bytes: the log has an index of these. */
export const boundedName = z
  .string()
  .min(1)
  .max(nameBytesMax)
  .refine((text) => Buffer.byteLength(text) <= nameBytesMax, {
    message: `must not be longer than ${nameBytesMax} bytes of UTF-8`,
  })
const name = boundedName
const time = z.iso.datetime()

/** Values are checked where they become Cedar's. */
const Attributes = z
  .record(z.string().max(200), z.unknown())
  .refine((value) => Object.keys(value).length <= attributesMax, {
    message: `must not have more than ${attributesMax} members`,
  })

const resourceForm = 'must be "type:id", such as "document:123"'

export const Evaluate = z
  .strictObject({
    principal: name.describe('The id of a principal, principal_…'),
    action: name,
    resource: name
      .refine((text) => readResource(text) !== null, resourceForm)
      .describe('type:id, split at the first colon'),
    context: Attributes.default({}),
    principal_attributes: Attributes.optional().describe(
      'With the scope trust:attributes they win over stored ones; without it they do not count',
    ),
    resource_attributes: Attributes.optional().describe(
      'The same; without the scope they count where the resource is stored nowhere',
    ),
    explain: z.boolean().default(false).describe('Also what held, and what one thing kept from it'),
  })
  .meta({
    example: {
      principal: 'principal_1a2b3c4d5e6f7g8h9i0j',
      action: 'read',
      resource: 'report:2026-q1',
      context: { ip: '10.1.2.3', mfa: true, risk_score: 12 },
      explain: true,
    },
  })
export type Evaluate = z.infer<typeof Evaluate>

export const batchMax = 1_000

export const Batch = z.strictObject({
  requests: z
    .array(z.unknown())
    .min(1)
    .max(batchMax)
    .describe('Each as for one decision; one that is not valid is answered with its error'),
})

export const reasons = [
  'permitted',
  'not_permitted',
  'forbidden',
  'deny_rule_failed',
  'principal_not_found',
  'principal_suspended',
  'principal_terminated',
  'resource_incomplete',
  'outside_token',
] as const
export type Reason = (typeof reasons)[number]

const Effect = z.enum(['permit', 'forbid'])
const Deciding = z.object({
  id: z.string(),
  name: z.string(),
  version: z.int(),
  effect: Effect.describe('permit is what rules call allow, forbid what they call deny'),
  rule: z.int().describe("Which of the policy's rules, or of the policies in its Cedar, from 0"),
  rule_id: z.string().optional().describe('@id in the Cedar form'),
})
const described = {
  description: z.string().optional().describe('Of the rule; @description in the Cedar form'),
}
const Failed = Deciding.extend({ message: z.string() })
const Matched = Deciding.extend({
  ...described,
  absent: z
    .array(z.string())
    .optional()
    .describe('Of a deny: attributes that are absent, which counts as if its tests of them held'),
})
const NearMiss = Deciding.extend({
  ...described,
  failed: z.string().describe('The part of the policy that was not true, in Cedar'),
  because: z.string().optional().describe('What that part looked at and what it was, in words'),
  actual: z.unknown().optional().describe('What it looked at, as a value'),
})

export const Explanation = z.object({
  considered: z.int(),
  matched: z.array(Matched).describe('Those that hold, of either effect'),
  near_misses: z
    .array(NearMiss)
    .describe(
      'Those that one thing kept from holding, first those that would have decided otherwise',
    ),
  truncated: z
    .boolean()
    .optional()
    .describe('True where further near misses were too long to be looked into'),
})
export type Explanation = z.infer<typeof Explanation>

export const Decision = z.object({
  id: z.string(),
  allowed: z.boolean(),
  decision: z.enum(['allow', 'deny']),
  reason: z.enum(reasons),
  message: z.string(),
  policies: z.array(Deciding).describe('Those that decided'),
  errors: z.array(Failed).optional().describe('Policies that could not be evaluated'),
  explanation: Explanation.optional(),
  evaluated_at: time,
  latency_ms: z.number(),
})
export type Decision = z.infer<typeof Decision>

const Refused = z.object({
  allowed: z.literal(false),
  decision: z.literal('deny'),
  error: z.object({ code: z.string(), message: z.string(), details: z.unknown() }),
})

export const Decisions = z.object({ decisions: z.array(z.union([Decision, Refused])) })
export type Decisions = z.infer<typeof Decisions>

export const DecisionQuery = z.strictObject({
  principal: z.string().max(nameBytesMax).optional(),
  action: z.string().max(nameBytesMax).optional(),
  resource: z.string().max(nameBytesMax).optional(),
  allowed: z.stringbool({ truthy: ['true'], falsy: ['false'] }).optional(),
  reason: z.enum(reasons).optional(),
  from: z.iso.datetime({ offset: true }).optional(),
  to: z.iso.datetime({ offset: true }).optional(),
  cursor: z.string().max(100).optional().describe('next_cursor of the page before'),
  limit: z.coerce.number().int().min(1).max(100).default(50),
})
export type DecisionQuery = z.infer<typeof DecisionQuery>

export const DecisionPath = z.object({ decision_id: z.string().max(64) })

export const Logged = z.object({
  id: z.string(),
  allowed: z.boolean(),
  decision: z.enum(['allow', 'deny']),
  reason: z.string(),
  principal: z.string(),
  action: z.string(),
  resource: z.string(),
  context: z.record(z.string(), z.unknown()),
  policies: z.array(Deciding),
  errors: z.array(Failed).optional(),
  evaluated_at: time,
  latency_ms: z.number(),
  actor_id: z.string(),
  request_id: z.string().nullable(),
})
export type Logged = z.infer<typeof Logged>

export const LoggedList = z.object({
  data: z.array(Logged),
  next_cursor: z.string().nullable(),
  dropped: z.int().describe('Decisions that this node could not log since it started'),
})

/** Decided again with the policies and entities of then. */
export const Replayed = Logged.extend({
  policies_generation: z.int(),
  entities: z.array(z.unknown()).describe('Principal and resource as they were then'),
  replay: z
    .object({
      allowed: z.boolean(),
      reason: z.string(),
      agrees: z.boolean(),
      explanation: Explanation,
    })
    .nullable()
    .describe('Null where what it was decided with is no longer kept'),
})
