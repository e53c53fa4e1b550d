// What a check is once it was read: plain data, which may be kept as JSON and handed to workers.
import type { Severity } from '../../finding.ts'
import type { Platform } from '../resource.ts'

export interface CheckRule {
  id: string
  platform: Platform
  title: string
  severity: Severity
  description: string
  remediation: string
  cweId: string | null
  references: string[]
  /** `checkov:CKV_AWS_20`. */
  aliases: string[]
  /** Types of resources; one that ends in `*` is a prefix. */
  resources: string[]
  /** Must be true before the rule looks any further. */
  where: Condition | null
  /** The rule fires when this comes out as `firesOn`: never when it cannot be known. */
  condition: Condition
  firesOn: boolean
  note: string | null
}

export type Condition =
  | { kind: 'all' | 'any' | 'none'; of: Condition[] }
  | Values
  | PortRange
  | Related
  | { kind: 'exists'; resources: string[]; with: Condition | null }

/** Tests the values at a path. */
export interface Values {
  kind: 'values'
  quantifier: 'some' | 'every'
  path: Path
  /** What the test gives where nothing stands at the path. */
  missing: boolean
  test: Test
}

/** Two attributes that are the ends of a range of ports. */
export interface PortRange {
  kind: 'ports'
  from: Path
  to: Path
  cover: number[]
}

/** Another resource that refers to this one, or that this one refers to. */
export interface Related {
  kind: 'related'
  resources: string[]
  /** Where the one that refers does so; anywhere when null. */
  via: Path | null
  /** The attribute of the other by whose known value it may be referred to. */
  key: Path | null
  with: Condition | null
}

export interface Path {
  /** As written in the rule. */
  text: string
  /** From the body of the resource rather than from the value that `with` is about. */
  fromRoot: boolean
  steps: Step[]
}

export type Step =
  | { kind: 'key'; key: string }
  | { kind: 'index'; index: number }
  /** Each item of a list; what is no list stands for itself. */
  | { kind: 'items' }
  /** Each value of a mapping. */
  | { kind: 'values' }
  /** What a text in JSON holds; what is no text stands for itself. */
  | { kind: 'json' }
  /** What a text in base64 holds; what is no such text is not known. */
  | { kind: 'base64' }

export type Literal = string | number | boolean

export type Test =
  | { kind: 'with'; condition: Condition }
  | { kind: 'present'; wanted: boolean }
  | { kind: 'empty'; wanted: boolean }
  | { kind: 'equals'; literals: Literal[] }
  | { kind: 'matches'; pattern: string }
  | { kind: 'contains'; texts: string[] }
  | { kind: 'less'; than: number }
  | { kind: 'greater'; than: number }
  | { kind: 'public-cidr'; wanted: boolean }
  | { kind: 'covers-port'; ports: number[] }
