// What a resource is in, and what that is in: walked level by level, within bounds. Those of a
// decision are wider than those of a change, since a hierarchy also grows above what is stored.
import type { Tx } from '../../platform/db.ts'
import { readResource } from '../policy/names.ts'
import { findAll, type Named, type ResourceRow } from './store.ts'

export interface Bounds {
  levels: number
  resources: number
}

export const storedMax: Bounds = { levels: 10, resources: 200 }
export const decidedMax: Bounds = { levels: 30, resources: 1_000 }

export interface Ancestors {
  /** Stored ones, each once; what is named and not stored has nothing above it. */
  rows: ResourceRow[]
  /** Where there are more levels or more resources than may be. */
  beyond: boolean
}

export function nameOf({ type, id }: Named): string {
  return `${type}:${id}`
}

/** Within the tenant. `parents` are `type:id` each. */
export async function ancestorsOf(
  tx: Tx,
  organizationId: string,
  { parents, max }: { parents: readonly string[]; max: Bounds },
): Promise<Ancestors> {
  const seen = new Set<string>()
  const rows: ResourceRow[] = []
  let next = [...new Set(parents)]
  for (let level = 0; next.length > 0; level += 1) {
    for (const name of next) seen.add(name)
    if (level >= max.levels || seen.size > max.resources) return { rows, beyond: true }
    const found = await findAll(tx, organizationId, next.flatMap(named))
    rows.push(...found)
    next = [...new Set(found.flatMap((row) => row.parents))].filter((name) => !seen.has(name))
  }
  return { rows, beyond: false }
}

function named(text: string): Named[] {
  const name = readResource(text)
  return name === null ? [] : [name]
}
