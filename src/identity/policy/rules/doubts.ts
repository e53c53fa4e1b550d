// What is right as a rule, and yet hardly what was meant.
import type { Resources, Rule } from './schema.ts'

export interface RuleDoubt {
  /** From the rules on, such as `[0, 'resources', 'identifiers', 1]`. */
  path: (string | number)[]
  message: string
  help: string
}

const doubtsMax = 20

export function doubtsOfRules(rules: readonly Rule[]): RuleDoubt[] {
  return rules
    .flatMap((rule, index) => [...wideOpen(rule, index), ...typed(rule.resources ?? {}, index)])
    .slice(0, doubtsMax)
}

/** An allow in which nothing is asked; to deny everything is a way to close, and plain. */
function wideOpen({ effect, principals, resources, actions, conditions }: Rule, index: number) {
  const asked = [...Object.keys(principals ?? {}), ...Object.keys(resources ?? {})]
  if (effect === 'deny' || asked.length > 0 || (conditions ?? []).length > 0) return []
  if (!actions.includes('*')) return []
  const message = 'allows everything to everybody'
  return [{ path: [index], message, help: 'name principals, actions or resources' }]
}

/** `report:1` as an identifier: what stands before the colon is the type. */
function typed({ type, types, identifiers = [] }: Resources, index: number): RuleDoubt[] {
  const given = type === undefined ? (types ?? []) : [type]
  return identifiers.flatMap((identifier, at) => {
    const [, before = '', after = ''] = /^([\w.-]+):([^:]*)$/.exec(identifier) ?? []
    const repeats = given.find((each) => identifier.startsWith(`${each}:`))
    const meant = repeats ?? (given.length === 0 && before !== '' ? before : undefined)
    if (meant === undefined) return []
    const rest = repeats === undefined ? after : identifier.slice(meant.length + 1)
    const path = [index, 'resources', 'identifiers', at]
    const message = `fits only what is itself called ${identifier}, without its type`
    return [{ path, message, help: `did you mean the type ${meant} and the identifier ${rest}?` }]
  })
}
