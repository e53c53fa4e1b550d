// Damage of the stored log, told with its place.
import type { Problem } from '../../platform/errors.ts'
import { errors } from '../errors.ts'

export function damaged(place: string): Problem {
  return errors.problem('evidence_damaged', { details: { place } })
}

/** Throws `evidence_damaged` where a tile that the path needs is missing or cut. */
export async function whole<Path>(path: Promise<Path>): Promise<Path> {
  try {
    return await path
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
    throw damaged('a tile of the log')
  }
}
