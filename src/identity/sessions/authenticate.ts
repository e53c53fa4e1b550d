// Tells who a browser's cookie stands for. The database is asked each time, so that a session that
// was ended is over at once, on every node.
import type { Database } from '../../platform/db.ts'
import { common } from '../../platform/errors.ts'
import {
  type Authenticator,
  type Caller,
  type Counted,
  WorkspaceDenied,
} from '../../platform/http/caller.ts'
import type { Mount } from '../../platform/permissions.ts'
import { isInEveryWorkspace, scopesOf } from '../users/roles.ts'
import * as users from '../users/store.ts'
import * as store from './store.ts'

/** Where people work in a browser, and which surface's session opens it. */
const opens: Partial<Record<Mount, store.SessionSurface>> = {
  trust: 'trust',
  console: 'trust',
  certus: 'certus',
}
/** Whose permissions the scopes are. */
const surfaceOf = { console: 'identity', trust: 'trust', certus: 'certus' } as const

export function sessionAuthenticator({ db }: { db: Database }): Authenticator {
  return async (credentials) => {
    const { mount, session: cookie, workspaceId } = credentials
    const surface = opens[mount]
    if (cookie === null || surface === undefined) throw common.problem('unauthorized')
    const found = await db.inSystem(async (tx) => {
      const session = await store.find(tx, cookie, surface)
      if (session === null) return null
      if (session.seen_long_ago) await store.seen(tx, session.id)
      return { session, organizations: await users.organizationsOf(tx, session.user_id) }
    })
    if (found === null) throw common.problem('unauthorized')
    const { session, organizations } = found
    const person = personOf(session)
    return { ...callerOf(organizations, { mount, wanted: workspaceId, person }), ...person }
  }
}

/** Where no workspace is named, the first one of the organization that was joined first. */
function callerOf(
  organizations: readonly users.UserOrganization[],
  { mount, wanted, person }: { mount: Mount; wanted: string | null; person: Person },
): Omit<Caller, 'actor'> {
  const choices = organizations.flatMap((organization) =>
    organization.workspaces.map((workspace) => ({ organization, workspace })),
  )
  const chosen = choices.find(({ workspace }) => [workspace.id, null].includes(wanted))
  if (chosen === undefined) throw new WorkspaceDenied(wanted, countedOf(organizations, person))
  const { organization, workspace } = chosen
  const { role } = organization
  return {
    organizationId: organization.organization_id,
    workspaceId: workspace.id,
    plan: organization.plan,
    surface: surfaceOf[mount as keyof typeof surfaceOf],
    scopes: scopesOf(role, mount),
    // It is the person who makes a key, and who stays when the session ends.
    expiresAt: null,
    firstOrganization: organization.is_first,
    organizationWide: workspace.is_default && isInEveryWorkspace(role),
  }
}

/** Who is in no organization any more counts alone. */
function countedOf([first]: readonly users.UserOrganization[], { actor }: Person): Counted {
  return {
    organizationId: first?.organization_id ?? actor.id,
    plan: first?.plan ?? 'free',
    actor,
  }
}

type Person = Pick<Caller, 'actor' | 'session'>

function personOf({ id, user_id, email }: store.OpenSession): Person {
  return {
    actor: { kind: 'user', id: user_id, name: email },
    session: { id, userId: user_id },
  }
}
