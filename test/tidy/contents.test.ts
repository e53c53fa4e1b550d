import { describe, expect, it } from 'vitest'
import { findErrorFaults } from './catalogue.ts'
import { findLargeFiles, findMisnumberedMigrations } from './files.ts'
import { findLockfileGaps } from './lockfile.ts'
import { findUnprovenRules } from './proofs.ts'
import { findPagesWithoutOneTitle, findUntidyText } from './text.ts'

const tree = (files: Record<string, string>) => new Map(Object.entries(files))

describe('findUntidyText', () => {
  it.each([
    ['a promise', ['// TO', 'DO: later'].join('')],
    ['a promise', ['# FIX', 'ME'].join('')],
    ['white space at the end', 'x '],
    ['a carriage return', 'x\r'],
    ['a machine path', ['see /wo', 'rk/main/src'].join('')],
    ['a machine path', ['in /ro', 'ot/.npm'].join('')],
    ['a machine path', ['"/ho', 'me/alex/panthera"'].join('')],
    ['a registry', ['https://registry', '.npmjs.org/zod'].join('')],
  ])('finds %s', (_, line) => {
    const found = findUntidyText(tree({ 'src/a.ts': `x\n${line}\n` }))
    expect(found.length).toBeGreaterThan(0)
    expect(found[0]).toMatch(/^src\/a\.ts:2 /)
  })

  it('finds a missing line end', () => {
    expect(findUntidyText(tree({ 'a.md': '# A' }))).toEqual(['a.md:1 has no line end'])
  })

  it('lets pass what only looks alike, specimens and what is not ours', () => {
    const path = ['/ho', 'me/alex\n'].join('')
    const text = 'todo lists, ~/.ssh, /home/user/x, /network/main, ./work/main\n'
    expect(findUntidyText(tree({ 'src/a.ts': text, 'src/b.ts': '' }))).toEqual([])
    expect(findUntidyText(tree({ 'src/a.test.ts': path, 'rules/a.yaml': path }))).toEqual([])
    expect(findUntidyText(tree({ 'vendor/a.js': 'x ', 'src/fixtures/a.txt': 'x ' }))).toEqual([])
  })
})

describe('findPagesWithoutOneTitle', () => {
  it('counts titles outside of code', () => {
    const code = '```sh\n# a comment\n```\n'
    const pages = { 'a.md': `# A\n\n## B\n${code}`, 'b.md': '# A\n# B\n', 'c.md': code }
    expect(findPagesWithoutOneTitle(tree(pages))).toEqual([
      'b.md:1 has 2 titles ("# …"), and a page has one',
      'c.md:1 has 0 titles ("# …"), and a page has one',
    ])
  })
})

describe('findLargeFiles', () => {
  it('bounds files at 1 MB, but for what was brought from elsewhere', () => {
    const file = (path: string, bytes: number) => ({ path, bytes })
    expect(findLargeFiles([file('a.png', 1_000_000), file('vendor/a.wasm', 5e6)])).toEqual([])
    expect(findLargeFiles([file('a.png', 1_000_001)])).toHaveLength(1)
  })
})

describe('findMisnumberedMigrations', () => {
  it.each([
    [['0001-a.sql', '0002-b-c.sql'], 0],
    [['0001-a.sql', '0003-b.sql'], 1],
    [['0001-a.sql', '0001-b.sql'], 1],
    [['0000-a.sql'], 1],
    [['0001_a.sql'], 1],
  ])('judges %j', (names, problems) => {
    const files = Object.fromEntries(names.map((name) => [`src/migrations/${name}`, '']))
    expect(findMisnumberedMigrations(tree(files))).toHaveLength(problems)
  })
})

describe('findUnprovenRules', () => {
  const secret = 'rules:\n  - id: acme-key\n  - id: acme-token\n'
  const cases = (id: string) => `${id}:\n  positives: [a]\n  negatives: [b]\n`

  it('wants a case to find and one to pass over for each secret', () => {
    const judge = (proof: string) =>
      findUnprovenRules(
        tree({ 'rules/secrets/a.yaml': secret, 'rules/secrets/a.test.yaml': proof }),
      )
    expect(judge(cases('acme-key') + cases('acme-token'))).toEqual([])
    expect(judge(cases('acme-key'))).toEqual([
      'rules/secrets/a.yaml:1 proves no positives of acme-token',
      'rules/secrets/a.yaml:1 proves no negatives of acme-token',
    ])
    expect(judge(`${cases('acme-key')}acme-token:\n  positives: [a]\n  negatives: []\n`)).toEqual([
      'rules/secrets/a.yaml:1 proves no negatives of acme-token',
    ])
  })

  it('wants a marked fixture beside a rule for code', () => {
    const judge = (files: Record<string, string>) =>
      findUnprovenRules(tree({ 'rules/code/go/a.yaml': 'id: a\n', ...files }))
    expect(judge({ 'rules/code/go/a.test.go': '// expect: a\n// ok: a\n' })).toEqual([])
    expect(judge({ 'rules/code/go/a.test.go': '// expect: a\n' })).toHaveLength(1)
    expect(judge({ 'rules/code/go/a.test.go': '// ok: a\n' })).toHaveLength(1)
    expect(judge({ 'rules/code/go/b.test.go': '// expect: a\n// ok: a\n' })).toEqual([
      'rules/code/go/a.yaml:1 has no proof beside it (rules/code/go/a.test.*)',
    ])
  })
})

describe('findLockfileGaps', () => {
  const judge = (packages: object) =>
    findLockfileGaps(tree({ 'package-lock.json': JSON.stringify({ packages }) }))

  it('finds what a package needs as Node does, from the inside out', () => {
    const a = { dependencies: { b: '1' }, optionalDependencies: { c: '1' } }
    const locked = { 'node_modules/a': a, 'node_modules/a/node_modules/b': {} }
    expect(judge({ ...locked, 'node_modules/c': {} })).toEqual([])
    expect(judge(locked)).toEqual(['package-lock.json:1 lacks c: run `npm run lockfile`'])
  })

  it('finds another version than the exact one that is wanted', () => {
    const packages = {
      '': { dependencies: { a: '1.2.3' } },
      'node_modules/a': { version: '1.2.4' },
    }
    expect(judge(packages)).toEqual(['package-lock.json:1 lacks a: run `npm run lockfile`'])
  })

  it('finds an address', () => {
    const resolved = 'https://registry.example.com/a.tgz'
    expect(judge({ 'node_modules/a': { resolved } })).toHaveLength(1)
  })
})

describe('findErrorFaults', () => {
  const entry = { status: 404, title: 'No such scan', fix: 'List the scans to see which there are' }

  it('wants each code once, whatever its case', () => {
    expect(findErrorFaults({ gate: { a_b: entry }, trust: { C_D: entry } })).toEqual([])
    expect(findErrorFaults({ gate: { a_b: entry }, trust: { A_B: entry } })).toEqual([
      'trust: A_B is registered by gate, too',
    ])
  })

  it.each([
    [{ ...entry, status: 200 }, 'has status 200'],
    [{ ...entry, title: 'No such scan.' }, 'has a title that is no sentence without full stop'],
    [{ ...entry, fix: '' }, 'does not say what to do next'],
  ])('judges the entry %#', (wrong, fault) => {
    expect(findErrorFaults({ gate: { a: wrong } })).toEqual([`gate: a ${fault}`])
  })

  it('judges the form of a code', () => {
    expect(findErrorFaults({ gate: { 'no-scan': entry } })).toEqual([
      'gate: no-scan is not snake_case',
    ])
  })
})
