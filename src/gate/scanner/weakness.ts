// What an engine says of one place, before that is located, excerpted, redacted, named and, where
// a comment says so, set apart: all of which `report-weaknesses.ts` does for every engine alike.
import type { RuleSummary, Severity, Subject } from './finding.ts'
import type { SourceText } from './source-text.ts'

export interface Weakness {
  rule: RuleSummary
  /** The rule's, unless this place is better or worse. */
  severity: Severity
  source: SourceText
  /** In UTF-16 units of `source.text`; the end is exclusive. */
  start: number
  end: number
  /** What is at fault in this very place; follows the rule's description. */
  note: string | null
  /** From source to sink, both included; empty where nothing flows. */
  steps: readonly FlowStep[]
  /** Names by which it is known again beside its context, the most trusted first. */
  identities: readonly Identity[]
  subject?: Subject
}

export interface FlowStep {
  source: SourceText
  start: number
  label: string
}

/**
 * What stays when lines move and files are renamed. The rule is always part of it, the path never.
 *
 * - `scope1`: enclosing symbol (`Orders.list`) and the statement, white space folded.
 * - `address1`: address of the resource and the attribute at fault.
 */
export interface Identity {
  algorithm: 'scope1' | 'address1'
  parts: readonly string[]
}

/** Time and findings that are left for a file or a unit. Asked often; costs next to nothing. */
export interface Budget {
  expired(): boolean
}
