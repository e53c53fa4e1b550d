// Makes and names workspaces, and puts people into them.
import { appendAudit, type Origin } from '../../platform/audit/audit.ts'
import type { Database, Tx } from '../../platform/db.ts'
import { common } from '../../platform/errors.ts'
import type { Caller } from '../../platform/http/caller.ts'
import { prefixedId } from '../../platform/ids.ts'
import { errors } from '../errors.ts'
import { requireGrant, requireUserPermission, roleOf } from '../users/authority.ts'
import { isInEveryWorkspace } from '../users/roles.ts'
import { organizationsOf } from '../users/store.ts'
import { removeWorkspace } from './remove.ts'
import type { DeletedWorkspace, Workspace, WorkspaceMember } from './schema.ts'
import * as store from './store.ts'

export interface WorkspaceService {
  /** Those that the caller is in. */
  list(caller: Caller): Promise<Workspace[]>
  create(origin: Origin, name: string): Promise<Workspace>
  rename(origin: Origin, id: string, name: string): Promise<Workspace>
  /** With its keys and clients. Throws 409 where somebody would have no workspace left. */
  remove(origin: Origin, id: string): Promise<DeletedWorkspace>
  members(caller: Caller, id: string): Promise<WorkspaceMember[]>
  put(origin: Origin, place: Place): Promise<WorkspaceMember[]>
  take(origin: Origin, place: Place): Promise<WorkspaceMember[]>
}

interface Place {
  workspaceId: string
  userId: string
}

/** As many as a key's list of them holds. */
const countMax = 1_000

export function workspaceService(options: {
  db: Database
  /** Called after the commit. */
  workspacesChanged: () => void
}): WorkspaceService {
  const { db } = options
  return {
    async list(caller) {
      const { organizationId } = caller
      const mine = await db.inSystem((tx) => organizationsOf(tx, caller.session?.userId ?? ''))
      const ids = mine
        .filter((each) => each.organization_id === organizationId)
        .flatMap(({ workspaces }) => workspaces.map(({ id }) => id))
      const rows = await db.inTenant(organizationId, (tx) => store.list(tx, organizationId))
      return rows.filter(({ id }) => ids.includes(id)).map(shown)
    },
    async create(origin, name) {
      const created = await managing(db, origin.caller, async (tx, organizationId) => {
        const id = prefixedId('ws')
        const made = await store.insert(tx, { organizationId, id, name, countMax })
        if (made === null) {
          throw common.problem('conflict', { details: { workspaces_max: countMax } })
        }
        await appendAudit(tx, origin, entry('workspace.created', id, { name }))
        return shown(made)
      })
      options.workspacesChanged()
      return created
    },
    rename: (origin, id, name) =>
      managing(db, origin.caller, async (tx, organizationId) => {
        const named = await store.rename(tx, { organizationId, id, name })
        if (named === null) throw errors.problem('workspace_not_found')
        await appendAudit(tx, origin, entry('workspace.renamed', id, { name }))
        return shown(named)
      }),
    async remove(origin, id) {
      const gone = await db.inTenant(origin.caller.organizationId, (tx) =>
        removeWorkspace(tx, origin, id),
      )
      options.workspacesChanged()
      return gone
    },
    members: (caller, id) =>
      managing(db, caller, async (tx, organizationId) => {
        await requireWorkspace(tx, organizationId, id)
        return store.members(tx, organizationId, id)
      }),
    put: (origin, place) => move(db, origin, place, 'added'),
    take: (origin, place) => move(db, origin, place, 'removed'),
  }
}

async function move(
  db: Database,
  origin: Origin,
  { workspaceId, userId }: Place,
  how: 'added' | 'removed',
): Promise<WorkspaceMember[]> {
  const { caller } = origin
  return managing(db, caller, async (tx, organizationId) => {
    const own = await requireUserPermission(tx, caller, 'manage_users')
    await requireWorkspace(tx, organizationId, workspaceId)
    const role = await roleOf(tx, organizationId, userId)
    if (role === null) throw errors.problem('user_not_found')
    requireGrant(own, role)
    const place = { organizationId, workspaceId, userId }
    // Where they are by their role no row is needed, and none would keep them out.
    if (how === 'removed') await store.removeMember(tx, place)
    else if (!isInEveryWorkspace(role)) await store.addMember(tx, place)
    const details = { user_id: userId }
    await appendAudit(tx, origin, entry(`workspace_member.${how}`, workspaceId, details))
    return store.members(tx, organizationId, workspaceId)
  })
}

async function managing<Result>(
  db: Database,
  caller: Caller,
  work: (tx: Tx, organizationId: string) => Promise<Result>,
): Promise<Result> {
  return db.inTenant(caller.organizationId, async (tx) => {
    await requireUserPermission(tx, caller, 'manage_users')
    return work(tx, caller.organizationId)
  })
}

async function requireWorkspace(tx: Tx, organizationId: string, id: string): Promise<void> {
  const found = await store.find(tx, organizationId, id)
  if (found === null) throw errors.problem('workspace_not_found')
}

function shown(row: store.WorkspaceRow): Workspace {
  const { id, name, is_default, created_at } = row
  return { id, name, isDefault: is_default, createdAt: created_at }
}

function entry(action: string, objectId: string, details: object) {
  return { action, objectType: 'workspace', objectId, details: { ...details } }
}
