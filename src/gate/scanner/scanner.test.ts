import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import type { FileEngine } from './engine.ts'
import { createScanner, type ScannerOptions } from './scanner.ts'
import { parseSecretRules } from './secrets/rule.ts'

const folder = new URL('../../../rules/secrets/', import.meta.url)
const rules = parseSecretRules(
  readdirSync(folder)
    .filter((name) => name.endsWith('.yaml') && !name.endsWith('.test.yaml'))
    .map((path) => ({ path, text: readFileSync(new URL(path, folder), 'utf8') })),
)

const parts = { secrets: rules, files: [], units: [] }

const options: ScannerOptions = {
  engines: { secrets: true, code: false, dependencies: false, infrastructure: false },
  fingerprintKey: null,
  limits: { fileBytesMax: 20e6, manifestBytesMax: 20e6, fileMs: 5000, findingsPerFileMax: 100 },
  now: () => 0,
}
const scanner = createScanner(parts, options)

const scan = (
  text: string | Uint8Array,
  path = 'src/app.ts',
  changes: Partial<ScannerOptions> = {},
) => createScanner(parts, { ...options, ...changes }).scanFile({ path, bytes: Buffer.from(text) })

const token = ['glpat-', 'q7Zx81LmPw04Vt2KdR93'].join('')
const other = ['glpat-', 'Yb6NcW5sHj1QeT8uAf0G'].join('')
const found = (text: string | Uint8Array, path?: string) =>
  scan(text, path).findings.map(({ ruleId, location }) => [
    ruleId,
    location?.line,
    location?.column,
  ])

describe('a finding', () => {
  it('carries what its rule says, and where it stands', () => {
    const [finding] = scan(`\n  token: '${token}',\n`).findings
    expect(finding).toMatchObject({
      ruleId: 'gitlab-personal-access-token',
      scanType: 'secrets',
      severity: 'critical',
      cweId: 'CWE-798',
      location: { path: 'src/app.ts', line: 2, column: 11, endLine: 2, endColumn: 37 },
      excerpt: { startLine: 1, lines: ['', "  token: 'glpa…',", ''] },
      steps: [],
      origin: null,
    })
    expect(finding?.remediation).toContain('Revoke')
    expect(finding?.references[0]).toMatch(/^https:/)
  })

  it.each([
    ['CR LF', Buffer.from(`a\r\nb: '${token}'\r\n`)],
    ['UTF-16', Buffer.from(`\ufeffa\r\nb: '${token}'\r\n`, 'utf16le')],
    ['invalid UTF-8', Buffer.from(`\xff\xfb\nb: '${token}'\n`, 'latin1')],
    ['a byte order mark', Buffer.from(`\ufeffa\nb: '${token}'\n`)],
  ])('stands at the same place in %s', (_, bytes) => {
    expect(found(bytes)).toEqual([['gitlab-personal-access-token', 2, 5]])
  })

  it('is told once, by the rule that knows most', () => {
    expect(found(`api_token = "${token}"; url = "https://a:${token}@git.shop.dev"`)).toHaveLength(2)
  })
})

describe('redaction', () => {
  const key = ['-----BEGIN RSA PRI', 'VATE KEY-----\n', 'Ab3/xY9+'.repeat(8), '\n'].join('')
  const lines = 'zR4kQm7Jt2VbXw9L\nN5cHs8Yd3Gf6Pa1E\nU0iOq2Wn4Bv7Mx5C\n'.repeat(4)
  const secrets = [token, other, 'kV9#tq2Lm!x7', 'Wn4Bv7Mx5CzR4kQm7J']
  const text = [
    `a = '${token}'; b = '${other}' // ${token}`,
    `password = "${secrets[2]}"`,
    `https://app:${secrets[3]}@db.shop.dev`,
    `${key}${lines}-----END RSA PRIVATE KEY-----`,
    `// ${secrets[2]} and ${secrets[3]}`,
    `c = '${other}' // panthera-ignore: gitlab-personal-access-token -- because of ${token}`,
  ].join('\n')

  it.each([
    ['without a key', null],
    ['with a key', Buffer.alloc(32, 1)],
  ])('leaves no tail of any secret in the result, %s', (_, fingerprintKey) => {
    const result = scan(text, 'src/app.ts', { fingerprintKey })
    expect(result.findings).toHaveLength(6)
    expect(result.suppressed).toHaveLength(2)
    const json = JSON.stringify(result)
    for (const secret of [...secrets, ...lines.trim().split('\n')]) {
      expect(json, secret).not.toContain(secret.slice(-5))
    }
  })

  it('holds where findings are many and not all are listed', () => {
    const many = Array.from({ length: 300 }, (_, index) => {
      return `k${index} = '${token.slice(0, 20)}${String(index * 7919).padStart(6, 'q')}'`
    })
    const result = scan(many.join(' ; '), 'src/app.ts')
    expect(result.findings).toHaveLength(100)
    expect(JSON.stringify(result)).not.toContain(token.slice(10, 20))
  })
})

