// Who is asking, as every handler sees it, and how `server.ts` lends identity's knowledge of keys
// to the platform, which must not know identity.
import { common, Problem } from '../errors.ts'
import type { Mount, Surface } from '../permissions.ts'

export type Plan = 'free' | 'pro' | 'enterprise'

export interface Caller {
  organizationId: string
  workspaceId: string
  plan: Plan
  /** What the credential is: limits count per id, audit rows name it. */
  actor: Actor
  /** The surface whose permissions the scopes are. */
  surface: Surface
  scopes: readonly string[]
  /** No credential made by this caller may outlive it. Null: no end. */
  expiresAt: string | null
  /** Addresses and CIDR ranges it works from, and keys it makes too. Absent or empty: anywhere. */
  ipAllow?: readonly string[]
  firstOrganization: boolean
  /**
   * In the default workspace with a credential that is the organization's: sees what belongs to
   * any of its workspaces. Absent: sees its own workspace.
   */
  organizationWide?: boolean
  /** Where a person is logged in: the session. Absent for keys and tokens. */
  session?: { id: string; userId: string }
  /** Whom an Identity key speaks for. Absent for other credentials. */
  principalId?: string
  /** With a token that is bound to a task of that principal. */
  task?: Task
}

export interface Task {
  task: string
  /** RFC 8693: who answers for the principal, and who for that one. */
  act?: Act
  /** Patterns: nothing else is decided with the token. Absent: anything. */
  resources?: readonly string[]
  actions?: readonly string[]
}

export interface Act {
  sub: string
  act?: Act | undefined
}

export interface Actor {
  kind: 'key' | 'client' | 'user' | 'system'
  id: string
  name: string
}

export interface Credentials {
  mount: Mount
  /** From `Authorization: Bearer`, or from `X-Agent-API-Key` on Trust. */
  token: string | null
  /** SHA-256 of the token, where it is known already. */
  tokenHash?: Buffer
  workspaceId: string | null
  address: string
  /** From the cookie of a browser, where there is no token. */
  session: string | null
}

/** What limits count of a caller. */
export type Counted = Pick<Caller, 'organizationId' | 'plan' | 'actor'>

/** The credentials are good, and so count as a request, but not for the workspace they name. */
export class WorkspaceDenied extends Problem {
  readonly counted: Counted

  constructor(workspaceId: string | null, counted: Counted) {
    const details = { workspace_id: workspaceId }
    super('workspace_access_denied', common.entries.workspace_access_denied, { details })
    this.counted = counted
  }
}

/** Answers who it is; throws a Problem (401, 403) otherwise. */
export type Authenticator = (credentials: Credentials) => Promise<Caller>
