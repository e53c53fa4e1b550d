// What a rule is once it was read: plain data, which may be kept as JSON and handed to workers.
import type { Severity } from '../finding.ts'
import type { CheckName } from './check.ts'
import type { Place } from './place.ts'

export interface SecretRule {
  id: string
  provider: string
  title: string
  severity: Severity
  description: string
  remediation: string
  cweId: string
  references: string[]
  /** What other tools call it: `gitleaks:aws-access-token`. */
  aliases: string[]
  /** Lower-case literals, one of which stands in or near every occurrence; none = no sieve. */
  keywords: string[]
  form: Form
  /** Shannon entropy of the value, bits per character; 0 asks for none. */
  entropyMin: number
  check: CheckName | null
  allow: Allow
}

export type Form =
  /** A token recognisable by itself; the group named `secret` is the value. */
  | { kind: 'pattern'; pattern: string; reach: number }
  /** A value that something is set to: of a known shape, or judged by how it reads. */
  | { kind: 'assignment'; style: AssignmentStyle; name: string | null; value: string | null }
  /** The password in `scheme://user:password@host`. */
  | { kind: 'url'; schemes: string[] }
  /** An armoured private key, in clear or under a passphrase. */
  | { kind: 'key-block'; encrypted: boolean }
  /** A value in a Kubernetes Secret. */
  | { kind: 'manifest' }

export const assignmentStyles = ['shape', 'password', 'guessable', 'token'] as const
export type AssignmentStyle = (typeof assignmentStyles)[number]

/** Where and what the rule keeps silent about. */
export interface Allow {
  values: string[]
  paths: string[]
  places: Place[]
}
