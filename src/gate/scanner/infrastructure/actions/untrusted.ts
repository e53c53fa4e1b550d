// Who may write what a context holds, given what starts the workflow.

/**
 * - `privileged`: anyone, in a run that has secrets and a token that writes
 * - `fork`: anyone, in a run for a pull request, whose token reads
 * - `push`: who gets a commit merged
 * - `caller`: who starts the workflow by hand, or a workflow that calls this one
 */
export const exposures = ['privileged', 'fork', 'push', 'caller'] as const
export type Exposure = (typeof exposures)[number]

/** Started by strangers, with secrets and a token that writes. */
const privilegedTriggers = new Set([
  'pull_request_target',
  'issue_comment',
  'issues',
  'discussion',
  'discussion_comment',
  'workflow_run',
  'gollum',
  'commit_comment',
])

const pullRequests = [
  'pull_request',
  'pull_request_target',
  'pull_request_review',
  'pull_request_review_comment',
]

interface Written {
  /** Below `github.`, with `*` for any item. */
  contexts: readonly string[]
  triggers: readonly string[]
}

const persons = ['author.email', 'author.name', 'committer.email', 'committer.name']
const below = (parent: string, names: readonly string[]) => names.map((name) => `${parent}.${name}`)
const ofCommit = (commit: string) => below(commit, ['message', ...persons])

/** What strangers write, the objects that hold it, and the events that carry it. */
const written: readonly Written[] = [
  {
    contexts: [
      'head_ref',
      ...below('event.pull_request', ['title', 'body', 'head', 'head.ref', 'head.label']),
      ...below('event.pull_request.head.repo', ['default_branch', 'description', 'homepage']),
      'event.pull_request',
    ],
    triggers: pullRequests,
  },
  {
    contexts: ['event.issue', 'event.issue.title', 'event.issue.body'],
    triggers: ['issues', 'issue_comment'],
  },
  {
    contexts: ['event.comment', 'event.comment.body'],
    triggers: [
      'issue_comment',
      'commit_comment',
      'discussion_comment',
      'pull_request_review_comment',
    ],
  },
  { contexts: ['event.review', 'event.review.body'], triggers: ['pull_request_review'] },
  {
    contexts: ['event.discussion', 'event.discussion.title', 'event.discussion.body'],
    triggers: ['discussion', 'discussion_comment'],
  },
  { contexts: below('event.pages.*', ['page_name', 'title']), triggers: ['gollum'] },
  {
    contexts: [
      ...below('event.workflow_run', ['head_branch', 'display_title', 'head_commit']),
      ...ofCommit('event.workflow_run.head_commit'),
      'event.workflow_run.head_repository.description',
      'event.workflow_run.pull_requests.*.head.ref',
    ],
    triggers: ['workflow_run'],
  },
  {
    contexts: [
      ...ofCommit('event.head_commit'),
      ...ofCommit('event.commits.*'),
      ...below('event', ['head_commit', 'commits']),
    ],
    triggers: ['push'],
  },
  // All of an event, as `toJSON` writes it.
  { contexts: ['event'], triggers: [...pullRequests, ...privilegedTriggers] },
]

const sources = new Map<string, readonly string[]>(
  written.flatMap(({ contexts, triggers }) =>
    contexts.map((context) => [`github.${context}`, triggers] as const),
  ),
).set('github', [...pullRequests, ...privilegedTriggers])

const callers = /^(?:inputs\.[^.]+|github\.event\.(?:inputs\.[^.]+|client_payload(?:\..+)?))$/

/** Null where the context holds nothing that others choose, or is empty for these triggers. */
export function exposureOf(context: string, triggers: ReadonlySet<string>): Exposure | null {
  const source = sources.get(context)
  if (source === undefined) return callers.test(context) ? 'caller' : null
  const carried = source.filter((trigger) => triggers.has(trigger))
  if (carried.some((trigger) => privilegedTriggers.has(trigger))) return 'privileged'
  if (carried.some((trigger) => pullRequests.includes(trigger))) return 'fork'
  if (carried.includes('push')) return 'push'
  // A workflow or an action that others call runs for their events.
  return triggers.has('workflow_call') ? 'fork' : null
}

/** Outputs that list names of files or branches, which the author of a pull request chooses. */
const telling = [
  { action: 'tj-actions/changed-files', outputs: /_files$/ },
  { action: 'dorny/paths-filter', outputs: /_files$/ },
  { action: 'jitterbit/get-changed-files', outputs: /./ },
  { action: 'trilom/file-changes-action', outputs: /./ },
  { action: 'ahmadnassri/action-changed-files', outputs: /./ },
  { action: 'tj-actions/branch-names', outputs: /branch|ref/ },
  { action: 'xt0rted/pull-request-comment-branch', outputs: /head_ref/ },
  { action: 'eficode/resolve-pr-refs', outputs: /head_ref/ },
  { action: 'potiuk/get-workflow-origin', outputs: /sourceHeadBranch/ },
]

export function outputExposure(
  action: string,
  output: string,
  triggers: ReadonlySet<string>,
): Exposure | null {
  const isTelling = telling.some((one) => one.action === action && one.outputs.test(output))
  if (!isTelling) return null
  if ([...triggers].some((trigger) => privilegedTriggers.has(trigger))) return 'privileged'
  return pullRequests.some((trigger) => triggers.has(trigger)) ? 'fork' : null
}
