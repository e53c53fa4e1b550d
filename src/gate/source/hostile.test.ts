import { execFileSync } from 'node:child_process'
import { chmodSync, existsSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { engine, settings } from './fixtures/engine.ts'
import { cloneRepository } from './git/clone.ts'
import { makeRepository, type Repository, temporaryFolder } from './git/fixtures/repository.ts'
import { type ScanOptions, scanCommit, scanFolder } from './scan.ts'

const cloneLimits = { bytesMax: 50 << 20, timeoutMs: 60_000 }

function prepare(): ScanOptions {
  const log = join(temporaryFolder(), 'log')
  return { engine, rules: settings(log).rules, workers: 2 }
}

/** Everything that a repository can try, and a file that must appear if any of it works. */
function makeHostile(): { repository: Repository; marker: string } {
  const marker = join(temporaryFolder(), 'ran')
  const repository = makeRepository({
    '.gitattributes': `* filter=evil diff=evil merge=evil\n`,
    '.gitmodules': ['[submodule "x"]', 'path = x', `url = ext::touch ${marker}`].join('\n'),
    [`--upload-pack=touch ${marker}`]: 'SECRET option',
    'new\nline\tand "quotes"': 'SECRET newline',
    '\u001b[31mred': 'SECRET escape',
    [`${'d/'.repeat(150)}deep`]: 'SECRET deep',
    huge: Buffer.alloc(12 << 20).toString('latin1'),
  })
  const outside = temporaryFolder()
  writeFileSync(join(outside, 'file'), 'SECRET outside')
  symlinkSync(join(outside, 'file'), join(repository.dir, 'file'))
  symlinkSync(outside, join(repository.dir, 'folder'))
  symlinkSync('.', join(repository.dir, 'loop'))
  const tip = repository.git('rev-parse', 'HEAD')
  repository.commit('links')
  repository.git('update-index', '--add', '--cacheinfo', `160000,${tip},x`)
  repository.git('commit', '--quiet', '-m', 'submodule')
  const program = join(repository.dir, '.git', 'evil')
  writeFileSync(program, `#!/bin/sh\ntouch ${marker}\n`)
  chmodSync(program, 0o755)
  for (const name of ['post-checkout', 'post-upload-pack', 'reference-transaction', 'fsmonitor']) {
    execFileSync('cp', [program, join(repository.dir, '.git/hooks', name)])
  }
  for (const [name, value] of [
    ['filter.evil.smudge', program],
    ['filter.evil.process', program],
    ['diff.evil.textconv', program],
    ['diff.external', program],
    ['core.fsmonitor', program],
    ['core.pager', program],
    ['core.sshCommand', program],
    ['uploadpack.packObjectsHook', program],
    ['extensions.partialClone', 'origin'],
    ['remote.origin.url', `ext::${program}`],
  ] as const) {
    repository.git('config', name, value)
  }
  expect(existsSync(marker)).toBe(false)
  return { repository, marker }
}

const found = (outcome: { findings: { title: string }[] }) =>
  outcome.findings.map(({ title }) => title).sort()

describe('a hostile repository', () => {
  it('is scanned from a clone, runs nothing and reads nothing of the machine', async () => {
    const { repository, marker } = makeHostile()
    const options = prepare()
    const scratchDir = temporaryFolder()
    const { url } = repository
    const clone = await cloneRepository({ url, depth: 'full', scratchDir, limits: cloneLimits })
    const { gitDir, commit } = clone
    const outcome = await scanCommit({ ...options, gitDir, commit, scratchDir, history: true })
    expect(found(outcome)).toEqual(['SECRET escape', 'SECRET newline', 'SECRET option'])
    expect(outcome.coverage.skipped).toEqual({
      submodule: 1,
      symlink: 3,
      'too-deep': 1,
      'too-large': 1,
    })
    expect(existsSync(marker)).toBe(false)
    expect(readdirSync(scratchDir).sort()).toEqual(['gitconfig', 'home', 'repository.git'])
  })

  it('is scanned as a folder, with its history, and is left as it was', async () => {
    const { repository, marker } = makeHostile()
    const options = prepare()
    const list = () =>
      execFileSync('find', [repository.dir, '-printf', '%P %T@ %s\\0'], { encoding: 'utf8' })
    const before = list()
    const outcome = await scanFolder({ ...options, root: repository.dir, history: true })
    expect(found(outcome)).toEqual(['SECRET escape', 'SECRET newline', 'SECRET option'])
    expect(outcome.coverage.skipped).toEqual({ symlink: 3, 'too-deep': 1, 'too-large': 1 })
    expect(outcome.coverage.complete).toBe(false)
    expect(existsSync(marker)).toBe(false)
    expect(list()).toBe(before)
  })

  it('is cut off where it holds too many files', async () => {
    const options = prepare()
    const files = Array.from({ length: 3000 }, (_, i) => [`f${String(i).padStart(4, '0')}`, ''])
    const repository = makeRepository(Object.fromEntries(files))
    const bounded = { ...options, limits: { filesMax: 1000 } }
    const folder = await scanFolder({ ...bounded, root: repository.dir })
    const commit = repository.git('rev-parse', 'HEAD')
    const gitDir = join(repository.dir, '.git')
    const tree = await scanCommit({ ...bounded, gitDir, commit, scratchDir: temporaryFolder() })
    for (const outcome of [folder, tree]) {
      expect(outcome.coverage).toMatchObject({ files: 1000, skipped: { 'too-many': 1 } })
      expect(outcome.shortfalls).toEqual([{ path: 'f1000', reason: 'too-many' }])
    }
  })
})
