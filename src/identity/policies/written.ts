// What was written, in either form, becomes what decides: Cedar, checked, in its JSON form.
import type { Problem } from '../../platform/errors.ts'
import { errors } from '../errors.ts'
import { checkPolicies, type PolicyError, parsePolicies } from '../policy/parse.ts'
import { compileRules } from '../policy/rules/compile.ts'
import type { ContextNeeds } from '../policy/rules/context.ts'
import { doubtsOfRules, type RuleDoubt } from '../policy/rules/doubts.ts'
import type { Rule } from '../policy/rules/schema.ts'
import type { Written } from './schema.ts'
import type { Content } from './store.ts'

export interface Checked {
  content: Content | null
  errors: PolicyError[]
  warnings: PolicyError[]
}

/** @param schema as below */
export type Check = (written: Written, schema: string | null) => Promise<Checked>

/**
 * Takes a quarter of a second for the longest: servers have it done by their checker.
 *
 * @param schema Cedar's schema of the organization, where it has one; for the Cedar form
 */
export function check(written: Written, schema: string | null): Checked {
  const { cedar, needs, rules } = toCedar(written)
  // Rules compare what an attribute is at the time, which strict validation refuses.
  const found = checkPolicies(cedar, rules === null ? (schema ?? undefined) : undefined)
  if (found.errors.length > 0) return { content: null, ...found }
  const parsed = parsePolicies(cedar)
  const problems = [...parsed.errors]
  if (parsed.policies.length > 1 && parsed.policies.some(({ template }) => template)) {
    problems.push({ message: 'a template stands alone', help: 'save each as a policy of its own' })
  }
  if (parsed.policies.length === 0 && problems.length === 0) {
    problems.push({ message: 'the text holds no policy' })
  }
  const compiled = parsed.policies.map(({ json }) => json)
  const content = { rules, cedar, compiled, needs, template: null, slots: null }
  return {
    content: problems.length > 0 ? null : content,
    errors: problems,
    warnings: rules === null ? found.warnings : doubtsOfRules(rules).map(asWarning),
  }
}

/** As mistakes in rules are told: with the field. */
function asWarning({ path, message, help }: RuleDoubt): PolicyError {
  return { message: `rules.${path.join('.')}: ${message}`, help }
}

export interface Compiled {
  content: Content
  warnings: PolicyError[]
}

/** Throws `invalid_policy`. */
export async function compile(
  check: Check,
  written: Written,
  schema: string | null,
): Promise<Compiled> {
  const { content, errors: found, warnings } = await check(written, schema)
  if (content === null) throw invalid(found)
  return { content, warnings }
}

function toCedar(written: Written): { cedar: string; needs: ContextNeeds; rules: Rule[] | null } {
  if (written.rules === undefined) {
    return { cedar: written.cedar ?? '', needs: noNeeds, rules: null }
  }
  return { ...compileRules(written.rules), rules: written.rules }
}

function invalid(found: readonly PolicyError[]): Problem {
  const [first] = found
  const place = first?.line === undefined ? '' : ` (line ${first.line}, column ${first.column})`
  const message = first === undefined ? undefined : `${first.message}${place}`
  return errors.problem('invalid_policy', {
    ...(message === undefined ? {} : { message }),
    details: { errors: found.slice(0, errorsShownMax) },
  })
}

const errorsShownMax = 20
const noNeeds: ContextNeeds = { timezones: [], addresses: [], action: false }
