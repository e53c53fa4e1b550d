// A report for the tests of all formats, with what each of them has to be careful about.
import type { Package } from '../dependencies/package.ts'
import type { Finding, PackageSubject, RuleSummary, Severity } from '../finding.ts'
import type { Suppressed } from '../suppressed.ts'
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
  aliases: ['gitleaks:example-key'],
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

const publicBucket: RuleSummary = {
  id: 'aws-s3-public-acl',
  scanType: 'iac',
  severity: 'high',
  title: 'Bucket anyone can read',
  description: 'The access control list opens the bucket to the world.',
  remediation: 'Set acl to private.',
  cweId: 'CWE-732',
  references: ['https://docs.aws.amazon.com/AmazonS3/latest/userguide/acl-overview.html'],
  aliases: ['checkov:CKV_AWS_20', 'trivy:AVD-AWS-0092'],
}

const vulnerable: RuleSummary = {
  id: 'vulnerable-dependency',
  scanType: 'sca',
  severity: 'high',
  title: 'Dependency with a known vulnerability',
  description: 'A published advisory affects this version.',
  remediation: 'Update it.',
  cweId: 'CWE-1395',
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

const orders = 'src/orders: new/列表 #1.ts'
const flow: Finding = {
  ...foundBy(injection),
  location: { path: orders, line: 42, column: 27, endLine: 42, endColumn: 31 },
  excerpt: {
    startLine: 41,
    lines: [
      '  const sort = req.query.sort',
      `  return db.query(\`列 by \${sort}\`)${' // and so on'.repeat(20)}`,
    ],
  },
  steps: [
    {
      path: orders,
      line: 41,
      column: 16,
      label: 'req.query.sort',
      code: '  const sort = req.query.sort',
    },
    { path: orders, line: 42, column: 27, label: 'sort in a statement' },
  ],
  fingerprints: [],
  origin: null,
}

/** Through another file, where a program left no code to show. */
const farFlow: Finding = {
  ...foundBy(injection),
  severity: 'high',
  location: { path: 'src/users.ts', line: 90, column: 3, endLine: 90, endColumn: 12 },
  excerpt: {
    startLine: 89,
    lines: ['', '  run(find)', '}'],
    mark: { line: 90, column: 3, endColumn: 12 },
  },
  steps: [
    step('src/routes.ts', 7, '  find(req.params.id)', 'req.params.id'),
    step('src/users.ts', 12, 'export function find(id: string) {', 'id'),
    step('src/users.ts', 40, '  const where = "id = " + id', 'part of where'),
    step('src/users.ts', 90, '  run(find)', 'run'),
  ],
  fingerprints: [{ algorithm: 'ctx1', value: '99999999999999999999999999999999' }],
  origin: null,
}

const bucket: Finding = {
  ...foundBy(publicBucket),
  location: { path: 'infra/main.tf', line: 3, column: 3, endLine: 3, endColumn: 22 },
  excerpt: {
    startLine: 2,
    lines: ['  bucket = "logs"', '  acl    = "public-read"', '}'],
    mark: { line: 3, column: 3, endColumn: 25 },
  },
  steps: [],
  fingerprints: [{ algorithm: 'ctx1', value: '55555555555555555555555555555555' }],
  origin: null,
  subject: { kind: 'resource', address: 'module.net.aws_s3_bucket.logs' },
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

const lodash = ['build-tool@2.0.0', 'lodash@4.17.15']
const vulnerabilities: Finding[] = [
  inPackage(
    ['lodash@4.17.15', '4.17.21', lodash],
    ['CVE-2021-23337', 'GHSA-35jh-r3h4-6jhm'],
    'high',
  ),
  inPackage(['lodash@4.17.15', '4.17.19', lodash], ['CVE-2020-8203'], 'medium'),
  inPackage(['lodash@4.17.15', '4.17.21', lodash], ['GHSA-29mw-wpgm-hmr9'], 'critical'),
  inPackage(['left-pad@1.3.0', null, ['left-pad@1.3.0']], ['CVE-2099-0001'], 'low'),
]

/** The fields that a finding takes over from its rule. */
function foundBy({ id, aliases: _, ...shared }: RuleSummary) {
  return { ruleId: id, ...shared }
}

function step(path: string, line: number, code: string, label: string) {
  return { path, line, column: code.search(/\S/) + 1, label, code }
}

function inPackage(
  [key, fixed, path]: [key: string, fixed: string | null, path: string[]],
  aliases: string[],
  severity: Severity,
): Finding {
  const [name = '', version = ''] = key.split('@')
  const [id = ''] = aliases
  const line = name === 'lodash' ? 20 : 31
  const subject: PackageSubject = {
    kind: 'package',
    purl: `pkg:npm/${name}@${version}`,
    name,
    version,
    aliases,
    fixedVersions: fixed === null ? [] : [fixed],
    path,
  }
  return {
    ...foundBy(vulnerable),
    severity,
    title: `Something of ${name} is wrong`,
    description: `${id} tells how.`,
    remediation: fixed === null ? 'Replace it.' : `Update to ${fixed}.`,
    location: { path: 'package-lock.json', line, column: 5, endLine: line, endColumn: 18 },
    excerpt: { startLine: line, lines: [`    "node_modules/${name}": {`] },
    steps: [],
    references: [`https://osv.dev/vulnerability/${id}`],
    fingerprints: [{ algorithm: 'ctx1', value: id.replace(/\D/g, '').padStart(32, 'a') }],
    origin: null,
    subject,
  }
}

export const sampleFindings: readonly Finding[] = [
  bucket,
  ...vulnerabilities,
  flow,
  key,
  farFlow,
  old,
]

export const sampleSuppressed: readonly Suppressed[] = [
  {
    finding: { ...key, fingerprints: [{ algorithm: 'ctx1', value: 'c'.repeat(32) }] },
    by: 'comment',
    source: 'panthera-ignore',
    reason: 'a key of the "sandbox"',
  },
  {
    finding: { ...bucket, fingerprints: [{ algorithm: 'ctx1', value: 'd'.repeat(32) }] },
    by: 'inherited',
    source: 'checkov:skip',
    reason: null,
  },
  {
    finding: { ...flow, fingerprints: [{ algorithm: 'ctx1', value: 'e'.repeat(32) }] },
    by: 'config',
    source: 'panthera.yaml',
    reason: 'until the rewrite',
  },
]

const lock = { path: 'package-lock.json', column: 5, endColumn: 18 }
const nothing = { range: null, licence: null, integrity: null, origin: null }

export const samplePackages: readonly Package[] = [
  {
    ...nothing,
    ecosystem: 'npm',
    name: 'build-tool',
    version: '2.0.0',
    place: { ...lock, line: 9 },
    direct: true,
    development: true,
    path: ['build-tool@2.0.0'],
    dependsOn: ['lodash@4.17.15'],
    licence: 'MIT OR Apache-2.0',
    integrity: `sha512-${Buffer.alloc(64, 7).toString('base64')}`,
  },
  {
    ...nothing,
    ecosystem: 'npm',
    name: 'lodash',
    version: '4.17.15',
    place: { ...lock, line: 20 },
    direct: false,
    development: true,
    path: lodash,
    dependsOn: [],
    licence: 'MIT',
  },
  {
    ...nothing,
    ecosystem: 'npm',
    name: 'left-pad',
    version: '1.3.0',
    place: { ...lock, line: 31 },
    direct: true,
    development: false,
    path: ['left-pad@1.3.0'],
    dependsOn: [],
    licence: 'Do what you like',
  },
  {
    ...nothing,
    ecosystem: 'PyPI',
    name: 'requests',
    version: null,
    range: '>=2',
    place: { path: 'requirements.txt', line: 1, column: 1, endColumn: 9 },
    direct: true,
    development: false,
    path: ['requests'],
    dependsOn: [],
    origin: 'git+https://example.com/requests.git',
  },
]

export const sampleReport: Report = {
  tool: { name: 'Panthera', version: '1.2.3' },
  project: { name: 'shop', revision: '4b825dc642cb6eb9a060e54bf8d69288fbee4904' },
  createdAt: '2026-01-31T12:00:00Z',
  rules: [publicBucket, rule, injection, vulnerable],
  findings: sampleFindings,
  suppressed: sampleSuppressed,
  packages: samplePackages,
  advisories: '2026-01-30',
  coverage: {
    files: 412,
    bytes: 3_141_592,
    skipped: { binary: 2, 'too-large': 1, generated: 0 },
    suppressed: 3,
    durationMs: 2140,
    complete: true,
  },
}

export async function joined(chunks: AsyncIterable<string>): Promise<string> {
  let text = ''
  for await (const chunk of chunks) text += chunk
  return text
}
