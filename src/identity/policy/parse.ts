// Policies as text: read, checked, formatted.
import { formatPolicies as reformat } from '@cedar-policy/cedar-wasm/nodejs'
import type { PolicyError } from './place.ts'
import type { ParsedPolicy } from './text.ts'
import { guarded, parsePlaced } from './text.ts'
import type { TextBounds } from './text-bounds.ts'

export { checkPolicies } from './check.ts'
export type { PolicyError } from './place.ts'
export { type ParsedPolicy, parsePlaced } from './text.ts'

/**
 * Reads policies, in the order of the text. Where one cannot be read there are errors and no
 * policies at all: half of somebody's policies may be the half without the forbids. Never throws.
 */
export function parsePolicies(
  text: string,
  bounds?: TextBounds,
): { policies: ParsedPolicy[]; errors: PolicyError[] } {
  const { policies, errors } = parsePlaced(text, bounds)
  return {
    policies: policies.map(({ json, text, template }) => ({ json, text, template })),
    errors,
  }
}

/** The text as Cedar's formatter sets it, or as it was where it does not parse. */
export function formatPolicies(text: string): string {
  if (parsePlaced(text).errors.length > 0) return text
  const answer = guarded(() => reformat({ policyText: text }))
  return answer.type === 'success' ? answer.formatted_policy : text
}
