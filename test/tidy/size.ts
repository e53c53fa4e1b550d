// Bounds on what a reader has to hold in mind at once.
import type { Node, NodeInPlace } from './syntax.ts'
import { nodesOf } from './syntax.ts'
import type { Tree } from './tree.ts'
import { isCode, isTest, lineAt } from './tree.ts'

const sourceLinesMax = 500
const testLinesMax = 800
const mostSourceLinesMax = 350
const mostShare = 0.95
const functionLinesMax = 70
const columnsMax = 100

export function findLongFiles(tree: Tree): string[] {
  const lengths = codeOf(tree).map(([path, text]) => ({ path, lines: lineCount(text) }))
  const tooLong = lengths.flatMap(({ path, lines }) => {
    const max = isTest(path) ? testLinesMax : sourceLinesMax
    return lines > max ? [`${path}:1 has ${lines} lines; at most ${max}`] : []
  })
  const sources = lengths.filter(({ path }) => !isTest(path))
  const long = sources.filter(({ lines }) => lines > mostSourceLinesMax)
  const room = Math.floor(sources.length * (1 - mostShare))
  if (long.length <= room) return tooLong
  const names = long.map(({ path, lines }) => `${path} (${lines})`).join(', ')
  return [
    ...tooLong,
    `${long.length} of ${sources.length} source files have over ${mostSourceLinesMax} lines, ` +
      `and only ${room} may: ${names}`,
  ]
}

export function findLongLines(tree: Tree): string[] {
  return codeOf(tree).flatMap(([path, text]) =>
    text.split('\n').flatMap((line, index) => {
      const columns = [...line].length
      if (columns <= columnsMax) return []
      return [`${path}:${index + 1} has ${columns} columns; at most ${columnsMax}`]
    }),
  )
}

export function findLongFunctions(tree: Tree): string[] {
  return codeOf(tree).flatMap(([path, text]) =>
    nodesOf(path, text).flatMap((place) => {
      if (!isFunction(place.node) || isSuite(place)) return []
      const first = lineAt(text, place.node.start)
      const lines = lineAt(text, place.node.end) - first + 1
      if (lines <= functionLinesMax) return []
      return [`${path}:${first} has a function of ${lines} lines; at most ${functionLinesMax}`]
    }),
  )
}

function codeOf(tree: Tree): [string, string][] {
  return [...tree].filter(([path]) => isCode(path))
}

function lineCount(text: string): number {
  return text.replace(/\n$/, '').split('\n').length
}

function isFunction({ type }: Node): boolean {
  return /^(FunctionDeclaration|FunctionExpression|ArrowFunctionExpression)$/.test(type)
}

/** What `describe` gets is a chapter of tests, not one thought. */
function isSuite({ parent }: NodeInPlace): boolean {
  if (parent?.node.type !== 'CallExpression') return false
  let callee: Node = parent.node.callee
  while (callee.type === 'MemberExpression' || callee.type === 'CallExpression') {
    callee = callee.type === 'MemberExpression' ? callee.object : callee.callee
  }
  return callee.type === 'Identifier' && callee.name.startsWith('describe')
}
