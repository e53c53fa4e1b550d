import { existsSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { warmCache } from '../../test/fixtures/scanner-cache.ts'
import { type CommandOptions, panthera } from './fixtures/command.ts'
import { folder, git, temporaryFolder } from './fixtures/folder.ts'

// Made up, and put together here, so that nobody takes them for real ones.
const critical = ['sk_', 'live_', '4eC39HqLyjWDarjtT1zdp7dc9X'].join('')
const other = ['sk_', 'live_', '9tYw2LmQzXc8VbNp4RsKd7Ghj1'].join('')
const low = ['sk_', 'test_', '7hJk29dLqPw83mNzXv5TbYc6Rf'].join('')

/** Runs `panthera scan` with a cache folder that the test removes. */
async function scan(cwd: string, args: string[] = [], options: Partial<CommandOptions> = {}) {
  const env = { PANTHERA_CACHE_DIR: warmCache(temporaryFolder()), ...options.env }
  const { stderr, ...ran } = await panthera(['scan', ...args], { ...options, cwd, env })
  // On a busy machine even a small scan may take the second after which progress is told.
  return { ...ran, stderr: stderr.replace(/^Scanning.*\n/gm, '') }
}

const levels = ['CRITICAL', 'HIGH', 'MEDIUM', 'LOW']
const withKey = () =>
  folder({ 'src/pay.ts': `const key = '${critical}'\n`, 'ok.ts': 'export {}\n' })
const steady = (text: string) => text.replace(/in [\d.]+ s/, 'in 0.1 s')
const linesOf = (text: string) => text.trimEnd().split('\n')

describe('panthera scan', () => {
  it('shows findings to people, and says why it does not exit with 0', async () => {
    const { code, stdout, stderr } = await scan(withKey(), ['--quiet'])
    // Without the rule's own words, which its authors improve now and then.
    const lines = steady(stdout).split('\n')
    const shown = lines.filter((line) => /CRITICAL|│|^ {2}fix {7}\S|^\d/.test(line))
    const [heading, before, underline, ...rest] = shown
    expect(heading).toBe(`CRITICAL  stripe-live-key${' '.repeat(40)}src/pay.ts:1:14`)
    expect(before).toBe("   1 │ const key = 'sk_l…'")
    expect(underline).toBe('     │              ^^^^^')
    expect(rest.map((line) => line.slice(0, 6))).toEqual(['   2 │', '  fix ', '2 file', '1 crit'])
    expect(lines.slice(-3)).toEqual(['2 files, 1 kB in 0.1 s', '1 critical', ''])
    expect(stderr).toBe('Exit 1: 1 finding at or above high (--fail-on high)\n')
    expect(code).toBe(1)
  })

  it('exits with 0 where there is nothing, and needs neither git nor a home', async () => {
    const dir = folder({ 'a.ts': 'export {}\n' })
    const { code, stdout, stderr } = await scan(dir, [], { env: { PATH: '/nonexistent' } })
    expect(code).toBe(0)
    expect(steady(stdout)).toBe('1 file, 1 kB in 0.1 s\nNo findings\n')
    expect(stderr).toBe('')
  })

  it.each([
    [['--fail-on', 'never'], 0],
    [['--fail-on', 'critical'], 1],
    [['--fail-on', 'low'], 1],
    [['--exit-zero'], 0],
  ])('exits with %j as %i', async (args, expected) => {
    const { code, stdout } = await scan(withKey(), args)
    expect(code).toBe(expected)
    expect(stdout).toContain('CRITICAL')
  })

  it('stays below a threshold', async () => {
    const dir = folder({ 'src/pay.ts': `const key = '${low}'\n` })
    expect((await scan(dir)).code).toBe(0)
    expect((await scan(dir, ['--fail-on', 'medium'])).code).toBe(0)
    const quiet = await scan(dir, ['--fail-on=low', '--min-severity', 'medium'])
    expect(quiet.code).toBe(1)
    expect(quiet.stdout).toMatch(/^1 file, .*\n1 low\n1 below medium not shown/)
  })

  it('writes one format to stdout and others to files, each whole and alone', async () => {
    const dir = withKey()
    const args = [
      '--format',
      'json',
      '--format',
      'sarif=out.sarif',
      '--format=csv=out.csv',
      '--format',
      'text=out.txt',
    ]
    const { stdout, stderr } = await scan(dir, args)
    expect(JSON.parse(stdout)).toMatchObject({
      schemaVersion: 1,
      findings: [{ ruleId: 'stripe-live-key', location: { path: 'src/pay.ts', line: 1 } }],
      coverage: { files: 2, complete: true },
    })
    expect(stderr).toContain('1 critical')
    expect(JSON.parse(readFileSync(join(dir, 'out.sarif'), 'utf8'))).toMatchObject({
      version: '2.1.0',
    })
    expect(linesOf(readFileSync(join(dir, 'out.csv'), 'utf8'))).toHaveLength(2)
    expect(readFileSync(join(dir, 'out.txt'), 'utf8')).toContain('CRITICAL')
    expect(readdirSync(dir).sort()).toEqual(['ok.ts', 'out.csv', 'out.sarif', 'out.txt', 'src'])
    for (const text of [
      stdout,
      stderr,
      ...readdirSync(dir)
        .filter((name) => name.startsWith('out'))
        .map((name) => readFileSync(join(dir, name), 'utf8')),
    ]) {
      expect(text).not.toContain(critical)
    }
  })

  it.each([
    [['--fail-no', 'high'], /unknown option --fail-no \(did you mean --fail-on\?\)/],
    [['--fail-on', 'hihg'], /--fail-on does not take "hihg" \(did you mean high\?\)/],
    [['--format', 'jsno'], /--format does not take "jsno" \(did you mean json\?\)/],
    [['--format', 'json', '--format', 'csv'], /only one format can go to stdout, not json and csv/],
    [['--format', 'sarif='], /--format sarif= names no file/],
    [['--format', 'csv=no/such/folder/x'], /cannot be written: ENOENT/],
    [['--workers', '0'], /--workers does not take "0"/],
    [['--baseline', 'gone.json'], /--baseline gone.json cannot be read: ENOENT/],
    [['--history'], /--history: there is no git repository/],
    [['gone'], /gone does not exist/],
    [['a', 'b'], /unexpected argument "b"/],
  ])('refuses %j with 2', async (args, message) => {
    const { code, stdout, stderr } = await scan(withKey(), args)
    expect(stderr).toMatch(message)
    expect(linesOf(stderr).at(-1)).toBe('Try: panthera scan --help')
    expect(stdout).toBe('')
    expect(code).toBe(2)
  })

  it('warns where there is nothing to scan', async () => {
    const empty = await scan(temporaryFolder())
    expect(empty.code).toBe(0)
    expect(empty.stderr).toBe('Nothing to scan in .: it holds no files\n')
    const ignored = await scan(folder({ '.pantheraignore': '*\n', a: 'x' }))
    expect(ignored.stderr).toBe('Nothing to scan in .: all was left out (2 pantheraignore)\n')
  })

  it('lists what it left out', async () => {
    const dir = folder({
      '.pantheraignore': 'lib/\n',
      'lib/a': critical,
      'node_modules/p/i.js': critical,
      'x\u001b[31m': 'ok',
    })
    symlinkSync('/etc/passwd', join(dir, 'link'))
    const { code, stderr } = await scan(dir, ['--skipped', '--quiet'])
    expect(code).toBe(0)
    expect(linesOf(stderr)).toEqual([
      'Skipped: lib/: pantheraignore',
      'Skipped: link: symlink',
      'Skipped: node_modules/: dependencies',
    ])
    expect((await scan(dir, ['--no-ignore'])).code).toBe(1)
  })

  it('tells the worst first, then how many of what, and what to do next', async () => {
    const dir = folder({
      'a.ts': `const key = '${low}'\n`,
      'b.ts': `const key = '${critical}'\n`,
      'c.js': "require('child_process').exec('ls ' + require('express').request.query.a)\n",
      Dockerfile: 'FROM node:latest\nRUN curl http://x.example/a.sh | sh\n',
    })
    const { stdout, stderr } = await scan(dir)
    const found = [...stdout.matchAll(/^(CRITICAL|HIGH|MEDIUM|LOW) +(\S+) +(\S+):\d+:\d+$/gm)]
    const ranks = found.map(([, level = '']) => levels.indexOf(level))
    expect(ranks).toEqual([...ranks].sort((a, b) => a - b))
    expect(found[0]?.slice(1)).toEqual(['CRITICAL', 'stripe-live-key', 'b.ts'])
    expect(stdout).toMatch(/^ {2}secrets +1 +- +- +1$/m)
    expect(stdout).toMatch(/^ {2}total +\d+ +/m)
    expect(stderr).toContain('\nNext\n  panthera explain stripe-live-key ')
    expect(stderr).toContain('  panthera why b.ts:1 ')
    expect(stderr).toContain('  panthera scan --write-baseline known.json ')
  })

  it('knows a finding again, whether its folder is scanned or all of the repository', async () => {
    const secrets = ['--only', 'secrets']
    const dir = withKey()
    git(dir, 'init', '--quiet')
    const known = join(temporaryFolder(), 'known.json')
    await scan(dir, [...secrets, '--write-baseline', known])
    const below = await scan(dir, ['src', ...secrets, '--baseline', known])
    expect(below.stdout).toContain('No findings\n1 known in the baseline\n')
    const { stdout } = await scan(join(dir, 'src'), [...secrets, '--format', 'json'])
    expect(JSON.parse(stdout).findings).toMatchObject([{ location: { path: 'pay.ts' } }])
  })

  it('tells what is new against a baseline', async () => {
    const dir = withKey()
    const known = join(temporaryFolder(), 'known.json')
    const written = await scan(dir, ['--write-baseline', known])
    expect(written.code).toBe(0)
    expect(written.stdout).toMatch(/^2 files, .*\n1 critical\n$/)
    expect(written.stderr).toBe(`${known} written: 1 finding known from now on\n`)
    const again = await scan(dir, ['--baseline', known])
    expect(again.code).toBe(0)
    expect(again.stdout).toMatch(/No findings\n1 known in the baseline\n$/)
    writeFileSync(join(dir, 'new.ts'), `const key = '${other}'\n`)
    const more = await scan(dir, ['--baseline', known, '--format', 'json'])
    expect(more.code).toBe(1)
    expect(JSON.parse(more.stdout).findings).toMatchObject([{ location: { path: 'new.ts' } }])
    rmSync(join(dir, 'src/pay.ts'))
    rmSync(join(dir, 'new.ts'))
    const fixed = await scan(dir, ['--baseline', known])
    expect(fixed.stderr).toMatch(/^1 entry of the baseline match/)
    writeFileSync(known, '{"schemaVersion": 99}')
    expect((await scan(dir, ['--baseline', known])).code).toBe(2)
  })

  it('scans the history of a repository, and says where a secret came from', async () => {
    const dir = withKey()
    git(dir, 'init', '--quiet')
    git(dir, 'add', '.')
    git(dir, 'commit', '--quiet', '--message', 'first')
    writeFileSync(join(dir, 'src/pay.ts'), 'const key = process.env.KEY\n')
    git(dir, 'commit', '--quiet', '--all', '--message', 'second')
    expect((await scan(dir)).code).toBe(0)
    const { code, stdout } = await scan(dir, ['--history'])
    expect(code).toBe(1)
    expect(stdout).toMatch(/commit +[0-9a-f]{12} +\S+ +Ada/)
    expect(stdout).toMatch(/1 older version in the history, 0\.0 MB\n$/)
    expect(readdirSync(dir).sort()).toEqual(['.git', 'ok.ts', 'src'])
  })

  it('is the same the second time, from the cache', async () => {
    const dir = withKey()
    const env = { PANTHERA_CACHE_DIR: temporaryFolder() }
    const first = await scan(dir, ['--format', 'csv'], { env })
    const second = await scan(dir, ['--format', 'csv'], { env })
    expect(second.stdout).toBe(first.stdout)
    expect(readdirSync(join(env.PANTHERA_CACHE_DIR, 'scan')).length).toBeGreaterThan(1)
    const kept = readdirSync(join(env.PANTHERA_CACHE_DIR, 'scan')).map((name) =>
      readFileSync(join(env.PANTHERA_CACHE_DIR, 'scan', name), 'utf8'),
    )
    for (const text of kept) expect(text).not.toContain(critical)
    const without = { PANTHERA_CACHE_DIR: join(temporaryFolder(), 'none') }
    expect((await scan(dir, ['--no-cache', '--format', 'csv'], { env: without })).stdout).toBe(
      first.stdout,
    )
    expect(existsSync(without.PANTHERA_CACHE_DIR)).toBe(false)
  })

  it('colours when it is told to', async () => {
    const dir = withKey()
    const sequence = '\u001b['
    expect((await scan(dir)).stdout).not.toContain(sequence)
    expect((await scan(dir, ['--color', 'always'])).stdout).toContain(sequence)
    expect((await scan(dir, [], { env: { FORCE_COLOR: '1' } })).stdout).toContain(sequence)
    expect(
      (await scan(dir, ['--color=never'], { env: { FORCE_COLOR: '1' } })).stdout,
    ).not.toContain(sequence)
  })

  it('ends quietly when its reader goes away', async () => {
    const files = Array.from({ length: 400 }, (_, i) => [
      `f${i}.ts`,
      `const key = '${critical}${i}'\n`,
    ])
    const { stderr } = await scan(
      folder(Object.fromEntries(files)),
      ['--format', 'json', '--quiet'],
      {
        started: (child) => child.stdout?.once('data', () => child.stdout?.destroy()),
      },
    )
    expect(stderr).toMatch(/^(Exit 1: [^\n]*\n)?$/)
  })

  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('ends at %s with its workers, and prints no findings', async (signal, expected) => {
    const text = `${critical}\n`.repeat(500)
    const files = Array.from({ length: 4000 }, (_, i) => [`f${i}`, text])
    const PANTHERA_CACHE_DIR = temporaryFolder()
    const { code, stdout, stderr } = await scan(folder(Object.fromEntries(files)), [], {
      env: { PANTHERA_CACHE_DIR },
      async started(child) {
        // Rules are kept when the scan begins, results when it ends.
        while (!existsSync(join(PANTHERA_CACHE_DIR, 'scan'))) await setImmediate()
        child.kill(signal)
      },
    })
    expect({ code, stdout }).toEqual({ code: expected, stdout: '' })
    expect(stderr).not.toMatch(/Error|at /)
    expect(readdirSync(join(PANTHERA_CACHE_DIR, 'scan')).join()).not.toMatch(/(^|,)(?!rules-)/)
  })
})

describe('panthera', () => {
  const run = (...args: string[]) => panthera(args, { cwd: tmpdir() })

  it('helps, examples first', async () => {
    for (const args of [['--help'], [], ['help']]) {
      const { code, stdout } = await run(...args)
      expect(code).toBe(0)
      expect(stdout.indexOf('Examples')).toBeLessThan(stdout.indexOf('Commands'))
      expect(stdout).toContain('panthera scan')
    }
    for (const args of [
      ['scan', '--help'],
      ['help', 'scan'],
      ['scan', '.', '-h'],
    ]) {
      const { code, stdout } = await run(...args)
      expect(code).toBe(0)
      expect(stdout).toMatch(
        /^Find weaknesses in code[^\n]*\n[\s\S]*\nExamples\n[\s\S]*\nOptions\n[\s\S]*--fail-on/,
      )
    }
  })

  it('tells its version', async () => {
    expect((await run('--version')).stdout).toMatch(/^panthera \d+\.\d+\.\d+\n$/)
  })

  it.each([
    [['scna'], 'panthera: unknown command "scna" (did you mean scan?)'],
    [['--frobnicate'], 'panthera: unknown option "--frobnicate"'],
    [['key', 'crate'], 'panthera: unknown command "key crate" (did you mean create?)'],
    [['key'], 'panthera: panthera key needs a command'],
  ])('refuses %j with 2', async (args, message) => {
    const { code, stdout, stderr } = await run(...args)
    expect(linesOf(stderr)[0]).toBe(message)
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
  })
})
