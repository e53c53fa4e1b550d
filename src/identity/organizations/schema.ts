// Shapes of organizations on the console.
import { z } from 'zod'
import { Email, OwnerInvitation } from '../invitations/schema.ts'

export const Plan = z.enum(['free', 'pro', 'enterprise'])

export const Organization = z.object({
  id: z.uuid(),
  name: z.string(),
  plan: Plan,
  is_first: z.boolean(),
  default_workspace_id: z.string(),
  created_at: z.iso.datetime(),
})
export type Organization = z.infer<typeof Organization>

export const CreatedOrganization = Organization.extend({
  admin_key: z.string().describe('An Identity key of the new organization, shown this once'),
  owner_invitation: OwnerInvitation.nullable().describe('Null where no owner_email was given'),
})
export type CreatedOrganization = z.infer<typeof CreatedOrganization>

export const OrganizationList = z.object({ organizations: z.array(Organization) })

export const CreateOrganization = z.strictObject({
  name: z.string().trim().min(1).max(200),
  plan: Plan.default('free'),
  owner_email: Email.optional().describe('Who is invited to be its first owner'),
})
export type CreateOrganization = z.infer<typeof CreateOrganization>

export const ChangeOrganization = z.strictObject({ plan: Plan })

export const OrganizationPath = z.object({ organization_id: z.uuid().toLowerCase() })
