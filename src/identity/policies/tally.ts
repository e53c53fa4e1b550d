// Counts what a change of policies would change, with a few examples of each kind.
import type { Verdict } from '../decisions/verdict.ts'
import type { Example, SimulationResult } from './trial-schema.ts'

export interface Compared {
  decisionId: string | null
  principal: string
  action: string
  resource: string
  before: Verdict
  after: Verdict
}

interface Counts {
  newly_allowed: number
  newly_denied: number
}

const examplesMax = 20
const groupsMax = 50
/** Beyond these, groups that come later are counted in the sums only. */
const groupsKeptMax = 10_000

export type Tally = ReturnType<typeof createTally>

export function createTally() {
  const examples: Record<keyof Counts, Example[]> = { newly_allowed: [], newly_denied: [] }
  const counts: Counts = { newly_allowed: 0, newly_denied: 0 }
  const byPrincipal = new Map<string, Counts>()
  const byAction = new Map<string, Counts>()
  let evaluated = 0
  let skipped = 0

  return {
    skip() {
      skipped += 1
    },
    add(compared: Compared) {
      evaluated += 1
      const { before, after, principal, action } = compared
      if (before.allowed === after.allowed) return
      const kind = after.allowed ? 'newly_allowed' : 'newly_denied'
      counts[kind] += 1
      countIn(byPrincipal, principal, kind)
      countIn(byAction, action, kind)
      if (examples[kind].length < examplesMax) examples[kind].push(exampleOf(compared))
    },
    result(complete: boolean): SimulationResult {
      return {
        evaluated,
        skipped,
        changed: counts.newly_allowed + counts.newly_denied,
        ...examples,
        newly_allowed_count: counts.newly_allowed,
        newly_denied_count: counts.newly_denied,
        by_principal: largest(byPrincipal).map(([principal, own]) => ({ principal, ...own })),
        by_action: largest(byAction).map(([action, own]) => ({ action, ...own })),
        complete,
      }
    },
  }
}

function countIn(groups: Map<string, Counts>, name: string, kind: keyof Counts): void {
  const known = groups.get(name)
  if (known === undefined && groups.size >= groupsKeptMax) return
  const counts = known ?? { newly_allowed: 0, newly_denied: 0 }
  counts[kind] += 1
  groups.set(name, counts)
}

function largest(groups: Map<string, Counts>): [string, Counts][] {
  const size = ({ newly_allowed, newly_denied }: Counts) => newly_allowed + newly_denied
  return [...groups].sort((a, b) => size(b[1]) - size(a[1])).slice(0, groupsMax)
}

function exampleOf({ decisionId, before, after, ...request }: Compared): Example {
  const side = ({ reason, policies }: Verdict) => ({ reason, policies })
  return { decision_id: decisionId, ...request, before: side(before), after: side(after) }
}
