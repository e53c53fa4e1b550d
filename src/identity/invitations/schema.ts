// Shapes of invitations, on Trust. The token is in the answer to the creation only.
import { z } from 'zod'
import { NewPassword } from '../login/schema.ts'
import { PageQuery, Pagination } from '../paging.ts'
import { WorkspaceIds } from '../users/members-schema.ts'
import { roles } from '../users/roles.ts'

export const Invitation = z.object({
  id: z.string(),
  email: z.string(),
  role: z.enum(roles),
  workspaceIds: z.array(z.string()),
  status: z.enum(['pending', 'accepted', 'revoked', 'expired']),
  createdAt: z.iso.datetime(),
  expiresAt: z.iso.datetime(),
})
export type Invitation = z.infer<typeof Invitation>

export const CreatedInvitation = Invitation.extend({
  token: z.string().describe('For the invited person alone; shown this once'),
})
export type CreatedInvitation = z.infer<typeof CreatedInvitation>

export const OneInvitation = z.object({ data: Invitation })
export const OneCreatedInvitation = z.object({ data: CreatedInvitation })
export const InvitationList = z.object({ data: z.array(Invitation), pagination: Pagination })

export const InvitationQuery = PageQuery

export const Email = z
  .string()
  .trim()
  .max(320)
  .regex(/^[^\s@]+@[^\s@]+$/, 'must be an address such as ada@example.com')

/** On the console. */
export const OwnerInvitation = z.object({
  id: z.string(),
  email: z.string(),
  token: z.string().describe('For the invited person alone; shown this once'),
  expires_at: z.iso.datetime(),
})
export type OwnerInvitation = z.infer<typeof OwnerInvitation>

export const InviteFirstOwner = z.strictObject({ email: Email })

export const CreateInvitation = z.strictObject({
  email: Email,
  role: z.enum(roles),
  workspaceIds: WorkspaceIds.min(1)
    .optional()
    .describe('The default workspace unless given; owners and admins are in all of them'),
})
export type CreateInvitation = z.infer<typeof CreateInvitation>

export const InvitationPath = z.object({ invitation_id: z.string().max(64) })

export const AcceptInvitation = z.strictObject({
  token: z.string().min(1).max(200),
  // The same for everybody, or the refusal would tell whether there is an account.
  password: NewPassword.describe(
    'Of the account with this address, or a new one; at least 12 characters',
  ),
  name: z.string().trim().min(1).max(200).optional(),
})
export type AcceptInvitation = z.infer<typeof AcceptInvitation>
