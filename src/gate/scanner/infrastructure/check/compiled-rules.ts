// Checks as one JSON text, which loads at once and without the YAML parser: what workers and
// caches are given.
import { RuleError } from '../../secrets/fields.ts'
import type { CheckRule } from './rule-data.ts'

export function compileCheckRules(rules: readonly CheckRule[]): string {
  return JSON.stringify({ format: compiledFormat, rules })
}

/** Reads what `compileCheckRules` wrote; throws `RuleError` when another version did. */
export function readCompiledCheckRules(text: string): CheckRule[] {
  const compiled = JSON.parse(text) as { format: unknown; rules: CheckRule[] }
  if (compiled.format !== compiledFormat) {
    throw new RuleError(`compiled checks have format ${compiled.format}, not ${compiledFormat}`)
  }
  return compiled.rules
}

/** Counts up whenever `CheckRule` changes. */
const compiledFormat = 1
