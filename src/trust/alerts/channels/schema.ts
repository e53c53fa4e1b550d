// Shapes of alert channels.
import { z } from 'zod'
import { Id, PageQuery, pageOf } from '../../paging.ts'
import { alertClasses } from '../schema.ts'
import { channelTypeNames } from './index.ts'

const time = z.iso.datetime()
const classes = z
  .array(z.enum(alertClasses))
  .min(1)
  .nullable()
  .describe('Only these; null: every class')
const everyAlert = z
  .boolean()
  .describe('Every alert; else only those of certificates whose renewal policy names the channel')
const given = {
  name: z.string().trim().min(1).max(100),
  settings: z.record(z.string(), z.unknown()),
  secret: z
    .string()
    .max(2_000)
    .describe('Slack: the incoming webhook’s URL; PagerDuty: the integration key; never shown'),
  classes,
  everyAlert,
  enabled: z.boolean(),
}

export const AlertChannel = z.object({
  id: z.int(),
  name: given.name,
  type: z.enum(channelTypeNames),
  settings: given.settings,
  classes,
  everyAlert,
  enabled: given.enabled,
  waiting: z.int().describe('Notices that are still to be told'),
  lastSentAt: time.nullable(),
  lastError: z.string().nullable().describe('Why it could not tell; null since it could again'),
  createdAt: time,
  updatedAt: time,
})
export type AlertChannel = z.infer<typeof AlertChannel>

export const CreateAlertChannel = z.strictObject({
  ...given,
  type: z.enum(channelTypeNames),
  settings: given.settings.default({}),
  secret: given.secret.optional(),
  classes: given.classes.default(null),
  everyAlert: given.everyAlert.default(true),
  enabled: given.enabled.default(true),
})
export type CreateAlertChannel = z.infer<typeof CreateAlertChannel>

export const UpdateAlertChannel = z
  .strictObject(given)
  .partial()
  .refine((change) => Object.keys(change).length > 0, {
    message: `must name something to change: ${Object.keys(given).join(', ')}`,
  })
export type UpdateAlertChannel = z.infer<typeof UpdateAlertChannel>

export const AlertChannelList = pageOf(AlertChannel)
export const AlertChannelQuery = PageQuery
export const OneAlertChannel = z.object({ data: AlertChannel })
export const MadeAlertChannel = z.object({
  data: AlertChannel.extend({
    signingSecret: z
      .string()
      .optional()
      .describe('Of a webhook: what its signatures are checked with; shown here only'),
  }),
})
export const AlertChannelPath = z.object({ alert_channel_id: Id })
export const DeletedAlertChannel = z.object({
  data: z.object({ id: z.int(), deleted: z.literal(true) }),
})
export const TestedAlertChannel = z.object({
  data: z.object({ ok: z.boolean(), message: z.string() }),
})
