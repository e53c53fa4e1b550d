import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { warmCache } from '../../test/fixtures/scanner-cache.ts'
import { panthera } from './fixtures/command.ts'
import { folder, git, temporaryFolder, write } from './fixtures/folder.ts'

// Made up, and put together here, so that nobody takes them for real ones.
const key = (tail: string) => ['sk_', 'live_', '4eC39HqLyjWDarjtT1zd', tail].join('')
const line = (tail: string) => `const key = '${key(tail)}'\n`

const env = { PANTHERA_CACHE_DIR: warmCache(mkdtempSync(join(tmpdir(), 'panthera-cli-cache-'))) }
afterAll(() => rmSync(env.PANTHERA_CACHE_DIR, { recursive: true, force: true }))

const run = async (cwd: string, args: string[], more: Record<string, string> = {}) => {
  const { stderr, ...ran } = await panthera(args, { cwd, env: { ...env, ...more } })
  return { ...ran, stderr: stderr.replace(/^Scanning.*\n/gm, '') }
}
const scan = (cwd: string, args: string[] = [], more = {}) =>
  run(cwd, ['scan', '--only', 'secrets', ...args], more)
const pathsIn = (text: string) =>
  JSON.parse(text).findings.map(({ location }: { location: { path: string } }) => location.path)

describe('panthera scan --since', () => {
  it('tells what is new against a commit, wherever it has moved', async () => {
    const dir = folder({ 'src/a.ts': line('p7dc'), 'src/b.ts': line('p8dc') })
    git(dir, 'init', '--quiet')
    git(dir, 'add', '.')
    git(dir, 'commit', '--quiet', '--message', 'first')
    git(dir, 'tag', 'v1')
    mkdirSync(join(dir, 'lib'))
    renameSync(join(dir, 'src/a.ts'), join(dir, 'lib/renamed.ts'))
    write(dir, { 'src/b.ts': `// moved\n\n${line('p8dc')}`, 'src/c.ts': line('p9dc') })
    const { code, stdout, stderr } = await scan(dir, ['--since', 'v1', '--format', 'json'])
    expect({ code, paths: pathsIn(stdout) }).toEqual({ code: 1, paths: ['src/c.ts'] })
    expect(stderr).toContain('2 known in v1')
    const inFolder = await scan(join(dir, 'src'), ['--since', 'HEAD', '--format', 'json'])
    expect(pathsIn(inFolder.stdout)).toEqual(['c.ts'])
  })

  it.each([
    ['gone', /--since gone: "gone" is no commit that this repository knows/],
    ['--upload-pack=x', /--since needs a value/],
  ])('refuses %s', async (reference, message) => {
    const dir = folder({ a: 'x' })
    git(dir, 'init', '--quiet')
    git(dir, 'add', '.')
    git(dir, 'commit', '--quiet', '--message', 'first')
    const { code, stderr } = await scan(dir, ['--since', reference])
    expect(stderr).toMatch(message)
    expect(code).toBe(2)
  })

  it('says where that commit was not looked at in full, and is strict about it', async () => {
    const deep = `${'d/'.repeat(101)}x.ts`
    const dir = folder({ 'a.ts': 'export {}\n', [deep]: 'export {}\n' })
    git(dir, 'init', '--quiet')
    git(dir, 'add', '.')
    git(dir, 'commit', '--quiet', '--message', 'first')
    rmSync(join(dir, 'd'), { recursive: true })
    const told = await scan(dir, ['--since', 'HEAD'])
    expect(told.stderr).toMatch(/^Cut short in HEAD: d\/.*too-deep$/m)
    expect(told.stderr).toMatch(/^HEAD was not looked at in full: what is told as new may/m)
    expect(told.code).toBe(0)
    const strict = await scan(dir, ['--since', 'HEAD', '--strict'])
    expect(strict.stderr).toMatch(/^Exit 3: the scan of HEAD is incomplete \(--strict\)$/m)
    expect(strict.code).toBe(3)
  })

  it('says where there is no repository', async () => {
    const { code, stderr } = await scan(folder({ a: 'x' }), ['--since', 'main'])
    expect({ code, stderr }).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/there is no git repository here/),
    })
  })
})

