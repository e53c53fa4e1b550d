// Policies with the conditions left out that look at what is not known yet. What a reduced permit
// still refuses the policy refuses whatever comes; a forbid of which something was left out may be
// silent then.
import type { PolicyJson } from '../policy/json.ts'

export type Variable = 'principal' | 'action' | 'resource' | 'context'

type Condition = PolicyJson['conditions'][number]
type Expression = Condition['body']

/** Only conditions about `known`, and heads about nothing else either. */
export function reduced(json: PolicyJson, known: readonly Variable[]): PolicyJson {
  const head = (variable: 'principal' | 'action' | 'resource') =>
    known.includes(variable) ? json[variable] : { op: 'All' }
  return {
    ...json,
    principal: head('principal'),
    action: head('action'),
    resource: head('resource'),
    conditions: json.conditions.flatMap((condition) => parts(condition, known)),
  }
}

/** Whether a condition of it looks at anything but `known`. */
export function looksBeyond({ conditions }: PolicyJson, known: readonly Variable[]): boolean {
  return conditions.some(({ body }) => !isAbout(body, known))
}

/** `when` holds where all its parts do; `unless` where none does. */
function parts({ kind, body }: Condition, known: readonly Variable[]): Condition[] {
  return split(body, kind === 'when' ? '&&' : '||')
    .filter((part) => isAbout(part, known))
    .map((part) => ({ kind, body: part }))
}

function split(expression: Expression, operator: '&&' | '||'): Expression[] {
  const found: Expression[] = []
  const rest = [expression]
  for (let next = rest.pop(); next !== undefined; next = rest.pop()) {
    const sides = next[operator] as { left: Expression; right: Expression } | undefined
    if (sides === undefined) found.push(next)
    else rest.push(sides.right, sides.left)
  }
  return found
}

function isAbout(expression: Expression, known: readonly string[]): boolean {
  const rest: unknown[] = [expression]
  for (let next = rest.pop(); next !== undefined; next = rest.pop()) {
    if (typeof next !== 'object' || next === null) continue
    for (const [name, inner] of Object.entries(next)) {
      if (name === 'Value') continue
      if (name === 'Var' && !known.includes(String(inner))) return false
      // The names in a record are the policy's own.
      if (name === 'Record') rest.push(...Object.values(Object(inner)))
      else rest.push(inner)
    }
  }
  return true
}
