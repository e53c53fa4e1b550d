// Which rules may find something in a language: those that one of its models names.
import type { RuleSummary } from '../finding.ts'
import type { Language } from './ir/ir.ts'
import type { CodeRules } from './rule-data.ts'
import { summarize } from './summary.ts'

export function rulesOfLanguage(
  { weaknesses, models }: CodeRules,
  language: Language,
): RuleSummary[] {
  const named = new Set<string>()
  const note = (all: readonly { rule: string }[]) => {
    for (const { rule } of all) named.add(rule)
  }
  for (const model of models.filter((one) => one.language === language)) {
    for (const one of [...model.functions, ...model.properties, ...model.names]) {
      note(one.sinks)
      note(one.misuses)
    }
    for (const { sinks, faults } of model.entries) {
      note(sinks)
      note(faults)
    }
  }
  return weaknesses.filter(({ id }) => named.has(id)).map((rule) => summarize(rule, language))
}
