// What a function is given when no call of its file tells: by its annotations, by what it
// overrides, by its types, or by being exported.

import { rulePattern } from '../../rule-pattern.ts'
import type { Annotation, Expression, IrFunction, Parameter } from '../ir/ir.ts'
import { builtInTypes } from '../model/built-in-types.ts'
import type { EntryModel, ParameterModel, ReturnSink, SourceModel } from '../model/data.ts'
import { parameterValue } from './callbacks.ts'
import type { Declared } from './declared-types.ts'
import type { Frame, Value } from './domain.ts'

import { allNamed, type Given } from './given.ts'
import type { Machine } from './machine.ts'
import { strictness } from './pattern.ts'
import { cleanFor, joinTaints } from './taint.ts'
import { typed, unknown } from './value.ts'

/** The models of the framework that calls it, if one does. */
export function entriesOf(
  machine: Machine,
  run: IrFunction,
  declared: Declared | null,
  frame: Frame | null,
): EntryModel[] {
  const names = namesOfAnnotations(machine, run.annotations, frame)
  const ofOwner = namesOfAnnotations(machine, declared?.type.annotations ?? [], frame)
  const { catalogue } = machine
  const line =
    declared === null ? [] : [declared.type.name, ...supertypesOf(machine, declared.type.name)]
  return catalogue.entries.filter(
    (entry) =>
      entry.annotations.some((name) => names.includes(name)) ||
      (entry.ownerAnnotations.some((name) => ofOwner.includes(name)) && run.exported) ||
      entry.overrides.some((name) => line.some((type) => name === `${type}.${run.name}`)),
  )
}

/** With what the file says and, beyond it, what the models say. */
function supertypesOf({ catalogue, declared }: Machine, type: string): readonly string[] {
  return catalogue.line(type, declared.supertypes)
}

/** `@app.route` is known by the type of `app`. */
function namesOfAnnotations(
  machine: Machine,
  annotations: readonly Annotation[],
  frame: Frame | null,
): string[] {
  return annotations.flatMap(({ name }) => {
    const names = [machine.resolve(name)]
    const dot = name.indexOf('.')
    const cell = frame === null || dot < 0 ? null : frame.find(name.slice(0, dot))
    const value = cell === null ? null : machine.store.value(cell)
    for (const owner of [...(value?.types ?? []), ...(value?.symbols ?? [])]) {
      names.push(`${owner}${name.slice(dot)}`)
    }
    return names
  })
}

export function parametersOf(
  machine: Machine,
  run: IrFunction,
  entries: readonly EntryModel[],
): Given[] {
  return run.parameters.map((parameter, index) => {
    const value = givenTo(machine, run, parameter, entries, index)
    // All named ones at once have no name of their own.
    const name = parameter.rest === 'map' ? allNamed : plainName(parameter)
    return { value, name: parameter.rest === 'list' ? null : name, node: null }
  })
}

function plainName({ name }: Parameter): string {
  return name.replace(/#\d+$/, '')
}

function givenTo(
  machine: Machine,
  run: IrFunction,
  parameter: Parameter,
  entries: readonly EntryModel[],
  index: number,
): Value {
  const type = parameter.type === null ? null : machine.resolve(parameter.type)
  let value = type === null ? unknown : typed(type)
  let isModelled = false
  const give = (model: ParameterModel): void => {
    const given = parameterValue(machine, null, model, parameter)
    const types = given.types.length > 0 ? given.types : value.types
    value = { ...value, types, taints: joinTaints(value.taints, given.taints) }
    isModelled = true
  }
  for (const rule of machine.catalogue.parameters) {
    const isAnnotated = parameter.annotations.some(({ name }) =>
      rule.annotations.includes(machine.resolve(name)),
    )
    const isTyped = type !== null && rule.types.some((one) => isSubtype(machine, type, one))
    if (rule.pattern === null && (isAnnotated || isTyped)) {
      give({ type: rule.type, source: rule.source, from: null, elements: false })
    }
  }
  if (isModelled) return matched(machine, parameter, value)
  for (const entry of entries) {
    const excepted = type !== null && entry.except.some((one) => isSubtype(machine, type, one))
    const model = entry.parameters[index] ?? (excepted ? null : entry.others)
    if (model !== null && model !== undefined) give(model)
  }
  if (!isModelled && run.exported && machine.findings.rules.wantsLibrary && isOpen(machine, type)) {
    give({ type: null, source: librarySource(parameter), from: null, elements: false })
  }
  return value
}

/** Text may be in it, and it is no object of a library, which has a life of its own. */
function isOpen({ catalogue }: Machine, type: string | null): boolean {
  return type === null || texts.has(type.replace(/\[\]$/, '')) || !catalogue.isKnown(type)
}

const texts = new Set(
  Object.values(builtInTypes).flatMap(({ text, list, map, root }) => [text, list, map, root]),
)
for (const name of ['bytes', 'byte', 'java.io.InputStream', 'java.io.Reader']) texts.add(name)

/** What a declaration makes sure of before the function runs: `@Pattern(regexp = "[a-z]*")`. */
function matched(machine: Machine, parameter: Parameter, value: Value): Value {
  const isStrict = machine.catalogue.parameters.some((rule) =>
    parameter.annotations.some((annotation) => {
      if (rule.pattern === null) return false
      if (!rule.annotations.includes(machine.resolve(annotation.name))) return false
      const given = annotation.arguments.find(({ name }) => name === rule.pattern)?.value
      const pattern = given?.op === 'constant' ? given.value : null
      return typeof pattern === 'string' && strictness(pattern, true) === 'all'
    }),
  )
  if (!isStrict) return value
  return { ...value, taints: cleanFor(value.taints, machine.findings.allRules) }
}

/** Rules that forbid to return what comes from outside, as an answer to the client. */
export function returnSinksOf(
  machine: Machine,
  run: IrFunction,
  declared: Declared | null,
  entries: readonly EntryModel[],
): ReturnSink[] {
  const annotations = [...run.annotations, ...(declared?.type.annotations ?? [])]
  const names = annotations.map(({ name }) => machine.resolve(name))
  const type = run.returns ? machine.resolve(run.returns) : null
  return entries.flatMap(({ sinks }) =>
    sinks.filter(({ unless, returning, harmless }) => {
      if (unless.some((name) => names.includes(name))) return false
      if (returning.length > 0 && (type === null || !returning.includes(type))) return false
      return harmless === null || !says(annotations, harmless)
    }),
  )
}

function says(
  annotations: readonly Annotation[],
  { argument, pattern }: { argument: string; pattern: string },
): boolean {
  const wanted = rulePattern(pattern)
  return annotations.some((annotation) =>
    annotation.arguments.some(
      ({ name, value }) => name === argument && textsIn(value).some((text) => wanted.test(text)),
    ),
  )
}

/** Constants and names in what an annotation is given. */
function textsIn(value: Expression): string[] {
  if (value.op === 'constant') return [String(value.value)]
  if (value.op === 'field' || value.op === 'symbol') return [value.name]
  if (value.op === 'list') return value.elements.flatMap((element) => textsIn(element.value))
  return []
}

function librarySource(parameter: Parameter): SourceModel {
  // One that is taken apart at once has no name.
  const name = plainName(parameter)
  const label = name.startsWith('%') ? 'a parameter' : `parameter ${name}`
  return { kind: 'library', label, cleans: [] }
}

function isSubtype(machine: Machine, type: string, of: string): boolean {
  return machine.catalogue.isSubtype(type, of, machine.declared.supertypes)
}
