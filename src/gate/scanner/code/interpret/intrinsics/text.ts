// Operations on texts and on builders of texts.

import type { Expression } from '../../ir/ir.ts'
import { operators } from '../arithmetic.ts'
import type { Value } from '../domain.ts'
import { openObject, withField } from '../heap.ts'
import type { Machine } from '../machine.ts'
import { beforePlaceholder, concat } from '../operators.ts'
import type { Site } from '../site.ts'
import { cleanFor, joinTaints } from '../taint.ts'
import { constant, join, only, unknown } from '../value.ts'
import { addTaints, update } from '../write.ts'
import {
  argument,
  contentsOf,
  fold,
  type Intrinsic,
  receiverObject,
  taintsIn,
  text,
} from './operands.ts'

type Scalars = Parameters<Parameters<typeof fold>[3]>

/** Of the receiver and the arguments; unknown, but a text, where a constant is missing. */
function onText(compute: (receiver: string, ...given: Scalars) => string | undefined): Intrinsic {
  return (machine, site) => {
    const operands = operandsOf(site)
    const known = fold(machine, site, operands, (receiver, ...given) =>
      typeof receiver === 'string' ? compute(receiver, ...given) : undefined,
    )
    return known ?? text(machine, site, operands)
  }
}

/** What is asked of a text is a number or a truth value, which carry nothing from outside. */
function asked(
  compute: (receiver: string, ...given: Scalars) => number | boolean | undefined,
): Intrinsic {
  return (machine, site) =>
    fold(machine, site, operandsOf(site), (receiver, ...given) =>
      typeof receiver === 'string' ? compute(receiver, ...given) : undefined,
    ) ?? unknown
}

function operandsOf(site: Site): Value[] {
  return [site.receiver ?? unknown, ...site.given.map(({ value }) => value)]
}

const asText = (value: Scalars[number] | undefined): string | undefined =>
  typeof value === 'string' ? value : undefined
const asNumber = (value: Scalars[number] | undefined): number | undefined =>
  typeof value === 'number' ? value : undefined

const substring = onText((receiver, from, to) => {
  const start = asNumber(from)
  const end = to === undefined ? receiver.length : asNumber(to)
  if (start === undefined || end === undefined || start > end) return undefined
  return receiver.slice(start, end)
})

/** `name.substring(name.lastIndexOf('.'))`: what follows the last of these leads nowhere. */
function isAfterLast(from: Expression | null): boolean {
  if (from === null) return false
  if (from.op === 'binary' && from.operator === '+') return isAfterLast(from.left)
  if (from.op !== 'call' || from.callee.op !== 'field') return false
  const [sign] = from.arguments
  if (!/^(?:lastIndexOf|rfind|rindex)$/.test(from.callee.name) || sign === undefined) return false
  const { value } = sign
  if (value.op === 'field') return value.name.startsWith('separator')
  return value.op === 'constant' && ['.', '/', '\\'].includes(String(value.value))
}

function parsed(value: Scalars[number]): number | undefined {
  if (typeof value === 'number') return value
  return typeof value === 'string' && /^[-+]?\d{1,15}$/.test(value) ? Number(value) : undefined
}

const textKey = '#text'

/** What a builder holds so far; null for one that came from elsewhere. */
function built(machine: Machine, site: Site): Value | null {
  const contents = contentsOf(machine, site)
  return contents?.fields.get(textKey) ?? null
}

function setBuilt(machine: Machine, site: Site, value: Value): Value {
  const object = receiverObject(site)
  if (object !== null) update(machine, [object], (held) => withField(held, textKey, value))
  return site.receiver ?? unknown
}

/** The format is the receiver or, of a function that formats, the first argument. */
const format: Intrinsic = (machine, site) => {
  const { receiver } = site
  const isMethod = receiver !== null && receiver.symbols.length === 0
  const [pattern, ...given] = isMethod ? operandsOf(site) : site.given.map(({ value }) => value)
  if (pattern === undefined) return null
  return { ...text(machine, site, [pattern, ...given]), prefix: beforePlaceholder(pattern) }
}

const append: Intrinsic = (machine, site) => {
  const before = built(machine, site)
  const given = site.given.map(({ value }) => value)
  if (before !== null) {
    const parts = [before, ...given.map((value) => textIn(machine, value))]
    return setBuilt(machine, site, concat(operators(machine), parts))
  }
  const { receiver, receiverNode } = site
  if (receiver === null) return null
  const taints = taintsIn(machine, site, given)
  addTaints(machine, receiver, receiverNode, taints)
  return { ...receiver, taints: joinTaints(receiver.taints, taints) }
}

/** A builder that is appended to another is its text. */
function textIn(machine: Machine, value: Value): Value {
  const [object] = value.objects
  if (object === undefined || value.objects.length > 1) return value
  return machine.store.contents(object).fields.get(textKey) ?? value
}

