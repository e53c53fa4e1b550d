// What a token that is bound to a task means for a decision made with it.
import type { Act, Task } from '../../platform/http/caller.ts'
import type { CedarJson } from '../policy/json.ts'

/**
 * For `context.task`: what it is for, whose it is, and who answers for that principal, as the token
 * has it (`act`) and as a set of ids (`actors`).
 */
export function taskContext(principalId: string, { task, act }: Task): CedarJson {
  return {
    name: task,
    principal: principalId,
    actors: actorsOf(act),
    ...(act === undefined ? {} : { act: nested(act) }),
  }
}

/** Which bound of the token the request is outside of; null where it is within all. */
export function boundBroken(
  { resources, actions }: Task,
  request: { action: string; resource: string },
): 'action' | 'resource' | null {
  if (actions !== undefined && !matchesAny(actions, request.action)) return 'action'
  if (resources !== undefined && !matchesAny(resources, request.resource)) return 'resource'
  return null
}

function actorsOf(act: Act | undefined): string[] {
  return act === undefined ? [] : [act.sub, ...actorsOf(act.act)]
}

function nested({ sub, act }: Act): CedarJson {
  return act === undefined ? { sub } : { sub, act: nested(act) }
}

function matchesAny(patterns: readonly string[], text: string): boolean {
  return patterns.some((pattern) => matches(pattern.split('*'), text))
}

/** The parts between the stars, each at its first place: linear, whatever was sent. */
function matches(parts: readonly string[], text: string): boolean {
  const [first = '', ...rest] = parts
  const last = rest.pop()
  if (last === undefined) return text === first
  if (text.length < first.length + last.length) return false
  if (!text.startsWith(first) || !text.endsWith(last)) return false
  const end = text.length - last.length
  let at = first.length
  for (const part of rest) {
    const found = text.indexOf(part, at)
    if (found < 0 || found + part.length > end) return false
    at = found + part.length
  }
  return true
}
