// Answers at GitLab: the status of a commit, and notes of merge requests.
import { z } from 'zod'
import { type CodeHostCall, CodeHostRefused, unlessGone } from '../checks/code-host-call.ts'
import type { Reporter } from '../checks/reporter.ts'
import type { Check } from '../checks/store.ts'

const Note = z.object({ id: z.int(), body: z.string().nullish() })
const pageSize = 100
const pagesMax = 10

/** GitLab knows no neutral end: what could not be finished is canceled. */
const states = { success: 'success', failure: 'failed', neutral: 'canceled' } as const

export function gitlabReporter(options: {
  call: CodeHostCall
  check: Check
  publicUrl: string
}): Reporter {
  const { call, check } = options
  const project = `/projects/${encodeURIComponent(`${check.owner}/${check.name}`)}`
  const notes = (pullRequest: number) => `${project}/merge_requests/${pullRequest}/notes`

  async function status(state: string, more: { target_url: string; description: string }) {
    const path = `${project}/statuses/${check.commit_hash}`
    try {
      await call({ method: 'POST', path, body: { state, name: 'panthera', ...more } })
    } catch (error) {
      // It also refuses to set the state that it has.
      if (!(error instanceof CodeHostRefused) || error.status !== 400) throw error
    }
  }

  return {
    begin: () =>
      status('running', { target_url: options.publicUrl, description: 'Panthera is scanning' }),
    finish: ({ conclusion, title, url }) =>
      status(states[conclusion], { target_url: url, description: title.slice(0, 255) }),
    async findComment(pullRequest, mark) {
      for (let page = 1; page <= pagesMax; page += 1) {
        const path = `${notes(pullRequest)}?per_page=${pageSize}&page=${page}&sort=asc`
        const found = z.array(Note).parse(await call({ method: 'GET', path }))
        const ours = found.find(({ body }) => body?.startsWith(mark))
        if (ours !== undefined) return String(ours.id)
        if (found.length < pageSize) return null
      }
      return null
    },
    async createComment(pullRequest, text) {
      const made = await call({ method: 'POST', path: notes(pullRequest), body: { body: text } })
      return String(Note.parse(made).id)
    },
    async updateComment({ pullRequest, id }, text) {
      const path = `${notes(pullRequest)}/${encodeURIComponent(id)}`
      return unlessGone(() => call({ method: 'PUT', path, body: { body: text } }))
    },
  }
}
