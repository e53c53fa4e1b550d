import { symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { readBlobs } from './blobs.ts'
import { prepareGit } from './environment.ts'
import { gather, makeRepository, type Repository, temporaryFolder } from './fixtures/repository.ts'
import { listTree, type TreeOptions } from './tree.ts'

const limits = { filesMax: 1000, fileBytesMax: 1 << 20, manifestBytesMax: 1 << 20, depthMax: 20 }

async function list(repository: Repository, options: Partial<TreeOptions> = {}) {
  const git = await prepareGit(temporaryFolder())
  const gitDir = join(repository.dir, '.git')
  const commit = repository.git('rev-parse', 'HEAD')
  return listTree(git, { gitDir, commit, limits, ignore: true, ...options })
}

const paths = (files: readonly { path: string }[]) => files.map(({ path }) => path)

describe('listTree', () => {
  it('lists regular files with their blobs, and counts what is none', async () => {
    const repository = makeRepository({ 'b/x.ts': 'abc', 'a.ts': '' })
    symlinkSync('/etc/passwd', join(repository.dir, 'passwd'))
    repository.commit()
    const tip = repository.git('rev-parse', 'HEAD')
    repository.git('update-index', '--add', '--cacheinfo', `160000,${tip},module`)
    repository.git('commit', '--quiet', '-m', 'submodule')
    const { files, skipped } = await list(repository)
    expect(files).toEqual([
      { path: 'a.ts', bytes: 0, blob: 'e69de29bb2d1d6434b8b29ae775ad8c2e48c5391' },
      { path: 'b/x.ts', bytes: 3, blob: 'f2ba8f84ab5c1bce84a7b441cb1959cfc7093b7f' },
    ])
    expect(skipped).toEqual([
      { path: 'module', reason: 'submodule' },
      { path: 'passwd', reason: 'symlink' },
    ])
  })

  it('keeps names whole that hold newlines, options, spaces or quotes', async () => {
    const names = ['--upload-pack=touch x', 'a\nb', ' lead', '"quoted"', 'tab\there', 'ü/ñ']
    const repository = makeRepository(Object.fromEntries(names.map((name) => [name, name])))
    const { files } = await list(repository)
    expect(paths(files).sort()).toEqual([...names].sort())
  })

  it('leaves out what .pantheraignore names at every level, and .gitignore does not', async () => {
    const repository = makeRepository({
      '.gitignore': 'tracked.env\n',
      'tracked.env': 'x',
      '.pantheraignore': 'samples/\n*.snap\n',
      'samples/deep/er.ts': 'x',
      'a.snap': 'x',
      'kept/.pantheraignore': '!b.snap\n/only-here\n',
      'kept/b.snap': 'x',
      'kept/only-here': 'x',
      'kept/sub/only-here': 'x',
      'node_modules/p/index.js': 'x',
    })
    const { files, skipped, excludes } = await list(repository)
    expect(paths(files)).toEqual([
      '.gitignore',
      '.pantheraignore',
      'kept/.pantheraignore',
      'kept/b.snap',
      'kept/sub/only-here',
      'tracked.env',
    ])
    expect(skipped).toContainEqual({ path: 'samples/deep/er.ts', reason: 'pantheraignore' })
    expect(skipped).toContainEqual({ path: 'node_modules/p/index.js', reason: 'dependencies' })
    expect(excludes('samples/old.ts')).toBe('pantheraignore')
    expect(excludes('kept/x.ts')).toBe(null)
    expect(paths((await list(repository, { ignore: false })).files)).toHaveLength(10)
  })

  it('stops at its limits and says so', async () => {
    const repository = makeRepository({
      big: 'x'.repeat(11),
      [`${'d/'.repeat(21)}deep`]: 'x',
      small: 'x',
      small2: 'x',
    })
    const bounded = { ...limits, fileBytesMax: 10 }
    const all = await list(repository, { limits: bounded })
    expect(paths(all.files)).toEqual(['small', 'small2'])
    expect(all.skipped).toEqual([
      { path: 'big', reason: 'too-large' },
      { path: `${'d/'.repeat(21)}deep`, reason: 'too-deep' },
    ])
    const few = await list(repository, { limits: { ...bounded, filesMax: 3 } })
    expect(paths(few.files)).toEqual(['small'])
    expect(few.skipped.at(-1)).toEqual({ path: 'small2', reason: 'too-many' })
  })

  it('fails on a commit that is not there', async () => {
    const repository = makeRepository({ a: '1' })
    await expect(list(repository, { commit: 'a'.repeat(40) })).rejects.toThrow('git ls-tree failed')
  })
})

describe('readBlobs', () => {
  async function read(repository: Repository, blobs: string[], blobBytesMax = 1 << 20) {
    const git = await prepareGit(temporaryFolder())
    const options = { gitDir: join(repository.dir, '.git'), blobBytesMax }
    const answers = await gather(readBlobs(git, blobs, options))
    return answers.map(({ bytes }) => (bytes === null ? null : Buffer.from(bytes).toString()))
  }

  it('answers in order, and null for what is missing, too large or no blob', async () => {
    const repository = makeRepository({ a: 'first\n', b: 'x'.repeat(100_000), c: '' })
    const name = (path: string) => repository.git('rev-parse', `HEAD:${path}`)
    const absent = 'a'.repeat(40)
    const tree = repository.git('rev-parse', 'HEAD^{tree}')
    const asked = [name('c'), name('b'), absent, name('a'), tree, name('a')]
    expect(await read(repository, asked)).toEqual([
      '',
      'x'.repeat(100_000),
      null,
      'first\n',
      null,
      'first\n',
    ])
    expect(await read(repository, asked, 10)).toEqual(['', null, null, 'first\n', null, 'first\n'])
  })

  it('answers more blobs than fit into a pipe', async () => {
    const repository = makeRepository({ a: 'a', b: 'b' })
    const [a, b] = ['a', 'b'].map((path) => repository.git('rev-parse', `HEAD:${path}`))
    const asked = Array.from({ length: 5000 }, (_, i) => String(i % 3 === 0 ? a : b))
    const answers = await read(repository, asked)
    expect(answers).toEqual(asked.map((blob) => (blob === a ? 'a' : 'b')))
  })

  it('fails when there is no repository', async () => {
    const git = await prepareGit(temporaryFolder())
    const options = { gitDir: '/nonexistent', blobBytesMax: 10 }
    const reading = gather(readBlobs(git, ['a'.repeat(40)], options))
    await expect(reading).rejects.toThrow('git cat-file failed')
  })
})
