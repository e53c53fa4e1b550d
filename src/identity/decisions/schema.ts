// Shapes of decisions: what is asked, what is answered, what the log tells.
import { z } from 'zod'
import { readResource } from '../policy/names.ts'

const nameMax = 1_000
const attributesMax = 100
const name = z.string().min(1).max(nameMax)
const time = z.iso.datetime()

/** Values are checked where they become Cedar's. */
const Attributes = z
  .record(z.string().max(200), z.unknown())
  .refine((value) => Object.keys(value).length <= attributesMax, {
    message: `must not have more than ${attributesMax} members`,
  })

const resourceForm = 'must be "type:id", such as "document:123"'

export const Evaluate = z.strictObject({
  principal: name.describe('The id of a principal, principal_…'),
  action: name,
  resource: name
    .refine((text) => readResource(text) !== null, resourceForm)
    .describe('type:id, split at the first colon'),
  context: Attributes.default({}),
  principal_attributes: Attributes.optional().describe(
    'Beside the stored ones; they win over them only with the scope trust:attributes',
  ),
  resource_attributes: Attributes.optional().describe('The same of the resource'),
  explain: z.boolean().default(false),
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
  effect: Effect,
})
const Failed = Deciding.extend({ message: z.string() })
const NearMiss = Deciding.extend({
  failed: z.string().describe('The part of the policy that was not true, in Cedar'),
  actual: z.unknown().optional(),
})

export const Explanation = z.object({
  considered: z.int(),
  matched: z.array(Deciding),
  near_misses: z.array(NearMiss),
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
  principal: z.string().max(nameMax).optional(),
  action: z.string().max(nameMax).optional(),
  resource: z.string().max(nameMax).optional(),
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
