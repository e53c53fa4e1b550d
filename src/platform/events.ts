// What an event is. The events themselves stand in `src/events/`, one file each, schemas only.
import { createHash } from 'node:crypto'
import type { z } from 'zod'

export interface EventDefinition<Name extends string, Schema extends z.ZodType> {
  /** `scan.completed`: what happened, in the past tense. */
  name: Name
  schema: Schema
}

export function defineEvent<const Name extends string, Schema extends z.ZodType>(
  name: Name,
  schema: Schema,
): EventDefinition<Name, Schema> {
  return { name, schema }
}

export interface EventEnvelope {
  /** The same for every delivery of the same event: what a subscriber recognises it by. */
  id: string
  name: string
  organizationId: string
  createdAt: string
  payload: unknown
}

/** Over this an event carries the SHA-256 of an artefact instead. */
export const payloadBytesMax = 65_536

/** A UUID that is always the same for the same event and purpose, so that a repeat is a no-op. */
export function derivedId(event: EventEnvelope, purpose: string): string {
  const hex = createHash('sha256').update(`${event.id} ${purpose}`).digest('hex')
  const variant = '89ab'.charAt(Number.parseInt(hex.charAt(16), 16) % 4)
  // RFC 9562 §5.8: version 8, a hash of our own.
  const parts = [hex.slice(0, 8), hex.slice(8, 12), `8${hex.slice(13, 16)}`]
  return [...parts, `${variant}${hex.slice(17, 20)}`, hex.slice(20, 32)].join('-')
}
