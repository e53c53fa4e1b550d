import { describe, expect, it } from 'vitest'
import { DocumentError } from './document-error.ts'
import { codeqlDocument } from './fixtures/codeql.ts'
import { cycloneDxDocument } from './fixtures/cyclonedx.ts'
import { gitleaksDocument, gitleaksSecret } from './fixtures/gitleaks.ts'
import { readImport, sarif } from './fixtures/read.ts'
import { semgrepDocument } from './fixtures/semgrep.ts'
import { trivyDocument } from './fixtures/trivy.ts'

describe('a document of Semgrep', () => {
  it('becomes findings', async () => {
    const { document, findings, skipped } = await readImport(semgrepDocument())
    expect(document).toMatchObject({ format: 'sarif', tool: 'Semgrep OSS', results: 3 })
    expect(document).toMatchObject({ category: null, isComplete: true })
    expect(skipped).toEqual({ suppressed: 1 })
    expect(findings).toHaveLength(2)
    expect(findings[0]).toMatchObject({
      ruleId: 'javascript.lang.security.audit.sqli.node-postgres-sqli',
      scanType: 'sast',
      severity: 'high',
      title: 'Detected string concatenation in a query.',
      description: 'Detected string concatenation with `req.query` in a query.',
      remediation: 'Bind the value.',
      cweId: 'CWE-89',
      location: { path: 'src/users.ts', line: 12, column: 3, endLine: 12, endColumn: 43 },
      excerpt: { startLine: 12, lines: ["  db.query('select * from t where a=' + 12)"] },
      references: ['https://example.com/rules/node-postgres-sqli'],
    })
  })

  it('is not told apart by fingerprints that all say the same', async () => {
    const { findings } = await readImport(semgrepDocument())
    const algorithms = findings.map(({ fingerprints }) => fingerprints.map((one) => one.algorithm))
    expect(algorithms).toEqual([['ctx1'], ['ctx1']])
    expect(findings[0]?.fingerprints).not.toEqual(findings[1]?.fingerprints)
  })

  it('proves that its other rules ran too', async () => {
    const { document } = await readImport(semgrepDocument())
    expect(document.ruleIds).toHaveLength(2)
  })
})

describe('a document of Gitleaks', () => {
  it('leaves no secret behind', async () => {
    const { findings } = await readImport(gitleaksDocument())
    expect(JSON.stringify(findings)).not.toContain(gitleaksSecret)
    expect(findings[0]).toMatchObject({
      scanType: 'secrets',
      severity: 'high',
      cweId: 'CWE-798',
      description: 'aws-access-token has detected secret for file conf/.env: AKIA…',
      excerpt: { startLine: 7, lines: ['AKIA…'] },
      origin: null,
    })
  })

  it('knows two secrets in one place apart, and one that moved again', async () => {
    const first = await readImport(gitleaksDocument())
    const text = JSON.stringify(gitleaksDocument())
    const moved = await readImport(text.replace('"startLine":7', '"startLine":70'))
    expect(moved.findings[0]?.fingerprints).toEqual(first.findings[0]?.fingerprints)
    const other = await readImport(text.replaceAll(gitleaksSecret, `${gitleaksSecret}X`))
    expect(other.findings[0]?.fingerprints).not.toEqual(first.findings[0]?.fingerprints)
  })
})

describe('a document of Trivy', () => {
  it('holds several kinds of scan', async () => {
    const { findings, document } = await readImport(trivyDocument())
    expect(findings.map(({ scanType, severity }) => [scanType, severity])).toEqual([
      ['sca', 'high'],
      ['sca', 'low'],
      ['iac', 'high'],
    ])
    expect(findings[0]).toMatchObject({
      title: 'nodejs-lodash: command injection via template',
      remediation: 'Upgrade lodash to 4.17.21.',
      location: { path: 'package-lock.json', line: 1 },
    })
    // It lists only rules that found something, which proves nothing of others.
    expect(document.ruleIds).toBe('all')
  })
})