describe('panthera.yaml', () => {
  it('is found above, and decides what is scanned, counts and is accepted', async () => {
    const dir = folder({
      'panthera.yaml': [
        'scan: { exclude: ["/shop/gen"], fail-on: low }',
        'rules: { severity: { stripe-live-key: low } }',
        'ignores:',
        '  - { rule: stripe-live-key, path: /shop/a.ts, reason: of the sandbox }',
        '  - { rule: stripe-live-key, path: /shop/b.ts, reason: no more, expires: 2020-01-01 }',
      ].join('\n'),
      'shop/a.ts': line('p7dc'),
      'shop/b.ts': line('p8dc'),
      'shop/gen/c.ts': line('p9dc'),
    })
    mkdirSync(join(dir, '.git'))
    const { code, stdout, stderr } = await scan(join(dir, 'shop'), [
      '--format',
      'json',
      '--set-aside',
    ])
    expect({ code, paths: pathsIn(stdout) }).toEqual({ code: 1, paths: ['b.ts'] })
    const report = JSON.parse(stdout)
    expect(report.findings[0].severity).toBe('low')
    expect(report.coverage.skipped).toEqual({ excluded: 1 })
    expect(report.suppressed).toMatchObject([
      { by: 'config', reason: 'of the sandbox', finding: { location: { path: 'a.ts' } } },
    ])
    expect(stderr).toMatch(/Note: .*panthera\.yaml:5: it expired on 2020-01-01/)
    expect(stderr).toMatch(
      /Set aside: a\.ts:1: stripe-live-key by .*panthera\.yaml: of the sandbox/,
    )
    const bare = await scan(join(dir, 'shop'), [
      '--format',
      'json',
      '--no-suppressed',
      '--no-ignore',
    ])
    expect(JSON.parse(bare.stdout).suppressed).toEqual([])
    expect(pathsIn(bare.stdout)).toEqual(['b.ts', 'gen/c.ts'])
  })

  it('is refused where it is wrong, with line and guess', async () => {
    const dir = folder({ 'panthera.yaml': 'scan:\n  fail-no: high\n' })
    const { code, stderr } = await scan(dir)
    expect(stderr).toMatch(
      /panthera\.yaml:2: unknown key "scan\.fail-no" \(did you mean fail-on\?\)/,
    )
    expect(code).toBe(2)
  })

  it.each(['../secret.txt', '/../secret.txt', 'link.json', 'links/secret.txt', 'sub'])(
    'opens no baseline outside of its folder: %s',
    async (baseline) => {
      const above = folder({ 'secret.txt': 'hidden words' })
      const dir = join(above, 'project')
      write(dir, { 'panthera.yaml': `scan: { baseline: ${baseline} }`, 'sub/a': 'x' })
      symlinkSync('../secret.txt', join(dir, 'link.json'))
      symlinkSync('..', join(dir, 'links'))
      const { code, stderr } = await scan(dir)
      expect(stderr).toMatch(/, the baseline of panthera\.yaml, is no file of at most 64 MB in the/)
      expect(stderr).not.toContain('hidden')
      expect(code).toBe(2)
    },
  )

  it('is not passed over where it cannot be read', async () => {
    const dir = folder({ 'a.ts': 'export {}\n', 'elsewhere.yaml': '' })
    write(dir, { 'panthera.yaml': `# ${'x'.repeat(1 << 20)}\n` })
    const large = await scan(dir)
    expect(large.stderr).toContain('panthera.yaml:1: it has over 1 MB, and no more are read')
    expect(large.code).toBe(2)
    rmSync(join(dir, 'panthera.yaml'))
    symlinkSync('elsewhere.yaml', join(dir, 'panthera.yaml'))
    const link = await scan(dir)
    expect(link.stderr).toContain('panthera.yaml:1: it cannot be read: it must be a regular file')
    expect(link.code).toBe(2)
  })

  it('is told what it misspells, and which files of other tools are not read', async () => {
    const dir = folder({
      'a.ts': 'export {}\n',
      'panthera.yaml': 'rules: { disable: [sql-injektion] }\n',
      '.checkov.yaml': `skip-check:\n${'- CKV_AWS_20\n'.repeat(6_000)}`,
    })
    const { stderr, code } = await run(dir, ['scan'])
    expect(stderr).toContain(
      'Note: panthera.yaml: rules.disable: no rule is called sql-injektion ' +
        '(did you mean sql-injection?)\n',
    )
    expect(stderr).toContain('Note: .checkov.yaml does not count: it has over 64 kB\n')
    expect(code).toBe(0)
    const only = await run(dir, ['scan', '--skip', 'sql-injection'])
    expect(only.stderr).toContain('Single rules are switched off with rules.disable')
  })

  it('keeps the severity that the rule has of itself', async () => {
    const settings = 'rules: { severity: { stripe-live-key: low } }\n'
    const dir = folder({ 'a.ts': line('p7dc'), 'panthera.yaml': settings })
    const { stdout, code } = await scan(dir, ['--quiet'])
    expect(stdout).toMatch(/^ {2}severity +critical, changed by panthera\.yaml$/m)
    expect(code).toBe(0)
    const { stdout: json } = await scan(dir, ['--quiet', '--format', 'json'])
    expect(JSON.parse(json).findings).toMatchObject([
      { severity: 'low', rated: { from: 'critical', by: 'panthera.yaml' } },
    ])
  })

  it('opens a baseline in its folder, and quotes nothing of it', async () => {
    const dir = folder({ 'panthera.yaml': 'scan: { baseline: a/b.json }', 'a/b.json': 'words' })
    const { code, stderr } = await scan(dir)
    expect(stderr).toMatch(/a\/b\.json: the baseline is no JSON\n/)
    expect({ code, quoted: stderr.includes('words') }).toEqual({ code: 2, quoted: false })
  })

  it('is shown with the origin of every value', async () => {
    const home = temporaryFolder()
    write(home, { 'panthera/config.yaml': 'scan: { fail-on: low, engines: [code] }' })
    const dir = folder({ 'panthera.yaml': 'scan: { fail-on: medium }' })
    const { stdout } = await run(dir, ['config', '--format', 'json'], {
      XDG_CONFIG_HOME: home,
      PANTHERA_SCAN_EXCLUDE: 'docs',
    })
    expect(JSON.parse(stdout)).toMatchObject({
      'scan.fail-on': { value: 'medium', origin: 'panthera.yaml' },
      'scan.engines': { value: ['code'], origin: join(home, 'panthera/config.yaml') },
      'scan.exclude': { value: ['docs'], origin: 'PANTHERA_SCAN_EXCLUDE' },
      'scan.baseline': { value: null, origin: 'default' },
    })
    expect(JSON.parse((await run(dir, ['config', '--schema'])).stdout).title).toBe('panthera.yaml')
  })
})

