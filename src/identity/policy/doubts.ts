// What is right in Cedar, and yet cannot mean what was meant: a type of principal that there is
// not, or an address of which Cedar can make none.
import type { Evaluation } from './evaluation.ts'
import { compileExpression } from './expression.ts'
import { expressionText } from './expression-text.ts'
import type { PolicyJson } from './json.ts'
import { principalEntityType, principalTypes } from './names.ts'

export interface Doubt {
  message: string
  help: string
}

const doubtsMax = 20

/** Of one policy; each said once. */
export function doubtsOf(policy: PolicyJson): Doubt[] {
  const doubts = new Map<string, Doubt>()
  const add = (doubt: Doubt | null) => {
    if (doubt !== null && doubts.size < doubtsMax) doubts.set(doubt.message, doubt)
  }
  for (const type of typesIn(policy.principal)) add(strangeType(type))
  // Not by recursion: conditions may nest deeply.
  const left: unknown[] = policy.conditions.map(({ body }) => body)
  for (let json = left.pop(); json !== undefined; json = left.pop()) {
    if (typeof json !== 'object' || json === null) continue
    for (const [operator, operand] of Object.entries(json)) {
      if (constructors.has(operator)) add(unmakable(json))
      if (isAboutPrincipal(operator, operand)) {
        for (const type of typesIn(operand)) add(strangeType(type))
      }
      left.push(operand)
    }
  }
  return [...doubts.values()]
}

const constructors = new Set(['ip', 'decimal', 'datetime', 'duration'])

/** `ip("10.0.0/8")`: fails for every request. */
function unmakable(json: object): Doubt | null {
  const [[name, operand] = ['', null]] = Object.entries(json)
  const [only] = Array.isArray(operand) ? operand : []
  if (typeof only !== 'object' || only === null || typeof only.Value !== 'string') return null
  // Of a constant nothing is looked at.
  if (compileExpression(json)({ failure: '' } as Evaluation) !== undefined) return null
  const help = examples[name] ?? ''
  return { message: `\`${expressionText(json)}\` fails for every request`, help: `write ${help}` }
}

const examples: Readonly<Record<string, string>> = {
  ip: 'a whole address or a range, such as "10.0.0.0/8"',
  decimal: 'a number with 1 to 4 decimals, such as "1.0"',
  datetime: 'a time such as "2026-03-02T10:00:00Z"',
  duration: 'a length of time such as "1h30m"',
}

function isAboutPrincipal(operator: string, operand: unknown): boolean {
  if (!['in', '==', '!=', 'is'].includes(operator)) return false
  const { left } = { ...(operand as { left?: { Var?: unknown } } | null) }
  return left?.Var === 'principal'
}

/** Of a head, or of what a condition compares the principal with. */
function typesIn(json: unknown): string[] {
  const found: string[] = []
  const left: unknown[] = [json]
  for (let each = left.pop(); each !== undefined; each = left.pop()) {
    if (typeof each !== 'object' || each === null) continue
    for (const [name, value] of Object.entries(each)) {
      if (typeof value === 'string' && (name === 'type' || name === 'entity_type')) {
        found.push(value)
      } else left.push(value)
    }
  }
  return found
}

const known = [...principalTypes.map(principalEntityType), 'Group']

/** Only what looks like one of ours: systems that ask by AuthZEN have types of their own. */
function strangeType(type: string): Doubt | null {
  if (known.includes(type)) return null
  const meant = known.find((each) => plain(each) === plain(type))
  if (meant === undefined) return null
  const message = `no principal is of the type ${type}, or in one`
  return { message, help: `did you mean ${meant}?` }
}

function plain(type: string): string {
  return type.toLowerCase().replaceAll('_', '').replace(/s$/, '')
}
