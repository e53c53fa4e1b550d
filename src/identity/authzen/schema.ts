// Shapes of AuthZEN 1.0. Fields that it does not name are passed over, as it asks; null is absent.
import { z } from 'zod'
import { boundedName } from '../decisions/schema.ts'

export const evaluationsMax = 1_000
export const resultsMax = 1_000
export const resultsDefault = 100
const typeLengthMax = 200
const tokenLengthMax = 4_000

const properties = z
  .record(z.string(), z.unknown())
  .nullish()
  .transform((value) => value ?? undefined)

const Typed = z.object({ type: z.string().min(1).max(typeLengthMax), properties })

const Entity = Typed.extend({ id: boundedName })
export type Entity = z.infer<typeof Entity>

const Action = z.object({ name: z.string().min(1).max(typeLengthMax), properties })
export type Action = z.infer<typeof Action>

const Page = z
  .object({
    token: z.string().max(tokenLengthMax).nullish(),
    limit: z.int().min(0).nullish().describe(`At most ${resultsMax} are answered at once`),
  })
  .nullish()
  .transform((page) => page ?? undefined)
export type Page = z.infer<typeof Page>

const context = properties

export const Evaluation = z.object({
  subject: Entity,
  action: Action,
  resource: Entity,
  context,
})
export type Evaluation = z.infer<typeof Evaluation>

export const semantics = ['execute_all', 'deny_on_first_deny', 'permit_on_first_permit'] as const
export type Semantic = (typeof semantics)[number]

/** What each evaluation does not say itself. Whole entities: fields of two are never mixed. */
export const Evaluations = z.object({
  subject: Entity.nullish(),
  action: Action.nullish(),
  resource: Entity.nullish(),
  context,
  evaluations: z
    .array(z.unknown())
    .max(evaluationsMax)
    .nullish()
    .describe('Each as for one evaluation; what it leaves out is taken from beside this list'),
  options: z
    .object({ evaluations_semantic: z.enum(semantics).nullish() })
    .nullish()
    .transform((options) => options ?? undefined),
})
export type Evaluations = z.infer<typeof Evaluations>

const search = { context, page: Page }
export const SubjectSearch = z.object({
  subject: Typed,
  action: Action,
  resource: Entity,
  ...search,
})
export type SubjectSearch = z.infer<typeof SubjectSearch>

export const ResourceSearch = z.object({
  subject: Entity,
  action: Action,
  resource: Typed,
  ...search,
})
export type ResourceSearch = z.infer<typeof ResourceSearch>

export const ActionSearch = z.object({ subject: Entity, resource: Entity, ...search })
export type ActionSearch = z.infer<typeof ActionSearch>

export const Decision = z.object({
  decision: z.boolean(),
  context: z
    .object({
      id: z.string().optional().describe('Of the decision in the log'),
      reason: z.string().optional().describe('A code that programs may read'),
      message: z.string().optional(),
      policies: z.array(z.string()).optional().describe('The policies that decided'),
      error: z.object({ status: z.int(), message: z.string() }).optional(),
    })
    .optional(),
})
export type Decision = z.infer<typeof Decision>

/** Where there is a list, each of its evaluations in order; else the one decision. */
export const Decisions = z.union([z.object({ evaluations: z.array(Decision) }), Decision])
export type Decisions = z.infer<typeof Decisions>

const PageAnswer = z.object({
  next_token: z.string().describe('For the next page; empty at the end'),
  count: z.int(),
})

export const Found = z.object({
  page: PageAnswer,
  results: z.array(z.object({ type: z.string(), id: z.string() })),
})
export type Found = z.infer<typeof Found>

export const FoundActions = z.object({
  page: PageAnswer,
  results: z.array(z.object({ name: z.string() })),
})
export type FoundActions = z.infer<typeof FoundActions>
