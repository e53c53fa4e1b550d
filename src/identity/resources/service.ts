// Stores what policies know of resources. Hierarchies have no circles and are bounded.
import { appendAudit, type Origin } from '../../platform/audit/audit.ts'
import type { Database, Tx } from '../../platform/db.ts'
import type { Caller } from '../../platform/http/caller.ts'
import { invalidField } from '../../platform/http/validation.ts'
import { checkAttributes } from '../attributes.ts'
import { announceAuthorizationChange } from '../authorization/generation.ts'
import { errors } from '../errors.ts'
import { find as findPrincipal } from '../principals/store.ts'
import { ancestorsOf, nameOf, storedMax } from './ancestors.ts'
import type { PutResource } from './schema.ts'
import type { Named, ResourceRow } from './store.ts'
import * as store from './store.ts'

export interface ResourceService {
  list(caller: Caller, query: Query): Promise<{ rows: ResourceRow[]; total: number }>
  get(caller: Caller, name: Named): Promise<ResourceRow>
  put(origin: Origin, name: Named, wanted: PutResource): Promise<ResourceRow>
  remove(origin: Origin, name: Named): Promise<void>
}

interface Query {
  type?: string | undefined
  limit: number
  offset: number
}

export function resourceService(options: {
  db: Database
  /** Called after the commit of a change, so that this node forgets at once. */
  changed: (organizationId: string) => void
}): ResourceService {
  const { db, changed } = options
  return {
    list: ({ organizationId }, query) =>
      db.inTenant(organizationId, (tx) => store.list(tx, organizationId, query)),
    async get({ organizationId }, name) {
      const row = await db.inTenant(organizationId, (tx) => store.find(tx, organizationId, name))
      if (row === null) throw errors.problem('resource_not_found')
      return row
    },
    async put(origin, name, wanted) {
      const { organizationId } = origin.caller
      const row = await db.inTenant(organizationId, (tx) => put(tx, origin, { name, wanted }))
      changed(organizationId)
      return row
    },
    async remove(origin, name) {
      const { organizationId } = origin.caller
      await db.inTenant(organizationId, async (tx) => {
        if (!(await store.remove(tx, organizationId, name))) {
          throw errors.problem('resource_not_found')
        }
        await appendAudit(tx, origin, entry('resource.deleted', name))
        await announceAuthorizationChange(tx, organizationId)
      })
      changed(organizationId)
    },
  }
}

async function put(
  tx: Tx,
  origin: Origin,
  { name, wanted }: { name: Named; wanted: PutResource },
): Promise<ResourceRow> {
  const { organizationId } = origin.caller
  const parents = [...new Set(wanted.parents)]
  const { owner = null } = wanted
  const attributes = checkAttributes(wanted.attributes)
  if (owner !== null && (await findPrincipal(tx, organizationId, owner)) === null) {
    throw invalidField('owner', 'is not a principal of this organization')
  }
  if (parents.length > 0) {
    await store.lock(tx, organizationId)
    await checkParents(tx, organizationId, { name, parents })
  }
  const row = await store.put(tx, { organizationId, ...name, attributes, parents, owner })
  await appendAudit(tx, origin, entry('resource.stored', name))
  await announceAuthorizationChange(tx, organizationId)
  return row
}

/** Throws 400. */
async function checkParents(
  tx: Tx,
  organizationId: string,
  { name, parents }: { name: Named; parents: readonly string[] },
): Promise<void> {
  const own = nameOf(name)
  const { rows, beyond } = await ancestorsOf(tx, organizationId, {
    parents,
    max: storedMax,
  })
  if (parents.includes(own) || rows.some((row) => row.parents.includes(own))) {
    throw invalidField('parents', `${own} would be in itself`)
  }
  if (beyond) {
    const bounds = `${storedMax.levels} levels or ${storedMax.resources} resources`
    throw invalidField('parents', `would put it in more than ${bounds}`)
  }
}

function entry(action: string, name: Named) {
  return { action, objectType: 'resource', objectId: nameOf(name) }
}
