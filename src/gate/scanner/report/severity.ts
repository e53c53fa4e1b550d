// Severities as other scales have them.
import type { Severity } from '../finding.ts'

/** GitHub's scale, on which 9.0 and more is critical, 7.0 high and 4.0 medium. */
export const scores: Readonly<Record<Severity, string>> = {
  critical: '9.5',
  high: '8.0',
  medium: '5.5',
  low: '2.0',
}

/** SARIF's, and with `note` as `notice` that of GitHub's annotations. */
export const levels = { critical: 'error', high: 'error', medium: 'warning', low: 'note' } as const