describe('panthera adopt', () => {
  it('writes in our words what others were told, and touches nothing else', async () => {
    const files = {
      'a.ts': `const key = '${key('p7dc')}' // gitleaks:allow\n`,
      'b.ts': 'export {} // gitleaks:allow\r\n',
      'c.ts': line('p9dc'),
      '.gitleaksignore': 'c.ts:stripe-access-token:1\nd.ts:stripe-access-token:1\n',
    }
    const dir = folder(files)
    const dry = await run(dir, ['adopt'])
    expect(dry.stdout).toMatch(/a\.ts:1\n {2}- .*\n {2}\+ .*panthera-ignore: stripe-live-key -- /)
    expect(dry.stdout).toMatch(/b\.ts {2}gitleaks:allow {2}line 1\n {2}\.gitleaksignore {2}line 2/)
    expect(dry.stdout).toContain('1 comment and 1 entry to write: panthera adopt --write')
    expect(readFileSync(join(dir, 'a.ts'), 'utf8')).toBe(files['a.ts'])
    await run(dir, ['adopt', '--write'])
    write(dir, { '.gitleaksignore': '' })
    const { code, stdout } = await scan(dir, ['--format', 'json'])
    const { findings, suppressed } = JSON.parse(stdout)
    expect({ code, findings }).toEqual({ code: 0, findings: [] })
    expect(suppressed.map(({ source }: { source: string }) => source)).toEqual([
      'panthera-ignore',
      'panthera.yaml',
    ])
    expect(readFileSync(join(dir, 'b.ts'), 'utf8')).toBe(files['b.ts'])
  })
})

describe('panthera adopt in a folder below the settings', () => {
  it('adds to the settings above, for that folder alone and for no other name', async () => {
    const dir = folder({
      'panthera.yaml': 'rules: { disable: [weak-hash] }\n',
      'sub/[id].ts': line('p7dc'),
      'sub/i.ts': line('p8dc'),
      'sub/.gitleaksignore': '[id].ts:stripe-access-token:1\n',
    })
    mkdirSync(join(dir, '.git'))
    const { stdout } = await run(join(dir, 'sub'), ['adopt', '--write'])
    expect(stdout).toContain('../panthera.yaml\n')
    expect(existsSync(join(dir, 'sub/panthera.yaml'))).toBe(false)
    expect(readFileSync(join(dir, 'panthera.yaml'), 'utf8')).toMatch(
      /^rules: \{ disable: \[ ?weak-hash ?\] \}\nignores:\n[\s\S]*path: \/sub\/\\\[id\\\]\.ts\n/,
    )
    rmSync(join(dir, 'sub/.gitleaksignore'))
    const after = await scan(join(dir, 'sub'), ['--format', 'json'])
    expect(pathsIn(after.stdout)).toEqual(['i.ts'])
  })
})

