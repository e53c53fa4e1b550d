// Shapes of agents as people see them; what agents say themselves stands in the protocol.
import { z } from 'zod'
import { PageQuery, pageOf } from '../paging.ts'

const time = z.iso.datetime()

export const Agent = z.object({
  id: z.string(),
  name: z.string(),
  status: z.enum(['online', 'offline', 'revoked']).describe('online: seen within two minutes'),
  hostname: z.string(),
  version: z.string(),
  platform: z.string(),
  targetTypes: z.array(z.string()),
  sources: z.array(z.string()),
  reloadCommands: z.array(z.string()),
  keyId: z.string().describe('The API key that it came with last'),
  address: z.string().nullable(),
  workspaceId: z.string(),
  openJobs: z.int(),
  lastSeenAt: time,
  createdAt: time,
  revokedAt: time.nullable(),
})
export type Agent = z.infer<typeof Agent>

export const AgentQuery = PageQuery.extend({
  status: z.enum(['online', 'offline', 'revoked']).optional(),
})
export type AgentQuery = z.infer<typeof AgentQuery>
export const AgentList = pageOf(Agent)
export const OneAgent = z.object({ data: Agent })
export const AgentPath = z.object({ agent_id: z.string().min(1).max(100) })

export const WantedDiscovery = z.strictObject({
  source: z.enum(['filesystem', 'kubernetes', 'cloud', 'network']),
  deep: z.boolean().default(false).describe('Every file, not only those named as certificates are'),
})
export const StartedDiscovery = z.object({ data: z.object({ jobId: z.string() }) })

export const JobsQuery = z.strictObject({
  wait: z.coerce.number().int().min(0).max(30).default(0).describe('Seconds'),
  idle: z
    .enum(['true', 'false'])
    .default('false')
    .describe('The agent is at nothing: what it was offered before is offered again at once'),
})
export const JobPath = z.object({ job_id: z.string().min(1).max(100) })
export const StoredSightings = z.object({
  data: z.object({ stored: z.int(), unreadable: z.int() }),
})
