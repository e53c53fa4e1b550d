// Prints what a file was lowered to in a short form, for tests: `$x` is the symbol x, `T<a|b>` a
// template, `fn!` an exported function.
import type { Argument, Expression, IrFile, IrFunction, IrType, Statement } from '../ir/ir.ts'

export const irText = (file: IrFile): string => file.main.body.map(statement).join('\n')

function expression(node: Expression): string {
  switch (node.op) {
    case 'constant':
      return JSON.stringify(node.value)
    case 'local':
      return node.name
    case 'symbol':
      return `$${node.name}`
    case 'self':
      return 'self'
    case 'field':
      return `${expression(node.object)}.${node.name}`
    case 'index':
      return `${expression(node.object)}[${expression(node.key)}]`
    case 'call': {
      const given = node.arguments.map(argument).join(', ')
      return `${node.isNew ? 'new ' : ''}${expression(node.callee)}(${given})`
    }
    case 'binary':
      return `(${expression(node.left)} ${node.operator} ${expression(node.right)})`
    case 'unary':
      return `${node.operator} ${expression(node.operand)}`
    case 'conditional':
      return `(${[node.test, node.then, node.else].map(expression).join(' ? ')})`
    case 'template':
      return `T<${node.parts.map(expression).join('|')}>`
    case 'list':
      return `[${node.elements.map(argument).join(', ')}]`
    case 'map':
      return `{${node.entries
        .map(({ key, value }) => `${key === null ? '...' : expression(key)}: ${expression(value)}`)
        .join(', ')}}`
    case 'lambda':
      return functionText(node.function)
    case 'assign':
      return `${expression(node.target)} := ${expression(node.value)}`
    case 'sequence':
      return `(${node.values.map(expression).join('; ')})`
    case 'cast':
      return `<${node.type}>${expression(node.value)}`
    case 'unknown':
      return `?(${node.parts.map(expression).join(', ')})`
  }
}

const argument = ({ value, name, spread }: Argument): string =>
  `${spread ? '...' : ''}${name === null ? '' : `${name}=`}${expression(value)}`

function functionText(node: IrFunction): string {
  const parameters = node.parameters.map((one) => {
    const annotations = one.annotations.map(({ name }) => `@${name} `).join('')
    const type = one.type === null ? '' : `:${one.type}`
    const otherwise = one.default === null ? '' : `=${expression(one.default)}`
    return `${annotations}${one.rest === null ? '' : '...'}${one.name}${type}${otherwise}`
  })
  return `fn${node.exported ? '!' : ''} ${node.name}(${parameters.join(', ')}) ${block(node.body)}`
}

function statement(node: Statement): string {
  switch (node.op) {
    case 'evaluate':
      return expression(node.value)
    case 'declare': {
      const type = node.type === null ? '' : `:${node.type}`
      return `let ${node.name}${type}${node.value === null ? '' : ` = ${expression(node.value)}`}`
    }
    case 'declare-function':
      return functionText(node.function)
    case 'declare-type':
      return typeText(node.type)
    case 'if':
      return `if ${expression(node.test)} ${block(node.then)} else ${block(node.else)}`
    case 'switch': {
      const cases = node.cases.map(
        ({ tests, body }) => `case ${tests.map(expression).join(', ')} ${block(body)}`,
      )
      return `switch ${expression(node.subject)} {${cases.join(' ')}}`
    }
    case 'loop':
      return loopText(node)
    case 'try': {
      const handlers = node.handlers.map(({ name, body }) => ` catch ${name} ${block(body)}`)
      return `try ${block(node.body)}${handlers.join('')} finally ${block(node.finally)}`
    }
    case 'block':
      return `${node.label === null ? '' : `${node.label}: `}${block(node.body)}`
    default: {
      const { op, label, value } = node
      return [op, label, value && expression(value)].filter(Boolean).join(' ')
    }
  }
}

function loopText(node: Extract<Statement, { op: 'loop' }>): string {
  const { before, test, each, body, after, atLeastOnce } = node
  const how = [
    ...before.map((one) => `before ${statement(one)}`),
    each === null ? '' : `${expression(each.into)} of ${each.what} ${expression(each.from)}`,
    test === null ? '' : expression(test),
    ...after.map((one) => `after ${statement(one)}`),
    atLeastOnce ? 'at least once' : '',
  ]
  return `loop (${how.filter(Boolean).join('; ')}) ${block(body)}`
}

function typeText(type: IrType): string {
  const annotations = type.annotations.map(({ name }) => `@${name} `).join('')
  const above = type.extends.length === 0 ? '' : ` extends ${type.extends.join(', ')}`
  const fields = type.fields.map((field) => {
    const words = `${field.isStatic ? 'static ' : ''}${field.isConstant ? 'const ' : ''}`
    const value = field.value === null ? '' : ` = ${expression(field.value)}`
    return `${words}${field.name}${field.type === null ? '' : `:${field.type}`}${value}`
  })
  const methods = type.methods.map(
    (one) =>
      one.annotations.map(({ name }) => `@${name} `).join('') +
      (one.isStatic ? 'static ' : '') +
      functionText(one),
  )
  const name = `${annotations}class${type.exported ? '!' : ''} ${type.name}${above}`
  return `${name} {${[...fields, ...methods].join('; ')}}`
}

const block = (statements: readonly Statement[]): string =>
  `{${statements.map(statement).join('; ')}}`
