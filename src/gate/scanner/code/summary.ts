// What reports say of a rule, in general or of one language.
import type { RuleSummary } from '../finding.ts'
import type { Language } from './ir/ir.ts'
import type { WeaknessRule } from './rule-data.ts'

/** Of all languages where `language` is null. */
export function summarize(rule: WeaknessRule, language: Language | null): RuleSummary {
  const said = language === null ? null : rule.languages[language]
  const all = Object.values(rule.languages)
  const aliases = [...rule.aliases, ...(said ? said.aliases : all.flatMap((one) => one.aliases))]
  return {
    id: rule.id,
    scanType: 'sast',
    severity: said?.severity ?? rule.severity,
    title: rule.title,
    description: rule.description,
    remediation: said?.remediation ?? rule.remediation,
    cweId: rule.cweId,
    references: [...rule.references, ...(said?.references ?? [])],
    ...(aliases.length > 0 ? { aliases: [...new Set(aliases)] } : {}),
  }
}
