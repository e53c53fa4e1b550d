// `panthera evidence history`: the packs that a server holds, the newest first.
import { defineCommand } from 'citty'
import { format, printJson, printTable, withClient } from './remote.ts'

interface Listed {
  evidence_packs: {
    id: string
    repository: string
    branch: string
    commit: string
    findings: { total: number; critical: number; high: number }
    computed: { grade: string; score: number }
    differs: boolean
    verification: { verdict: string }
    created_at: string
  }[]
  total: number
}

export const history = defineCommand({
  meta: { name: 'history', description: 'List the packs of a server, the newest first' },
  args: {
    repository: { type: 'string', valueHint: 'OWNER/NAME', description: 'of this one alone' },
    from: { type: 'string', valueHint: 'DATE', description: 'from this date on' },
    to: { type: 'string', valueHint: 'DATE', description: 'before this date' },
    framework: { type: 'string', valueHint: 'ID', description: 'with results for this framework' },
    grade: { type: 'string', valueHint: 'A-F', description: 'of this grade' },
    limit: { type: 'string', default: '20', description: 'at most as many, 100 or fewer' },
    format,
  },
  run: ({ args }) =>
    withClient('certus', async (client) => {
      const { repository, from, to, framework, grade, limit } = args
      const asked = { repository, from, to, framework, grade, limit }
      const given = Object.entries(asked).filter((pair): pair is [string, string] => !!pair[1])
      const answer = await client.call<Listed>(
        'GET',
        `/certus/api/evidence?${new URLSearchParams(given)}`,
      )
      if (args.format === 'json') return printJson(answer)
      printTable([
        ['GRADE', 'SCORE', 'STORED', 'REPOSITORY', 'BRANCH', 'COMMIT', 'FINDINGS', 'SEAL', 'ID'],
        ...answer.evidence_packs.map((pack) => [
          `${pack.computed.grade}${pack.differs ? '*' : ''}`,
          `${pack.computed.score}`,
          pack.created_at.slice(0, 16).replace('T', ' '),
          pack.repository,
          pack.branch,
          pack.commit.slice(0, 12),
          `${pack.findings.total} (${pack.findings.critical} critical, ${pack.findings.high} high)`,
          pack.verification.verdict,
          pack.id,
        ]),
      ])
      const shown = answer.evidence_packs.length
      const claimed = answer.evidence_packs.some(({ differs }) => differs)
      if (claimed) process.stderr.write('\n* its sender claimed another grade or score\n')
      if (answer.total > shown) process.stderr.write(`${shown} of ${answer.total} are shown\n`)
    }),
})
