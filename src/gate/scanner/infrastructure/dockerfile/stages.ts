// The stages of a Dockerfile, each with what it inherits and what it does.
import { imageView } from '../image.ts'
import { made, scalar, unknown } from '../mapping.ts'
import type { Mapping, Place, Value } from '../resource.ts'
import { commandsView } from '../shell/view.ts'
import { isTransfer, transferView } from './copies.ts'
import { splitFlags } from './flags.ts'
import type { Instruction } from './instructions.ts'
import { readEnvironment, readPairs, substitute, type Variables } from './variables.ts'

export interface Stage {
  /** Its alias, or its number. */
  name: string
  place: Place
  /** The earlier stage that it goes on from. */
  parent: Stage | null
  view: StageView
  variables: Map<string, string | null>
}

/** What checks see; reader.ts describes it. */
export interface StageView {
  image: Value
  platform: Value | undefined
  user: Value | undefined
  env: Map<string, Value>
  arguments: Value[]
  /** What CMD and ENTRYPOINT say. */
  start: Map<string, Value>
  expose: Value[]
  run: Value[]
  add: Value[]
  copy: Value[]
  shell: boolean
}

export const stagesMax = 300

/** The first `stagesMax` of them. */
export function readStages(instructions: readonly Instruction[]): Stage[] {
  const global = new Map<string, string | null>()
  const stages: Stage[] = []
  for (const instruction of instructions) {
    const stage = stages.at(-1)
    const isFrom = instruction.name === 'FROM'
    if (isFrom && stages.length === stagesMax) break
    if (isFrom) stages.push(openStage(instruction, stages, global))
    else if (stage !== undefined) addTo(stage, instruction, global)
    else if (instruction.name === 'ARG') {
      for (const { name, value } of readPairs(instruction.text)) {
        global.set(name, value === null ? null : substitute(value, global))
      }
    }
  }
  return stages
}

function openStage(instruction: Instruction, stages: readonly Stage[], global: Variables): Stage {
  const { text, place } = instruction
  const { flags, rest } = splitFlags(text)
  const written = /^\S*/.exec(text.slice(rest))?.[0] ?? ''
  const alias = /^\S*\s+as\s+(\S+)/i.exec(text.slice(rest))?.[1]
  const imagePlace = instruction.placeOf(rest, rest + written.length)
  const image = substitute(written, global)
  const parent = stages.findLast(({ name }) => name === image?.toLowerCase()) ?? null
  const platform = flags.get('platform')
  return {
    name: (alias ?? String(stages.length)).toLowerCase(),
    place,
    parent,
    variables: new Map(parent?.variables),
    view: {
      image: image === null ? unknown(imagePlace) : stageImage(image, parent, imagePlace),
      platform: platform === undefined ? undefined : scalar(platform, place),
      user: parent?.view.user,
      env: new Map(parent?.view.env),
      arguments: [],
      start: new Map(parent?.view.start),
      expose: [...(parent?.view.expose ?? [])],
      run: [],
      add: [],
      copy: [],
      shell: false,
    },
  }
}

function stageImage(image: string, parent: Stage | null, place: Place): Mapping {
  if (parent !== null) return made({ stage: scalar(parent.name, place) }, place)
  return imageView(image, place)
}

const listMax = 2000

function addTo(stage: Stage, instruction: Instruction, global: Variables): void {
  const { view, variables } = stage
  const { name, text, place } = instruction
  if (name === 'USER') view.user = substituted(text.trim(), variables, place)
  else if (name === 'ENV') addEnvironment(stage, instruction)
  else if (name === 'ARG') addArguments(stage, instruction, global)
  else if (name === 'EXPOSE') {
    for (const found of text.matchAll(/\S+/g)) {
      if (view.expose.length >= listMax) return
      const at = instruction.placeOf(found.index, found.index + found[0].length)
      view.expose.push(substituted(found[0], variables, at))
    }
  } else if (name === 'SHELL') view.shell = /powershell|pwsh|cmd/i.test(text)
  else if (name === 'RUN' && view.run.length < listMax) view.run.push(runView(instruction, view))
  else if (name === 'CMD' || name === 'ENTRYPOINT') view.start.set(name, scalar(text, place))
  else if (isTransfer(name)) {
    const into = name === 'ADD' ? view.add : view.copy
    if (into.length < listMax) into.push(transferView(instruction, variables))
  }
}

function substituted(text: string, variables: Variables, place: Place): Value {
  const value = substitute(text.replace(/^["']|["']$/g, ''), variables)
  return value === null ? unknown(place) : scalar(value, place)
}

function addEnvironment({ view, variables }: Stage, { text, placeOf }: Instruction): void {
  // All see the variables as they were before the instruction.
  const pairs = readEnvironment(text).map((pair) => ({
    ...pair,
    known: substitute(pair.value ?? '', variables),
  }))
  for (const { name, known, at, end } of pairs) {
    variables.set(name, known)
    const place = placeOf(at, end)
    if (view.env.size < listMax) {
      view.env.set(name, known === null ? unknown(place) : scalar(known, place))
    }
  }
}

/** Without a default of its own, an argument has that from before the first stage. */
function addArguments({ view, variables }: Stage, instruction: Instruction, global: Variables) {
  for (const { name, value, at, end } of readPairs(instruction.text)) {
    const known = value === null ? (global.get(name) ?? null) : substitute(value, variables)
    // ENV wins over ARG.
    if (!view.env.has(name)) variables.set(name, known)
    const place = instruction.placeOf(at, end)
    const named = { name: scalar(name, place), value: scalar(known, place) }
    if (view.arguments.length < listMax) view.arguments.push(made(named, place))
  }
}

function runView(instruction: Instruction, { shell }: StageView): Mapping {
  const { text, place, heredocs, placeOf } = instruction
  const { flags, rest } = splitFlags(text)
  const form = readExecForm(text.slice(rest))
  const script = form ?? text.slice(rest)
  const [heredoc] = heredocs
  const commands =
    heredoc !== undefined && /^\s*(?:(?:\S*sh|\S*bash)\s+)?<</.test(script)
      ? commandsView(heredoc.text, placesIn(heredoc.place), place)
      : commandsView(
          script,
          form === null ? (start, end) => placeOf(rest + start, rest + end) : () => place,
          place,
        )
  const values: Record<string, Value | undefined> = { commands: shell ? undefined : commands }
  for (const key of ['security', 'network']) {
    const value = flags.get(key)
    if (value !== undefined) values[key] = scalar(value, place)
  }
  return made(values, place)
}

function placesIn({ source, start }: Place): (from: number, to: number) => Place {
  return (from, to) => ({ source, start: start + from, end: start + to })
}

/** `["sh", "-c", "…"]` as a line for the shell; null for anything else. */
function readExecForm(text: string): string | null {
  if (!text.startsWith('[')) return null
  try {
    const words: unknown = JSON.parse(text)
    if (!Array.isArray(words)) return null
    return words.map((word) => `'${String(word).replaceAll("'", `'\\''`)}'`).join(' ')
  } catch {
    return null
  }
}
