// The actions that policies name in their heads: all that a search for actions can propose.
import type { PolicyJson, UidJson } from '../policy/json.ts'

/** Each once, in the order of their code units. */
export function namedActions(policies: Iterable<PolicyJson>): string[] {
  const names = new Set<string>()
  for (const { action } of policies) {
    for (const uid of [action.entity, ...(action.entities ?? [])]) {
      if (uid === undefined) continue
      const { type, id } = entityOf(uid)
      if (type === 'Action') names.add(id)
    }
  }
  return [...names].sort()
}

function entityOf(uid: UidJson) {
  return '__entity' in uid ? uid.__entity : uid
}
