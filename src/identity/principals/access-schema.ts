// Shapes of what a principal may do.
import { z } from 'zod'
import { PageOfAll, statuses } from './schema.ts'

const Applicable = z.object({
  id: z.string(),
  name: z.string(),
  version: z.int(),
  effect: z.enum(['permit', 'forbid']),
  actions: z.string().describe('What its head says of the action, in Cedar'),
  resources: z.string().describe('The same of the resource'),
  conditional: z.boolean().describe('It also looks at the action, the resource or the context'),
})
export type Applicable = z.infer<typeof Applicable>

const Grant = z.object({
  resource: z.string().describe('type:id'),
  actions: z.array(z.string()).describe('Allowed without any context'),
  conditional_actions: z
    .array(z.string())
    .describe('Not allowed without a context; with the right one they may be'),
})

export const Access = z.object({
  principal: z.string(),
  status: z.enum(statuses).describe('What holds of it and of its owners'),
  policies: z.array(Applicable).describe('Active ones that speak of it'),
  actions: z.array(z.string()).describe('That were tried: those that policies name'),
  access: z.array(Grant).describe('Of this page’s resources, those it may do something with'),
  pagination: PageOfAll.describe('Of the stored resources'),
  truncated: z.boolean().describe('There are more policies or actions than are shown'),
})
export type Access = z.infer<typeof Access>

export const AccessQuery = z.strictObject({
  action: z.string().min(1).max(200).optional().describe('Only this one'),
  resource: z.string().max(301).optional().describe('Only this one, type:id, stored or not'),
  resource_type: z.string().max(100).optional(),
  page: z.coerce.number().int().min(1).max(100_000).default(1),
  limit: z.coerce.number().int().min(1).max(100).default(50),
})
export type AccessQuery = z.infer<typeof AccessQuery>
