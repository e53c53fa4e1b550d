// What a resource may come to be: conditions hold or not by what parameters are given, so that each
// resource is looked at in the cases that they make.
import type { Mapping, Value } from '../resource.ts'
import { Template } from './intrinsics.ts'
import type { Work } from './work.ts'

/** Where conditions make more of them, values that hang on the last ones stay unknown. */
const casesMax = 16

interface Case {
  assumed: ReadonlyMap<string, boolean>
  /** Conditions that have cases of their own. */
  seen: ReadonlySet<string>
}

/**
 * The properties, without functions, in each case of each condition that nobody knows, the others
 * left unknown; `condition` is the one that the resource hangs on. Empty where it is never made.
 */
export function casesOf(
  properties: Value,
  condition: string | null,
  root: Mapping,
  work: Work,
): (Value | undefined)[] {
  const truth = condition === null ? true : new Template(root, work).holds(condition)
  if (truth === false) return []
  const given: [string, boolean][] = condition === null || truth ? [] : [[condition, true]]
  const queue: Case[] = [{ assumed: new Map(given), seen: new Set() }]
  const cases: (Value | undefined)[] = []
  for (const { assumed, seen } of queue) {
    const template = new Template(root, work, assumed)
    const resolved = template.resolve(properties)
    const open = [...template.undecided].filter((name) => !seen.has(name))
    const split = open.slice(0, Math.floor((casesMax - queue.length) / 2))
    // What is known here is known in its parts, too.
    if (split.length === 0) cases.push(resolved)
    for (const name of split) {
      for (const holds of [true, false]) {
        const more = new Map([...assumed, [name, holds] as const])
        queue.push({ assumed: more, seen: new Set([...seen, ...open]) })
      }
    }
  }
  return cases
}
