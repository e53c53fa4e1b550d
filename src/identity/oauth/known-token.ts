// What the database says of an access token, of an OAuth client or of an AI agent.
import type { Plan } from '../../platform/http/caller.ts'
import type { Standing } from '../principals/standing.ts'

export interface KnownToken {
  organization_id: string
  client_id: string
  client_name: string
  workspace_id: string
  ip_allow: string[]
  is_revoked: boolean
  plan: Plan
  is_first: boolean
  workspaces: string[]
  in_default_workspace: boolean
  /** Of a token of an AI agent, which is its client: the key that it comes of. */
  key_id: string | null
  standing: Standing
}
