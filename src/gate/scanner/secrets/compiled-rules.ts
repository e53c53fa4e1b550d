// Rules as one JSON text, which loads in a few milliseconds where the YAML takes a hundred, and
// without the YAML parser: what workers and caches are given.
import { RuleError } from './fields.ts'
import type { SecretRule } from './rule-data.ts'

export function compileSecretRules(rules: readonly SecretRule[]): string {
  return JSON.stringify({ format: compiledFormat, rules })
}

/** Reads what `compileSecretRules` wrote; throws `RuleError` when another version did. */
export function readCompiledSecretRules(text: string): SecretRule[] {
  const compiled = JSON.parse(text) as { format: unknown; rules: SecretRule[] }
  if (compiled.format !== compiledFormat) {
    throw new RuleError(`compiled rules have format ${compiled.format}, not ${compiledFormat}`)
  }
  return compiled.rules
}

/** Counts up whenever `SecretRule` changes. */
const compiledFormat = 3