describe('excerpts of other engines', () => {
  const rule = {
    id: 'weak',
    scanType: 'sast' as const,
    severity: 'high' as const,
    title: 'Weak',
    description: 'Weak.',
    remediation: 'Mend it.',
    cweId: null,
    references: [],
  }
  /** Reports the first character of the file, when all time is used up. */
  const slow = (useUp: () => void): FileEngine => ({
    rules: [rule],
    digest: 'slow',
    wants: () => true,
    prepare: async () => {},
    scan: (source) => {
      useUp()
      const place = { source, start: 0, end: 1, note: null, steps: [], identities: [] }
      return { weaknesses: [{ rule, severity: rule.severity, ...place }], incomplete: 'time' }
    },
  })

  it.each([true, false])('hide secrets though the time is up, secrets asked for: %s', (secrets) => {
    let clock = 0
    const files = [slow(() => (clock += 1e9))]
    const engines = { ...options.engines, secrets }
    const { scanFile } = createScanner(
      { ...parts, files },
      { ...options, engines, now: () => clock },
    )
    const { findings } = scanFile({ path: 'a.ts', bytes: Buffer.from(`run('${token}')`) })
    const [lines] = findings
      .filter(({ ruleId }) => ruleId === 'weak')
      .map((one) => one.excerpt?.lines)
    expect(lines).toEqual(["run('glpa…')"])
  })

  it('are left out where secrets could not be looked for', () => {
    let clock = 0
    const late = { ...options, now: () => (clock += 6000) }
    const { scanFile } = createScanner({ ...parts, files: [slow(() => {})] }, late)
    const { findings } = scanFile({
      path: 'a.ts',
      bytes: Buffer.from(`run('${token}')\n`.repeat(50)),
    })
    expect(findings.map(({ excerpt }) => excerpt)).toContain(null)
    expect(JSON.stringify(findings)).not.toContain(token.slice(8))
  })
})

describe('suppression', () => {
  it('sets a finding aside with its reason', () => {
    const comment = '// panthera-ignore: gitlab-personal-access-token -- revoked in May'
    const { findings, suppressed } = scan(`${comment}\nt = '${token}'\n`)
    expect(findings).toEqual([])
    expect(suppressed).toMatchObject([{ reason: 'revoked in May' }])
  })

  it('does not count without a reason, and says so', () => {
    const { findings } = scan(`t = '${token}' // panthera-ignore: gitlab-personal-access-token`)
    expect(findings[0]?.description).toMatch(/gives no reason/)
  })
})

describe('what is not scanned, or not in full', () => {
  it('skips with a reason', () => {
    expect(scan(`${token}\0`).skipped).toBe('binary')
    const limits = { ...options.limits, fileBytesMax: 10 }
    expect(scan(token, 'a.ts', { limits }).skipped).toBe('too-large')
  })

  it('reads what programs wrote with exact rules', () => {
    const password = 'password = "kV9#tq2Lm!x7"'
    const generated = scan(`// Code generated by a tool. DO NOT EDIT.\n${password}\n${token}`)
    expect(generated.reduced).toBe('generated')
    expect(generated.findings.map(({ ruleId }) => ruleId)).toEqual(['gitlab-personal-access-token'])
    const minified = scan(`${password};${';'.repeat(30_000)}'${token}'`, 'a.js')
    expect(minified.reduced).toBe('minified')
    expect(minified.findings).toHaveLength(1)
    expect(scan(password).reduced).toBeUndefined()
  })

  it('says so where another engine leaves out what programs wrote', () => {
    const left = { incomplete: null, reduced: 'generated' } as const
    const engine = { rules: [], digest: '', wants: () => true, prepare: () => null }
    const files = [{ ...engine, scan: () => ({ ...left, weaknesses: [] }) }]
    const { scanFile } = createScanner({ secrets: [], files, units: [] }, options)
    expect(scanFile({ path: 'A.java', bytes: Buffer.from('class A {}') }).reduced).toBe('generated')
  })

  it('finds a private key in any .pem and .env', () => {
    const body = 'zR4kQm7Jt2VbXw9LN5cHs8Yd3Gf6Pa1EU0iOq2Wn4Bv7Mx5CzR4kQm7Jt2VbXw9L'
    const pem = [
      '-----BEGIN PRI',
      `VATE KEY-----\n${body}\n${body}\n-----END PRIVATE KEY-----`,
    ].join('')
    for (const path of ['a.pem', 'test/fixtures/a.pem', 'docs/a.pem', '.env', '.env.example']) {
      const { findings } = scan(`# @generated\n${pem}\n`, path)
      expect(
        findings.map(({ ruleId }) => ruleId),
        path,
      ).toEqual(['private-key'])
    }
  })

  it('says which limit was hit', () => {
    const limits = { ...options.limits, findingsPerFileMax: 1 }
    const capped = scan(`${token} ${other}`, 'a.ts', { limits })
    expect(capped.findings).toHaveLength(1)
    expect(capped.incomplete).toBe('only the first 1 of 2 findings are listed')

    let clock = 0
    const late = scan(`${token} `.repeat(50), 'a.ts', { now: () => (clock += 6000) })
    expect(late.incomplete).toBe('the time limit of 5000 ms ended the scan of this file')
  })

  it('runs no engine that is switched off', () => {
    const engines = { ...options.engines, secrets: false }
    const off = createScanner(parts, { ...options, engines })
    expect(off.rules).toEqual([])
    expect(off.scanFile({ path: 'a', bytes: Buffer.from(token) }).findings).toEqual([])
  })
})

