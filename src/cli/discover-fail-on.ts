// `--fail-on` of `panthera discover`: what makes a run end with 1.
import type { Found } from './discover-inventory.ts'
import { UsageError } from './usage-error.ts'

/** Days that must be left, or any problem at all; null for no threshold. */
export type DiscoverThreshold = { daysLeft: number } | 'problems' | null

/** @throws {UsageError} */
export function readThreshold(text: string | undefined): DiscoverThreshold {
  if (text === undefined || text === 'never') return null
  if (text === 'problems') return 'problems'
  if (text === 'expired') return { daysLeft: 0 }
  const days = /^expiring=(\d{1,4})$/.exec(text)?.[1]
  if (days !== undefined) return { daysLeft: Number(days) }
  throw new UsageError(
    `--fail-on does not take "${text}"`,
    'It takes expired, expiring=DAYS such as expiring=14, problems and never.',
  )
}

export function fails(found: readonly Found[], threshold: DiscoverThreshold): boolean {
  if (threshold === null) return false
  if (threshold === 'problems') return found.some(({ problems }) => problems.length > 0)
  const { daysLeft } = threshold
  return found.some(({ endsInDays }) => endsInDays < daysLeft)
}
