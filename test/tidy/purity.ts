// A heart computes from its arguments alone: no world, no clock, no chance.
import { hearts } from './boundaries.ts'
import type { Import } from './imports.ts'
import { importsOf } from './imports.ts'
import type { NodeInPlace } from './syntax.ts'
import { nodesOf } from './syntax.ts'
import type { Tree } from './tree.ts'
import { isCode, isTest, lineAt } from './tree.ts'

const pureNodeModules = words(
  'node:assert node:buffer node:crypto node:path node:string_decoder node:url node:util node:zlib',
)
/** Libraries whose purpose is the world. */
const worldly = words('citty fastify kysely pg pg-boss pino piscina prom-client undici')
const globals = words(
  `process fetch setTimeout setInterval setImmediate console performance require navigator
   WebSocket XMLHttpRequest Temporal`,
)
const members = words('Date.now Math.random crypto.randomUUID crypto.getRandomValues')

/** Every place where a heart, or what it imports of its surroundings, touches more than that. */
export function findImpurities(tree: Tree): string[] {
  const imports = importsOf(tree)
  const inHeart = [...tree.keys()].filter(
    (path) => isCode(path) && !isTest(path) && isInHeart(path),
  )
  const pure = closure(imports, inHeart)
  const uses = [...tree]
    .filter(([path]) => pure.has(path))
    .flatMap(([path, text]) => impurities(path, text))
  return [...uses, ...impureImports(imports.filter(({ from }) => pure.has(from)))]
}

function isInHeart(path: string): boolean {
  return hearts.some((heart) => path.startsWith(heart))
}

function closure(imports: readonly Import[], starts: readonly string[]): Set<string> {
  const reached = new Set(starts)
  const targets = new Map<string, string[]>()
  for (const { from, to } of imports) {
    targets.set(from, [...(targets.get(from) ?? []), to])
  }
  // A set yields what is added while it is walked.
  for (const path of reached) for (const to of targets.get(path) ?? []) reached.add(to)
  return reached
}

function impureImports(imports: readonly Import[]): string[] {
  return imports
    .filter(({ to }) => (to.startsWith('node:') ? !pureNodeModules.has(to) : worldly.has(to)))
    .map(({ from, line, to }) => `${from}:${line} imports ${to}; a heart must not touch the world`)
}

function impurities(path: string, text: string): string[] {
  const nodes = nodesOf(path, text)
  const declared = new Set(nodes.filter(isDeclared).map(nameOf))
  return nodes.flatMap((place) => {
    const what = impurity(place, declared)
    const line = lineAt(text, place.node.start)
    return what ? [`${path}:${line} uses ${what}; a heart gets it as an argument`] : []
  })
}

function impurity(place: NodeInPlace, declared: ReadonlySet<string>): string | undefined {
  const { node, parent, key } = place
  if (node.type === 'NewExpression' || node.type === 'CallExpression') {
    const { callee } = node
    const isDate = callee.type === 'Identifier' && callee.name === 'Date'
    return isDate && node.arguments.length === 0 ? 'the clock (Date without arguments)' : undefined
  }
  if (node.type === 'MemberExpression' && node.object.type === 'Identifier' && !node.computed) {
    const name = `${node.object.name}.${nameOf({ ...place, node: node.property })}`
    return members.has(name) ? name : undefined
  }
  if (node.type !== 'Identifier' || !globals.has(node.name) || declared.has(node.name))
    return undefined
  const isProperty = parent?.node.type === 'MemberExpression' && key === 'property'
  const isKey = key === 'key' || (parent?.node.type ?? '').startsWith('TS')
  return isProperty || isKey ? undefined : node.name
}

/** Bound in this file, as a parameter, a variable or an import: then it is not the global. */
function isDeclared({ node, parent, key }: NodeInPlace): boolean {
  if (node.type !== 'Identifier' || parent === undefined) return false
  if (key === 'params' || key === 'local' || key === 'id') return true
  return key === 'value' && parent.parent?.node.type === 'ObjectPattern'
}

function nameOf({ node }: NodeInPlace): string {
  return node.type === 'Identifier' ? node.name : ''
}

function words(text: string): Set<string> {
  return new Set(text.trim().split(/\s+/))
}
