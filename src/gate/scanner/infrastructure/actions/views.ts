// Workflows, jobs and steps as checks see them.
import {
  entryAt,
  entryOf,
  extended,
  itemsAt,
  list,
  made,
  mapAt,
  scalar,
  textAt,
  valueAt,
} from '../mapping.ts'
import type { Entry, Mapping, Scalar, Value } from '../resource.ts'
import { commandsView } from '../shell/view.ts'
import { injectionsInto, type Known, scriptsOf } from './injection.ts'

/** Names of the events that start the workflow. `on` may be a text, a list or a mapping. */
export function triggersOf(workflow: Mapping): Scalar[] {
  const on = valueAt(workflow, 'on')
  if (on?.kind === 'map') {
    return [...on.entries].map(([name, { place }]) => scalar(name, place))
  }
  return itemsAt(on).filter((item) => item.kind === 'scalar')
}

/** `{ name, owner, ref?, kind }`: `sha`, `tag`, `branch`, `expression`, `local` or `docker`. */
export function actionView(uses: Scalar): Mapping {
  const text = String(uses.value).trim()
  const { place } = uses
  const part = (value: string) => scalar(value, place)
  if (text.startsWith('./') || text.startsWith('../')) return made({ kind: part('local') }, place)
  if (text.startsWith('docker://')) {
    const isFixed = /@sha256:[0-9a-f]{64}$/.test(text)
    return made({ name: part(text), kind: part(isFixed ? 'sha' : 'docker') }, place)
  }
  const [path = '', ref] = text.split('@')
  const name = path.toLowerCase()
  return made(
    {
      name: part(name),
      owner: part(name.split('/')[0] ?? ''),
      ref: ref === undefined ? undefined : part(ref),
      kind: part(kindOfRef(ref ?? '')),
    },
    place,
  )
}

function kindOfRef(ref: string): string {
  if (/^(?:[0-9a-f]{40}|[0-9a-f]{64})$/.test(ref)) return 'sha'
  if (ref.includes('${{')) return 'expression'
  return /^(?:main|master|develop|dev|trunk|head|latest|stable|nightly|edge|release)$/i.test(ref)
    ? 'branch'
    : 'tag'
}

export interface JobContext {
  triggers: readonly Scalar[]
  workflow: Mapping
  /** Null for the steps of a composite action. */
  job: Mapping | null
  steps: ReadonlyMap<string, Value>
  outputs: Known
}

/**
 * What is written there, and:
 *
 * - `action`: what `uses` names
 * - `injections`: expressions in its scripts that others choose, see injection.ts
 * - `commands`: of `run`, see shell/view.ts
 * - `triggers`, `job`, `workflow`
 */
export function stepView(step: Mapping, context: JobContext): Mapping {
  const { triggers, workflow, job, steps, outputs } = context
  const { place } = step
  const more: Record<string, Entry | undefined> = {
    triggers: entryOf(list(triggers, place)),
    workflow: entryOf(workflow),
    job: job === null ? undefined : entryOf(job),
  }
  const uses = valueAt(step, 'uses')
  if (uses?.kind === 'scalar') more.action = entryOf(actionView(uses))
  const environments = [step, job, workflow].flatMap((one) =>
    one === null ? [] : (mapAt(one, 'env') ?? []),
  )
  const around = {
    triggers: new Set(triggers.map(({ value }) => String(value))),
    environments,
    steps,
    outputs,
    jobs: mapAt(workflow, 'jobs'),
  }
  const injections = scriptsOf(step).flatMap((script) => injectionsInto(script, around))
  if (injections.length > 0) more.injections = entryOf(list(injections, place))
  const run = valueAt(step, 'run')
  if (run?.kind === 'scalar' && isShell(step)) more.commands = entryOf(commandsOf(run))
  return extended(step, more)
}

function isShell(step: Mapping): boolean {
  const shell = textAt(step, 'shell')
  return shell === null || /^(?:\S{1,40}\/)?(?:ba|z|da)?sh\b/.test(shell)
}

/** The commands of a script as it stands in the file, so that their places are known. */
function commandsOf({ place }: Scalar): Value {
  const { source, start, end } = place
  const written = source.text.slice(start, end)
  const header = /^[|>][-+\d]{0,3}[^\n]{0,200}\n/.exec(written)
  const quote = header === null && /^["']/.test(written) ? 1 : 0
  const from = start + (header?.[0].length ?? quote)
  const script = source.text.slice(from, end - quote)
  return commandsView(
    script,
    (first, last) => ({ source, start: from + first, end: from + last }),
    place,
  )
}

/** What is written there, and `triggers`, `workflow`, `stepActions`: the actions of its steps. */
export function jobView(job: Mapping, workflow: Mapping, triggers: readonly Scalar[]): Mapping {
  const { place } = job
  const uses = valueAt(job, 'uses')
  const steps = itemsAt(job, 'steps').flatMap((step) => {
    const used = entryAt(step, 'uses')?.value
    return used?.kind === 'scalar' ? [actionView(used)] : []
  })
  return extended(job, {
    triggers: entryOf(list(triggers, place)),
    workflow: entryOf(workflow),
    action: uses?.kind === 'scalar' ? entryOf(actionView(uses)) : undefined,
    stepActions: entryOf(list(steps, place)),
  })
}
