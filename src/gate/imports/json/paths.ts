// Compiles the paths of lists, `runs.*.results.*`, into a tree that is walked beside the document.

/** One step: what lies below a member of an object, or below each element of a list. */
export interface PathNode<Leaf> {
  members: ReadonlyMap<string, PathNode<Leaf>>
  each: PathNode<Leaf> | null
  /** Set where a path ends: this value is an element. */
  leaf: Leaf | null
}

/** A path is names and `*` (each element of a list), with dots between, and ends in `*`. */
export function compilePaths<Leaf>(paths: ReadonlyMap<string, Leaf>): PathNode<Leaf> {
  const root = emptyNode<Leaf>()
  for (const [path, leaf] of paths) {
    let node = root
    for (const step of path.split('.')) node = descend(node, step)
    node.leaf = leaf
  }
  return root
}

/** `runs.*.results.*` with [0, 17] is `runs[0].results[17]`. */
export function placeOf(path: string, indices: readonly number[]): string {
  let at = 0
  return path.replaceAll('.*', () => `[${indices[at++] ?? '?'}]`)
}

interface GrowingNode<Leaf> extends PathNode<Leaf> {
  members: Map<string, GrowingNode<Leaf>>
  each: GrowingNode<Leaf> | null
  leaf: Leaf | null
}

function emptyNode<Leaf>(): GrowingNode<Leaf> {
  return { members: new Map(), each: null, leaf: null }
}

function descend<Leaf>(node: GrowingNode<Leaf>, step: string): GrowingNode<Leaf> {
  if (step === '*') {
    node.each ??= emptyNode()
    return node.each
  }
  const next = node.members.get(step) ?? emptyNode<Leaf>()
  node.members.set(step, next)
  return next
}
