// Answers at GitHub: a check run with annotations, and comments.
import { z } from 'zod'
import {
  type Github,
  type GithubAnswer,
  type GithubCall,
  GithubRefused,
} from '../../platform/github.ts'
import type { Annotation, Answer } from '../checks/answer.ts'
import type { Reporter } from '../checks/reporter.ts'
import type { Check } from '../checks/store.ts'

const checkName = 'Panthera'
/** GitHub takes so many annotations in one request. */
const batchSize = 50
const pagesMax = 10

const Run = z.object({
  id: z.int(),
  external_id: z.string().nullish(),
  output: z.object({ annotations_count: z.int().default(0) }).prefault({}),
})
type Run = z.infer<typeof Run>
const Runs = z.object({ check_runs: z.array(Run) })
const Comment = z.object({
  id: z.int(),
  body: z.string().nullish(),
  performed_via_github_app: z.object({ id: z.int() }).nullish(),
})

const levels = {
  critical: 'failure',
  high: 'failure',
  medium: 'warning',
  low: 'notice',
  info: 'notice',
} as const

export function githubReporter(options: {
  github: Github
  installationId: string
  check: Check
  /** The check run is there: to be remembered, so that it need not be looked for. */
  keepRun: (id: number) => Promise<void>
  publicUrl: string
}): Reporter {
  const { github, check, installationId } = options
  const { owner, name } = check
  const permissions = { checks: 'write', pull_requests: 'write' } as const
  const installed = { installationId, repository: name, permissions }
  const base = `/repos/${encodeURIComponent(owner)}/${encodeURIComponent(name)}`
  const call: Call = (asked) => github.asInstallation(installed, asked)
  let known = check.check_run_id

  async function existing(): Promise<Run | null> {
    if (known !== null) {
      return Run.parse((await call({ method: 'GET', path: `${base}/check-runs/${known}` })).data)
    }
    const query = `check_name=${checkName}&filter=all&per_page=100`
    const path = `${base}/commits/${check.commit_hash}/check-runs?${query}`
    const { data } = await call({ method: 'GET', path })
    return Runs.parse(data).check_runs.find((run) => run.external_id === check.id) ?? null
  }

  async function create(body: Readonly<Record<string, unknown>>): Promise<void> {
    const made = await call({
      method: 'POST',
      path: `${base}/check-runs`,
      body: { name: checkName, head_sha: check.commit_hash, external_id: check.id, ...body },
    })
    await remember(Run.parse(made.data).id)
  }

  async function remember(id: number): Promise<void> {
    if (known === id) return
    known = id
    await options.keepRun(id)
  }

  return {
    async begin() {
      const run = await existing()
      if (run !== null) return remember(run.id)
      await create({ status: 'in_progress', details_url: options.publicUrl })
    },
    async finish(answer) {
      const run = await existing()
      if (run !== null) await remember(run.id)
      // What stands there already is counted by GitHub itself.
      let sent = run?.output.annotations_count ?? 0
      do {
        const batch = answer.annotations.slice(sent, sent + batchSize)
        const body = finished(answer, batch)
        if (known === null) await create(body)
        else await call({ method: 'PATCH', path: `${base}/check-runs/${known}`, body })
        sent += batchSize
      } while (sent < answer.annotations.length)
    },
    ...commentsOf(call, base, github.appId),
  }
}

type Call = (asked: GithubCall) => ReturnType<Github['asInstallation']>

function commentsOf(
  call: Call,
  base: string,
  appId: string,
): Pick<Reporter, 'findComment' | 'createComment' | 'updateComment'> {
  return {
    async findComment(pullRequest, mark) {
      let path: string | null = `${base}/issues/${pullRequest}/comments?per_page=100`
      for (let page = 0; path !== null && page < pagesMax; page += 1) {
        const answer: GithubAnswer = await call({ method: 'GET', path })
        const ours = z
          .array(Comment)
          .parse(answer.data)
          .find((one) => isOurs(one, appId) && one.body?.startsWith(mark))
        if (ours !== undefined) return String(ours.id)
        path = answer.next
      }
      return null
    },
    async createComment(pullRequest, text) {
      const path = `${base}/issues/${pullRequest}/comments`
      const { data } = await call({ method: 'POST', path, body: { body: text } })
      return String(Comment.parse(data).id)
    },
    async updateComment({ id }, text) {
      const path = `${base}/issues/comments/${encodeURIComponent(id)}`
      try {
        await call({ method: 'PATCH', path, body: { body: text } })
        return true
      } catch (error) {
        // Deleted, or another's who has copied our mark.
        if (error instanceof GithubRefused && [403, 404].includes(error.status)) return false
        throw error
      }
    },
  }
}

/** Anybody may copy our mark; who did could change later what we would have written there. */
function isOurs({ performed_via_github_app: app }: z.infer<typeof Comment>, appId: string) {
  return String(app?.id) === appId
}

function finished(answer: Answer, batch: readonly Annotation[]) {
  const { conclusion, title, summary, url } = answer
  return {
    status: 'completed',
    conclusion,
    details_url: url,
    output: {
      title,
      summary,
      annotations: batch.map((one) => ({
        path: one.path,
        start_line: one.line,
        end_line: one.line,
        annotation_level: levels[one.severity],
        title: one.title.slice(0, 255).toWellFormed(),
        message: one.message,
      })),
    },
  }
}
