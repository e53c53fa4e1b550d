// What a schema may ask of Cedar's validator, which is not made for hostile ones: its stack is
// small, and a few lines can stand for types of any size. So a schema is measured, by its tokens,
// before any of Cedar sees it.
import { schemaToJson } from '@cedar-policy/cedar-wasm/nodejs'
import type { PolicyError } from './place.ts'
import { Places } from './place.ts'
import { guarded } from './text.ts'
import { findExcess, textBounds } from './text-bounds.ts'
import { tokensOf } from './tokens.ts'

/** A hierarchy may be as deep as there are declarations; 4,000 were seen to overflow the stack. */
const declarationsMax = 500
/** Pairs of a type or an action with what it may be in. */
const membershipsMax = 5_000
/** Names in all declarations, with the types that they name written out. */
const namesMax = 50_000
/** Kinds of request times the length of all policies: about two seconds of validation. */
const workMax = 20_000_000

/** What is too much in a schema for policies of so many characters; also why it cannot be read. */
export function findSchemaExcess(schema: string, policiesLength: number): PolicyError[] {
  const { lengthMax } = textBounds
  if (schema.length > lengthMax) return [fault(`it is longer than ${lengthMax} characters`)]
  const tokens = [...tokensOf(schema)]
  const deep = findExcess(schema, tokens, new Places(schema))
  if (deep.length > 0) return deep.map((error) => ({ ...error, ...fault(error.message) }))
  const declarations = declarationsOf(tokens.map(({ start, end }) => schema.slice(start, end)))
  if (declarations.length > declarationsMax)
    return [fault(`it has ${declarations.length} declarations, ${declarationsMax} are allowed`)]
  const memberships = declarations.reduce((sum, each) => sum + membershipsOf(each), 0)
  if (memberships > membershipsMax)
    return [fault(`it has ${memberships} memberships, ${membershipsMax} are allowed`)]
  if (writtenOut(declarations) > namesMax)
    return [fault(`its types stand for more than ${namesMax} names when they are written out`)]
  return findWork(schema, policiesLength)
}

function fault(message: string): PolicyError {
  return { message: `schema: ${message.replace(/^failed to parse schema from string: /, '')}` }
}

function findWork(schema: string, policiesLength: number): PolicyError[] {
  const answer = guarded(() => schemaToJson(schema))
  if (answer.type === 'failure') return answer.errors.map(({ message }) => fault(message))
  const actions = Object.values(answer.json).flatMap((space) => Object.values(space.actions))
  const kinds = actions.reduce((sum, { appliesTo }) => {
    return sum + (appliesTo?.principalTypes.length ?? 0) * (appliesTo?.resourceTypes.length ?? 0)
  }, 0)
  if (kinds * policiesLength <= workMax) return []
  const most = Math.floor(workMax / kinds)
  return [fault(`it has ${kinds} kinds of request; policies may then be ${most} characters long`)]
}

/** From `entity`, `action` or `type` to the semicolon. */
interface Declaration {
  readonly kind: string
  readonly words: readonly string[]
}

function declarationsOf(words: readonly string[]): Declaration[] {
  const declarations: Declaration[] = []
  let start: number | undefined
  for (const [i, word] of words.entries()) {
    // An annotation may have any name.
    if (start === undefined && keywords.has(word) && words[i - 1] !== '@') start = i
    if (word !== ';' && i + 1 < words.length) continue
    if (start !== undefined)
      declarations.push({ kind: words[start] ?? '', words: words.slice(start + 1, i + 1) })
    start = undefined
  }
  return declarations
}

const keywords = new Set(['entity', 'action', 'type'])
const name = /^["_a-zA-Z]/

/** `A, B in [C, D]` are four. */
function membershipsOf({ words }: Declaration): number {
  const at = words.indexOf('in')
  if (at < 0) return 0
  const end = words.findIndex((word, i) => i > at && /^[\]{;]$/.test(word))
  const [left, right] = [words.slice(0, at), words.slice(at + 1, end < 0 ? undefined : end)].map(
    (part) => part.filter((word) => name.test(word)).length,
  )
  return (left ?? 0) * (right ?? 0)
}

/**
 * How many names stand in all declarations when those of common types are replaced by what they
 * stand for. Names that occur twice, in two namespaces, count for both: rather too much.
 */
function writtenOut(declarations: readonly Declaration[]): number {
  const bodies = new Map<string, string[]>()
  for (const { kind, words } of declarations) {
    const [own = '', ...body] = words
    if (kind === 'type') bodies.set(own, [...(bodies.get(own) ?? []), ...body])
  }
  const sizes = new Map<string, number>()
  const sizeOf = (words: readonly string[]): number =>
    words.reduce((sum, word) => sum + (name.test(word) ? 1 + sizeOfType(word) : 0), 0)
  const sizeOfType = (type: string): number => {
    const known = sizes.get(type)
    if (known !== undefined) return known
    // A type that names itself is refused by Cedar; here it only must end.
    sizes.set(type, 0)
    const size = sizeOf(bodies.get(type) ?? [])
    sizes.set(type, size)
    return size
  }
  return declarations.reduce((sum, { words }) => sum + sizeOf(words), 0)
}
