import { describe, expect, it } from 'vitest'
import { readInheritedFile } from './inherited/files.ts'
import { readSettings } from './project/read-settings.ts'
import type { ProjectWord } from './project/word.ts'
import { sampleFindings, sampleReport, sampleSuppressed } from './report/sample.ts'
import { settle } from './settle.ts'

const word = (settings: string, files: Record<string, string> = {}, prefix = ''): ProjectWord => ({
  settings: readSettings(settings, 'panthera.yaml'),
  settingsPath: 'panthera.yaml',
  prefix,
  inherited: Object.entries(files).map(([name, text]) => ({
    prefix,
    ...readInheritedFile(name, text),
  })),
})

const found = { findings: sampleFindings, suppressed: [], rules: sampleReport.rules }
const said = (about: ProjectWord, today = '2026-01-31') => {
  const { findings, suppressed, notes, rules } = settle(found, about, { today, whole: true })
  expect(findings.length + suppressed.length).toBe(sampleFindings.length)
  return {
    notes,
    rules,
    findings,
    aside: suppressed.map(({ finding, by, source, reason }) => {
      const what = finding.subject?.kind === 'package' ? finding.subject.aliases[0] : finding.ruleId
      return `${what}: ${by} ${source} ${reason}`
    }),
  }
}

const ignore = (entry: string) => word(`ignores: [{ ${entry}, reason: why }]`)

describe('settings of a project', () => {
  it.each([
    ['rule: sql-injection', ['sql-injection', 'sql-injection']],
    ['rule: sql-injection, path: src/users.ts', ['sql-injection']],
    ['rule: sql-injection, path: "src/"', ['sql-injection', 'sql-injection']],
    ['rule: CVE-2021-23337', ['CVE-2021-23337']],
    ['rule: GHSA-35jh-r3h4-6jhm', ['CVE-2021-23337']],
    ['package: lodash', ['CVE-2021-23337', 'CVE-2020-8203', 'GHSA-29mw-wpgm-hmr9']],
    ['package: lodash@4.17.15, rule: CVE-2020-8203', ['CVE-2020-8203']],
    ['package: lodash@4.17.16', []],
    ['fingerprint: 55555555555555555555555555555555', ['aws-s3-public-acl']],
    ['rule: "checkov:CKV_AWS_20"', ['aws-s3-public-acl']],
    ['rule: "trivy:AWS-0092"', ['aws-s3-public-acl']],
    ['rule: "checkov:CKV_AWS_21"', []],
    ['rule: sql-injection, fingerprint: 55555555555555555555555555555555', []],
  ])('accept by { %s }', (entry, names) => {
    const { aside, notes } = said(ignore(entry))
    expect(aside.sort()).toEqual(names.map((name) => `${name}: config panthera.yaml why`).sort())
    expect(notes).toEqual(
      names.length > 0 ? [] : ['panthera.yaml:1: it accepts nothing that was found'],
    )
  })

  it('count until their last day', () => {
    const about = ignore('rule: aws-s3-public-acl, expires: 2026-01-31')
    expect(said(about, '2026-01-31').aside).toHaveLength(1)
    const later = said(about, '2026-02-01')
    expect(later.aside).toEqual([])
    expect(later.notes).toEqual(['panthera.yaml:1: it expired on 2026-01-31'])
  })

  it('are not called useless where not everything was looked at', () => {
    const about = ignore('rule: nothing-of-the-kind')
    expect(settle(found, about, { today: '2026-01-31', whole: false }).notes).toEqual([])
  })

  it.each([
    ['rule: nothing-of-the-kind', 1],
    ['rule: "trivy:AWS-0001"', 1],
    ['rule: CVE-2099-1234', 0],
    ['package: gone', 0],
    ['fingerprint: 66666666666666666666666666666666', 0],
  ])('are called useless by what packages were compared with: { %s }', (entry, count) => {
    const about = { today: '2026-01-31', whole: true, compared: false }
    expect(settle(found, ignore(entry), about).notes).toHaveLength(count)
  })

  it('switch rules off, rate others anew and leave paths out', () => {
    const { findings, rules } = said(
      word(
        'rules: {disable: [example-api-key], severity: {sql-injection: low}}\n' +
          'scan: {exclude: [/infra]}',
      ),
    )
    const left = findings.filter(({ scanType }) => scanType !== 'sca')
    expect(left.map(({ ruleId, severity }) => `${ruleId} ${severity}`)).toEqual([
      'sql-injection low',
      'sql-injection low',
    ])
    expect(rules.map(({ id, severity }) => `${id} ${severity}`)).toEqual([
      'aws-s3-public-acl high',
      'example-api-key high',
      'sql-injection low',
      'vulnerable-dependency high',
    ])
  })

  it('name paths from where they stand', () => {
    const settings = 'ignores: [{ rule: sql-injection, path: /shop/src/users.ts, reason: why }]'
    expect(said(word(settings, {}, 'shop/')).aside).toHaveLength(1)
    expect(said(word(settings)).aside).toHaveLength(0)
  })
})

