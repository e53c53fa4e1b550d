// What is supposed of a call of which only the name is known.

import { invokeCallbacks } from './callbacks.ts'
import type { Value } from './domain.ts'
import type { Given } from './given.ts'
import { openObject, withField } from './heap.ts'
import { judgementOf } from './judgement.ts'
import type { Machine } from './machine.ts'
import type { Site } from './site.ts'
import { cleanFor, guessed, joinTaints, noTaints, type Taints, withHop } from './taint.ts'
import { join, unknown } from './value.ts'
import { addTaints, ensureObject, update } from './write.ts'

/** What goes in comes out. `symbols` name a function or a type of a library. */
export function supposeFlow(machine: Machine, site: Site, symbols: readonly string[]): Value {
  const { node, receiver, receiverNode, given, name } = site
  const inside = given.reduce<Taints>(
    (all, { value }) => joinTaints(all, machine.deepTaints(value)),
    noTaints,
  )
  const accessed = accessField(machine, site)
  if (accessed !== null) return accessed
  const held = receiver === null ? noTaints : machine.deepTaints(receiver)
  const called = invokeCallbacks(machine, site, joinTaints(held, inside))
  const taints = joinTaints(joinTaints(held, inside), called.taints)
  if (node.isNew) {
    const [type = ''] = symbols
    return machine.allocate(type, { ...openObject, taints: passed(machine, site, inside) })
  }
  if (receiver !== null && fills.test(name))
    addTaints(machine, receiver, receiverNode, guessed(inside))
  if (inside.length > 0) believe(machine, site)
  if (asks.test(name)) return unknown
  return { ...unknown, taints: passed(machine, site, taints) }
}

/** A name that promises to make text harmless is believed, because nothing else is known. */
function passed(machine: Machine, { node, name }: Site, taints: Taints): Taints {
  if (taints.length === 0) return taints
  const label = name === '' ? 'through a call' : `through ${name}()`
  const after = guessed(withHop(taints, machine.spot(node), label))
  return harmless.test(name) ? cleanFor(after, machine.findings.allRules) : after
}

const harmless = new RegExp(
  [
    '(?:^|_)(?:escape|sanitiz|sanitis|encode|purify|quote)',
    // Of statements: what is put between the signs that such a thing needs.
    '^(?:sql_?)?(?:identifier|literal(?:_string)?)$',
    '(?:Escape|Sanitiz|Sanitis|Encode[A-Z])',
    '(?:Escaped|Encoded|Sanitized)$',
  ].join('|'),
)
const fills = /^(?:set|add|put|append|push|insert|write)(?:[A-Z_]|$)/
const asks = new RegExp(
  [
    '^(?:is|has|can|should|was|are)(?:[A-Z_]|$)',
    '^(?:equals|contains|hashCode|compareTo|size|length|count|indexOf|exists|test)$',
  ].join('|'),
)

/** A test that by its name looks for harm is believed, too: where it finds none, all is well. */
export function believe(machine: Machine, { node, given, name }: Site): void {
  if (given.length > 3) return
  const judgement = judgementOf(name)
  if (judgement === null) return
  const { harmless, subject } = judgement
  const { allRules } = machine.findings
  const told = { whenTrue: harmless ? allRules : 0n, whenFalse: harmless ? 0n : allRules }
  const judged = given.flatMap((one, index) => (isNamed(one, subject) ? [index] : []))
  const all = given.map((_, index) => index)
  const indexes = judged.length > 0 ? judged : all
  machine.answers.set(
    node,
    indexes.map((index) => ({ index, ...told })),
  )
}

/** `session.user` of `isTrustedUser(session.user, name)`. */
function isNamed({ node }: Given, subject: string): boolean {
  if (subject === '' || (node?.op !== 'local' && node?.op !== 'field')) return false
  const name = node.name.toLowerCase()
  return name.endsWith(subject) || (name.length > 2 && subject.endsWith(name))
}

/** `setName(x)` and `getName()` of an object of which the run has seen the beginning. */
function accessField(machine: Machine, site: Site): Value | null {
  const { receiver, receiverNode, given, name } = site
  if (receiver === null || receiver.symbols.length > 0) return null
  const [, verb, property = ''] = /^(set|get|is)([A-Z]\w*)$/.exec(name) ?? []
  const key = `#bean:${property}`
  if (verb === 'set' && given.length === 1) {
    const [one] = given
    const objects = ensureObject(machine, receiver, receiverNode)
    if (one === undefined || objects.length === 0) return null
    update(machine, objects, (contents) => withField(contents, key, one.value))
    // Fluent setters answer the object; others nothing, which is never looked at.
    return { ...receiver, objects }
  }
  if (verb === undefined || given.length > 0) return null
  const held = receiver.objects.map((object) => machine.store.contents(object).fields.get(key))
  const known = held.filter((value) => value !== undefined)
  return known.length === 0 || known.length < held.length ? null : known.reduce(join)
}
