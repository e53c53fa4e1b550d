import { execFileSync } from 'node:child_process'
import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { makeRepository, temporaryFolder } from './git/fixtures/repository.ts'
import { type WalkOptions, walk } from './walk.ts'

const limits = { filesMax: 10_000, fileBytesMax: 1 << 20, manifestBytesMax: 1 << 20, depthMax: 50 }

async function list(root: string, options: Partial<WalkOptions> = {}) {
  const { files, skipped } = await walk({ root, ignore: true, limits, ...options })
  return {
    files: files.map(({ path }) => path),
    skipped: skipped.map(({ path, reason }) => `${path}: ${reason}`),
  }
}

function makeFolder(files: Record<string, string>): string {
  const dir = temporaryFolder()
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(dir, path)), { recursive: true })
    writeFileSync(join(dir, path), content)
  }
  return dir
}

describe('walk', () => {
  it('lists files in one order, whatever order they were made in', async () => {
    const dir = makeFolder({ 'b/z': '1', 'b/a': '1', c: '1', 'a/b/c': '1', B: '1' })
    expect((await list(dir)).files).toEqual(['B', 'c', 'a/b/c', 'b/a', 'b/z'])
  })

  it('agrees with git on what .gitignore files name', async () => {
    const repository = makeRepository({
      '.gitignore': '*.log\n!keep.log\n/build/\nlib/**/gen\n# note\n\\#odd\n[ab].txt\n',
      'sub/.gitignore': '/local\n!*.log\ndeep/\n',
      'tracked.log': 'forced',
      'build/tracked.js': 'forced',
    })
    for (const path of [
      'x.log',
      'keep.log',
      'build/out.js',
      'sub/build/in.js',
      'sub/y.log',
      'sub/local/f',
      'sub/other/local/f',
      'sub/deep/keep.log',
      'lib/x/y/gen/f',
      'lib/gen/f',
      '#odd',
      'a.txt',
      'c.txt',
      'späť.log',
    ]) {
      repository.write(path, 'x')
    }
    const expected = repository
      .git('ls-files', '-z', '--cached', '--others', '--exclude-standard')
      .split('\0')
      .filter(Boolean)
    const { files, skipped } = await list(repository.dir)
    expect(files.sort()).toEqual(expected.sort())
    expect(files).toContain('build/tracked.js')
    expect(skipped).toContain('sub/deep/: gitignore')
    expect(skipped).toContain('build/out.js: gitignore')
  })

  it('applies what lies above the root, unless the root itself is ignored there', async () => {
    const repository = makeRepository({ '.gitignore': 'out/\n*.tmp\n', 'src/.gitignore': 'x\n' })
    for (const path of ['src/in/a.tmp', 'src/in/x', 'src/in/y', 'out/a.tmp', 'out/b']) {
      repository.write(path, '1')
    }
    expect((await list(join(repository.dir, 'src/in'))).files).toEqual(['y'])
    expect((await list(join(repository.dir, 'out'))).files).toEqual(['a.tmp', 'b'])
  })

  it('begins anew in a repository within', async () => {
    const outer = makeRepository({ '.gitignore': '*.log\n', 'a.log': '' })
    const inner = makeRepository({ 'in.log': '1', '.gitignore': 'skip\n' })
    execFileSync('cp', ['-r', inner.dir, join(outer.dir, 'inner')])
    outer.write('inner/skip', '1')
    outer.write('inner/new.log', '1')
    const { files, skipped } = await list(outer.dir)
    expect(files).toEqual([
      '.gitignore',
      'a.log',
      'inner/.gitignore',
      'inner/in.log',
      'inner/new.log',
    ])
    expect(skipped).toEqual(['inner/skip: gitignore'])
  })

  it('leaves out what is installed, but not a tracked vendor folder', async () => {
    const files = {
      'node_modules/p/i.js': '1',
      'web/node_modules/p/i.js': '1',
      '.venv/lib/x.py': '1',
      'env/pyvenv.cfg': '1',
      'vendor/modules.txt': '1',
      'vendor/v.go': '1',
      'third/vendor/own.go': '1',
      'a.go': '1',
    }
    const dir = makeFolder(files)
    expect((await list(dir)).files).toEqual(['a.go', 'third/vendor/own.go'])
    expect((await list(dir)).skipped).toContain('vendor/: dependencies')
    expect((await list(makeRepository(files).dir)).files).toEqual([
      'a.go',
      'env/pyvenv.cfg',
      'third/vendor/own.go',
      'vendor/modules.txt',
      'vendor/v.go',
    ])
    expect((await list(dir, { ignore: false })).files).toHaveLength(8)
  })

  it('applies .pantheraignore to everything, tracked or not', async () => {
    const { dir } = makeRepository({
      '.pantheraignore': 'fixtures/\n*.pem\n',
      'fixtures/key': '1',
      'a.pem': '1',
      'sub/.pantheraignore': '!b.pem\n',
      'sub/b.pem': '1',
    })
    const { files, skipped } = await list(dir)
    expect(files).toEqual(['.pantheraignore', 'sub/.pantheraignore', 'sub/b.pem'])
    expect(skipped).toEqual(['a.pem: pantheraignore', 'fixtures/: pantheraignore'])
  })

  it('follows no link and opens nothing but files', async () => {
    const dir = makeFolder({ 'real/a': '1' })
    symlinkSync('/etc/passwd', join(dir, 'passwd'))
    symlinkSync('real', join(dir, 'again'))
    symlinkSync('..', join(dir, 'loop'))
    symlinkSync('/etc/passwd', join(dir, '.gitignore'))
    execFileSync('mkfifo', [join(dir, 'pipe')])
    const { files, skipped } = await list(dir)
    expect(files).toEqual(['real/a'])
    expect(skipped).toEqual([
      '.gitignore: symlink',
      'again: symlink',
      'loop: symlink',
      'passwd: symlink',
      'pipe: special',
    ])
    expect((await list(join(dir, 'again'))).files).toEqual(['a'])
  })

  it('takes a single file by its name', async () => {
    const dir = makeFolder({ '.gitignore': 'a.env\n', 'a.env': 'x' })
    const { root, files } = await walk({ root: join(dir, 'a.env'), ignore: true, limits })
    expect({ root, path: files[0]?.path }).toEqual({ root: dir, path: 'a.env' })
    await expect(list(join(dir, 'gone'))).rejects.toThrow('ENOENT')
  })

  it('counts what it could not read or name, and what passed a limit', async () => {
    const dir = makeFolder({ big: 'x'.repeat(11), 'a/b/c/d': '1', e: '1', f: '1' })
    const bounded = { filesMax: 100, fileBytesMax: 10, manifestBytesMax: 10, depthMax: 2 }
    expect(await list(dir, { limits: bounded })).toEqual({
      files: ['e', 'f'],
      skipped: ['big: too-large', 'a/b/c/: too-deep'],
    })
    expect(await list(dir, { limits: { ...bounded, filesMax: 2 } })).toEqual({
      files: ['e'],
      skipped: ['big: too-large', 'f: too-many'],
    })
    execFileSync('sh', ['-c', 'touch "$(printf \'bad\\377name\')"'], { cwd: dir })
    expect((await list(dir)).skipped).toEqual(['bad\uFFFDname: unreadable-name'])
  })

  it.skipIf(process.getuid?.() === 0)('goes on past a folder it may not read', async () => {
    const dir = makeFolder({ 'a/x': '1', 'b/x': '1' })
    chmodSync(join(dir, 'a'), 0)
    expect(await list(dir)).toEqual({ files: ['b/x'], skipped: ['a/: unreadable'] })
    chmodSync(join(dir, 'a'), 0o700)
  })

  it('is not held up by patterns that match in countless ways', async () => {
    const deep = `${'a/'.repeat(45)}c`
    const hostile = `${'**/a/'.repeat(12)}b\n${'*a'.repeat(200)}b\nc.txt\n`
    const dir = makeFolder({ [deep]: '1', 'c.txt': '1', '.pantheraignore': hostile })
    expect((await list(dir)).files).toEqual(['.pantheraignore', deep])
  })

  it('stops when it is told to', async () => {
    const dir = makeFolder({ 'a/b': '1' })
    const signal = AbortSignal.abort(new Error('enough'))
    await expect(list(dir, { signal })).rejects.toThrow('enough')
  })
})
