// Texts that begin with a setting: `${config.url}/users/${id}`. Who sends a request has no say in
// where such an address leads, though nobody knows it. A template says so by a first part that no
// text holds, which models ask for by `starts-with`.
import type { Expression as Code } from 'oxc-parser'
import type { Expression } from '../ir/ir.ts'
import { type Context, constant } from './context.ts'
import { isLocation, propertyName } from './members.ts'

const mark = '\0'

/** `parts` are those of a template or a sum; `first` is what its first part was written as. */
export function withSetting(
  context: Context,
  first: Code | undefined,
  parts: readonly Expression[],
): readonly Expression[] {
  const [start, next] = parts
  if (first === undefined || start === undefined || start.op === 'constant') return parts
  // Without a sign that ends the host, what follows may still be a part of it.
  const isClosed = next?.op === 'constant' && /^[/?#]/.test(String(next.value))
  if (!isClosed || !isSetting(context, first, 0)) return parts
  return [constant(mark, { start: start.at, end: start.at }), ...parts]
}

const depthMax = 8

/** Known from its form alone: a value of a module, of the environment, of a field called so. */
export function isSetting(context: Context, node: Code, depth: number): boolean {
  if (depth > depthMax) return false
  const inner = (one: Code) => isSetting(context, one, depth + 1)
  switch (node.type) {
    case 'Literal':
      return typeof node.value === 'string'
    case 'LogicalExpression':
      return inner(node.left) && inner(node.right)
    case 'ConditionalExpression':
      return inner(node.consequent) && inner(node.alternate)
    case 'TSNonNullExpression':
    case 'TSAsExpression':
    case 'ChainExpression':
      return inner(node.expression)
    case 'Identifier': {
      const binding = context.scope.find(node.name)
      if (binding === null) return false
      return 'symbol' in binding || context.settings.has(binding.local)
    }
    case 'CallExpression': {
      const { callee } = node
      const isPlain = node.arguments.every((one) => one.type === 'Literal')
      return isPlain && callee.type !== 'CallExpression' && inner(callee)
    }
    case 'MemberExpression':
      return isSettingMember(context, node, depth)
    default:
      return false
  }
}

function isSettingMember(
  context: Context,
  node: Extract<Code, { type: 'MemberExpression' }>,
  depth: number,
): boolean {
  const { object } = node
  const name = propertyName(node) ?? ''
  if (object.type === 'ThisExpression') return settingName.test(name)
  if (object.type === 'Identifier' && object.name === 'process' && name === 'env') {
    return context.scope.find('process') === null
  }
  if (name === 'origin' && isLocation(context.expression(object))) return true
  return isSetting(context, object, depth + 1)
}

const settingName = new RegExp(
  [
    '^(?:config|configuration|configService|settings|env)',
    '^_?(?:base|api|server|root|site|app|public|service|end)_?(?:url|uri|host|path|origin|point)',
  ].join('|'),
  'i',
)
