// Links to GitLab and Bitbucket, each with a secret of its own, and changes of all links.
import { type AuditOrigin, appendAudit, type Origin } from '../../platform/audit/audit.ts'
import type { Tx } from '../../platform/db.ts'
import { common } from '../../platform/errors.ts'
import { uuid7 } from '../../platform/ids.ts'
import type { Platform } from '../../platform/platform.ts'
import { newSecret } from '../../platform/webhooks/signing-key.ts'
import { errors } from '../errors.ts'
import type { ChangeLink, CreateLink, Link } from './schema.ts'
import * as store from './store.ts'

const linksMax = 500

/** Ties a sealed secret to its link. */
export function secretContext(organizationId: string, id: string): string {
  return `organization/${organizationId}/code-host-link/${id}/secret`
}

/** Throws 409 where there are too many. */
export async function createLink(platform: Platform, origin: Origin, wanted: CreateLink) {
  const { organizationId, actor } = origin.caller
  const id = uuid7()
  const secret = newSecret()
  return platform.db.inTenant(organizationId, async (tx) => {
    await requireRoom(tx, organizationId)
    const made = await store.insert(tx, {
      ...wanted,
      organizationId,
      id,
      installation_id: null,
      sealedSecret: platform.secrets.seal(secret, secretContext(organizationId, id)),
      createdBy: actor.id,
    })
    if (made === null) throw new Error('a fresh id was taken')
    await noteLink(tx, origin, 'created', made)
    const url = `${platform.config.publicUrl}/certus/api/webhooks/${made.provider}/${id}`
    return { ...made, url, secret }
  })
}

/** Throws 409. */
export async function requireRoom(tx: Tx, organizationId: string): Promise<void> {
  if ((await store.count(tx, organizationId)) < linksMax) return
  throw common.problem('conflict', {
    message: 'There are as many links as an organization may have',
    details: { links_max: linksMax },
  })
}

/** Throws 404. */
export async function changeLink(
  { db }: Pick<Platform, 'db'>,
  origin: Origin,
  { id, wanted }: { id: string; wanted: ChangeLink },
): Promise<Link> {
  const { organizationId } = origin.caller
  return db.inTenant(organizationId, async (tx) => {
    const changed = await store.change(tx, { organizationId, id }, wanted)
    if (changed === null) throw errors.problem('code_host_link_not_found')
    await noteLink(tx, origin, 'changed', changed)
    return changed
  })
}

/** Throws 404. */
export async function removeLink(
  { db }: Pick<Platform, 'db'>,
  origin: Origin,
  id: string,
): Promise<Link> {
  const { organizationId } = origin.caller
  return db.inTenant(organizationId, async (tx) => {
    const gone = await store.remove(tx, organizationId, id)
    if (gone === null) throw errors.problem('code_host_link_not_found')
    await noteLink(tx, origin, 'removed', gone)
    return gone
  })
}

export async function noteLink(
  tx: Tx,
  origin: AuditOrigin,
  what: 'created' | 'changed' | 'removed',
  { id, provider, installation_id, name, branches, minimum_grade }: Link,
): Promise<void> {
  await appendAudit(tx, origin, {
    action: `code_host_link.${what}`,
    objectType: 'code_host_link',
    objectId: id,
    details: { provider, installation_id, name, branches, minimum_grade },
  })
}