describe('bounds', () => {
  it.each([
    ['tokens', `${token} `],
    ['keywords', 'eyJ eyj ghp_ AKIA sk_live_ hooks.slack.com key- '],
    ['base64', 'eyJhbGciOiJIUzI1NiJ9eyJhbGciOiJIUzI1NiJ9'],
    ['names', 'password=token=secret_key=api_key='],
    ['quotes', 'password="'],
    ['URLs', 'a://b:c://d:e'],
    ['at signs', 'a://b:@@@@@@@@@@@@'],
    ['key headers', ['-----BEGIN PRI', 'VATE KEY-----'].join('')],
    ['manifests', 'kind: Secret\ndata:\n  a: b\n'],
    ['directives', "token='a' // panthera-ignore: "],
  ])('gets through 10 MB of %s', (_, unit) => {
    const text = unit.repeat(Math.ceil(10e6 / unit.length))
    let asked = 0
    const now = () => asked++ && 0
    const result = scan(text, 'a.txt', { now })
    expect(result.findings.length).toBeLessThanOrEqual(100)
    expect(asked).toBeLessThan(3_000_000)
  })

  it('gets through anything, and shows no secret whole', () => {
    // With blanks around, since glued to other letters a token is none.
    const tokens = [` ${token} `, ` ${other} `]
    const vocabulary = [...tokens, ...fragments, '\n', '\r\n', ' ', '"', "'", '\\', 'é', '😀']
    for (let seed = 1; seed <= 2000; seed++) {
      const random = randomFrom(seed)
      const parts = Array.from(
        { length: 1 + random(40) },
        () => vocabulary[random(vocabulary.length)],
      )
      const result = scanner.scanFile({
        path: paths[random(paths.length)] ?? '',
        bytes: Buffer.from(parts.join('')),
      })
      const json = JSON.stringify(result)
      expect(json.includes(token) || json.includes(other), `seed ${seed}`).toBe(false)
    }
  })

  it('keeps nothing of a file, whose buffer is used again', () => {
    const bytes = Buffer.from(`t = '${token}'`)
    const result = scanner.scanFile({ path: 'a.ts', bytes })
    const before = JSON.stringify(result)
    bytes.fill(0x78)
    expect(JSON.stringify(result)).toBe(before)
  })
})

describe('the digest', () => {
  it('changes with rules, limits and key, and with nothing else', () => {
    const { digest } = scanner
    expect(createScanner(parts, { ...options, now: () => 1 }).digest).toBe(digest)
    expect(createScanner({ ...parts, secrets: rules.slice(1) }, options).digest).not.toBe(digest)
    const limits = { ...options.limits, fileMs: 1 }
    expect(createScanner(parts, { ...options, limits }).digest).not.toBe(digest)
    const keyed = createScanner(parts, { ...options, fingerprintKey: Buffer.alloc(32) })
    expect(keyed.digest).not.toBe(digest)
  })
})

const paths = ['a.ts', '.env', 'deploy/secret.yaml', 'test/a.py', 'README.md', 'web.config', 'a']

/** What the readers of structures begin with, end with and stumble over. */
const fragments = [
  'password',
  'api_key',
  '=',
  ': ',
  ':=',
  '=>',
  ', ',
  '(',
  ')',
  '<',
  '>',
  '</',
  '${',
  '}',
  '://',
  '@',
  ':',
  'postgres://u:p@',
  'kind: Secret',
  'data:',
  '  a: ',
  '---',
  '- ',
  '# ',
  'LS0tLS1CRUdJTi',
  '-----BEGIN ',
  'PRIVATE KEY-----',
  '-----END ',
  'eyJhbGciOiJIUzI1NiJ9',
  '.',
  'Authorization: Bearer ',
  'export ',
  '--',
  'panthera-ignore: gitlab-personal-access-token -- so',
  'value=',
  'q7Zx81LmPw04Vt2KdR93Yb6N',
]

/** A small seeded generator (mulberry32), so that a failure can be repeated. */
function randomFrom(seed: number): (below: number) => number {
  let state = seed
  return (below) => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below
  }
}
