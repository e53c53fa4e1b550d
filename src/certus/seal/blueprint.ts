// Blueprints: named sets of controls, and how many of them must hold. Files and states in, a
// verdict out. What was not tested holds no blueprint up.
import { parse } from 'yaml'
import { z } from 'zod'
import { type Catalogue, controlOf, type Framework, FrameworkFault } from './controls/framework.ts'
import { type Grade, grades, isAtLeast } from './grade/score.ts'

export const controlStates = ['fail', 'partial', 'not_tested', 'pass'] as const
export type ControlState = (typeof controlStates)[number]

const BlueprintText = z.strictObject({
  id: z.string().regex(/^[a-z][a-z0-9-]{0,39}$/),
  title: z.string().min(1).max(200),
  about: z.string().min(1).max(1_000),
  threshold: z.strictObject({
    /** The part of its controls that must pass, in per cent. */
    passed: z.int().min(1).max(100),
    /** The least grade of a pack. */
    grade: z.enum(grades).optional(),
  }),
  controls: z
    .array(
      z.strictObject({
        framework: z.string(),
        control: z.string(),
        /** Without it the blueprint does not hold, however many others pass. */
        required: z.boolean().default(false),
      }),
    )
    .min(1)
    .max(500),
})
export type Blueprint = z.infer<typeof BlueprintText>

/**
 * Of all files of the folder, by id. Throws FrameworkFault, which names file and place, also for a
 * control that its framework does not have.
 *
 * @param files text by file name
 */
export function readBlueprints(
  files: ReadonlyMap<string, string>,
  { frameworks }: Pick<Catalogue, 'frameworks'>,
): ReadonlyMap<string, Blueprint> {
  const blueprints = new Map<string, Blueprint>()
  for (const [file, text] of [...files].toSorted(([a], [b]) => (a < b ? -1 : 1))) {
    const read = BlueprintText.safeParse(parse(text))
    if (!read.success) {
      const [issue] = read.error.issues
      throw new FrameworkFault(file, `${issue?.path.join('.')}: ${issue?.message}`)
    }
    const blueprint = read.data
    if (file !== `${blueprint.id}.yaml`) {
      throw new FrameworkFault(file, `must be named ${blueprint.id}.yaml`)
    }
    const seen = new Set<string>()
    for (const { framework, control } of blueprint.controls) {
      const name = `${framework}/${control}`
      const known = frameworks.get(framework)?.controls.some(({ id }) => id === control)
      if (known !== true) throw new FrameworkFault(file, `there is no ${name}`)
      if (seen.has(name)) throw new FrameworkFault(file, `has ${name} twice`)
      seen.add(name)
    }
    blueprints.set(blueprint.id, blueprint)
  }
  return blueprints
}

/** The state of a control by the ids of its framework and its own; null: nothing is known. */
export type StateOf = (framework: string, control: string) => ControlState | null

/** Of one pack. Only parts of a control make no whole: where they all pass, it is `partial`. */
export function statesIn(
  { frameworks }: Pick<Catalogue, 'frameworks'>,
  results: readonly { framework: string; control_id: string; status: ControlState }[],
): StateOf {
  const states = new Map<string, ControlState>()
  for (const [name, own] of Map.groupBy(results, ({ framework }) => framework)) {
    const framework = frameworks.get(name)
    if (framework === undefined) continue
    const byControl = Map.groupBy(own, ({ control_id }) => controlOf(framework, control_id))
    for (const [control, all] of byControl) {
      if (control !== null) states.set(`${name} ${control.id}`, stateOf(control, all))
    }
  }
  return (framework, control) => states.get(`${framework} ${control}`) ?? null
}

type Control = Framework['controls'][number]

function stateOf(
  control: Control,
  results: readonly { control_id: string; status: ControlState }[],
): ControlState {
  const has = (state: ControlState) => results.some(({ status }) => status === state)
  if (has('fail')) return 'fail'
  if (results.every(({ status }) => status === 'not_tested')) return 'not_tested'
  const itself = results.some(({ control_id, status }) => {
    return status === 'pass' && (control_id === control.id || `V${control_id}` === control.id)
  })
  const isWhole = itself || results.length === control.parts
  return isWhole && !has('partial') && !has('not_tested') ? 'pass' : 'partial'
}

export interface BlueprintRun {
  blueprint: string
  title: string
  verdict: 'pass' | 'fail'
  /** Why not, in the order of weight; empty where it passes. */
  reasons: string[]
  /** Of its controls that pass, in per cent, rounded down. */
  passed: number
  threshold: Blueprint['threshold']
  counts: Record<ControlState, number>
  /** In the blueprint's order. */
  controls: {
    framework: string
    control_id: string
    title: string
    required: boolean
    state: ControlState
  }[]
}

/**
 * @param grade of the pack, or the worst of the packs, that the states are of; null: there is none,
 *   which reaches no grade that the blueprint asks for
 */
export function runBlueprint(
  blueprint: Blueprint,
  { frameworks }: Pick<Catalogue, 'frameworks'>,
  { stateOf: known, grade }: { stateOf: StateOf; grade: Grade | null },
): BlueprintRun {
  const controls = blueprint.controls.map(({ framework, control, required }) => ({
    framework,
    control_id: control,
    title: frameworks.get(framework)?.controls.find(({ id }) => id === control)?.title ?? control,
    required,
    state: known(framework, control) ?? ('not_tested' as const),
  }))
  const counts = { fail: 0, partial: 0, not_tested: 0, pass: 0 }
  for (const { state } of controls) counts[state] += 1
  const passed = Math.floor((100 * counts.pass) / controls.length)
  const { threshold } = blueprint
  const reasons = [
    ...controls
      .filter(({ required, state }) => required && state !== 'pass')
      .map(({ framework, control_id, state }) => {
        return `${framework}/${control_id} is required and ${words[state]}`
      }),
    ...(passed < threshold.passed
      ? [`${passed} % of its controls pass, ${threshold.passed} % must`]
      : []),
    ...(threshold.grade === undefined || (grade !== null && isAtLeast(grade, threshold.grade))
      ? []
      : [`the grade is ${grade ?? 'not known'}, ${threshold.grade} is asked for`]),
  ]
  return {
    blueprint: blueprint.id,
    title: blueprint.title,
    verdict: reasons.length === 0 ? 'pass' : 'fail',
    reasons,
    passed,
    threshold,
    counts,
    controls,
  }
}

const words: Record<ControlState, string> = {
  fail: 'fails',
  partial: 'holds in part only',
  not_tested: 'was not tested',
  pass: 'passes',
}