describe('a document of CodeQL', () => {
  it('is read through its extensions, artifacts and flows', async () => {
    const { findings, document } = await readImport(codeqlDocument())
    expect(document).toMatchObject({ tool: 'CodeQL', category: '/language:javascript' })
    expect(document.ruleIds).toEqual(['js/sql-injection', 'js/clear-text-logging'])
    expect(findings).toHaveLength(1)
    expect(findings[0]).toMatchObject({
      title: 'Database query built from user-controlled sources',
      description: 'This query depends on a user-provided value.',
      severity: 'high',
      cweId: 'CWE-89',
      location: { path: 'src/db.js', line: 20, column: 12, endLine: 20, endColumn: 30 },
      excerpt: { startLine: 19, lines: ['function f(sql) {', '  return db.query(sql)', '}'] },
      steps: [
        { path: 'src/routes/users.js', line: 8, column: 3, label: 'req.query.id' },
        { path: 'src/db.js', line: 18, column: 3, label: 'sql' },
        { path: 'src/db.js', line: 20, column: 3, label: 'sql' },
      ],
    })
    const algorithms = findings[0]?.fingerprints.map(({ algorithm }) => algorithm)
    expect(algorithms).toEqual(['gh/primaryLocationLineHash', 'ctx1'])
  })
})

describe('a CycloneDX document', () => {
  it('becomes a finding for each affected component', async () => {
    const { findings, document, skipped } = await readImport(cycloneDxDocument())
    expect(document).toMatchObject({ format: 'cyclonedx', tool: 'trivy', results: 3 })
    expect(document.ruleIds).toBe('all')
    expect(skipped).toEqual({ not_affected: 1 })
    expect(findings.map(({ title }) => title)).toEqual([
      'CVE-2021-23337 in lodash 4.17.20',
      'CVE-2024-0002 in debian/openssl 3.0.11-1',
      'CVE-2024-0002 in @scope/left 1.0.0',
    ])
    expect(findings[0]).toMatchObject({
      ruleId: 'CVE-2021-23337',
      scanType: 'sca',
      severity: 'high',
      cweId: 'CWE-94',
      description: 'Lodash before 4.17.21 is open to command injection.',
      remediation: 'Upgrade lodash to version 4.17.21.',
      location: { path: 'web/package-lock.json', line: 1 },
      references: [
        'https://github.com/advisories/GHSA-35jh-r3h4-6jhm',
        'https://example.com/a',
        'https://example.com/ghsa',
      ],
    })
    expect(findings[1]).toMatchObject({ severity: 'medium', location: null })
  })

  it('knows a package again in another version, and a vulnerability by another name', async () => {
    const { findings } = await readImport(cycloneDxDocument())
    const text = JSON.stringify(cycloneDxDocument())
      .replaceAll('4.17.20', '4.17.19')
      .replace('distro=debian-12.5', 'distro=debian-12.6')
      .replace('"id":"CVE-2021-23337"', '"id":"GHSA-35jh-r3h4-6jhm"')
    const later = await readImport(text)
    expect(later.findings[0]?.fingerprints[0]).toEqual(findings[0]?.fingerprints[1])
    expect(later.findings[1]?.fingerprints).toEqual(findings[1]?.fingerprints)
  })

  it('is refused without vulnerabilities, and in another version', async () => {
    const { vulnerabilities: _, ...sbom } = cycloneDxDocument()
    await refused(sbom, /lists components, but no vulnerabilities/)
    await refused({ ...sbom, specVersion: '1.3', vulnerabilities: [] }, /specVersion is "1\.3"/)
  })
})

describe('a document is refused', () => {
  const results = (result: unknown) => sarif([{ message: { text: 'fine' } }, result])

  it.each([
    [results({ ruleId: 5 }), 'runs[0].results[1].ruleId must be text, not a number'],
    [results('text'), 'runs[0].results[1] must be an object, not text'],
    [
      results({ ruleIndex: 3 }),
      'runs[0].results[1].ruleIndex is 3, but its tool describes 0 rules',
    ],
    [sarif({}), 'runs[0].results must be a list, not an object'],
    [sarif([], { tool: {} }), 'runs[0].tool.driver.name must be text, not missing'],
    [
      sarif([], { tool: { driver: { name: 'T', rules: [{ id: 1 }] } } }),
      'runs[0].tool.driver.rules[0].id must be text, not a number',
    ],
    [{ version: '2.1.0', runs: [] }, 'runs is empty; a run names the tool'],
    [{ version: '2.0.0', runs: [] }, 'version is "2.0.0"; accepted is SARIF 2.1.0'],
    [{ runs: {} }, 'runs must be a list'],
    [[], 'The document is a list; SARIF and CycloneDX are objects'],
    [
      { SchemaVersion: 2, ArtifactName: 'x', Results: [] },
      'The document is Trivy’s own JSON; use trivy --format sarif',
    ],
    [{}, 'The document is neither SARIF nor CycloneDX: it has no members'],
    [{ a: 1, b: 2 }, 'The document is neither SARIF nor CycloneDX: it has the members a, b'],
    ['<html>', 'The document is XML or HTML; send JSON'],
    ['{"runs":[{"results":[{}]}', 'The document ends before it is complete (at byte 25)'],
  ] as [object | string, string][])('%j', async (content, message) => {
    await expect(readImport(content)).rejects.toThrow(new DocumentError(message))
  })

  it('with another report’s name, even if that is large', async () => {
    const report = { SchemaVersion: 2, ArtifactName: 'x', Results: ['x'.repeat(9_000_000)] }
    await refused(report, /Trivy’s own JSON/)
  })
})

