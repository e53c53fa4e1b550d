// Answers at Bitbucket: the build status of a commit, and comments of pull requests.
import { z } from 'zod'
import { type CodeHostCall, unlessGone } from '../checks/code-host-call.ts'
import type { Reporter } from '../checks/reporter.ts'
import type { Check } from '../checks/store.ts'

const Comment = z.object({
  id: z.int(),
  content: z.object({ raw: z.string().nullish() }).nullish(),
  deleted: z.boolean().default(false),
})
const Comments = z.object({ values: z.array(Comment) })
const pageSize = 100
const pagesMax = 10

/** Bitbucket knows no neutral end: what could not be finished is stopped. */
const states = { success: 'SUCCESSFUL', failure: 'FAILED', neutral: 'STOPPED' } as const

export function bitbucketReporter(options: {
  call: CodeHostCall
  check: Check
  publicUrl: string
}): Reporter {
  const { call, check } = options
  const parts = `${check.owner}/${check.name}`.split('/').map(encodeURIComponent)
  const repository = `/repositories/${parts.join('/')}`
  const comments = (pullRequest: number) => `${repository}/pullrequests/${pullRequest}/comments`

  async function status(state: string, more: { url: string; description: string }) {
    const path = `${repository}/commit/${check.commit_hash}/statuses/build`
    const body = { key: 'panthera', name: 'Panthera', state, ...more }
    await call({ method: 'POST', path, body })
  }

  return {
    begin: () =>
      status('INPROGRESS', { url: options.publicUrl, description: 'Panthera is scanning' }),
    finish: ({ conclusion, title, url }) =>
      status(states[conclusion], { url, description: title.slice(0, 255) }),
    async findComment(pullRequest, mark) {
      for (let page = 1; page <= pagesMax; page += 1) {
        const path = `${comments(pullRequest)}?pagelen=${pageSize}&page=${page}`
        const { values } = Comments.parse(await call({ method: 'GET', path }))
        const ours = values.find((one) => !one.deleted && one.content?.raw?.startsWith(mark))
        if (ours !== undefined) return String(ours.id)
        if (values.length < pageSize) return null
      }
      return null
    },
    async createComment(pullRequest, text) {
      const body = { content: { raw: text } }
      const made = await call({ method: 'POST', path: comments(pullRequest), body })
      return String(Comment.parse(made).id)
    },
    updateComment({ pullRequest, id }, text) {
      const path = `${comments(pullRequest)}/${encodeURIComponent(id)}`
      return unlessGone(() => call({ method: 'PUT', path, body: { content: { raw: text } } }))
    },
  }
}
