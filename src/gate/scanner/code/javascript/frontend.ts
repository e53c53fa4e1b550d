// The frontend of JavaScript, TypeScript and JSX: parsed by a native parser, lowered to the
// intermediate representation that all languages share.
//
// What is special: `await x` is `x`; `require` and `import` are the names of what they bring;
// exports are assignments to `module.exports`; a promisified function is the function; `window.x`
// is `x`; JSX is `react.createElement`; a class field that is set keeps its value in the type.
import type { Program } from 'oxc-parser'
import type { SourceText } from '../../source-text.ts'
import type { Budget } from '../../weakness.ts'
import type { Frontend, Lowered } from '../frontend.ts'
import type { IrFunction } from '../ir/ir.ts'
import { blockStatements } from './blocks.ts'
import { lowerClass } from './classes.ts'
import { Context, type Dispatch } from './context.ts'
import { markExports } from './exports.ts'
import { lowerExpression } from './expressions.ts'
import { declareAll, lowerFunction } from './functions.ts'
import { hoistFunction } from './hoist.ts'
import { extensions, parseProgram } from './parse.ts'
import { lowerStatements } from './statements.ts'

export const javascript: Frontend = {
  language: 'javascript',
  extensions,
  prepare: () => null,
  lower,
}

const dispatch: Dispatch = {
  expression: lowerExpression,
  statements: lowerStatements,
  function: lowerFunction,
  class: lowerClass,
}

function lower(source: SourceText, budget: Budget): Lowered {
  const { path, text } = source
  const context = new Context(source, dispatch, () => budget.expired())
  const parsed = isDeclaration(path) ? null : parseProgram(path, text)
  if (parsed?.problem) {
    const { program, problem } = parsed
    context.incomplete = program === null ? `the code was not analysed: ${problem}` : problem
  }
  const main = lowerMain(context, parsed?.program ?? null, text.length)
  const { imports, types, unknowns, incomplete } = context
  const file = { language: 'javascript', namespace: '', imports, main, types, unknowns } as const
  return { file, incomplete }
}

/** Only of types: nothing in it runs. */
function isDeclaration(path: string): boolean {
  return /\.d\.[cm]?ts$/i.test(path)
}

function lowerMain(context: Context, program: Program | null, end: number): IrFunction {
  const statements = program?.body ?? []
  markExports(context, statements)
  const variables = hoistFunction(context, statements)
  const declared = declareAll(context, variables, { start: 0, end: 0 })
  return {
    name: '',
    owner: null,
    parameters: [],
    body: [...declared, ...blockStatements(context, statements)],
    exported: false,
    isStatic: false,
    annotations: [],
    at: 0,
    end,
  }
}
