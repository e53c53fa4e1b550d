// Workflows and composite actions of GitHub Actions as resources: `workflow`, `job` and `step`, in
// the forms of views.ts. Steps of a composite action are those of a workflow that others call.
import type { SourceText } from '../../source-text.ts'
import { entryOf, extended, itemsAt, list, mapAt, scalar, textAt } from '../mapping.ts'
import type { PlatformReader } from '../reader.ts'
import type { Mapping, Resource, Value } from '../resource.ts'
import { readDocument, splitDocuments } from '../yaml/documents.ts'
import { type Known, stepsById } from './injection.ts'
import { type JobContext, jobView, stepView, triggersOf } from './views.ts'

const resourcesMax = 3000

export const actionsReader: PlatformReader = {
  wants: (path) => workflowPath.test(path) || actionPath.test(path),
  read(source, budget) {
    const resources: Resource[] = []
    let problem: string | null = null
    for (const range of splitDocuments(source.text)) {
      const read = readDocument(source, source.text, range, budget)
      problem ??= read.problem
      if (read.value?.kind !== 'map') continue
      if (workflowPath.test(source.path)) addWorkflow(source, read.value, resources)
      else addAction(source, read.value, resources)
    }
    if (resources.length >= resourcesMax)
      problem ??= `only ${resourcesMax} steps and jobs were read`
    return { resources, problem }
  },
}

const workflowPath = /(?:^|\/)\.(?:github|gitea|forgejo)\/workflows\/[^/]{1,200}\.ya?ml$/
const actionPath = /(?:^|\/)action\.ya?ml$/

function addWorkflow({ path }: SourceText, root: Mapping, into: Resource[]): void {
  const jobs = mapAt(root, 'jobs')
  if (jobs === null) return
  const triggers = triggersOf(root)
  const body = extended(root, { triggers: entryOf(list(triggers, root.place)) })
  const shared = { platform: 'actions' as const, scope: path }
  into.push({ ...shared, type: 'workflow', address: 'workflow', body, place: root.place })
  const outputs: Known = new Map()
  for (const [id, { value, place }] of jobs.entries) {
    if (value.kind !== 'map' || into.length >= resourcesMax) continue
    const job = jobView(value, root, triggers)
    const address = `job/${id}`
    into.push({ ...shared, type: 'job', address, body: job, place })
    const items = itemsAt(value, 'steps')
    const context = { triggers, workflow: root, job, steps: stepsById(items), outputs }
    addSteps({ items, address, path }, context, into)
  }
}

function addAction({ path }: SourceText, root: Mapping, into: Resource[]): void {
  const items = itemsAt(root, 'runs', 'steps')
  const triggers = [scalar('workflow_call', root.place)]
  const shared = { triggers, workflow: root, job: null, outputs: new Map() }
  addSteps({ items, address: 'action', path }, { ...shared, steps: stepsById(items) }, into)
}

function addSteps(
  { items, address, path }: { items: readonly Value[]; address: string; path: string },
  context: JobContext,
  into: Resource[],
): void {
  for (const [index, step] of items.entries()) {
    if (into.length >= resourcesMax) return
    if (step.kind !== 'map') continue
    into.push({
      platform: 'actions',
      type: 'step',
      address: `${address}/step/${nameOf(step) ?? index}`,
      body: stepView(step, context),
      place: step.place,
      scope: path,
    })
  }
}

function nameOf(step: Value): string | null {
  return textAt(step, 'id') ?? textAt(step, 'name') ?? textAt(step, 'uses')
}
