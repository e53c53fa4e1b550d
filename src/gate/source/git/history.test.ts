import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { borrowRepository } from './borrow.ts'
import { prepareGit } from './environment.ts'
import { gather, makeRepository, type Repository, temporaryFolder } from './fixtures/repository.ts'
import { commitAuthors, historyBlobs } from './history.ts'
import { gitDirOf } from './locate.ts'

async function history(repository: Repository, exclude: string[] = []) {
  const borrowed = await borrowRepository(join(repository.dir, '.git'), temporaryFolder())
  if (borrowed === null) return []
  const options = { gitDir: borrowed.gitDir, exclude: new Set(exclude) }
  return gather(historyBlobs(borrowed.git, options))
}

describe('historyBlobs', () => {
  it('lists each blob once, with the commit that first brought it', async () => {
    const repository = makeRepository()
    repository.write('config/a.env', 'one')
    const first = repository.commit('first', 1)
    repository.write('config/a.env', 'two')
    repository.write('copy.env', 'one')
    const second = repository.commit('second', 2)
    repository.git('checkout', '--quiet', '-b', 'side', first)
    repository.write('only-on-side', 'three')
    const third = repository.commit('third', 3)
    repository.git('checkout', '--quiet', 'main')
    const blob = (name: string) => repository.git('rev-parse', name)
    const all = await history(repository)
    expect(all.sort((a, b) => (a.commit < b.commit ? -1 : 1))).toEqual(
      [
        { path: 'config/a.env', bytes: 3, blob: blob(`${first}:config/a.env`), commit: first },
        { path: 'config/a.env', bytes: 3, blob: blob('main:config/a.env'), commit: second },
        { path: 'only-on-side', bytes: 5, blob: blob('side:only-on-side'), commit: third },
      ].sort((a, b) => (a.commit < b.commit ? -1 : 1)),
    )
    const rest = await history(repository, [blob('main:config/a.env')])
    expect(rest.map(({ commit }) => commit)).not.toContain(second)
    expect(rest).toHaveLength(2)
  })

  it("agrees with git's own search on the first commit", async () => {
    const repository = makeRepository()
    for (let i = 1; i <= 12; i++) {
      if (i === 6) repository.git('checkout', '--quiet', '-b', 'side', 'HEAD~2')
      if (i === 9) repository.git('checkout', '--quiet', 'main')
      repository.write(`f${i % 3}`, `content ${i % 5}`)
      repository.commit(`${i}`, i)
    }
    repository.git('merge', '--quiet', '--strategy=ours', '--no-edit', 'side')
    const blobs = await history(repository)
    expect(blobs.length).toBeGreaterThan(4)
    for (const { blob, commit } of blobs) {
      const found = repository.git('log', '--all', `--find-object=${blob}`, '--format=%H')
      const introduced = found
        .split('\n')
        .filter((each) => repository.git('ls-tree', '-r', each).includes(blob))
      expect(introduced.at(-1)).toBe(commit)
    }
  })

  it('finds what only a merge, a tag or a stash brought', async () => {
    const repository = makeRepository({ a: 'base' })
    repository.git('checkout', '--quiet', '-b', 'side')
    repository.write('b', 'side')
    repository.commit('side', 2)
    repository.git('checkout', '--quiet', 'main')
    repository.git('merge', '--quiet', '--no-ff', '--no-commit', 'side')
    repository.write('a', 'only in the merge')
    const merge = repository.commit('merge', 3)
    repository.git('checkout', '--quiet', '--detach')
    repository.write('a', 'only under a tag')
    const tagged = repository.commit('tagged', 4)
    repository.git('tag', '-a', '-m', 'release', 'v1')
    repository.git('checkout', '--quiet', 'main')
    repository.write('a', 'only in the stash entry')
    repository.git('stash')
    const all = await history(repository)
    const commitOf = (content: string) =>
      all.find(({ bytes }) => bytes === Buffer.byteLength(content))?.commit
    expect(commitOf('only in the merge')).toBe(merge)
    expect(commitOf('only under a tag')).toBe(tagged)
    expect(commitOf('only in the stash entry')).toBe(repository.git('rev-parse', 'stash@{0}'))
  })

  it('reads a shallow clone as far as it goes', async () => {
    const repository = makeRepository({ a: 'one' })
    repository.write('a', 'two')
    repository.commit('second', 2)
    const dir = temporaryFolder()
    execFileSync('git', ['clone', '--quiet', '--depth=1', repository.url, dir])
    const all = await history({ ...repository, dir })
    expect(all.map(({ bytes }) => bytes)).toEqual([3])
  })
})

