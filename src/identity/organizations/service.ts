// Makes organizations and changes their plan; only operators of the installation may.
import { type AuditOrigin, appendAudit, type Origin } from '../../platform/audit/audit.ts'
import { type Database, enterSystem, enterTenant } from '../../platform/db.ts'
import { common } from '../../platform/errors.ts'
import type { Caller, Plan } from '../../platform/http/caller.ts'
import { prefixedId, uuid7 } from '../../platform/ids.ts'
import type { Secrets } from '../../platform/secrets.ts'
import { inviteFirstOwner } from '../invitations/first-owner.ts'
import type { CreatedKey } from '../keys/schema.ts'
import { type Minted, mint } from '../keys/service.ts'
import { requireOperator } from './operators.ts'
import type { CreatedOrganization, CreateOrganization, Organization } from './schema.ts'
import * as store from './store.ts'

export interface OrganizationService {
  list(caller: Caller): Promise<Organization[]>
  create(origin: Origin, wanted: CreateOrganization): Promise<CreatedOrganization>
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
      return db.inSystem(async (tx) => {
        await requireOperator(tx, caller)
        return store.list(tx)
      })
    },
    async create(origin, { owner_email: email, ...wanted }) {
      const id = uuid7()
      return db.inSystem(async (tx) => {
        await requireOperator(tx, origin.caller)
        const workspaceId = prefixedId('ws')
        await store.insert(tx, { id, ...wanted, isFirst: false, workspaceId })
        const made = await store.find(tx, id)
        if (made === null) throw common.problem('organization_not_found')
        await enterTenant(tx, id)
        const key = await mint(tx, secrets, adminKey(made, origin))
        const own = byOperator(origin, id)
        await appendAudit(tx, own, entry('organization.created', made))
        await appendAudit(tx, own, keyEntry(key))
        const inviting = { email: email ?? '', createdBy: origin.caller.actor.id }
        const invitation = email === undefined ? null : await inviteFirstOwner(tx, own, inviting)
        await enterTenant(tx, origin.caller.organizationId)
        await appendAudit(tx, origin, entry('organization.created', made))
        return { ...made, admin_key: key.api_key, owner_invitation: invitation }
      })
    },
    async setPlan(origin, id, plan) {
      const changed = await db.inSystem(async (tx) => {
        await requireOperator(tx, origin.caller)
        if (!(await store.setPlan(tx, id, plan))) throw common.problem('organization_not_found')
        const isOwn = id === origin.caller.organizationId
        for (const log of isOwn ? [origin] : [byOperator(origin, id), origin]) {
          await enterTenant(tx, log.caller.organizationId)
          await appendAudit(tx, log, planEntry(id, plan))
        }
        await enterSystem(tx)
        return store.find(tx, id)
      })
      options.planChanged()
      if (changed === null) throw common.problem('organization_not_found')
      return changed
    },
  }
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

/**
 * For the log of the organization that it happens to. Who operates the installation is known to the
 * first organization, whose log has the same request.
 */
function byOperator({ requestId }: Origin, organizationId: string): AuditOrigin {
  const actor = { kind: 'system', id: 'operator', name: 'Operator of the installation' } as const
  return { caller: { organizationId, actor }, address: null, requestId }
}

function keyEntry({ id, surface, name, scopes }: CreatedKey) {
  const details = { surface, name, scopes }
  return { action: 'key.created', objectType: 'key', objectId: id, details }
}

function planEntry(id: string, plan: Plan) {
  const action = 'organization.plan_changed'
  return { action, objectType: 'organization', objectId: id, details: { plan } }
}

function entry(action: string, organization: Organization) {
  const { name, plan } = organization
  return { action, objectType: 'organization', objectId: organization.id, details: { name, plan } }
}
