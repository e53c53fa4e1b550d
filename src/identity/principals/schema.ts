// Shapes of principals: whom policies speak of.
import { z } from 'zod'
import { acceptedScopes } from '../keys/bounds.ts'
import { principalTypes, readPrincipalType } from '../policy/names.ts'

export const statuses = ['active', 'suspended', 'terminated'] as const
export type Status = (typeof statuses)[number]

const time = z.iso.datetime()
const values = z.record(z.string(), z.unknown())

export const Principal = z.object({
  id: z.string(),
  type: z.enum(principalTypes),
  email: z.string().nullable(),
  name: z.string(),
  description: z.string().nullable(),
  attributes: values,
  groups: z.array(z.string()),
  owner: z.string().nullable().describe('The principal that answers for it'),
  metadata: values,
  connector_source: z.string().nullable(),
  external_id: z.string().nullable(),
  status: z.enum(statuses),
  created_at: time,
  updated_at: time,
  last_login: time.nullable(),
})
export type Principal = z.infer<typeof Principal>

export const CreatedPrincipal = Principal.extend({
  api_key: z.string().optional().describe('Of an AI agent; shown this once'),
  api_key_id: z.string().optional(),
  scopes: z.array(z.string()).optional().describe('Those of its key'),
})
export type CreatedPrincipal = z.infer<typeof CreatedPrincipal>

export const DeletedPrincipal = z.object({
  id: z.string(),
  status: z.literal('deleted'),
  deleted_at: time,
})

export const PageOfAll = z.object({
  total: z.int(),
  page: z.int(),
  per_page: z.int(),
  pages: z.int(),
})

export const PrincipalList = z.object({ data: z.array(Principal), pagination: PageOfAll })

export const PrincipalType = z
  .string()
  .max(50)
  .transform((text, context) => {
    const type = readPrincipalType(text)
    if (type !== null) return type
    context.addIssue(`is not one of ${principalTypes.join(', ')}`)
    return z.NEVER
  })
  .describe(`One of ${principalTypes.join(', ')}, in upper or lower case`)

const idLengthMax = 64
const name = z.string().trim().min(1).max(200)
const group = z.string().trim().min(1).max(200)

export const groupsMax = 100

const fields = {
  name,
  email: z
    .string()
    .trim()
    .max(254)
    .regex(/^[^\s@]+@[^\s@]+$/, 'is not an address')
    .nullish(),
  description: z.string().max(1_000).nullish(),
  attributes: values,
  groups: z.array(group).max(groupsMax).describe('Names; policies see each as Group::"<name>"'),
  owner: z.string().max(idLengthMax).nullish().describe('The id of another principal'),
  metadata: values,
  connector_source: z.string().trim().min(1).max(100).nullish(),
  external_id: z
    .string()
    .trim()
    .min(1)
    .max(300)
    .nullish()
    .describe('What the source calls it; of each source, each comes once'),
}

const keyFields = {
  scopes: z
    .array(z.string().max(100))
    .min(1)
    .max(50)
    .optional()
    .describe(
      `For the key of an AI agent; evaluate:decisions unless given. Some of: ${acceptedScopes(
        'identity',
      ).join(', ')}`,
    ),
  expires_in_days: z.number().int().min(1).max(3_650).optional().describe('For the same key'),
}

export const CreateAgentKey = z.strictObject(keyFields)
export type CreateAgentKey = z.infer<typeof CreateAgentKey>

export const CreatedAgentKey = z.object({
  api_key: z.string().describe('Shown this once'),
  api_key_id: z.string(),
  scopes: z.array(z.string()),
})

export const CreatePrincipal = z
  .strictObject({
    type: PrincipalType,
    ...fields,
    name: name.optional().describe('The address unless given'),
    attributes: values.default({}),
    groups: fields.groups.default([]),
    metadata: values.default({}),
    status: z.enum(['active', 'suspended']).default('active'),
    ...keyFields,
  })
  .refine((given) => given.name !== undefined || typeof given.email === 'string', {
    path: ['name'],
    message: 'is required where there is no email',
  })
  .meta({
    example: {
      type: 'USER',
      name: 'Anna',
      email: 'anna@example.com',
      groups: ['finance'],
      attributes: { department: 'finance' },
    },
  })
export type CreatePrincipal = z.infer<typeof CreatePrincipal>

export const ChangePrincipal = z
  .strictObject({ ...fields, status: z.enum(statuses) })
  .partial()
  .describe(
    'What is named changes. Attributes and metadata are merged, null removes a value; groups are ' +
      'replaced. Terminated is final',
  )
export type ChangePrincipal = z.infer<typeof ChangePrincipal>

const page = {
  page: z.coerce.number().int().min(1).max(100_000).default(1),
  limit: z.coerce.number().int().min(1).max(100).default(50),
}

export const PrincipalQuery = z.strictObject({
  ...page,
  type: PrincipalType.optional(),
  status: z.enum(statuses).optional(),
  connector: z.string().max(100).optional().describe('The connector_source'),
})

const attributesMax = 20
const choicesMax = 50
const wanted = z.union([z.string().max(1_000), z.number(), z.boolean()])

export const SearchPrincipals = z.strictObject({
  query: z
    .string()
    .trim()
    .min(1)
    .max(200)
    .optional()
    .describe('A part of the name, address, description, id or external_id'),
  type: z.union([PrincipalType, z.array(PrincipalType).min(1).max(4)]).optional(),
  status: z.union([z.enum(statuses), z.array(z.enum(statuses)).min(1).max(3)]).optional(),
  connector: z.string().max(100).optional(),
  attributes: z
    .record(z.string().max(200), z.union([wanted, z.array(wanted).min(1).max(choicesMax)]))
    .refine((all) => Object.keys(all).length <= attributesMax, `has over ${attributesMax} names`)
    .optional()
    .describe('All must hold; of a list, any one. A stored list holds a value that is in it'),
  groups: z.array(group).min(1).max(groupsMax).optional().describe('It is in all of them'),
  owner: z.string().max(idLengthMax).optional(),
  ...page,
})
export type SearchPrincipals = z.infer<typeof SearchPrincipals>

export const PrincipalPath = z.object({ principal_id: z.string().max(idLengthMax) })