describe('borrowRepository', () => {
  it('answers null before the first commit', async () => {
    const { dir } = makeRepository()
    expect(await borrowRepository(join(dir, '.git'), temporaryFolder())).toBe(null)
  })

  it('runs nothing that the configuration names, and writes nothing', async () => {
    const repository = makeRepository({ a: '1' })
    const marker = join(temporaryFolder(), 'ran')
    const program = join(temporaryFolder(), 'program')
    writeFileSync(program, `#!/bin/sh\ntouch ${marker}\n`, { mode: 0o755 })
    for (const name of [
      'core.fsmonitor',
      'core.pager',
      'core.sshCommand',
      'core.editor',
      'gpg.program',
      'diff.external',
      'credential.helper',
      'uploadpack.packObjectsHook',
      'alias.rev-parse',
    ]) {
      repository.git('config', name, name.startsWith('alias') ? `!${program}` : program)
    }
    repository.git('config', 'log.showSignature', 'true')
    repository.git('config', 'extensions.partialClone', 'origin')
    repository.git('config', 'remote.origin.url', `ext::${program}`)
    repository.git('config', 'remote.origin.promisor', 'true')
    const before = execFileSync('find', [repository.dir, '-printf', '%p %T@ %s\\n'], {
      encoding: 'utf8',
    })
    const borrowed = await borrowRepository(join(repository.dir, '.git'), temporaryFolder())
    const { git, gitDir } = borrowed ?? expect.fail('nothing to borrow')
    await gather(historyBlobs(git, { gitDir, exclude: new Set() }))
    await commitAuthors(git, gitDir, [repository.git('rev-parse', 'HEAD')])
    const after = execFileSync('find', [repository.dir, '-printf', '%p %T@ %s\\n'], {
      encoding: 'utf8',
    })
    expect(after).toBe(before)
    expect(execFileSync('ls', [join(marker, '..')], { encoding: 'utf8' })).toBe('')
  })

  it('borrows from a folder with an odd name, and from a worktree', async () => {
    const repository = makeRepository({ a: '1' })
    const worktree = join(temporaryFolder(), 'odd "name" #1')
    repository.git('worktree', 'add', '--quiet', '--detach', worktree)
    const moved = join(temporaryFolder(), '"quoted" dir')
    execFileSync('cp', ['-r', repository.dir, moved])
    for (const gitDir of [join(moved, '.git'), gitDirOf(worktree) ?? '']) {
      const borrowed = await borrowRepository(gitDir, temporaryFolder())
      const { git, gitDir: own } = borrowed ?? expect.fail('nothing to borrow')
      const blobs = await gather(historyBlobs(git, { gitDir: own, exclude: new Set() }))
      expect(blobs).toHaveLength(1)
    }
  })
})

describe('commitAuthors', () => {
  it('answers name and date', async () => {
    const repository = makeRepository({ a: '1' })
    const commit = repository.git('rev-parse', 'HEAD')
    const git = await prepareGit(temporaryFolder())
    const gitDir = join(repository.dir, '.git')
    const authors = await commitAuthors(git, gitDir, [commit])
    expect([...authors]).toEqual([
      [commit, { author: 'Ada Author', date: '2024-01-01T12:00:00+00:00' }],
    ])
    expect(await commitAuthors(git, gitDir, [])).toEqual(new Map())
    const unknown = commitAuthors(git, gitDir, ['a'.repeat(40)])
    await expect(unknown).rejects.toThrow('git log failed')
  })
})
