// Shapes of the people of an organization, on Trust.
import { z } from 'zod'
import { PageQuery, Pagination } from '../paging.ts'
import { roles } from './roles.ts'

export const Member = z.object({
  id: z.uuid(),
  email: z.string(),
  name: z.string().nullable(),
  role: z.enum(roles),
  workspaceIds: z.array(z.string()).describe('Owners and admins are in all of them'),
  twoFactorEnabled: z.boolean(),
  joinedAt: z.iso.datetime(),
})
export type Member = z.infer<typeof Member>

export const MemberList = z.object({ data: z.array(Member), pagination: Pagination })
export const OneMember = z.object({ data: Member })

/** What ended with the membership, or with the role. */
export const ChangedMember = Member.extend({
  revokedKeys: z.array(z.object({ id: z.string(), name: z.string(), surface: z.string() })),
  deletedClients: z.array(z.object({ id: z.string(), name: z.string() })),
})
export type ChangedMember = z.infer<typeof ChangedMember>
export const OneChangedMember = z.object({ data: ChangedMember })

export const MemberQuery = PageQuery.extend({
  search: z.string().max(200).optional().describe('A part of the address or the name'),
})
export type MemberQuery = z.infer<typeof MemberQuery>

export const WorkspaceIds = z.array(z.string().max(64)).max(1_000)

export const ChangeMember = z
  .strictObject({ role: z.enum(roles).optional(), workspaceIds: WorkspaceIds.optional() })
  .refine(({ role, workspaceIds }) => role !== undefined || workspaceIds !== undefined, {
    error: 'needs role or workspaceIds',
  })
export type ChangeMember = z.infer<typeof ChangeMember>

export const MemberPath = z.object({ user_id: z.uuid().toLowerCase() })

export const PasswordReset = z.object({
  token: z.string().describe('For the person alone, once, within an hour'),
  expiresAt: z.iso.datetime(),
})
export type PasswordReset = z.infer<typeof PasswordReset>

export const Confirmed = z.strictObject({
  password: z.string().min(1).max(512).describe('Your own, once more'),
})
