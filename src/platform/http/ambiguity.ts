// Refuses a JSON text that does not say the same to every program that reads it.
import type { Problem } from '../errors.ts'
import { repeatedName } from './repeated-name.ts'
import { roundedNumber } from './rounded-number.ts'
import { invalidField } from './validation.ts'

/** Of a text that is valid JSON: `invalid_request`, or null where nothing is wrong. */
export function ambiguity(json: string): Problem | null {
  const name = repeatedName(json)
  if (name !== null) return invalidField(name.slice(0, 100), 'must not come more than once')
  try {
    const place = roundedNumber(json)
    return place === null
      ? null
      : invalidField(place, 'must be an integer, or a fraction that is not rounded to one')
  } catch (error) {
    if (error instanceof RangeError) return invalidField('body', 'is nested too deep')
    throw error
  }
}
