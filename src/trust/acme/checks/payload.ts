// What a request says, in the form that its endpoint expects.
import type { z } from 'zod'
import { Problem } from '../../../platform/errors.ts'
import { validate } from '../../../platform/http/validation.ts'
import { jsonOf, malformed } from './envelope.ts'

/** Which requests an endpoint takes: `null` has none but those that read (POST-as-GET). */
export interface PayloadForm {
  payload: z.ZodType | null
  /** May also be asked with an empty payload. */
  readable?: true
}

/** Undefined where a resource is only read. Throws malformed. */
export function readPayload({ payload: form, readable }: PayloadForm, sent: Buffer): unknown {
  if (sent.length === 0) {
    if (form === null || readable === true) return undefined
    throw malformed('The payload must not be empty here')
  }
  if (form === null) throw malformed('The payload must be empty here')
  try {
    return validate(form, jsonOf(sent.toString('utf8'), 'The payload'), 'body')
  } catch (error) {
    if (error instanceof Problem && !error.code.startsWith('acme_')) throw malformed(error.message)
    throw error
  }
}
