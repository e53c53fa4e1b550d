// Rules and models as one JSON text, which loads without the YAML parser.
import { RuleError } from '../secrets/fields.ts'
import type { CodeRules } from './rule-data.ts'

export function compileCodeRules(rules: CodeRules): string {
  return JSON.stringify({ format: compiledFormat, rules })
}

/** Reads what `compileCodeRules` wrote; throws `RuleError` when another version did. */
export function readCompiledCodeRules(text: string): CodeRules {
  const compiled = JSON.parse(text) as { format: unknown; rules: CodeRules }
  if (compiled.format !== compiledFormat) {
    throw new RuleError(`compiled rules have format ${compiled.format}, not ${compiledFormat}`)
  }
  return compiled.rules
}

/** Counts up whenever the shape of `CodeRules` changes. */
const compiledFormat = 1
