// What other tools call a rule of ours: how an id of theirs is compared with the aliases of a rule.
import type { RuleSummary } from '../finding.ts'

type Named = Pick<RuleSummary, 'aliases'>

/** Whether the rule stands for what the tool calls `id`. */
export function goesBy(rule: Named, tool: string, id: string): boolean {
  const names = namesOf(rule)
  if (names.has(normalised(tool, id))) return true
  // Ruff took bandit's rules over, and their numbers.
  return (
    tool === 'ruff' && /^s\d{3}$/i.test(id) && names.has(normalised('bandit', `b${id.slice(1)}`))
  )
}

/** Whether the rule says what the tool calls it, so that other ids are known to be others. */
export function isMapped(rule: Named, tool: string): boolean {
  for (const name of namesOf(rule)) if (name.startsWith(`${tool}:`)) return true
  return false
}

/**
 * Under which an entry about `id` is looked up: equal for all that may be the same. Whether they
 * are is for `goesBy`.
 */
export function idKey(tool: string, id: string): string {
  const name = normalised(tool, id)
  return name.slice(name.indexOf(':') + 1)
}

/** The keys of all that other tools call the rule. */
export function idKeysOf({ aliases = [] }: Named): string[] {
  return aliases.map((alias) => {
    const end = alias.indexOf(':')
    return idKey(alias.slice(0, end), alias.slice(end + 1))
  })
}

const known = new WeakMap<readonly string[], ReadonlySet<string>>()
const none: ReadonlySet<string> = new Set()

function namesOf({ aliases }: Named): ReadonlySet<string> {
  if (aliases === undefined) return none
  const before = known.get(aliases)
  if (before !== undefined) return before
  const names = new Set(
    aliases.map((alias) => {
      const end = alias.indexOf(':')
      return normalised(alias.slice(0, end), alias.slice(end + 1))
    }),
  )
  known.set(aliases, names)
  return names
}

/**
 * tfsec became trivy; trivy dropped the `AVD-` of its ids; semgrep puts folders before a rule's
 * name, which differ from one installation to the next.
 */
function normalised(tool: string, id: string): string {
  const lower = id.toLowerCase()
  switch (tool) {
    case 'tfsec':
    case 'trivy':
      return `trivy:${lower.replace(/^avd-/, '').replace(/^(ksv|ds|kcv)-?0*(?=\d)/, '$1-')}`
    case 'semgrep':
      return `semgrep:${lower.slice(lower.lastIndexOf('.') + 1)}`
    default:
      return `${tool}:${lower}`
  }
}
