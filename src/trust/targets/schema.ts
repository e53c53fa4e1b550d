// Shapes of deployment targets: where certificates are installed, and by which agent.
import { z } from 'zod'
import { deployTypeNames } from '../connectors/deploy/index.ts'
import { Id, PageQuery, pageOf } from '../paging.ts'

const Name = z.string().trim().min(1).max(100)
const Settings = z.record(z.string(), z.unknown())
const Order = z.int().min(0).max(10_000)
const AgentName = z.string().min(1).max(100).describe('Its id or its name')

export const Target = z.object({
  id: z.int(),
  name: z.string(),
  type: z.string(),
  settings: Settings,
  agentId: z.string(),
  agentName: z.string(),
  order: z.int().describe('The lowest of the targets of a certificate is its canary'),
  workspaceId: z.string(),
  createdAt: z.iso.datetime(),
  updatedAt: z.iso.datetime(),
})
export type Target = z.infer<typeof Target>

export const CreateTarget = z.strictObject({
  name: Name.describe('What certificates name in deploymentTargets'),
  type: z.enum(deployTypeNames),
  settings: Settings.describe('As the type has them'),
  agentId: AgentName,
  order: Order.default(100),
})
export type CreateTarget = z.infer<typeof CreateTarget>

export const UpdateTarget = z
  .strictObject({
    name: Name,
    settings: Settings,
    agentId: AgentName,
    order: Order,
  })
  .partial()
  .refine((change) => Object.keys(change).length > 0, {
    message: 'must name something to change: name, settings, agentId or order',
  })
export type UpdateTarget = z.infer<typeof UpdateTarget>

export const TargetList = pageOf(Target)
export const TargetQuery = PageQuery
export const OneTarget = z.object({ data: Target })
export const TargetPath = z.object({ target_id: Id })
export const DeletedTarget = z.object({
  data: z.object({ id: z.int(), deleted: z.literal(true) }),
})
