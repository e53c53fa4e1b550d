// /trust/api/alerts
import { appendAudit } from '../../platform/audit/audit.ts'
import { originOf } from '../../platform/http/origin.ts'
import { reachOf } from '../../platform/http/reach.ts'
import { type Route, route } from '../../platform/http/route.ts'
import type { Platform } from '../../platform/platform.ts'
import { errors } from '../errors.ts'
import { paged } from '../paging.ts'
import { queueNotices } from './channels/notice.ts'
import { AlertList, AlertPath, AlertQuery, OneAlert } from './schema.ts'
import * as store from './store.ts'

const path = '/api/alerts'

export function alertRoutes({ db }: Platform): Route[] {
  return [
    route({
      method: 'GET',
      path,
      operationId: 'listAlerts',
      summary: 'List the alerts, the newest first',
      tag: 'Alerts',
      permission: 'read:certificates',
      status: 200,
      query: AlertQuery,
      reply: AlertList,
      handle: async ({ caller, query }) =>
        paged(
          await db.inTenant(caller.organizationId, (tx) => store.list(tx, reachOf(caller), query)),
          query,
        ),
    }),
    route({
      method: 'POST',
      path: `${path}/:alert_id/acknowledge`,
      operationId: 'acknowledgeAlert',
      summary: 'Say that somebody looks after it; it is resolved by itself when it is over',
      tag: 'Alerts',
      permission: 'write:certificates',
      status: 200,
      params: AlertPath,
      reply: OneAlert,
      errors: ['alert_not_found'],
      handle: async (request) => {
        const { caller, params } = request
        const { organizationId, actor } = caller
        const reach = reachOf(caller)
        return db.inTenant(organizationId, async (tx) => {
          const alert = await store.lock(tx, reach, params.alert_id)
          if (alert === null) throw errors.problem('alert_not_found')
          await store.acknowledge(tx, { organizationId, id: params.alert_id }, actor.name)
          await queueNotices(tx, organizationId, {
            kind: 'acknowledged',
            alertIds: alert.status === 'open' ? [params.alert_id] : [],
          })
          await appendAudit(tx, originOf(request), {
            action: 'alert.acknowledged',
            objectType: 'alert',
            objectId: String(params.alert_id),
            details: { class: alert.class, certificateId: alert.certificateId },
          })
          const changed = await store.lock(tx, reach, params.alert_id)
          if (changed === null) throw errors.problem('alert_not_found')
          return { data: changed }
        })
      },
    }),
  ]
}
