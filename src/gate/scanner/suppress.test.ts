import { describe, expect, it } from 'vitest'
import type { ScanType } from './finding.ts'
import { Lines } from './lines.ts'
import { Redactor } from './redact.ts'
import { createJudge } from './suppress.ts'

interface About {
  id?: string
  scanType?: ScanType
  aliases?: string[]
  names?: string[]
}

/** Judges a finding on the line that says `HERE`. */
function judge(text: string, { names, ...about }: About = {}, path = 'a.ts') {
  const bytes = Buffer.from(text)
  const first = text.slice(0, text.indexOf('HERE')).split('\n').length
  const rule = { id: 'a', scanType: 'sast' as const, ...about }
  const judged = { rule, first, last: first, ...(names && { names }) }
  return createJudge(path, new Lines(bytes), new Redactor(bytes, [], []))(judged)
}

const why = { kind: 'suppressed', by: 'comment', source: 'panthera-ignore', reason: 'why' }

describe('our own comment', () => {
  it.each([
    ['on the line', 'HERE() // panthera-ignore: a -- why'],
    ['alone above', '// panthera-ignore: a -- why\nHERE()'],
    ['alone above other comments', '// panthera-ignore: a -- why\n// and so on\nHERE()'],
  ])('counts %s', (_, text) => {
    expect(judge(text)).toMatchObject(why)
  })

  it.each([
    ['behind code above', 'x() // panthera-ignore: a -- why\nHERE()'],
    ['below', 'HERE()\n// panthera-ignore: a -- why'],
    ['further above', '// panthera-ignore: a -- why\nx()\nHERE()'],
  ])('does not count %s', (_, text) => {
    expect(judge(text)).toEqual({ kind: 'kept', note: null })
  })

  it.each([
    ['HERE() // panthera-ignore: a', 'gives no reason'],
    ['HERE() // panthera-ignore', 'names no rule'],
    ['HERE() // panthera-ignore: other -- why', 'names other, so it does not count for this.'],
  ])('is told about where it is not whole: %s', (text, note) => {
    expect(judge(text)).toMatchObject({ kind: 'kept', note: expect.stringContaining(note) })
  })

  it('is guessed at where it is misspelt', () => {
    const about = { id: 'sql-injection' }
    expect(judge('HERE() // panthera-ignore: sql-injektion -- why', about)).toMatchObject({
      note: expect.stringContaining('names sql-injektion (did you mean sql-injection?)'),
    })
  })

  it('may name a vulnerability', () => {
    const about = { id: 'vulnerable-package', names: ['CVE-2021-23337'] }
    expect(judge('HERE # panthera-ignore: CVE-2021-23337 -- why', about)).toMatchObject(why)
  })

  it('counts anywhere in a resource', () => {
    const text = 'resource "a" "b" {\n  HERE = 1\n  # panthera-ignore: a -- why\n}\n'
    expect(judge(text, { scanType: 'iac' }, 'main.tf')).toMatchObject({ ...why, line: 3 })
    expect(judge(text, { scanType: 'secrets' }, 'main.tf').kind).toBe('kept')
  })
})

const iac = (...aliases: string[]): About => ({ scanType: 'iac', aliases })
const code = (...aliases: string[]): About => ({ scanType: 'sast', aliases })
const secrets: About = { scanType: 'secrets' }
const tf = (inside: string, above = '') => `${above}resource "x" "y" {\n  HERE = 1\n${inside}}\n`

