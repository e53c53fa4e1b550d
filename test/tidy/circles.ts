// No circles of imports, not even of types: a file can be read, tested and moved without those that
// need it.
import { importsOf } from './imports.ts'
import type { Tree } from './tree.ts'

/** One sentence per circle, naming a shortest way around it. */
export function findCircles(tree: Tree): string[] {
  const graph = new Map<string, Set<string>>()
  for (const { from, to } of importsOf(tree)) {
    if (!tree.has(to) || to === from) continue
    graph.set(from, (graph.get(from) ?? new Set()).add(to))
  }
  const reported = new Set<string>()
  const problems: string[] = []
  for (const path of [...graph.keys()].sort()) {
    const circle = reported.has(path) ? undefined : circleThrough(graph, path)
    if (circle === undefined) continue
    for (const member of circle) reported.add(member)
    problems.push(`${path}:1 imports itself: ${[...circle, path].join(' → ')}`)
  }
  return problems
}

function circleThrough(
  graph: ReadonlyMap<string, ReadonlySet<string>>,
  start: string,
): string[] | undefined {
  const before = new Map<string, string>()
  const queue = [start]
  for (const path of queue) {
    for (const next of graph.get(path) ?? []) {
      if (next === start) return trace(before, start, path)
      if (before.has(next)) continue
      before.set(next, path)
      queue.push(next)
    }
  }
  return undefined
}

function trace(before: ReadonlyMap<string, string>, start: string, end: string): string[] {
  const chain: string[] = []
  let path: string | undefined = end
  while (path !== undefined && path !== start) {
    chain.unshift(path)
    path = before.get(path)
  }
  return [start, ...chain]
}
