// Shapes of webhooks and their deliveries. A secret is in the answers that make it, and only there.
import { z } from 'zod'

export const urlCharactersMax = 2_000
export const webhooksMax = 50
export const overlapSecondsMax = 86_400

export const Webhook = z.object({
  id: z.uuid(),
  url: z.string(),
  description: z.string().nullable(),
  events: z.array(z.string()),
  active: z.boolean(),
  disabled_reason: z
    .enum(['gone', 'failing'])
    .nullable()
    .describe('Why we made it inactive: it answered 410, or failed for days'),
  paused_until: z.iso
    .datetime()
    .nullable()
    .describe('It failed several times in a row; deliveries wait until it is tried again'),
  created_at: z.iso.datetime(),
  updated_at: z.iso.datetime(),
})
export type Webhook = z.infer<typeof Webhook>

export const WebhookWithSecret = Webhook.extend({
  secret: z.string().describe('Verifies signatures as Standard Webhooks says; shown only now'),
})

export const WebhookList = z.object({
  webhooks: z.array(Webhook),
  total: z.int(),
  limit: z.int(),
  offset: z.int(),
})

export const WebhookDeleted = z.object({ id: z.uuid(), deleted: z.literal(true) })

const Url = z
  .string()
  .min(1)
  .max(urlCharactersMax)
  .describe('https://, or http:// in a network that the operator has allowed')
const Description = z.string().max(1_000).nullable()

export type EventNames = readonly [string, ...string[]]

function eventList(names: EventNames) {
  // Each once, so that two lists with the same events are the same.
  return z
    .array(z.enum(names))
    .min(1)
    .max(100)
    .transform((events) => names.filter((name) => events.includes(name)))
}

export function createWebhookBody(names: EventNames) {
  return z.strictObject({
    url: Url,
    events: eventList(names),
    description: Description.optional(),
  })
}

export function changeWebhookBody(names: EventNames) {
  return z
    .strictObject({
      url: Url.optional(),
      events: eventList(names).optional(),
      description: Description.optional(),
      active: z
        .boolean()
        .optional()
        .describe('True also ends a pause; false cancels what waits to be delivered'),
    })
    .refine(
      (body) => Object.keys(body).length > 0,
      'must change url, events, description or active',
    )
}

export interface CreateWebhook {
  url: string
  events: string[]
  description?: string | null | undefined
}

/** What is absent stays as it is. */
export interface ChangeWebhook {
  url?: string | undefined
  events?: string[] | undefined
  description?: string | null | undefined
  active?: boolean | undefined
}

/** A POST without a body is the same as one with `{}`. */
export const RotateSecret = z
  .strictObject({
    overlap_seconds: z
      .int()
      .min(0)
      .max(overlapSecondsMax)
      .default(overlapSecondsMax)
      .describe('For how long the old secret signs along'),
  })
  .prefault({})

export function testWebhookBody(names: EventNames) {
  return z.strictObject({ event: z.enum(names).optional() }).prefault({})
}

const attempt = {
  status: z.int().nullable().describe('The HTTP status of the answer; null where there was none'),
  error: z
    .string()
    .nullable()
    .describe('bad_status, redirect, timeout, dns, refused, reset, tls, private_address, ...'),
  duration_ms: z.int(),
}

export const TestResult = z.object({
  message_id: z.uuid(),
  event: z.string(),
  delivered: z.boolean(),
  at: z.iso.datetime(),
  ...attempt,
})

export const deliveryStatuses = ['pending', 'delivered', 'failed', 'cancelled'] as const
export const attemptsShownMax = 20

export const Delivery = z.object({
  id: z.uuid(),
  webhook_id: z.uuid(),
  message_id: z.uuid().describe('The webhook-id header: the same for every attempt and replay'),
  event: z.string(),
  status: z.enum(deliveryStatuses),
  attempt_count: z.int(),
  attempts: z
    .array(z.object({ number: z.int(), at: z.iso.datetime(), ...attempt }))
    .describe(`The last ${attemptsShownMax}, in order`),
  next_attempt_at: z.iso.datetime().nullable(),
  created_at: z.iso.datetime(),
  completed_at: z.iso.datetime().nullable(),
})
export type Delivery = z.infer<typeof Delivery>

export const DeliveryList = z.object({
  deliveries: z.array(Delivery),
  total: z.int(),
  limit: z.int(),
  offset: z.int(),
})

const page = {
  limit: z.coerce.number().int().min(1).max(100).default(50),
  offset: z.coerce.number().int().min(0).max(1_000_000).default(0),
}

export const WebhookQuery = z.strictObject(page)
export type WebhookQuery = z.infer<typeof WebhookQuery>

export const DeliveryQuery = z.strictObject({
  status: z.enum(deliveryStatuses).optional(),
  ...page,
})
export type DeliveryQuery = z.infer<typeof DeliveryQuery>

export const Replay = z.strictObject({
  since: z.iso.datetime({ offset: true }).describe('Deliveries created then or later'),
  until: z.iso.datetime({ offset: true }).optional(),
  status: z
    .array(z.enum(['delivered', 'failed', 'cancelled']))
    .min(1)
    .max(3)
    .default(['failed', 'cancelled']),
})
export type Replay = z.infer<typeof Replay>

export const replaysMax = 10_000

export const Replayed = z.object({
  replayed: z.int(),
  next_since: z.iso
    .datetime()
    .nullable()
    .describe(`Over ${replaysMax} matched: send the request again with this as since`),
})

export const WebhookPath = z.object({ webhook_id: z.uuid() })
export const DeliveryPath = z.object({ delivery_id: z.uuid() })
export const WebhookDeliveryPath = WebhookPath.extend(DeliveryPath.shape)
