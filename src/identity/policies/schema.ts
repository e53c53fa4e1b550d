// Shapes of policies. What a policy says is written as rules or in Cedar, exactly one of the two.
import { z } from 'zod'
import { Rules } from '../policy/rules/schema.ts'

export const policyStatuses = ['draft', 'active', 'archived'] as const
export type PolicyStatus = (typeof policyStatuses)[number]

/** Of one policy, which may hold several `permit` and `forbid`. Checking it stops all else. */
const cedarLengthMax = 64 * 1024
const metadataLengthMax = 16_384
const time = z.iso.datetime()
const integer = z.number().int().min(1).max(2_147_483_647)

export const Cedar = z
  .string()
  .trim()
  .min(1)
  .max(cedarLengthMax)
  .describe('permit(…); and forbid(…); in Cedar')

const Metadata = z
  .record(z.string().min(1).max(200), z.json())
  .refine((value) => JSON.stringify(value).length <= metadataLengthMax, {
    message: `must not be longer than ${metadataLengthMax} characters as JSON`,
  })

const fields = {
  name: z.string().trim().min(1).max(200),
  description: z.string().trim().max(2_000),
  status: z.enum(policyStatuses),
  rules: Rules,
  cedar: Cedar,
  metadata: Metadata.describe('Anything that helps people: owner, compliance, …'),
}

const slot = z.string().trim().min(1).max(400)

/** Of a link: both, and neither of the two forms. */
const link = {
  template: z.string().max(64).describe('The id of a policy that is a template in Cedar'),
  slots: z
    .strictObject({
      principal: slot.optional().describe('The id of a principal, or Type::id: Group::admins'),
      resource: slot.optional().describe('type:id'),
    })
    .describe('What the slots of the template stand for'),
}
export type WrittenSlots = z.infer<typeof link.slots>

const expected = {
  version: integer.optional().describe('The version that you changed; 409 where it is another'),
}

/** For whatever holds both forms as optional. */
type Forms = { rules?: unknown; cedar?: unknown; template?: unknown; slots?: unknown }
export const hasOneForm = ({ rules, cedar }: Forms) =>
  (rules === undefined) !== (cedar === undefined)
export const hasNoTwoForms = ({ rules, cedar }: Forms) => rules === undefined || cedar === undefined
export const oneForm = { message: 'exactly one of rules and cedar must be given', path: ['rules'] }
export const noTwoForms = { message: 'only one of rules and cedar may be given', path: ['rules'] }

/** A new policy has one of the three: rules, cedar, or template with slots. */
const hasOneContent = ({ rules, cedar, template, slots }: Forms) => {
  const given = [rules, cedar, template].filter((form) => form !== undefined)
  return given.length === 1 && (template === undefined) === (slots === undefined)
}
const hasNoTwoContents = ({ rules, cedar, template, slots }: Forms) =>
  [rules, cedar, template ?? slots].filter((form) => form !== undefined).length <= 1
const oneContent = {
  message: 'exactly one of rules, cedar, and template with slots must be given',
  path: ['rules'],
}
const noTwoContents = {
  message: 'only one of rules, cedar, and template with slots may be given',
  path: ['rules'],
}
const linked = { template: link.template.optional(), slots: link.slots.optional() }

export const written = { rules: fields.rules.optional(), cedar: fields.cedar.optional() }

export const NewPolicy = z
  .strictObject({
    name: fields.name,
    description: fields.description.nullish(),
    status: fields.status.default('draft'),
    metadata: fields.metadata.default({}),
    ...written,
    ...linked,
  })
  .refine(hasOneContent, oneContent)
  .meta({
    example: {
      name: 'Finance reports',
      status: 'active',
      rules: [
        {
          effect: 'allow',
          description: 'Finance staff read reports in office hours',
          principals: { groups: ['finance'] },
          actions: ['read'],
          resources: { type: 'report' },
          conditions: [
            {
              type: 'time',
              operator: 'between',
              value: { start: '09:00', end: '17:00', timezone: 'Europe/Berlin' },
            },
          ],
        },
      ],
    },
  })
export type NewPolicy = z.infer<typeof NewPolicy>

