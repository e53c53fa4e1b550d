// What a rule about code is once it was read: plain data, which may be kept as JSON.
import type { Severity } from '../finding.ts'
import type { Language } from './ir/ir.ts'
import type { LanguageModels, SourceKind } from './model/data.ts'

/** All that the code engine is told. */
export interface CodeRules {
  /** Sorted by id. */
  weaknesses: WeaknessRule[]
  models: LanguageModels[]
}

/** One weakness, the same in all languages; sinks and misuses in the models name it. */
export interface WeaknessRule {
  id: string
  title: string
  severity: Severity
  description: string
  remediation: string
  cweId: string
  references: string[]
  aliases: string[]
  /** Which data from outside counts, and how much worse or better it makes the weakness. */
  sources: Partial<Record<SourceKind, Severity>>
  /** Also in the code of tests. */
  inTests: boolean
  languages: Partial<Record<Language, LanguageRule>>
}

/** What is to be said otherwise of one language. */
export interface LanguageRule {
  severity: Severity | null
  remediation: string | null
  references: string[]
  aliases: string[]
}