describe('files of other tools', () => {
  it.each<[string, string, string[]]>([
    ['.trivyignore', '# why\nCVE-2021-23337 exp:2026-12-31 # not called', ['CVE-2021-23337']],
    ['.trivyignore', 'AVD-AWS-0092\nCVE-2099-9999', ['aws-s3-public-acl']],
    [
      '.trivyignore.yaml',
      'misconfigurations:\n  - id: AVD-AWS-0092\n    paths: ["infra/*.tf"]\n',
      ['aws-s3-public-acl'],
    ],
    ['.trivyignore.yaml', 'misconfigurations:\n  - id: AWS-0092\n    paths: [other/*]\n', []],
    ['.trivyignore.yaml', 'vulnerabilities:\n  - id: AVD-AWS-0092\n', []],
    [
      '.trivyignore.yaml',
      'vulnerabilities:\n  - id: CVE-2020-8203\n    purls: ["pkg:npm/lodash"]\n',
      ['CVE-2020-8203'],
    ],
    ['.gitleaksignore', 'src/pay.ts:example-key:2', ['example-api-key']],
    ['.gitleaksignore', `${'a'.repeat(40)}:src/pay.ts:example-key:2`, ['example-api-key']],
    ['.gitleaksignore', 'src/pay.ts:generic-api-key:2', ['example-api-key']],
    ['.gitleaksignore', 'src/pay.ts:other-key:2\nsrc/pay.ts:example-key:3', []],
    ['.checkov.yaml', 'skip-check: [CKV_AWS_20, CKV_AWS_1]', ['aws-s3-public-acl']],
    [
      'osv-scanner.toml',
      '[[IgnoredVulns]]\nid = "CVE-2020-8203"\nreason = "ours"',
      ['CVE-2020-8203'],
    ],
  ])('%s with %j', (name, text, names) => {
    const aside = said(word('', { [name]: text })).aside.map((one) => one.split(' ').slice(0, 3))
    expect(aside).toEqual(names.map((id) => [`${id}:`, 'inherited', name]))
  })

  it.each([
    ['.trivyignore', 'CVE-2021-23337 exp:2026-01-30', '.trivyignore:1'],
    [
      '.trivyignore.yaml',
      'vulnerabilities:\n  - id: CVE-2021-23337\n    expired_at: 2026-01-30\n',
      '.trivyignore.yaml:2',
    ],
    [
      'osv-scanner.toml',
      '[[IgnoredVulns]]\nid = "CVE-2020-8203"\nignoreUntil = 2026-01-30',
      'osv-scanner.toml:2',
    ],
  ])('%s says when an entry has expired', (name, text, place) => {
    const { aside, notes } = said(word('', { [name]: text }))
    expect(aside).toEqual([])
    expect(notes).toEqual([`${place}: it expired on 2026-01-30`])
  })

  it.each(['.trivyignore.yaml', '.checkov.yaml', 'osv-scanner.toml'])(
    '%s that is none accepts nothing',
    (name) => {
      for (const text of ['', '{', '[]', 'a: &a [*a]', '['.repeat(100_000), 'skip-check: {}']) {
        expect(readInheritedFile(name, text).entries).toEqual([])
      }
    },
  )
})

describe('what a comment set aside', () => {
  it('counts again when the day is over', () => {
    const suppressed = sampleSuppressed.map((one) => ({ ...one, expires: '2026-01-30', line: 2 }))
    const about = { findings: [], suppressed, rules: sampleReport.rules }
    expect(settle(about, word(''), { today: '2026-01-30', whole: true }).suppressed).toHaveLength(3)
    const { findings, notes } = settle(about, word(''), { today: '2026-01-31', whole: true })
    expect(findings).toHaveLength(3)
    expect(notes[1]).toBe(
      'infra/main.tf:2: checkov:skip expired on 2026-01-30, so aws-s3-public-acl counts again',
    )
  })
})

describe('two findings about one credential', () => {
  const at = { path: 'src/db.py', line: 5, column: 12, endLine: 5, endColumn: 83 }
  const [first] = sampleFindings
  const code = { ...first, ruleId: 'code', scanType: 'sast', cweId: 'CWE-798', location: at }
  const secret = { ...code, ruleId: 'secret', scanType: 'secrets', location: { ...at, column: 69 } }
  const both = { ...found, findings: [code, secret] as typeof sampleFindings }
  const settled = (settings: string) => {
    const about = { today: '2026-01-31', whole: true }
    const { findings, suppressed } = settle(both, word(settings), about)
    return [findings, suppressed.map((one) => one.finding)].map((all) => all.map((f) => f.ruleId))
  }

  it('are one, also where it is accepted', () => {
    expect(settled('')).toEqual([['secret'], []])
    expect(settled('ignores: [{ rule: secret, reason: why }]')).toEqual([[], ['secret']])
  })

  it('leave the other one where the rule for secrets is off', () => {
    expect(settled('rules: { disable: [secret] }')).toEqual([['code'], ['secret']])
  })
})