describe('comments of other tools', () => {
  it.each<[string, About, string, string | null, string?]>([
    ['HERE # nosemgrep', code(), 'nosemgrep', null],
    ['// nosemgrep: js.x.y -- checked above\nHERE', code(), 'nosemgrep', 'checked above'],
    ['HERE // nosemgrep: a.b.eval-use', code('semgrep:eval-use'), 'nosemgrep', null],
    ['HERE # nosec', code(), 'nosec', null],
    ['HERE # nosec B602, B607 - fixed words', code('bandit:B607'), 'nosec', 'fixed words'],
    ['HERE // #nosec G304 -- own folder', code('gosec:G304'), 'nosec', 'own folder'],
    ['HERE  # noqa: S602', code('bandit:B602'), 'noqa', null],
    ['HERE // NOSONAR a constant', code(), 'NOSONAR', 'a constant'],
    [
      '// eslint-disable-next-line security/detect-x -- ours\nHERE',
      code('eslint:security/detect-x'),
      'eslint-disable',
      'ours',
    ],
    ['// codeql[js/xss] shown as text\nHERE', code('codeql:js/xss'), 'codeql', 'shown as text'],
    [tf('# checkov:skip=CKV_A_1:a log\n'), iac('checkov:CKV_A_1'), 'checkov:skip', 'a log'],
    [
      'metadata:\n  annotations:\n    checkov.io/skip1: CKV_K8S_1=one node\nspec:\n  HERE: 1\n',
      iac('checkov:CKV_K8S_1'),
      'checkov:skip',
      'one node',
      'deploy.yaml',
    ],
    [tf('', '#trivy:ignore:AVD-A-1\n'), iac('trivy:AVD-A-1'), 'trivy:ignore', null],
    [tf('', '#trivy:ignore:a-2 trivy:ignore:A-1\n'), iac('trivy:AVD-A-1'), 'trivy:ignore', null],
    ['HERE # tfsec:ignore:aws-x', iac('tfsec:aws-x'), 'tfsec:ignore', null],
    ['# kics-scan ignore-line\nHERE', iac(), 'kics-scan', null],
    ['# hadolint ignore=DL3006,DL3008\nFROM HERE', iac('hadolint:DL3008'), 'hadolint', null],
    ['HERE # gitleaks:allow', secrets, 'gitleaks:allow', null],
    ['HERE # pragma: allowlist secret', secrets, 'allowlist secret', null],
    ['# pragma: allowlist nextline secret\nHERE', secrets, 'allowlist secret', null],
  ])('count: %s', (text, about, source, reason, path = 'main.tf') => {
    const expected = { kind: 'suppressed', by: 'inherited', source, reason }
    expect(judge(text, about, path)).toMatchObject(expected)
  })

  it.each<[string, About]>([
    ['HERE # nosec B602', code('bandit:B607')],
    ['HERE # nosec B602', code()],
    ['HERE // nosemgrep: other', code('semgrep:eval-use')],
    ['HERE // nosemgrep: generic', secrets],
    ['HERE # nosec', secrets],
    ['HERE # gitleaks:allow', code()],
    ['HERE // eslint-disable-line', code()],
    ['HERE // eslint-disable-line no-undef', code()],
    ['HERE # noqa', code('bandit:B602')],
    ['x() # nosec\nHERE', code()],
    [tf('}\nresource "z" "z" {\n# checkov:skip=CKV_A_1:no\n'), iac('checkov:CKV_A_1')],
    ['HERE # trivy:ignore:AVD-A-1[name=x]', iac('trivy:AVD-A-1')],
    ['HERE # trivy:ignore:AVD-A-1:ws:prod', iac('trivy:AVD-A-1')],
    ['FROM HERE # hadolint ignore=DL3006', iac('hadolint:DL3006')],
    ['const text = "a nosecret word" // HERE', code()],
  ])('do not count: %s', (text, about) => {
    expect(judge(text, about, 'main.tf')).toEqual({ kind: 'kept', note: null })
  })

  it('keep the day on which they end', () => {
    const text = 'HERE # trivy:ignore:AVD-A-1:exp:2026-02-28'
    expect(judge(text, iac('trivy:AVD-A-1'))).toMatchObject({ expires: '2026-02-28' })
  })

  it('give way to ours', () => {
    expect(judge('HERE // nosemgrep panthera-ignore: a -- why')).toMatchObject(why)
  })

  it('are read in a file that holds nothing else', () => {
    const text = `${'# nosec B602\n'.repeat(20_000)}HERE # nosec`
    expect(judge(text, code()).kind).toBe('kept')
  })
})
