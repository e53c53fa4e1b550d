// How bad a result is: by its security severity where it has one, else by its level.
import type { Severity } from '../../scanner/finding.ts'
import { numberOf, textOf } from '../json/values.ts'
import { severityOfScore } from '../score.ts'

export const levels = ['error', 'warning', 'note', 'none'] as const
export type Level = (typeof levels)[number]

/** Null: no severity applies, so the result is no finding. */
export function severityOf(level: Level, securitySeverity: Severity | null): Severity | null {
  if (securitySeverity !== null) return securitySeverity
  switch (level) {
    case 'error':
      return 'high'
    case 'warning':
      return 'medium'
    case 'note':
      return 'low'
    case 'none':
      return null
  }
}

/**
 * `properties["security-severity"]`, a CVSS score as GitHub reads it: over 9.0 is critical, 7.0
 * high, 4.0 medium. Some tools write the word. A score of 0 says nothing: tools put it where they
 * know none.
 */
export function securitySeverityOf(value: unknown): Severity | null {
  const word = words.get(textOf(value)?.toLowerCase() ?? '')
  if (word !== undefined) return word
  return severityOfScore(numberOf(value))
}

const words: ReadonlyMap<string, Severity> = new Map([
  ['critical', 'critical'],
  ['high', 'high'],
  ['medium', 'medium'],
  ['moderate', 'medium'],
  ['low', 'low'],
])
