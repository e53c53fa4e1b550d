// Takes a delivery whose signature holds: noted, and its commits queued, in one transaction. What
// was answered with "received" is there after any crash.
import { checkDue } from '../../events/repository.ts'
import { type AuditOrigin, appendAudit } from '../../platform/audit/audit.ts'
import type { Tx } from '../../platform/db.ts'
import { uuid7 } from '../../platform/ids.ts'
import { appendEvent } from '../../platform/outbox.ts'
import type { KnownLink } from '../links/store.ts'
import type { Head } from './head.ts'
import * as store from './store.ts'

export interface Delivery {
  /** As the code host names it. */
  id: string
  event: string
  address: string
  requestId: string
}

/** Within the link's tenant. Answers whether the delivery was new. */
export async function receive(
  tx: Tx,
  link: KnownLink,
  delivery: Delivery,
  heads: readonly Head[],
): Promise<boolean> {
  const { organization_id: organizationId, id: linkId } = link
  const noted = { organizationId, linkId, deliveryId: delivery.id, event: delivery.event }
  if (!(await store.noteDelivery(tx, noted))) return false
  for (const head of heads.filter((one) => isWanted(link, one))) {
    const check = await store.upsert(tx, { organizationId, id: uuid7(), linkId, head })
    if (check === null) continue
    await appendEvent(tx, checkDue, { organizationId, payload: { check_id: check.id } })
    if (check.isNew) await noteCheck(tx, originOf(link, delivery), check.id, head)
  }
  return true
}

function isWanted({ branches }: KnownLink, head: Head): boolean {
  return branches === 'all' || head.isDefaultBranch || head.pullRequests.length > 0
}

export function originOf(link: KnownLink, delivery: Delivery): AuditOrigin {
  const actor = { kind: 'system', id: link.id, name: `${link.provider} ${link.name}` } as const
  const { address, requestId } = delivery
  return { caller: { organizationId: link.organization_id, actor }, address, requestId }
}

async function noteCheck(tx: Tx, origin: AuditOrigin, id: string, head: Head): Promise<void> {
  const { owner, name, commit, branch, pullRequests } = head
  await appendAudit(tx, origin, {
    action: 'repository.pushed',
    objectType: 'repository_check',
    objectId: id,
    details: { owner, name, commit, branch, pull_requests: pullRequests },
  })
}