/** The whole is known no longer, but where it comes from is. */
const change: Intrinsic = (machine, site) => {
  const before = built(machine, site)
  if (before === null) return append(machine, site)
  const given = site.given.map(({ value }) => value)
  return setBuilt(machine, site, text(machine, site, [before, ...given]))
}

export const textIntrinsics: Record<string, Intrinsic> = {
  'text.format': format,
  'text.concat': (machine, site) => concat(operators(machine), operandsOf(site)),
  /** Of the arguments alone: a static method. */
  'text.of': (machine, site) =>
    concat(
      operators(machine),
      site.given.map(({ value }) => textIn(machine, value)),
    ),
  'text.value': (machine, site) => {
    const { receiver } = site
    if (receiver === null) return null
    return built(machine, site) ?? concat(operators(machine), [receiver])
  },
  'text.char-at': onText((receiver, at) => receiver[asNumber(at) ?? -1]),
  'text.substring': (machine, site) => {
    const value = substring(machine, site)
    if (value === null || !isAfterLast(site.given[0]?.node ?? null)) return value
    const rule = machine.findings.bitsOf(['path-traversal'])
    return { ...value, taints: cleanFor(value.taints, rule) }
  },
  'text.lower': onText((receiver) => receiver.toLowerCase()),
  'text.upper': onText((receiver) => receiver.toUpperCase()),
  'text.trim': onText((receiver) => receiver.trim()),
  'text.length': asked((receiver) => receiver.length),
  'text.is-empty': asked((receiver) => receiver === ''),
  'text.equals': (machine, site) =>
    fold(machine, site, operandsOf(site).slice(0, 2), (a, b) => a === b) ?? unknown,
  'text.equals-ignoring-case': asked((receiver, other) => {
    const wanted = asText(other)
    return wanted === undefined ? undefined : receiver.toLowerCase() === wanted.toLowerCase()
  }),
  'text.starts-with': asked((receiver, start) => {
    const wanted = asText(start)
    return wanted === undefined ? undefined : receiver.startsWith(wanted)
  }),
  'text.ends-with': asked((receiver, end) => {
    const wanted = asText(end)
    return wanted === undefined ? undefined : receiver.endsWith(wanted)
  }),
  'text.contains': asked((receiver, part) => {
    const wanted = asText(part)
    return wanted === undefined ? undefined : receiver.includes(wanted)
  }),
  'text.index-of': asked((receiver, part) => {
    const wanted = asText(part)
    return wanted === undefined ? undefined : receiver.indexOf(wanted)
  }),
  'text.matches': () => unknown,
  'pattern.new': (machine, site) => {
    const type = machine.types.text === 'java.lang.String' ? 'java.util.regex.Pattern' : ''
    return machine.allocate(type, withField(openObject, '#pattern', argument(site, 0)))
  },
  'pattern.matcher': (machine, site) => {
    const held = contentsOf(machine, site)?.fields.get('#pattern')
    const [tested] = site.given
    if (held === undefined || tested === undefined) return null
    const type = machine.resolve('java.util.regex.Matcher')
    const matcher = machine.allocate(type, withField(openObject, '#pattern', held))
    const [object] = matcher.objects
    if (object !== undefined && tested.node !== null) machine.matched.set(object, tested.node)
    return { ...matcher, taints: taintsIn(machine, site, [tested.value]) }
  },
  'matcher.matches': () => unknown,
  'matcher.find': () => unknown,
  'text.number': (machine, site) => {
    const given = site.given.length === 0 ? (site.receiver ?? unknown) : argument(site, 0)
    return fold(machine, site, [given], parsed) ?? unknown
  },
  /** An answer that tells nothing of the text. */
  'text.ask': () => unknown,

  'builder.new': (machine, site) => {
    const [first] = site.given
    const isSize = first === undefined || typeof only(first.value) === 'number'
    const start = isSize ? constant('') : textIn(machine, first.value)
    const { callee } = site.node
    const type = callee.op === 'symbol' ? machine.resolve(callee.name) : machine.types.text
    return machine.allocate(type, withField(openObject, textKey, start))
  },
  'builder.append': append,
  'builder.change': change,
  'builder.reverse': (machine, site) => {
    const before = built(machine, site)
    if (before === null) return site.receiver
    const known = fold(machine, site, [before], (value) =>
      typeof value === 'string' ? [...value].reverse().join('') : undefined,
    )
    return setBuilt(machine, site, known ?? text(machine, site, [before]))
  },
  'builder.text': (machine, site) => {
    const held = built(machine, site)
    if (held === null) return null
    const outside = site.receiver?.taints ?? []
    return outside.length === 0 ? held : join(held, { ...unknown, taints: outside })
  },
}
