// What a caller sees: all of the organization, or what belongs to its workspace.
import type { Caller } from './caller.ts'

export interface Reach {
  organizationId: string
  /** Null: every workspace. */
  workspaceId: string | null
}

export function reachOf(caller: Caller): Reach {
  const { organizationId, workspaceId, organizationWide = false } = caller
  return { organizationId, workspaceId: organizationWide ? null : workspaceId }
}
