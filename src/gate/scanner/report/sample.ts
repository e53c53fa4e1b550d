// A report for the tests of all formats, with what each of them has to be careful about.
import type { Finding, RuleSummary } from '../finding.ts'
import type { Report } from './report.ts'

const rule: RuleSummary = {
  id: 'example-api-key',
  scanType: 'secrets',
  severity: 'high',
  title: 'Example API key',
  description: 'Opens the example service. Whoever reads the code can use it.',
  remediation:
    'Revoke the key in the console of the service, create another one, keep it out of the code.',
  cweId: 'CWE-798',
  references: ['https://example.com/docs/keys?a=1&b=2'],
}

const injection: RuleSummary = {
  id: 'sql-injection',
  scanType: 'sast',
  severity: 'critical',
  title: '=Request value, "unbound", in SQL',
  description: 'A value of the request becomes part of a statement.',
  remediation: 'Bind it.',
  cweId: 'CWE-89',
  references: [],
}

const key: Finding = {
  ...foundBy(rule),
  location: { path: 'src/pay.ts', line: 2, column: 14, endLine: 2, endColumn: 46 },
  excerpt: {
    startLine: 1,
    lines: ["import { charge } from './charge.ts'", "const key = 'exk_…'", '\u001b[2Jcharge(key)'],
    mark: { line: 2, column: 14, endColumn: 19 },
  },
  steps: [],
  fingerprints: [
    { algorithm: 'ctx1', value: '0123456789abcdef0123456789abcdef' },
    { algorithm: 'secret1', value: 'fedcba9876543210fedcba9876543210' },
  ],
  origin: null,
}

const flow: Finding = {
  ...foundBy(injection),
  location: {
    path: 'src/orders: new/列表 #1.ts',
    line: 42,
    column: 27,
    endLine: 42,
    endColumn: 31,
  },
  excerpt: {
    startLine: 41,
    lines: [
      '  const sort = req.query.sort',
      `  return db.query(\`列 by \${sort}\`)${' // and so on'.repeat(20)}`,
    ],
  },
  steps: [
    { path: 'src/orders: new/列表 #1.ts', line: 41, column: 16, label: 'req.query.sort' },
    { path: 'src/orders: new/列表 #1.ts', line: 42, column: 27, label: 'sort in a statement' },
  ],
  fingerprints: [],
  origin: null,
}

const old: Finding = {
  ...foundBy(rule),
  severity: 'low',
  location: null,
  excerpt: null,
  cweId: null,
  steps: [],
  fingerprints: [{ algorithm: 'ctx1', value: '00000000000000000000000000000000' }],
  origin: {
    commit: '4b825dc642cb6eb9a060e54bf8d69288fbee4904',
    author: 'A. Nobody\u202e',
    date: '2024-02-29T12:00:00Z',
  },
}

/** The fields that a finding takes over from its rule. */
function foundBy({ id, ...shared }: RuleSummary) {
  return { ruleId: id, ...shared }
}

export const sampleFindings: readonly Finding[] = [flow, key, old]

export const sampleReport: Report = {
  tool: { name: 'Panthera', version: '1.2.3' },
  rules: [rule, injection],
  findings: sampleFindings,
  coverage: {
    files: 412,
    bytes: 3_141_592,
    skipped: { binary: 2, 'too-large': 1, generated: 0 },
    suppressed: 4,
    durationMs: 2140,
    complete: true,
  },
}

export async function joined(chunks: AsyncIterable<string>): Promise<string> {
  let text = ''
  for await (const chunk of chunks) text += chunk
  return text
}
