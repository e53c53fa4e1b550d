import { describe, expect, it } from 'vitest'
import { Redactor } from './redact.ts'
import { reportWeaknesses } from './report-weaknesses.ts'
import { SourceText } from './source-text.ts'
import type { Weakness } from './weakness.ts'

const rule = {
  id: 'sql-injection',
  scanType: 'sast' as const,
  severity: 'high' as const,
  title: 'SQL injection',
  description: 'A value from outside becomes part of a statement.',
  remediation: 'Bind it.',
  cweId: 'CWE-89',
  references: ['https://cwe.mitre.org/data/definitions/89.html'],
}

const weak = (source: SourceText, word: string, more: Partial<Weakness> = {}): Weakness => {
  const start = source.text.indexOf(word)
  const end = start + word.length
  const place = { source, start, end, note: null, steps: [], severity: rule.severity }
  return { rule, ...place, identities: [{ algorithm: 'scope1', parts: ['list', word] }], ...more }
}
const report = (...weaknesses: Weakness[]) =>
  reportWeaknesses(weaknesses, ({ bytes }) => new Redactor(bytes, [], []))
const source = (text: string, path = 'a.ts') => new SourceText(path, Buffer.from(text))

describe('reportWeaknesses', () => {
  it('locates, excerpts and names', () => {
    const text = source('// ä😀\nconst q = req.query.q\ndb.query(q + 1)\n')
    const steps = [{ source: text, start: text.text.indexOf('req'), label: 'request' }]
    const note = 'Here it is the query.'
    const [finding] = report(weak(text, 'q + 1', { steps, note })).findings
    expect(finding).toMatchObject({
      ruleId: 'sql-injection',
      description: 'A value from outside becomes part of a statement. Here it is the query.',
      location: { path: 'a.ts', line: 3, column: 10, endLine: 3, endColumn: 15 },
      excerpt: { startLine: 2 },
      steps: [{ path: 'a.ts', line: 2, column: 11, label: 'request' }],
    })
    const named = finding?.fingerprints.map(({ algorithm }) => algorithm)
    expect(named).toEqual(['ctx1', 'scope1', 'move1'])
  })

  it('hides secrets beside the weakness', () => {
    const text = source(`password = "${['hun', 'ter2hunter2'].join('')}"\nrun(x)\n`)
    expect(report(weak(text, 'run(x)')).findings[0]?.excerpt?.lines[0]).toBe('password = "hun…"')
  })

  it('shows and digests no text where the search for secrets was cut short', () => {
    const word = ['blue', 'horse7'].join('')
    const named = (text: string) => {
      const of = source(`open('${text}')\nrun(x)\n`)
      const identities = [{ algorithm: 'scope1' as const, parts: ['list', `open('${text}')`] }]
      const weakness = weak(of, 'run(x)', { note: `It is ${text}.`, identities })
      const cut = ({ bytes }: SourceText) => new Redactor(bytes, [], [], false)
      return reportWeaknesses([weakness], cut).findings[0]
    }
    expect(JSON.stringify(named(word))).not.toContain(word)
    expect(named(word)?.excerpt).toBeNull()
    expect(named(word)?.fingerprints).toEqual(named('another')?.fingerprints)
  })

  it('hides the credential that it is about, where it stands and where it got its name', () => {
    const about = { rule: { ...rule, id: 'hardcoded-credential', cweId: 'CWE-798' } }
    const word = ['blue', 'horse7'].join('')
    const of = (value: string) => {
      const text = source(`const k = '${value}'\n\n\nsign(k)\n\n\nsign('${value}', x)\n`)
      const statement = `sign('${value}', x)`
      const identities = [{ algorithm: 'scope1' as const, parts: ['list', statement] }]
      const others = weak(text, 'const', { note: `It is ${value}.` })
      return report(weak(text, 'sign(k)', about), weak(text, statement, { ...about, identities }), {
        ...others,
        steps: [{ source: text, start: 0, label: `${value} goes in` }],
        subject: { kind: 'resource', address: `a.${value}` },
      }).findings
    }
    const found = of(word)
    expect(found.map(({ excerpt }) => excerpt?.lines.join('|'))).toEqual([
      "const k = 'bl…'|",
      '|sign(k)|',
      "|sign('bl…', x)|",
    ])
    expect(JSON.stringify(found)).not.toContain(word)
    const named = (all: typeof found) => all.map(({ fingerprints }) => fingerprints)
    // Nothing of it is in a digest, by which it could be guessed.
    expect(named(of(`${word.slice(0, 4)}house8`))).toEqual(named(found))
  })

  it.each([
    [
      'main.tf',
      'resource "db" "x" {\n  login = "Zx81kQpl77"\n}',
      'login',
      /"db" "x" \{\| {2}login = "Zx…"/,
    ],
    ['a.yml', 'login:\n  password: Zx81kQpl77', 'password', /password: Zx…/],
    ['Dockerfile', 'RUN echo root:Zx81kQpl77 | chpasswd', 'echo', /echo root:Zx… \| chpasswd/],
  ])('hides it in %s', (path, text, word, expected) => {
    const about = { ...rule, scanType: 'iac' as const, cweId: 'CWE-798' }
    const [finding] = report(weak(source(text, path), word, { rule: about })).findings
    expect(finding?.excerpt?.lines.join('|')).toMatch(expected)
    expect(JSON.stringify(finding)).not.toContain('81kQ')
  })

  it('shows no text of a file in which secrets may be left', () => {
    const text = source('run(x)\n')
    const steps = [{ source: text, start: 0, label: 'request' }]
    const { findings } = reportWeaknesses(
      [weak(text, 'run(x)', { steps, note: 'It is x.' })],
      () => {
        return new Redactor(text.bytes, [], [], false)
      },
    )
    expect(findings[0]).toMatchObject({ excerpt: null, description: rule.description })
    expect(findings[0]?.steps[0]).not.toHaveProperty('code')
  })

  it('bounds labels and addresses', () => {
    const text = source('run(x)\n')
    const steps = [{ source: text, start: 0, label: 'v'.repeat(700) }]
    const subject = { kind: 'resource' as const, address: 'b'.repeat(2500) }
    const [finding] = report(weak(text, 'run(x)', { steps, subject })).findings
    expect(finding?.steps[0]?.label).toBe(`${'v'.repeat(299)}…`)
    expect(finding?.subject).toEqual({ kind: 'resource', address: `${'b'.repeat(999)}…` })
  })

  it('keeps fingerprints when lines move, and all but the first when the file is renamed', () => {
    const values = (text: string, path?: string) =>
      report(weak(source(text, path), 'run(x)')).findings[0]?.fingerprints.map((one) => one.value)
    const before = values('a\nrun(x)\nb') ?? []
    expect(values('\n\n\na\n   run(x)\nb')).toEqual(before)
    expect(values('a\nrun(x)\nb', 'moved.ts')?.slice(1)).toEqual(before.slice(1))
    expect(values('c\nrun(x)\nd')?.[1]).toBe(before[1])
  })

  it('tells equal places of a file apart, in their order', () => {
    const text = source('run(x)\nrun(x)\nrun(x)\nrun(x)\n')
    const all = [14, 7].map((start) => ({ ...weak(text, 'run(x)'), start, end: start + 6 }))
    const { findings } = report(...all)
    expect(findings.map(({ location }) => location?.line)).toEqual([2, 3])
    const values = findings.flatMap(({ fingerprints }) => fingerprints.map(({ value }) => value))
    expect(new Set(values).size).toBe(6)
  })

  it('sets apart what a comment accepts, with its reason', () => {
    const text = source('run(x) // panthera-ignore: sql-injection -- x is a constant\n')
    const { findings, suppressed } = report(weak(text, 'run(x)'))
    expect(findings).toEqual([])
    expect(suppressed).toMatchObject([{ reason: 'x is a constant' }])
  })
})
