// What is given to a call.
import type { Argument as Code } from 'oxc-parser'
import type { Argument } from '../ir/ir.ts'
import type { Context } from './context.ts'

export function argumentsOf(context: Context, nodes: readonly Code[]): Argument[] {
  return nodes.map((node) => argumentOf(context, node))
}

export function argumentOf(context: Context, node: Code): Argument {
  const spread = node.type === 'SpreadElement'
  return { value: context.expression(spread ? node.argument : node), name: null, spread }
}
