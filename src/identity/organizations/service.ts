// Makes organizations and changes their plan; only operators of the installation may.
import { appendAudit, type Origin } from '../../platform/audit/audit.ts'
import { type Database, enterSystem, enterTenant } from '../../platform/db.ts'
import { common } from '../../platform/errors.ts'
import type { Caller, Plan } from '../../platform/http/caller.ts'
import { prefixedId, uuid7 } from '../../platform/ids.ts'
import type { Secrets } from '../../platform/secrets.ts'
import { errors } from '../errors.ts'
import { type Minted, mint } from '../keys/service.ts'
import type { CreatedOrganization, Organization } from './schema.ts'
import * as store from './store.ts'

export interface OrganizationService {
  list(caller: Caller): Promise<Organization[]>
  create(origin: Origin, wanted: { name: string; plan: Plan }): Promise<CreatedOrganization>
  setPlan(origin: Origin, id: string, plan: Plan): Promise<Organization>
}

export function organizationService(options: {
  db: Database
  secrets: Secrets
  planChanged: () => void
}): OrganizationService {
  const { db, secrets } = options
  return {
    async list(caller) {
      requireFirst(caller)
      return db.inSystem(store.list)
    },
    async create(origin, wanted) {
      requireFirst(origin.caller)
      const id = uuid7()
      return db.inSystem(async (tx) => {
        const workspaceId = prefixedId('ws')
        await store.insert(tx, { id, ...wanted, isFirst: false, workspaceId })
        const made = await store.find(tx, id)
        if (made === null) throw common.problem('organization_not_found')
        await enterTenant(tx, id)
        const key = await mint(tx, secrets, adminKey(made, origin))
        await enterTenant(tx, origin.caller.organizationId)
        await appendAudit(tx, origin, entry('organization.created', made))
        return { ...made, admin_key: key.api_key }
      })
    },
    async setPlan(origin, id, plan) {
      requireFirst(origin.caller)
      const changed = await db.inSystem(async (tx) => {
        if (!(await store.setPlan(tx, id, plan))) throw common.problem('organization_not_found')
        await enterTenant(tx, origin.caller.organizationId)
        await appendAudit(tx, origin, {
          action: 'organization.plan_changed',
          objectType: 'organization',
          objectId: id,
          details: { plan },
        })
        await enterSystem(tx)
        return store.find(tx, id)
      })
      options.planChanged()
      if (changed === null) throw common.problem('organization_not_found')
      return changed
    },
  }
}

function requireFirst(caller: Caller): void {
  if (!caller.firstOrganization) throw errors.problem('not_first_organization')
}

/** Without it nobody could do anything in the new organization. It carries what its maker does. */
function adminKey(made: Organization, origin: Origin): Minted {
  const { scopes, ipAllow = [], expiresAt } = origin.caller
  return {
    organizationId: made.id,
    workspaceId: made.default_workspace_id,
    createdBy: origin.caller.actor.id,
    surface: 'identity',
    type: 'standard',
    name: 'First key',
    description: null,
    scopes,
    ipAllow,
    expiresAt,
  }
}

function entry(action: string, organization: Organization) {
  const { name, plan } = organization
  return { action, objectType: 'organization', objectId: organization.id, details: { name, plan } }
}
