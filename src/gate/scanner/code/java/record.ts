// What a record has without being written: fields, a constructor that fills them, and readers.
import type { Expression, IrField, IrFunction, Statement } from '../ir/ir.ts'
import type { SyntaxNode } from '../syntax.ts'
import { type Context, functionOf } from './context.ts'
import { lowerParameters } from './parameters.ts'

export function recordMethods(
  context: Context,
  owner: string,
  list: SyntaxNode,
  written: readonly IrFunction[],
): { fields: IrField[]; methods: IrFunction[] } {
  context.scope.enterBlock()
  const parameters = lowerParameters(context, list)
  context.scope.leave()
  const place = context.place(list)
  const self: Expression = { op: 'self', ...place }
  const fieldOf = (name: string) => ({ op: 'field', object: self, name, ...place }) as const
  const plain = (name: string) => name.replace(/#\d+$/, '')
  const fields = parameters.map(
    ({ name, type }): IrField => ({
      name: plain(name),
      type,
      value: null,
      isStatic: false,
      isConstant: false,
      ...place,
    }),
  )
  const readers = parameters
    .filter(({ name }) => !written.some((method) => method.name === plain(name)))
    .map(({ name }) => {
      const value = fieldOf(plain(name))
      const body: Statement[] = [{ op: 'return', value, label: null, ...place }]
      return functionOf({ name: plain(name), owner, body, ...place })
    })
  if (written.some((method) => method.name === 'constructor' && method.parameters.length > 0)) {
    return { fields, methods: readers }
  }
  const compact = written.find((method) => method.name === 'constructor')?.body ?? []
  const body = parameters.map(({ name }): Statement => {
    const value: Expression = { op: 'local', name, ...place }
    const assign: Expression = { op: 'assign', target: fieldOf(plain(name)), value, ...place }
    return { op: 'evaluate', value: assign, ...place }
  })
  const made = functionOf({
    name: 'constructor',
    owner,
    parameters,
    body: [...compact, ...body],
    ...place,
  })
  return { fields, methods: [...readers, made] }
}