describe('a hostile document', () => {
  const one = async (result: object, run: object = {}) =>
    (await readImport(sarif([result], run))).findings[0]

  it('has long texts cut, and characters taken out that terminals obey', async () => {
    const text = `\u0000\u001b[31m\ud800 =HYPERLINK("x") ${'long '.repeat(250_000)}`
    const finding = await one({ ruleId: 'r'.repeat(10_000), message: { text } })
    expect(finding?.description.length).toBeLessThanOrEqual(4_000)
    expect(finding?.description.length).toBeGreaterThan(3_900)
    expect(finding?.description).toMatch(/^\[31m\uFFFD =HYPERLINK\("x"\) long .*…$/)
    expect(finding?.title.length).toBeLessThanOrEqual(200)
    expect(finding?.ruleId).toHaveLength(300)
  })

  it('cannot lead out of the repository', async () => {
    const at = (uri: string) => ({
      ruleId: 'r',
      locations: [{ physicalLocation: { artifactLocation: { uri } } }],
    })
    expect((await one(at('../../../etc/shadow')))?.location?.path).toBe('etc/shadow')
    expect((await one(at('file:///etc/shadow')))?.location?.path).toBe('etc/shadow')
  })

  it('cannot name what every object has', async () => {
    const text = JSON.stringify(
      sarif([
        {
          ruleId: '__proto__',
          message: { id: 'constructor' },
          locations: [
            { physicalLocation: { artifactLocation: { uri: 'a', uriBaseId: '__proto__' } } },
          ],
          properties: { marker: 1 },
        },
      ]),
    ).replace('"marker":1', '"__proto__":{"security-severity":"9.9","tags":["secrets"]}')
    const { findings } = await readImport(text)
    expect(findings[0]).toMatchObject({ ruleId: '__proto__', severity: 'medium', scanType: 'sast' })
    expect(findings[0]?.location?.path).toBe('a')
  })

  it('has wrong numbers and kinds ignored where they do not matter', async () => {
    const finding = await one({
      ruleId: 'r',
      ruleIndex: -1,
      level: 'fatal',
      message: 5,
      taxa: 'CWE-1',
      codeFlows: { threadFlows: 1 },
      locations: [
        {
          physicalLocation: {
            artifactLocation: { uri: 'a', index: 1e300 },
            region: { startLine: 1e12, endLine: -3, startColumn: 0, endColumn: 'x' },
          },
        },
      ],
    })
    expect(finding).toMatchObject({ severity: 'medium', title: 'r', description: 'r', steps: [] })
    expect(finding?.location).toMatchObject({ line: 1, column: 1, endLine: 1, endColumn: 1 })
  })

  it('is refused with one result too many', async () => {
    const results = (count: number) =>
      `{"version":"2.1.0","runs":[{"results":[${Array(count).fill('{}').join(',')}]}]}`
    await refused(results(250_001), /more than 250000 elements in runs\[\]\.results/)
  })

  it('is refused when it is nested deeper than anything real', async () => {
    await refused(
      JSON.stringify(sarif([])).replace('"results":[]', `"results":[${'['.repeat(100_000)}`),
      /nested deeper than 64 levels/,
    )
  })

  it('is refused where a list comes twice', async () => {
    await refused('{"version":"2.1.0","runs":[],"runs":[]}', /"runs" twice/)
  })
})

async function refused(content: object | string, message: RegExp): Promise<void> {
  const reading = readImport(content)
  await expect(reading).rejects.toThrow(DocumentError)
  await expect(reading).rejects.toThrow(message)
}
