// Writes pieces of Cedar so that they mean what they should, whatever the texts in them hold: every
// text passes through `quote`, every name of an attribute through `attribute` or `presence`.
import type { Glob } from './glob.ts'

/** A boolean expression, and whether it needs brackets inside the other connective. */
export interface Expression {
  text: string
  joint: '&&' | '||' | null
  /** What the joint stands between. */
  parts: readonly string[]
}

/** A comparison, a call, or anything else that binds more tightly than `&&`. */
export function atom(text: string): Expression {
  return { text, joint: null, parts: [text] }
}

export function all(parts: readonly Expression[]): Expression {
  return joined(parts, '&&')
}

export function any(parts: readonly Expression[]): Expression {
  return joined(parts, '||')
}

export function not({ text }: Expression): Expression {
  return atom(`!(${text})`)
}

function joined(parts: readonly Expression[], joint: '&&' | '||'): Expression {
  const [only] = parts
  if (parts.length === 1 && only !== undefined) return only
  const texts = parts.flatMap((part) => {
    if (part.joint === joint) return part.parts
    return [part.joint === null ? part.text : `(${part.text})`]
  })
  return { text: texts.join(` ${joint} `), joint, parts: texts }
}

/** A condition of a policy: in one line where it is short, else each part in its own. */
export function when({ text, joint, parts }: Expression): string {
  if (text.length <= lineLengthMax || joint === null) return `when { ${text} }`
  return `when {\n  ${parts.join(` ${joint}\n  `)}\n}`
}

const lineLengthMax = 90

/** A text literal. */
export function quote(text: string): string {
  return `"${escaped(text)}"`
}

export function entity(type: string, id: string): string {
  return `${type}::${quote(id)}`
}

export function list(items: readonly string[]): string {
  return `[${items.join(', ')}]`
}

export function literal(value: string | number | boolean): string {
  return typeof value === 'string' ? quote(value) : String(value)
}

/** `target` is one of the values. */
export function oneOf(target: string, values: readonly (string | number | boolean)[]): Expression {
  const unique = [...new Set(values)]
  const [only] = unique
  if (unique.length === 1 && only !== undefined) return atom(`${target} == ${literal(only)}`)
  return atom(`${list(unique.map(literal))}.contains(${target})`)
}

export function like(target: string, glob: Glob): Expression {
  const pattern = glob.map((part) => escaped(part).replaceAll('*', '\\*')).join('*')
  return atom(`${target} like "${pattern}"`)
}

/** `context.device.os`, or `context["x y"]` where the name is not an identifier. */
export function attribute(root: string, path: readonly string[]): string {
  const levels = path.map((name) => (isIdentifier(name) ? `.${name}` : `[${quote(name)}]`))
  return root + levels.join('')
}

/** Whether the attribute is there, level by level. */
export function presence(root: string, path: readonly string[]): Expression {
  if (path.every(isIdentifier)) return atom(`${root} has ${path.join('.')}`)
  return all(
    path.map((name, depth) => {
      const shown = isIdentifier(name) ? name : quote(name)
      return atom(`${attribute(root, path.slice(0, depth))} has ${shown}`)
    }),
  )
}

const keywords = new Set('true false if then else in is like has __cedar'.split(' '))

function isIdentifier(name: string): boolean {
  return /^[_a-zA-Z][_a-zA-Z0-9]*$/.test(name) && !keywords.has(name)
}

/** What ends a literal, breaks a line or hides from a reader is escaped; the rest is readable. */
function escaped(text: string): string {
  return text.replace(special, (character) => {
    if (character === '"' || character === '\\') return `\\${character}`
    return `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`
  })
}

const special = /["\\\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu
