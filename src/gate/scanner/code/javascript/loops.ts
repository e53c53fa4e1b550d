// Loops of all kinds.
import type {
  Expression as Code,
  DoWhileStatement,
  ForInStatement,
  ForOfStatement,
  ForStatement,
  VariableDeclaration,
  WhileStatement,
} from 'oxc-parser'
import type { Local, Loop, Place, Statement } from '../ir/ir.ts'
import { assignAny } from './assignments.ts'
import { branch, evaluate } from './blocks.ts'
import { type Context, place } from './context.ts'
import { hoistBlock } from './hoist.ts'
import { declarePattern } from './patterns.ts'

type Node = ForStatement | ForInStatement | ForOfStatement | WhileStatement | DoWhileStatement
type Declare = (declaration: VariableDeclaration) => Statement[]

export function lowerLoop(context: Context, node: Node, declare: Declare): Statement[] {
  // What the head declares is seen by the loop alone.
  return context.within(false, () => {
    switch (node.type) {
      case 'ForStatement':
        return [lowerFor(context, node, declare)]
      case 'ForInStatement':
      case 'ForOfStatement':
        return [lowerForEach(context, node)]
      default: {
        const test = context.expression(node.test)
        const atLeastOnce = node.type === 'DoWhileStatement'
        return [{ ...loop(context, node), test, atLeastOnce }]
      }
    }
  })
}

function loop(context: Context, node: Node): Loop {
  return {
    op: 'loop',
    before: [],
    test: null,
    each: null,
    body: branch(context, node.body),
    after: [],
    atLeastOnce: false,
    ...place(node),
  }
}

function lowerFor(context: Context, node: ForStatement, declare: Declare): Loop {
  const { init, test, update } = node
  let before: Statement[] = []
  if (init?.type === 'VariableDeclaration') {
    hoistBlock(context, [init])
    before = declare(init)
  } else if (init !== null) before = [evaluate(context.expression(init), init)]
  return {
    ...loop(context, node),
    before,
    test: test && context.expression(test),
    after: update === null ? [] : [evaluate(context.expression(update), update)],
  }
}

function lowerForEach(context: Context, node: ForInStatement | ForOfStatement): Loop {
  const from = context.expression(node.right)
  const { into, before, opening } = lowerTarget(context, node.left)
  const what = node.type === 'ForInStatement' ? 'keys' : 'elements'
  const lowered = loop(context, node)
  return { ...lowered, before, each: { from, what, into }, body: [...opening, ...lowered.body] }
}

interface Target {
  into: Place
  before: Statement[]
  /** What takes the element apart at the start of each round. */
  opening: Statement[]
}

function lowerTarget(context: Context, left: ForOfStatement['left']): Target {
  if (left.type !== 'VariableDeclaration') {
    const into = context.expression(left as Code)
    if (into.op === 'local' || into.op === 'field' || into.op === 'index') {
      return { into, before: [], opening: [] }
    }
    const local = context.temporary(left)
    return {
      into: local,
      before: [declared(local)],
      opening: [evaluate(assignAny(context, left, local, left), left)],
    }
  }
  hoistBlock(context, [left])
  const pattern = left.declarations[0]?.id
  if (pattern?.type === 'Identifier') {
    const found = context.scope.find(pattern.name)
    const name = found !== null && 'local' in found ? found.local : pattern.name
    const into: Local = { op: 'local', name, ...place(pattern) }
    return { into, before: left.kind === 'var' ? [] : [declared(into)], opening: [] }
  }
  const local = context.temporary(left)
  const before: Statement[] = [declared(local)]
  if (pattern === undefined) return { into: local, before, opening: [] }
  const opening = declarePattern(context, pattern, local, (part, value, at) => {
    const found = context.scope.find(part)
    const name = found !== null && 'local' in found ? found.local : part
    return { op: 'declare', name, type: null, value, ...place(at) }
  })
  return { into: local, before, opening }
}

const declared = ({ name, at, end }: Local): Statement => ({
  op: 'declare',
  name,
  type: null,
  value: null,
  at,
  end,
})