export const ReplacePolicy = z
  .strictObject({
    name: fields.name,
    description: fields.description.nullish(),
    status: fields.status.optional().describe('Unchanged unless given'),
    metadata: fields.metadata.default({}),
    ...written,
    ...linked,
    ...expected,
  })
  .refine(hasOneContent, oneContent)

export const ChangePolicy = z
  .strictObject({
    name: fields.name.optional(),
    description: fields.description.nullish(),
    status: fields.status.optional(),
    metadata: fields.metadata.optional(),
    ...written,
    ...linked,
    ...expected,
  })
  .refine(hasNoTwoContents, noTwoContents)
export type ChangePolicy = z.infer<typeof ChangePolicy>

export const Written = z.strictObject(written).refine(hasOneForm, oneForm)
export type Written = z.infer<typeof Written>

/** What the rules say is looked at later, so that their mistakes are told as those of Cedar. */
export const ToValidate = z
  .strictObject({
    rules: z.array(z.unknown()).optional(),
    cedar: z.string().max(cedarLengthMax).optional(),
  })
  .refine(hasOneForm, oneForm)

export const Rollback = z.strictObject({ version: integer })

export const PolicyPath = z.object({ policy_id: z.string().max(64) })
export const VersionPath = PolicyPath.extend({
  version: z.coerce.number().int().min(1).max(2_147_483_647),
})

export const PolicySummary = z.object({
  id: z.string(),
  name: z.string(),
  description: z.string().nullable(),
  status: z.enum(policyStatuses),
  version: z.int(),
  metadata: z.record(z.string(), z.unknown()),
  created_at: time,
  updated_at: time,
  created_by: z.string(),
  updated_by: z.string(),
})
export type PolicySummary = z.infer<typeof PolicySummary>

const content = {
  rules: z.array(z.unknown()).optional().describe('Only where it was written as rules'),
  cedar: z.string().describe('What is decided with; of a link, its template filled in'),
  template: z.string().optional().describe('Only of a link'),
  slots: link.slots.optional(),
}

export const PlacedError = z.object({
  message: z.string(),
  help: z.string().optional(),
  /** Offsets in the text, in UTF-16 units. */
  start: z.int().optional(),
  end: z.int().optional(),
  line: z.int().optional(),
  column: z.int().optional(),
})

export const Policy = PolicySummary.extend({
  ...content,
  warnings: z.array(PlacedError).optional().describe('In answers to a change of the content'),
})
export type Policy = z.infer<typeof Policy>

export const PolicyVersion = z.object({
  id: z.string(),
  version: z.int(),
  name: z.string(),
  description: z.string().nullable(),
  metadata: z.record(z.string(), z.unknown()),
  created_at: time,
  created_by: z.string(),
  rolled_back_to: z.int().nullable(),
  ...content,
})

export const DeletedPolicy = z.object({
  id: z.string(),
  status: z.literal('deleted'),
  deleted_at: time,
})

/** As the vendor counts pages. */
export const Page = z.strictObject({
  page: z.coerce.number().int().min(1).max(100_000).default(1),
  limit: z.coerce.number().int().min(1).max(100).default(50),
})
export type Page = z.infer<typeof Page>

export const Pagination = z.object({
  total: z.int(),
  page: z.int(),
  per_page: z.int(),
  pages: z.int(),
})

export function pagination({ page, limit }: Page, total: number): z.infer<typeof Pagination> {
  return { total, page, per_page: limit, pages: Math.ceil(total / limit) }
}

export const PolicyQuery = Page.extend({
  filter: z.string().max(200).optional().describe('Part of the name or description'),
  status: z.enum(policyStatuses).optional(),
})
export type PolicyQuery = z.infer<typeof PolicyQuery>

export const PolicyList = z.object({ data: z.array(PolicySummary), pagination: Pagination })
export const VersionList = z.object({ data: z.array(PolicyVersion), pagination: Pagination })

export const Validation = z.object({
  valid: z.boolean(),
  errors: z.array(PlacedError),
  warnings: z.array(PlacedError),
  cedar: z.string().nullable().describe('Formatted; null where it could not be compiled'),
})
