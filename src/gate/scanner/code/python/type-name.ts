// Type hints, as full names of types. Only what tells something about a value is kept: optional
// types are their type, a container of numbers counts as a number, because no text hides in it.

import type { SyntaxNode } from '../syntax.ts'
import type { Lowering } from './lowering.ts'
import { firstChild } from './reading.ts'
import type { Binding } from './scope.ts'

/** Null where the hint says nothing of use. */
export function typeName(file: Lowering, node: SyntaxNode | null): string | null {
  return node === null ? null : nameOf(file, node, 0)
}

function nameOf(file: Lowering, node: SyntaxNode, depth: number): string | null {
  const { syntax } = file
  if (depth > 10) return null
  const inner = (child: SyntaxNode | null) =>
    child === null ? null : nameOf(file, child, depth + 1)
  switch (syntax.kind(node)) {
    case 'type':
      return inner(firstChild(syntax, node))
    case 'identifier':
    case 'attribute':
    case 'member_type':
      return dottedName(file, node)
    case 'none':
      return 'None'
    case 'string':
      return quoted(file, syntax.textOf(node).replace(/^\w*["']+|["']+$/g, ''))
    case 'union_type':
    case 'binary_operator':
      return united(syntax.children(node).map(inner))
    case 'generic_type':
    case 'subscript': {
      const [base = null, ...rest] = syntax.children(node)
      const parameters =
        rest[0] !== undefined && syntax.kind(rest[0]) === 'type_parameter'
          ? syntax.children(rest[0])
          : rest
      return generic(
        inner(base),
        parameters.map((child) => () => inner(child)),
      )
    }
    default:
      return null
  }
}

/** `a.b.c` as written, its first name resolved; null for what is no dotted name. */
export function dottedName(file: Lowering, node: SyntaxNode): string | null {
  const text = file.syntax.textOf(node)
  return /^[\w.]+$/.test(text) ? resolved(file, text) : null
}

function resolved(file: Lowering, text: string): string {
  const [first = '', ...rest] = text.split('.')
  const meaning = file.meaning(first)
  if (meaning.kind === 'symbol') return [meaning.name, ...rest].join('.')
  if (meaning.kind === 'member') return `${meaning.owner.name}.${text}`
  const binding = meaning.kind === 'local' ? meaning.binding : null
  return binding !== null && isEnumeration(file, binding) ? 'enum.Enum' : text
}

/** Its values are those of a fixed list. */
function isEnumeration({ syntax }: Lowering, { declares, definition }: Binding): boolean {
  if (declares !== 'class' || definition === null) return false
  const superclasses = syntax.field(definition, 'superclasses')
  return superclasses !== null && /\b\w*(?:Enum|Choices)\b/.test(syntax.textOf(superclasses))
}

/** In quotes: `'Item'`, `'Item | None'`, `'Optional[Item]'`. */
function quoted(file: Lowering, text: string): string | null {
  const bare = text
    .replace(/\s*\|\s*None$|^None\s*\|\s*/, '')
    .replace(/^Optional\[([\w.]+)\]$/, '$1')
  return /^[\w.]+$/.test(bare) ? resolved(file, bare) : null
}

function generic(name: string | null, parameters: (() => string | null)[]): string | null {
  const last = name?.split('.').at(-1) ?? ''
  if (last === 'Optional' || last === 'Union') return united(parameters.map((one) => one()))
  if (transparent.has(last)) return parameters[0]?.() ?? null
  if (containers.has(last)) {
    const types = parameters.map((one) => one())
    const [first] = types
    if (first && types.every((type) => type !== null && plain.has(type))) return first
  }
  return name
}

function united(types: readonly (string | null)[]): string | null {
  const some = types.filter((type) => type !== 'None')
  const [first = null] = some
  if (some.length === 1) return first
  return first !== null && some.every((type) => type !== null && plain.has(type)) ? first : null
}

const transparent = new Set([
  'Annotated',
  'ClassVar',
  'Final',
  'Required',
  'NotRequired',
  'ReadOnly',
  'Mapped',
])
const containers = new Set(
  'list List set Set frozenset FrozenSet tuple Tuple Sequence Iterable Collection'.split(' '),
)
/** No text that somebody chose is in it. */
export const isPlain = (type: string): boolean =>
  plain.has(type) || type === 'enum.Enum' || /^pydantic\.UUID\d$/.test(type)

const plain = new Set(
  `int float bool complex uuid.UUID decimal.Decimal datetime.date datetime.datetime datetime.time
  datetime.timedelta`.split(/\s+/),
)
