// /certus/api/retention
import { originOf } from '../../platform/http/origin.ts'
import { type Route, route } from '../../platform/http/route.ts'
import type { Platform } from '../../platform/platform.ts'
import { Hold, HoldPath, NewHold, Release, Retention, RetentionChange } from './schema.ts'
import { releaseHold, setHold, setRetention } from './service.ts'
import * as store from './store.ts'

const path = '/api/retention'

export function retentionRoutes(platform: Platform): Route[] {
  const shared = { tag: 'Retention', permission: 'manage:evidence' } as const
  return [
    route({
      ...shared,
      permission: 'read:evidence',
      method: 'GET',
      path,
      operationId: 'getRetention',
      summary: 'How long evidence is kept, and the legal holds',
      status: 200,
      reply: Retention,
      handle: ({ caller: { organizationId } }) =>
        platform.db.inTenant(organizationId, (tx) => store.read(tx, organizationId)),
    }),
    route({
      ...shared,
      method: 'PUT',
      path,
      operationId: 'setRetention',
      summary: 'Keep evidence for so many days, or for ever; older packs leave a tombstone',
      status: 200,
      body: RetentionChange,
      reply: Retention,
      handle: (asked) => setRetention(platform, originOf(asked), asked.body.days),
    }),
    route({
      ...shared,
      method: 'POST',
      path: `${path}/holds`,
      operationId: 'setHold',
      summary: 'Set a legal hold: nothing that it covers is removed while it stands',
      status: 201,
      body: NewHold,
      reply: Hold,
      errors: ['log_damaged'],
      handle: (asked) => setHold(platform, originOf(asked), asked.body),
    }),
    route({
      ...shared,
      method: 'POST',
      path: `${path}/holds/:hold_id/release`,
      operationId: 'releaseHold',
      summary: 'Release a legal hold',
      status: 200,
      params: HoldPath,
      body: Release,
      reply: Hold,
      errors: ['hold_not_found', 'hold_released', 'log_damaged'],
      handle: (asked) => {
        const { hold_id: id } = asked.params
        return releaseHold(platform, originOf(asked), { id, reason: asked.body.reason })
      },
    }),
  ]
}
