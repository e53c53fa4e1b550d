// Shapes of renewal policies: how certificates that follow one are renewed.
import { z } from 'zod'
import { TargetNames, Threshold } from '../certificates/schema.ts'
import { keyTypes } from '../key-spec.ts'
import { Id, PageQuery, pageOf } from '../paging.ts'

const shape = {
  name: z.string().trim().min(1).max(100),
  renewalThreshold: Threshold.describe('Days before the end'),
  method: z.enum(['acme', 'csr', 'api']),
  keyRotation: z.boolean().describe('A new key with each renewal'),
  keyType: z.enum(keyTypes).nullable(),
  keySize: z.int().nullable(),
  autoDeployment: z.boolean(),
  deploymentTargets: TargetNames,
  notificationChannels: z
    .array(z.string().trim().min(1).max(100))
    .max(50)
    .describe('Names of alert channels'),
}

export const RenewalPolicy = z.object({
  id: z.int(),
  ...shape,
  certificates: z.int().describe('How many follow it'),
  createdAt: z.iso.datetime(),
  updatedAt: z.iso.datetime(),
})
export type RenewalPolicy = z.infer<typeof RenewalPolicy>

export const CreateRenewalPolicy = z.strictObject({
  ...shape,
  renewalThreshold: shape.renewalThreshold.default(30),
  method: shape.method.default('api'),
  keyRotation: shape.keyRotation.default(true),
  keyType: shape.keyType.default(null),
  keySize: shape.keySize.default(null),
  autoDeployment: shape.autoDeployment.default(false),
  deploymentTargets: shape.deploymentTargets.default([]),
  notificationChannels: shape.notificationChannels.default([]),
})
export type CreateRenewalPolicy = z.infer<typeof CreateRenewalPolicy>

export const UpdateRenewalPolicy = z
  .strictObject(shape)
  .partial()
  .refine((change) => Object.keys(change).length > 0, {
    message: `must name something to change: ${Object.keys(shape).join(', ')}`,
  })
export type UpdateRenewalPolicy = z.infer<typeof UpdateRenewalPolicy>

export const RenewalPolicyList = pageOf(RenewalPolicy)
export const RenewalPolicyQuery = PageQuery
export const OneRenewalPolicy = z.object({ data: RenewalPolicy })
export const RenewalPolicyPath = z.object({ renewal_policy_id: Id })
export const DeletedRenewalPolicy = z.object({
  data: z.object({ id: z.int(), deleted: z.literal(true) }),
})
