// Holds what models forbid against what a call is given.

import type { Expression, Field } from '../ir/ir.ts'
import type { MisuseModel, PropertyModel, SinkModel } from '../model/data.ts'
import { applies } from './conditions.ts'
import type { Value } from './domain.ts'
import type { Given } from './given.ts'
import type { Machine } from './machine.ts'
import { ownersOf } from './owners.ts'
import { valuesAt } from './positions.ts'
import type { Site } from './site.ts'
import { unknown } from './value.ts'

export function checkCall(
  machine: Machine,
  site: Site,
  model: { sinks: readonly SinkModel[]; misuses: readonly MisuseModel[] },
): void {
  for (const sink of model.sinks) checkSink(machine, site, sink)
  for (const misuse of model.misuses) {
    if (applies(machine, site, misuse)) {
      machine.findings.misused(machine, misuse.rule, site.node)
    }
  }
}

function checkSink(machine: Machine, site: Site, sink: SinkModel): void {
  let isOpen: boolean | null = null
  for (const position of sink.positions) {
    for (const { value, node } of valuesAt(machine, site, position)) {
      const taints = machine.deepTaints(value)
      if (taints.length === 0) continue
      isOpen ??= applies(machine, site, sink)
      if (!isOpen) return
      machine.findings.reached(machine, sink.rule, taints, {
        place: node ?? site.node,
        isJoined: isJoined(value),
        label: site.name === '' ? 'used here' : `passed to ${site.name}()`,
      })
    }
  }
}

/** Its beginning is known: a statement or command that is put together here. */
function isJoined({ prefix }: Value): boolean {
  return prefix !== null && /[^\s\0]/.test(prefix)
}

/** Reading a property can be a misuse, as of a setting that must not be asked for. */
export function checkProperty(
  machine: Machine,
  model: PropertyModel,
  receiver: Value,
  node: Field,
): void {
  if (model.misuses.length === 0) return
  const site = siteOf(node, receiver, [])
  for (const misuse of model.misuses) {
    if (misuse.when.length === 0 && applies(machine, site, misuse)) {
      machine.findings.misused(machine, misuse.rule, node)
    }
  }
}

export function checkAssigned(machine: Machine, receiver: Value, node: Field, given: Given): void {
  const { catalogue, declared, findings } = machine
  for (const owner of ownersOf(machine, receiver)) {
    for (const model of catalogue.properties(owner, node.name, declared.supertypes)) {
      const site = siteOf(node, receiver, [given])
      for (const sink of model.sinks) checkSink(machine, site, sink)
      for (const misuse of model.misuses) {
        const isMet = misuse.when.length > 0 && applies(machine, site, misuse)
        if (isMet) findings.misused(machine, misuse.rule, node)
      }
    }
  }
}

/** An assignment, as if it were a call of a setter. */
function siteOf(node: Field, receiver: Value, given: readonly Given[]): Site {
  const call: Expression = {
    op: 'call',
    callee: node,
    arguments: [],
    isNew: false,
    at: node.at,
    end: node.end,
  }
  return { node: call, receiver, receiverNode: node.object, given, name: '' }
}

/** What becomes the value of a variable, a field, a key or a function's result of this name. */
export function checkNamed(
  machine: Machine,
  name: string,
  value: Value,
  written: Expression,
): void {
  const models = machine.catalogue.named(name)
  if (models.length === 0) return
  const node: Field = { op: 'field', object: written, name, at: written.at, end: written.end }
  const site = siteOf(node, unknown, [{ value, name: null, node: written }])
  for (const model of models) {
    for (const sink of model.sinks) checkSink(machine, site, sink)
    for (const misuse of model.misuses) {
      if (applies(machine, site, misuse)) machine.findings.misused(machine, misuse.rule, written)
    }
  }
}
