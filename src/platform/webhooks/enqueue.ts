// Turns one event into one message and a delivery to each endpoint that wants it, in the
// transaction of the relay.
import { sql, type Tx } from '../db.ts'
import { derivedId, type EventEnvelope } from '../events.ts'
import type { Wake } from '../module.ts'
import type { Mount } from '../permissions.ts'

/** What a message is about. */
export interface Occasion {
  surface: Mount
  source: EventEnvelope
  /** The name under which endpoints subscribe. */
  event: string
}

export const queueName = 'webhooks'
export const deliverWake: Wake = { queue: queueName, key: 'deliver', data: { task: 'deliver' } }

const bodyBytesMax = 262_144

/** Ids follow from the event's, so a second call for one event changes nothing. */
export async function enqueue(tx: Tx, about: Occasion, body: object): Promise<readonly Wake[]> {
  const { organizationId } = about.source
  const endpoints = await tx.rows<{ id: string }>(sql`
    select id from webhook_endpoints
     where organization_id = ${organizationId} and surface = ${about.surface} and active
       and ${about.event} = any(events)
     order by id for key share`)
  if (endpoints.length === 0) return []
  // Serialised once: what is stored here is what every attempt signs and sends.
  const text = JSON.stringify(body)
  if (Buffer.byteLength(text) > bodyBytesMax) {
    throw new Error(`the body of ${about.event} has over ${bodyBytesMax} bytes`)
  }
  const purpose = `webhook ${about.surface} ${about.event}`
  const messageId = derivedId(about.source, purpose)
  const endpointIds = endpoints.map(({ id }) => id)
  const deliveryIds = endpointIds.map((id) => derivedId(about.source, `${purpose} to ${id}`))
  await tx.run(sql`
    insert into webhook_messages (organization_id, id, event, body)
    values (${organizationId}, ${messageId}, ${about.event}, ${text})
    on conflict do nothing`)
  const made = await tx.run(sql`
    insert into webhook_deliveries (organization_id, id, endpoint_id, message_id)
    select ${organizationId}, id, endpoint_id, ${messageId}
      from unnest(${deliveryIds}::uuid[], ${endpointIds}::uuid[]) as d (id, endpoint_id)
    on conflict do nothing`)
  return made === 0 ? [] : [deliverWake]
}
