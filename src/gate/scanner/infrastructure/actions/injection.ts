// Expressions that write what others choose into a script, before the script is run.
import { itemsAt, made, mapAt, scalar, textAt, textOf } from '../mapping.ts'
import type { Mapping, Scalar, Value } from '../resource.ts'
import { readExpressions } from './expression.ts'
import { type Exposure, exposureOf, exposures, outputExposure } from './untrusted.ts'

export interface Surroundings {
  triggers: ReadonlySet<string>
  /** Of the step, its job and the workflow, the nearest first. */
  environments: readonly Mapping[]
  /** Of the job, by their ids. */
  steps: ReadonlyMap<string, Value>
  /** All jobs, to look up what another one puts out. */
  jobs: Mapping | null
  /** What was found of `needs`, which means the same in all jobs. */
  outputs: Known
}

/** What was found of contexts, each looked up once. */
export type Known = Map<string, Exposure | null>

/** A list entry per expression: `{ context, exposure }`, in its place. */
export function injectionsInto(script: Scalar, around: Surroundings): Mapping[] {
  const { source, start, end } = script.place
  const found: Mapping[] = []
  const known: Known = new Map()
  for (const expression of readExpressions(source.text, start, end)) {
    const place = { source, start: expression.start, end: expression.end }
    const worst = worstOf(expression.contexts, around, known)
    if (worst === null) continue
    const { context, exposure } = worst
    found.push(made({ context: scalar(context, place), exposure: scalar(exposure, place) }, place))
  }
  return found
}

interface Judged {
  context: string
  exposure: Exposure
}

function worstOf(contexts: readonly string[], around: Surroundings, known: Known): Judged | null {
  const judged = contexts.flatMap((context) => {
    const found = context.startsWith('needs.') ? around.outputs : known
    let exposure = found.get(context)
    if (exposure === undefined) {
      // A context that is made of itself is made of nothing.
      found.set(context, null)
      exposure = judge(context, around, known)
      found.set(context, exposure)
    }
    return exposure === null ? [] : [{ context, exposure }]
  })
  judged.sort((a, b) => exposures.indexOf(a.exposure) - exposures.indexOf(b.exposure))
  return judged[0] ?? null
}

function judge(context: string, around: Surroundings, known: Known): Exposure | null {
  const own = exposureOf(context, around.triggers)
  if (own !== null) return own
  const [root, first = '', second, third = ''] = context.split('.')
  if (root === 'env') {
    for (const environment of around.environments) {
      const value = textAt(environment, first)
      if (value !== null) return exposureOfText(value, around, known)
    }
  }
  if (root === 'steps' && second === 'outputs') {
    const action =
      (textAt(around.steps.get(first), 'uses') ?? '').split('@')[0]?.toLowerCase() ?? ''
    return outputExposure(action, third, around.triggers)
  }
  if (root === 'needs' && second === 'outputs') {
    const job = mapAt(around.jobs ?? undefined, first)
    const output = job === null ? null : textAt(job, 'outputs', third)
    if (job !== null && output !== null) {
      // Other steps go by the same names there.
      const inside = { ...around, steps: stepsById(itemsAt(job, 'steps')), environments: [] }
      return exposureOfText(output, inside, new Map())
    }
  }
  return null
}

function exposureOfText(text: string, around: Surroundings, known: Known): Exposure | null {
  const contexts = readExpressions(text).flatMap((expression) => expression.contexts)
  return worstOf(contexts, around, known)?.exposure ?? null
}

export function stepsById(steps: readonly Value[]): Map<string, Value> {
  return new Map(
    steps.flatMap((step) => {
      const id = textAt(step, 'id')
      return id === null ? [] : [[id, step] as const]
    }),
  )
}

/** Inputs of actions that are run as code. */
const scriptInputs: Record<string, readonly string[]> = {
  'actions/github-script': ['script'],
  'addnab/docker-run-action': ['run', 'options'],
  'amadevus/pwsh-script': ['script'],
  'appleboy/ssh-action': ['script'],
  'azure/cli': ['inlinescript'],
  'azure/powershell': ['inlinescript'],
  'cardinalby/js-eval-action': ['expression'],
  'jannekem/run-python-script-action': ['script'],
  'mikefarah/yq': ['cmd'],
  'nick-fields/retry': ['command'],
  'nick-invision/retry': ['command'],
  'satackey/action-js-inline': ['script'],
}

/** The texts of a step that are run as code. */
export function scriptsOf(step: Mapping): Scalar[] {
  const run = step.entries.get('run')?.value
  const action = (textOf(step.entries.get('uses')?.value) ?? '').split('@')[0]?.toLowerCase() ?? ''
  const inputs = scriptInputs[action] ?? []
  const given = mapAt(step, 'with')?.entries ?? new Map()
  const scripts = [...given].flatMap(([name, { value }]) =>
    inputs.includes(String(name).toLowerCase()) ? [value as Value] : [],
  )
  return [...(run === undefined ? [] : [run]), ...scripts].filter(
    (value): value is Scalar => value.kind === 'scalar' && typeof value.value === 'string',
  )
}
