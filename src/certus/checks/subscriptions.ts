// What checks hear of: that there is one, that its pack is stored, or that its scan has failed.
import { packStored } from '../../events/pack.ts'
import { checkDue } from '../../events/repository.ts'
import { scanFailed } from '../../events/scan.ts'
import type { Tx } from '../../platform/db.ts'
import type { Subscription, Wake } from '../../platform/module.ts'
import { checkQueueName } from './jobs.ts'
import type { Outcome } from './outcome.ts'
import * as store from './store.ts'

export const checkSubscriptions: readonly Subscription[] = [
  {
    event: checkDue.name,
    handle: async (_tx, { organizationId, payload }) => {
      const { check_id: checkId } = checkDue.schema.parse(payload)
      return [wakeOf({ organizationId, checkId })]
    },
  },
  {
    event: packStored.name,
    handle: async (tx, { organizationId, payload }) => {
      const { packId, scanId, grade, score } = packStored.schema.parse(payload)
      const outcome = { kind: 'pack', pack_id: packId, grade, score } as const
      return settled(tx, { organizationId, checkId: scanId }, outcome)
    },
  },
  {
    event: scanFailed.name,
    handle: async (tx, { organizationId, payload }) => {
      const { scan_id, error } = scanFailed.schema.parse(payload)
      const { code, message } = error
      const outcome = { kind: 'failed', code, message } as const
      return settled(tx, { organizationId, checkId: scan_id }, outcome)
    },
  },
]

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

/** A scan has the id of the check that asked for it; most scans were asked for by nobody's push. */
async function settled(tx: Tx, ref: store.CheckRef, outcome: Outcome): Promise<Wake[]> {
  if (!uuid.test(ref.checkId)) return []
  return (await store.settle(tx, ref, outcome)) ? [wakeOf(ref)] : []
}

function wakeOf(ref: store.CheckRef): Wake {
  return { queue: checkQueueName, key: `${ref.organizationId} ${ref.checkId}`, data: ref }
}
