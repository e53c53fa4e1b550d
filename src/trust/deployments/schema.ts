// Shapes of deployments.
import { z } from 'zod'
import { Certificate } from '../certificates/schema.ts'
import { Id, pageOf } from '../paging.ts'

const time = z.iso.datetime()

export const Deployment = z.object({
  id: z.int(),
  certificateId: z.int(),
  version: z.int(),
  target: z.string(),
  agentId: z.string().nullable(),
  cause: z.enum(['requested', 'renewal']),
  state: z
    .enum(['waiting', 'queued', 'running', 'deployed', 'rolled_back', 'failed', 'cancelled'])
    .describe('waiting: for the canary; rolled_back: what was served before is served again'),
  rolloutId: z.string().nullable().describe('The same for all that one wish made'),
  canary: z.boolean().describe('The first of its rollout, on which the others wait'),
  steps: z.array(
    z.object({ at: time, step: z.string(), outcome: z.string(), message: z.string() }),
  ),
  servedFingerprint: z.string().nullable().describe('What clients of the target saw at the end'),
  error: z.object({ code: z.string(), message: z.string() }).nullable(),
  createdAt: time,
  startedAt: time.nullable(),
  finishedAt: time.nullable(),
})
export type Deployment = z.infer<typeof Deployment>

export const DeploymentList = pageOf(Deployment)
export const DeploymentPath = z.object({ deployment_id: Id })
export const OneDeployment = z.object({ data: Deployment })

const Started = z.object({ id: z.int(), target: z.string(), state: z.string() })
export type Started = z.infer<typeof Started>
export const StartedDeployments = z.object({
  data: Certificate.extend({ deployments: z.array(Started) }),
})
