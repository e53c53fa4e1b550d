import { chmodSync, chownSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { type CloneOptions, cloneRepository } from './clone.ts'
import { CloneError } from './clone-error.ts'
import { makeRepository, temporaryFolder } from './fixtures/repository.ts'

const limits = { bytesMax: 50 << 20, timeoutMs: 20_000 }

function clone(options: Partial<CloneOptions> & { url: string }) {
  return cloneRepository({ depth: 'tip', scratchDir: temporaryFolder(), limits, ...options })
}

async function failure(options: Partial<CloneOptions> & { url: string }): Promise<CloneError> {
  const error = await clone(options).then(
    () => new Error('the clone succeeded'),
    (reason) => reason,
  )
  expect(error).toBeInstanceOf(CloneError)
  return error
}

describe('cloneRepository', () => {
  it('takes the tip of the default branch and nothing else', async () => {
    const repository = makeRepository({ 'a.txt': 'one' })
    repository.write('a.txt', 'two')
    const commit = repository.commit('second', 2)
    repository.git('branch', 'other', 'HEAD~1')
    const scratchDir = temporaryFolder()
    const result = await clone({ url: repository.url, scratchDir })
    expect(result).toEqual({
      gitDir: join(scratchDir, 'repository.git'),
      branch: 'main',
      commit,
      defaultBranch: 'main',
      isHead: true,
      branches: ['main', 'other'],
    })
    expect(readFileSync(join(result.gitDir, 'shallow'), 'utf8')).toBe(`${commit}\n`)
    expect(existsSync(join(result.gitDir, 'refs/heads/other'))).toBe(false)
  })

  it('tells all branches, unless there are too many', async () => {
    const repository = makeRepository({ a: '1' })
    const head = repository.git('rev-parse', 'HEAD')
    const pack = (count: number) => {
      const names = Array.from({ length: count }, (_, nth) => `b/${String(nth).padStart(5, '0')}`)
      const lines = names.map((name) => `${head} refs/heads/${name}\n`)
      const header = '# pack-refs with: peeled fully-peeled sorted \n'
      writeFileSync(join(repository.dir, '.git/packed-refs'), header + lines.join(''))
    }
    pack(9_999)
    const { url } = repository
    const { branches } = await clone({ url })
    expect(branches).toHaveLength(10_000)
    expect(branches).toContain('b/09998')
    pack(10_000)
    expect(await clone({ url, branch: 'b/00007' })).toMatchObject({
      branch: 'b/00007',
      defaultBranch: 'main',
      branches: null,
    })
  })

  it('takes a named branch, and a commit that no branch points at', async () => {
    const repository = makeRepository({ 'a.txt': 'one' })
    const first = repository.git('rev-parse', 'HEAD')
    repository.git('checkout', '--quiet', '-b', 'feature/x')
    repository.write('a.txt', 'two')
    const second = repository.commit('second', 2)
    repository.git('checkout', '--quiet', 'main')
    const { url } = repository
    expect(await clone({ url, branch: 'feature/x' })).toMatchObject({
      branch: 'feature/x',
      commit: second,
      defaultBranch: 'main',
    })
    expect(await clone({ url, branch: 'feature/x', commit: first })).toMatchObject({
      commit: first,
      isHead: false,
      branch: 'feature/x',
    })
    repository.git('branch', '--delete', '--force', 'feature/x')
    expect(await clone({ url, commit: second })).toMatchObject({ commit: second, branch: 'main' })
    expect(await clone({ url, commit: second, depth: 'full' })).toMatchObject({ commit: second })
  })

  it('brings every branch and tag when the history is wanted', async () => {
    const repository = makeRepository({ 'a.txt': 'one' })
    repository.git('tag', 'v1')
    repository.git('branch', 'other')
    const { gitDir } = await clone({ url: repository.url, depth: 'full' })
    const names = readFileSync(join(gitDir, 'packed-refs'), { encoding: 'utf8', flag: 'a+' })
    const loose = ['heads/main', 'heads/other', 'tags/v1'].filter(
      (name) => names.includes(name) || existsSync(join(gitDir, 'refs', name)),
    )
    expect(loose).toEqual(['heads/main', 'heads/other', 'tags/v1'])
    expect(existsSync(join(gitDir, 'shallow'))).toBe(false)
  })

  it('names what is missing', async () => {
    const { url } = makeRepository({ a: '1' })
    const absent = 'a'.repeat(40)
    expect((await failure({ url: `${url}-gone` })).code).toBe('repository_not_found')
    expect((await failure({ url, branch: 'nope' })).code).toBe('branch_not_found')
    expect((await failure({ url, commit: absent })).code).toBe('commit_not_found')
    expect((await failure({ url, commit: absent, depth: 'full' })).code).toBe('commit_not_found')
    expect((await failure({ url: makeRepository().url })).code).toBe('branch_not_found')
  })

  it('takes no name for an option, a pattern or a second reference', async () => {
    const { url } = makeRepository({ a: '1' })
    for (const branch of [
      '--upload-pack=touch /tmp/x',
      'm*',
      'main:refs/heads/x',
      '',
      'a..b',
      '@',
    ]) {
      expect((await failure({ url, branch })).code).toBe('branch_not_found')
    }
    for (const commit of ['HEAD', '--all', 'abc1234', 'A'.repeat(40)]) {
      expect((await failure({ url, commit })).code).toBe('commit_not_found')
    }
  })

  it('refuses addresses of any other kind', async () => {
    for (const url of [
      'ext::sh -c id',
      'ssh://host/x',
      '--upload-pack=id',
      '/etc',
      'https://user:word@example.com/x.git',
      'file:///tmp/a%0Ab',
      'https://example.com/x?y',
    ]) {
      const error = await failure({ url })
      expect(error.code).toBe('clone_failed')
      expect(error.message).toMatch(/^The repository address is not accepted: /)
      expect(error.message).not.toContain('word@')
    }
  })

  it.skipIf(process.getuid?.() !== 0)('clones what another user owns', async () => {
    const repository = makeRepository({ a: '1' })
    for (const path of [repository.dir, join(repository.dir, '.git')]) chownSync(path, 65534, 65534)
    expect((await clone({ url: repository.url })).branch).toBe('main')
  })

  it('runs no hook, filter or submodule of the repository, and writes no file of it', async () => {
    const marker = join(temporaryFolder(), 'ran')
    const repository = makeRepository({
      '.gitattributes': '* filter=evil\n',
      '.gitmodules': `[submodule "s"]\n\tpath = s\n\turl = --upload-pack=touch ${marker}\n`,
      '--upload-pack=touch x': 'x',
      'new\nline': 'x',
    })
    const hook = join(repository.dir, '.git/hooks/post-upload-pack')
    writeFileSync(hook, `#!/bin/sh\ntouch ${marker}\n`)
    chmodSync(hook, 0o755)
    repository.git('config', 'filter.evil.smudge', `touch ${marker}`)
    repository.git('config', 'uploadpack.packObjectsHook', `touch ${marker};`)
    const { gitDir } = await clone({ url: repository.url, depth: 'full' })
    expect(existsSync(marker)).toBe(false)
    expect(readdirSync(dirname(gitDir)).sort()).toEqual(['gitconfig', 'home', 'repository.git'])
    expect(existsSync(join(gitDir, 'hooks'))).toBe(false)
  })

  it('stops at the size limit and leaves nothing', async () => {
    const repository = makeRepository()
    repository.write('noise', noise(3 << 20))
    repository.commit()
    const scratchDir = temporaryFolder()
    const small = { ...limits, bytesMax: 1 << 20 }
    const error = await failure({ url: repository.url, scratchDir, limits: small })
    expect(error.code).toBe('too_large')
    expect(existsSync(join(scratchDir, 'repository.git'))).toBe(false)
  })

  it('shows no path and no address in a message', async () => {
    const { url, dir } = makeRepository({ a: '1' })
    for (const error of [
      await failure({ url: `${url}-gone` }),
      await failure({ url, branch: 'x' }),
    ]) {
      expect(error.message).not.toContain(dir)
      expect(JSON.stringify(error)).not.toContain(dir)
    }
  })
})

function noise(bytes: number): Buffer {
  const buffer = Buffer.alloc(bytes)
  let state = 1
  for (let i = 0; i < bytes; i++) {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0
    buffer[i] = state >>> 24
  }
  return buffer
}
