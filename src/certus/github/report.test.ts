import { describe, expect, it } from 'vitest'
import type { Github, GithubCall } from '../../platform/github.ts'
import { GithubRefused } from '../../platform/github.ts'
import type { Answer } from '../checks/answer.ts'
import type { Check } from '../checks/store.ts'
import { githubReporter } from './report.ts'

interface Run {
  id: number
  external_id: string
  status: string
  output: { annotations_count: number }
}

/** GitHub as far as check runs go; it stops answering after so many calls. */
function github(callsMax = Number.POSITIVE_INFINITY) {
  const runs: Run[] = []
  const lines: number[] = []
  let calls = 0
  const answer = ({ method, path, body = {} }: GithubCall): unknown => {
    calls += 1
    if (calls > callsMax) throw new GithubRefused(502, 'gone')
    if (method === 'GET' && path.includes('/commits/')) return { check_runs: runs }
    if (method === 'GET') return runs.find(({ id }) => path.endsWith(`/${id}`))
    const { output = { annotations: [] } } = body as {
      output?: { annotations: { start_line: number }[] }
    }
    if (output.annotations.length > 50) throw new GithubRefused(422, 'too many annotations')
    lines.push(...output.annotations.map((one) => one.start_line))
    const known = runs.find(({ id }) => path.endsWith(`/${id}`))
    const run = known ?? ({ id: runs.length + 1, output: { annotations_count: 0 } } as Run)
    if (known === undefined) runs.push(run)
    run.output.annotations_count += output.annotations.length
    Object.assign(run, { ...body, output: run.output })
    return run
  }
  const asInstallation = async (_installed: unknown, call: GithubCall) => ({
    data: answer(call),
    next: null,
  })
  const revive = () => {
    callsMax = Number.POSITIVE_INFINITY
  }
  return { client: { asInstallation } as unknown as Github, runs, lines, revive }
}

const check = { id: 'check-1', owner: 'acme', name: 'shop', commit_hash: 'a'.repeat(40) }

function reporterOf(client: Github, check_run_id: number | null = null) {
  return githubReporter({
    github: client,
    installationId: '1',
    check: { ...check, check_run_id } as Check,
    keepRun: async () => undefined,
    publicUrl: 'https://p.example',
  })
}

function answerWith(count: number): Answer {
  const annotations = Array.from({ length: count }, (_, at) => ({
    path: 'a.ts',
    line: at + 1,
    severity: 'high' as const,
    title: 'T',
    message: 'M',
  }))
  return { conclusion: 'failure', title: 'T', summary: 'S', annotations, url: 'https://p.example' }
}

const upTo = (count: number) => Array.from({ length: count }, (_, at) => at + 1)

describe('the comment of a pull request', () => {
  it('is none that another wrote under our mark', async () => {
    const comments = [
      { id: 1, body: 'MARK Grade A', performed_via_github_app: null },
      { id: 2, body: 'MARK Grade A', performed_via_github_app: { id: 7 } },
      { id: 3, body: 'MARK Grade F', performed_via_github_app: { id: 99 } },
    ]
    const client = {
      appId: '99',
      asInstallation: async () => ({ data: comments, next: null }),
    } as unknown as Github
    expect(await reporterOf(client).findComment(5, 'MARK')).toBe('3')
  })
})

describe('a check run', () => {
  it.each([0, 1, 50, 51, 130])('gets all of %d annotations, fifty at a time', async (count) => {
    const { client, runs, lines } = github()
    await reporterOf(client).begin()
    await reporterOf(client).finish(answerWith(count))
    expect(runs).toMatchObject([{ status: 'completed', external_id: 'check-1' }])
    expect(lines).toEqual(upTo(count))
  })

  it.each([1, 2, 3])('is one, and whole, whenever GitHub stops after %d calls', async (calls) => {
    const { client, runs, lines, revive } = github(calls)
    await expect(reporterOf(client).finish(answerWith(130))).rejects.toThrow('gone')
    revive()
    // Nothing was remembered of the first time.
    await reporterOf(client).finish(answerWith(130))
    await reporterOf(client, 1).finish(answerWith(130))
    expect(runs).toMatchObject([{ status: 'completed' }])
    expect(new Set(lines)).toEqual(new Set(upTo(130)))
  })
})
