// /trust/api/alert-channels
import { originOf } from '../../../platform/http/origin.ts'
import { type Route, route } from '../../../platform/http/route.ts'
import { errors } from '../../errors.ts'
import { paged } from '../../paging.ts'
import * as shapes from './schema.ts'
import {
  type ChannelParts,
  createChannel,
  removeChannel,
  shown,
  testChannel,
  updateChannel,
} from './service.ts'
import * as store from './store.ts'

const path = '/api/alert-channels'
const read = { tag: 'Alert channels', permission: 'read:certificates' } as const
const manage = { tag: 'Alert channels', permission: 'manage:webhooks' } as const
const refusals = ['name_taken', 'workspace_access_denied']
const missing = ['alert_channel_not_found']

export function channelRoutes(parts: ChannelParts): Route[] {
  const { db } = parts.platform
  return [
    route({
      ...read,
      method: 'GET',
      path,
      operationId: 'listAlertChannels',
      summary: 'List where alerts are told',
      status: 200,
      query: shapes.AlertChannelQuery,
      reply: shapes.AlertChannelList,
      handle: async ({ caller: { organizationId }, query }) =>
        paged(
          await db.inTenant(organizationId, (tx) => store.list(tx, organizationId, query)),
          query,
        ),
    }),
    route({
      ...manage,
      method: 'POST',
      path,
      operationId: 'createAlertChannel',
      summary: 'Have alerts told by e-mail, a webhook, Slack or PagerDuty',
      status: 201,
      body: shapes.CreateAlertChannel,
      reply: shapes.MadeAlertChannel,
      errors: [...refusals, 'too_many_alert_channels'],
      handle: async (request) => ({
        data: await createChannel(parts, originOf(request), request.body),
      }),
    }),
    ...itemRoutes(parts),
  ]
}

function itemRoutes(parts: ChannelParts): Route[] {
  const { platform } = parts
  const item = {
    path: `${path}/:alert_channel_id`,
    params: shapes.AlertChannelPath,
    status: 200,
  } as const
  return [
    route({
      ...read,
      ...item,
      method: 'GET',
      operationId: 'showAlertChannel',
      summary: 'One channel, and whether it works',
      reply: shapes.OneAlertChannel,
      errors: missing,
      handle: async ({ caller: { organizationId }, params }) => {
        const found = await platform.db.inTenant(organizationId, (tx) =>
          store.find(tx, organizationId, params.alert_channel_id),
        )
        if (found === null) throw errors.problem('alert_channel_not_found')
        return { data: shown(found) }
      },
    }),
    route({
      ...manage,
      ...item,
      method: 'PUT',
      operationId: 'updateAlertChannel',
      summary: 'Change a channel; what it could not tell is tried again at once',
      body: shapes.UpdateAlertChannel,
      reply: shapes.OneAlertChannel,
      errors: [...missing, ...refusals, 'alert_channel_in_use'],
      handle: async (request) => {
        const wanted = { id: request.params.alert_channel_id, change: request.body }
        return { data: await updateChannel(parts, originOf(request), wanted) }
      },
    }),
    route({
      ...manage,
      ...item,
      method: 'DELETE',
      operationId: 'deleteAlertChannel',
      summary: 'Delete a channel, with what it has still to tell',
      reply: shapes.DeletedAlertChannel,
      errors: [...missing, 'alert_channel_in_use', 'workspace_access_denied'],
      handle: async (request) => {
        const { alert_channel_id: id } = request.params
        await removeChannel(platform, originOf(request), id)
        return { data: { id, deleted: true as const } }
      },
    }),
    route({
      ...manage,
      ...item,
      path: `${item.path}/test`,
      method: 'POST',
      operationId: 'testAlertChannel',
      summary: 'Tell a made-up alert now, and answer whether it was taken',
      reply: shapes.TestedAlertChannel,
      errors: [...missing, 'workspace_access_denied'],
      handle: async (request) => ({
        data: await testChannel(parts, originOf(request), request.params.alert_channel_id),
      }),
    }),
  ]
}
