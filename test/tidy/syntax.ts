// The syntax tree of a source file, from the parser of the bundler: exact where patterns guess.
import type { ESTree } from 'vite'
import { parseSync } from 'vite'

export type Node = ESTree.Node

/** The nodes of a file with their ancestors, nearest first, in the order of the text. */
export function nodesOf(path: string, text: string): NodeInPlace[] {
  const known = parsed.get(path)
  if (known?.text === text) return known.nodes
  const { program, errors } = parseSync(path, text)
  if (errors[0]) throw new Error(`${path} does not parse: ${errors[0].message}`)
  const nodes: NodeInPlace[] = []
  collect(program, undefined, nodes)
  parsed.set(path, { text, nodes })
  return nodes
}

export interface NodeInPlace {
  node: Node
  parent: NodeInPlace | undefined
  /** Property of the parent under which the node stands, such as `callee`. */
  key: string
}

// Several checks read the same files.
const parsed = new Map<string, { text: string; nodes: NodeInPlace[] }>()

function collect(node: Node, parent: NodeInPlace | undefined, into: NodeInPlace[], key = ''): void {
  const place = { node, parent, key }
  into.push(place)
  for (const [name, value] of Object.entries(node)) {
    for (const child of Array.isArray(value) ? value : [value]) {
      if (isNode(child)) collect(child, place, into, name)
    }
  }
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && 'type' in value && 'start' in value
}
