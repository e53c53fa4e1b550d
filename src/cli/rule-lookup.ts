// Finds a rule by its id or by what another tool calls it.
import type { RuleSummary } from '../gate/scanner/finding.ts'
import { goesBy } from '../gate/scanner/inherited/alias.ts'

/** One for an id; all that go by a foreign name, as `checkov:CKV_AWS_20` or `CKV_AWS_20`. */
export function findRules(rules: readonly RuleSummary[], name: string): RuleSummary[] {
  const own = rules.find(({ id }) => id === name)
  if (own !== undefined) return [own]
  const colon = name.indexOf(':')
  if (colon > 0) {
    const [tool, id] = [name.slice(0, colon), name.slice(colon + 1)]
    return rules.filter((rule) => goesBy(rule, tool, id))
  }
  return rules.filter((rule) =>
    (rule.aliases ?? []).some((alias) => goesBy(rule, alias.slice(0, alias.indexOf(':')), name)),
  )
}
