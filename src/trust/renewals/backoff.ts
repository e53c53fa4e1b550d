// How long a renewal waits before it asks its authority again.

const firstMs = 60_000
const longestMs = 6 * 3_600_000

/**
 * Twice as long each time, at most six hours, and never more than a twentieth of the life that is
 * left: whoever has an hour asks every three minutes.
 *
 * @param attempts that failed so far, at least 1
 * @param chance between 0 and 1: a fifth more or less, so that many do not come back at once
 */
export function retryDelayMs(attempts: number, lifeLeftMs: number, chance: number): number {
  const doubled = firstMs * 2 ** Math.min(attempts - 1, 20)
  const cap = Math.min(longestMs, Math.max(firstMs, lifeLeftMs / 20))
  return Math.round(Math.min(doubled, cap) * (0.8 + chance * 0.4))
}
