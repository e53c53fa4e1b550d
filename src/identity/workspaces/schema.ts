// Shapes of workspaces, on Trust.
import { z } from 'zod'

export const Workspace = z.object({
  id: z.string(),
  name: z.string(),
  isDefault: z.boolean(),
  createdAt: z.iso.datetime(),
})
export type Workspace = z.infer<typeof Workspace>

export const DeletedWorkspace = z.object({
  id: z.string(),
  name: z.string(),
  status: z.literal('deleted'),
  deletedAt: z.iso.datetime(),
  revokedKeys: z.array(z.object({ id: z.string(), name: z.string(), surface: z.string() })),
  deletedClients: z.array(z.object({ id: z.string(), name: z.string() })),
  revokedInvitations: z.array(z.string()).describe('Those that led to no other workspace'),
})
export type DeletedWorkspace = z.infer<typeof DeletedWorkspace>

export const OneDeletedWorkspace = z.object({ data: DeletedWorkspace })

export const WorkspaceList = z.object({ data: z.array(Workspace) })
export const OneWorkspace = z.object({ data: Workspace })

export const NameWorkspace = z.strictObject({ name: z.string().trim().min(1).max(200) })

export const WorkspacePath = z.object({ workspace_id: z.string().max(64) })

export const WorkspaceMemberPath = WorkspacePath.extend({ user_id: z.uuid().toLowerCase() })

export const WorkspaceMember = z.object({
  id: z.uuid(),
  email: z.string(),
  name: z.string().nullable(),
  role: z.string(),
})
export type WorkspaceMember = z.infer<typeof WorkspaceMember>

export const WorkspaceMemberList = z.object({ data: z.array(WorkspaceMember) })
