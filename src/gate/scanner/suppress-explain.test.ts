import { expect, it } from 'vitest'
import type { ScanType } from './finding.ts'
import { whyNotAccepted } from './suppress-explain.ts'

/** Of a finding on the line that says `HERE`. */
function why(text: string, scanType: ScanType = 'sast', path = 'a.py') {
  const all = text.split('\n')
  const first = all.findIndex((line) => line.includes('HERE')) + 1
  const lines = { count: all.length, text: (line: number) => all[line - 1] ?? '' }
  const rule = { id: 'sql-injection', scanType, aliases: ['bandit:B608'] }
  return whyNotAccepted({ rule, first, last: first }, { path, lines, today: '2026-02-01' })
}

it.each([
  ['HERE # panthera-ignore: sql-injektion -- why', /names sql-injektion and not .*did you mean/],
  ['HERE # panthera-ignore: sql-injection', /line 1 gives no reason: add one after "--"/],
  ['HERE # panthera-ignore', /line 1 names no rule/],
  ['# panthera-ignore: sql-injection -- why\nx()\nHERE', /line 1 speaks for the next line of code/],
  ['x() # panthera-ignore: sql-injection -- why\nHERE', /line 1 speaks for its own line.* line 2/],
  ['HERE # nosec B102', /nosec on line 1 names B102, and sql-injection does not go by that/],
  ['HERE # gitleaks:allow', /gitleaks:allow on line 1 speaks for secrets alone/],
  ['HERE\n# nosec', /nosec on line 2 does not reach line 1/],
])('tells of %j', (text, told) => {
  expect(why(text)).toEqual([expect.stringMatching(told)])
})

it('tells that a day is over', () => {
  const text = 'x = 1 # trivy:ignore:*:exp:2026-01-31 HERE'
  expect(why(text, 'iac', 'main.tf')).toEqual([
    expect.stringMatching(/^trivy:ignore on line 1 expired on 2026-01-31$/),
  ])
})

it.each(['HERE', '# panthera-ignore: other -- why\n\n\nHERE', 'nothing\n'.repeat(20)])(
  'is silent of %j',
  (text) => {
    expect(why(text)).toEqual([])
  },
)
