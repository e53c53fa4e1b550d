// Shapes of resources: what policies know of more than a name.
import { z } from 'zod'
import { readResource } from '../policy/names.ts'

const time = z.iso.datetime()
const values = z.record(z.string(), z.unknown())

export const Resource = z.object({
  type: z.string(),
  id: z.string(),
  attributes: values,
  parents: z.array(z.string()).describe('`type:id` each'),
  owner: z.string().nullable().describe('The id of a principal'),
  created_at: time,
  updated_at: time,
})
export type Resource = z.infer<typeof Resource>

export const DeletedResource = z.object({
  type: z.string(),
  id: z.string(),
  status: z.literal('deleted'),
  deleted_at: time,
})

const idLengthMax = 200
const typeLengthMax = 100
const parentsMax = 50

const type = z
  .string()
  .min(1)
  .max(typeLengthMax)
  .refine((text) => !text.includes(':'), 'must not hold a colon, which ends a type in type:id')

export const ResourcePath = z.object({ type, id: z.string().min(1).max(idLengthMax) })

const reference = z
  .string()
  .max(typeLengthMax + 1 + idLengthMax)
  .refine((text) => readResource(text) !== null, 'is not of the form type:id')

export const PutResource = z.strictObject({
  attributes: values.default({}),
  parents: z
    .array(reference)
    .max(parentsMax)
    .default([])
    .describe('`type:id` each: what it is in, such as its folder; they need not be stored'),
  owner: z.string().max(64).nullish().describe('The id of a principal'),
})
export type PutResource = z.infer<typeof PutResource>

export const ResourceQuery = z.strictObject({
  page: z.coerce.number().int().min(1).max(100_000).default(1),
  limit: z.coerce.number().int().min(1).max(100).default(50),
  type: z.string().max(typeLengthMax).optional(),
})