describe('panthera why', () => {
  it('adopts in a folder what the scan of all of the repository knows again', async () => {
    const dir = folder({
      'shop/a.ts': line('p7dc'),
      'shop/.gitleaksignore': 'a.ts:stripe-access-token:1\n',
      'panthera.yaml': 'scan: { fail-on: high }\n',
    })
    git(dir, 'init', '--quiet')
    await run(dir, ['adopt', 'shop', '--write'])
    rmSync(join(dir, 'shop/.gitleaksignore'))
    expect(readFileSync(join(dir, 'panthera.yaml'), 'utf8')).toMatch(/fingerprint: [0-9a-f]{32}/)
    expect((await scan(dir)).stdout).toContain('No findings; 1 set aside (1 panthera.yaml)')
  })

  it('tells why what was meant to accept a finding does not', async () => {
    const dir = folder({
      'a.ts': `// panthera-ignore: stripe-live-kee -- why\n${line('p7dc')}`,
      'panthera.yaml': 'ignores: [{ rule: stripe-live-key, path: /docs/, reason: why }]\n',
    })
    const { stdout } = await run(dir, ['why', 'a.ts:2'])
    expect(stdout).toContain(
      'the panthera-ignore comment on line 1 names stripe-live-kee and not stripe-live-key ' +
        '(did you mean stripe-live-key?)',
    )
    expect(stdout).toContain(
      'panthera.yaml:1 names stripe-live-key, but its path /docs/ is another',
    )
    const count = /code \((\d+) rules\)/.exec(stdout)?.[1]
    const { stdout: all } = await run(dir, ['rules', '--engine', 'code', '--format', 'json'])
    expect(Number(count)).toBeLessThan(JSON.parse(all).length)
  })

  it('knows what other files lead to', async () => {
    const dir = folder({
      'web/app.js':
        "const app = require('express')()\nconst { read } = require('../shop/lib')\n" +
        "app.get('/x', (req, res) => read(req.query.a))\n",
      'shop/lib.js': "const fs = require('fs')\nexports.read = (n) => fs.readFileSync('/d/' + n)\n",
    })
    const { stdout } = await run(dir, ['why', 'shop/lib.js:2'])
    expect(stdout).toMatch(/Found +2:\d+ {2}high {2}path-traversal/)
  })

  it('tells what became of a file', async () => {
    const dir = folder({
      'a.ts': `${line('p7dc')}const key = '${key('p8dc')}' // gitleaks:allow\n`,
      '.pantheraignore': 'lib/\n',
      'lib/b.ts': 'x',
    })
    const { code, stdout } = await run(dir, ['why', 'a.ts'])
    expect(code).toBe(0)
    expect(stdout).toMatch(/Looked at +yes/)
    expect(stdout).toMatch(/Read by +secrets \(\d+ rules\), code/)
    expect(stdout).toMatch(/Found +1:14 {2}critical {2}stripe-live-key/)
    expect(stdout).toMatch(/Set aside +2:14 .* by gitleaks:allow on line 2, no reason given/)
    expect((await run(dir, ['why', 'a.ts:3'])).stdout).toMatch(/Found +nothing that is reported/)
    expect((await run(dir, ['why', 'a.ts:4'])).stderr).toContain('it has 2 lines')
    expect((await run(dir, ['why', 'lib/b.ts'])).stdout).toMatch(/no: a \.pantheraignore names it/)
    for (const place of ['gone.ts', 'a.ts:0', 'a.ts:4'])
      expect((await run(dir, ['why', place])).code).toBe(2)
  })
})

describe('panthera explain', () => {
  it('tells about a rule by its own name and by others', async () => {
    const dir = temporaryFolder()
    const { stdout } = await run(dir, ['explain', 'aws-access-key-id'])
    expect(stdout).toMatch(/^aws-access-key-id\nAWS access key ID\n/)
    expect(stdout).toMatch(/Elsewhere +gitleaks:aws-access-token/)
    const other = await run(dir, ['explain', 'aws-access-token', '--format', 'json'])
    expect(JSON.parse(other.stdout)).toMatchObject([{ id: 'aws-access-key-id' }])
    const wrong = await run(dir, ['explain', 'aws-acces-key-id'])
    expect(wrong).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/did you mean aws-access-key-id\?/),
    })
    expect((await run(dir, ['rules', '--engine', 'secrets'])).stdout).toMatch(
      /^high +secrets +aws/m,
    )
  })
})
