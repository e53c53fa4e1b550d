import { execFileSync, spawn } from 'node:child_process'
import { readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { engine, settings } from './fixtures/engine.ts'
import { isRunning, workersOf } from './fixtures/processes.ts'
import { cloneRepository } from './git/clone.ts'
import { makeRepository, temporaryFolder } from './git/fixtures/repository.ts'
import {
  type FolderScan,
  NoHistoryError,
  type ScanOptions,
  scanCommit,
  scanFolder,
} from './scan.ts'

/** Options for the engine of the tests, and the paths that it was given since the last look. */
function prepare(version = '1') {
  const log = join(temporaryFolder(), 'log')
  writeFileSync(log, '')
  const options: ScanOptions & { cacheDir: string } = {
    engine,
    rules: settings(log, version).rules,
    workers: 2,
    cacheDir: temporaryFolder(),
  }
  const scanned = () => {
    const paths = readFileSync(log, 'utf8').split('\n').filter(Boolean).sort()
    writeFileSync(log, '')
    return paths
  }
  return { options, scanned, log }
}

/** Makes stamps provable: in a test everything has changed just now. */
function age(dir: string): void {
  for (const name of readdirSync(dir)) utimesSync(join(dir, name), 1_600_000_000, 1_600_000_000)
  execFileSync('sh', ['-c', 'sleep 2.1'])
}

const titles = (outcome: { findings: { title: string }[] }) =>
  outcome.findings.map(({ title }) => title)

describe('scanFolder', () => {
  it('finds, counts and explains', async () => {
    const { options } = prepare()
    const { dir } = makeRepository({
      '.gitignore': 'skip.log\n',
      'b.txt': 'x\nSECRET two\nSECRET three\n',
      'a.txt': 'SECRET one\nSECRET ignored\n',
      binary: 'SECRET\0',
    })
    writeFileSync(join(dir, 'skip.log'), 'SECRET')
    const progress: number[] = []
    const outcome = await scanFolder({
      ...options,
      root: dir,
      onProgress: ({ files_done, files_total }) => progress.push(files_done, files_total ?? -1),
    })
    expect(titles(outcome)).toEqual(['SECRET one', 'SECRET two', 'SECRET three'])
    expect(outcome.suppressed).toMatchObject([{ finding: { title: 'SECRET ignored' } }])
    expect(outcome.coverage).toEqual({
      files: 3,
      bytes: 61,
      skipped: { binary: 1, gitignore: 1 },
      suppressed: 1,
      durationMs: expect.any(Number),
      complete: true,
    })
    expect(outcome.skipped).toContainEqual({ path: 'skip.log', reason: 'gitignore' })
    expect(outcome.history).toBe(null)
    expect(progress.slice(-2)).toEqual([4, 4])
  })

  it('comes to the same with one worker and with four, whatever the cache knows', async () => {
    const files = Object.fromEntries(
      Array.from({ length: 300 }, (_, i) => [`d${i % 7}/f${i}`, `${'x'.repeat(i)}\nSECRET ${i}\n`]),
    )
    const { dir } = makeRepository(files)
    const { options } = prepare()
    const scan = async (more: Partial<FolderScan>) => {
      const outcome = await scanFolder({ ...options, root: dir, ...more })
      return { ...outcome, coverage: { ...outcome.coverage, durationMs: 0 } }
    }
    const alone = await scan({ workers: 1, cacheDir: null })
    expect(alone.findings).toHaveLength(300)
    expect(await scan({ workers: 4, cacheDir: null })).toEqual(alone)
    expect(await scan({ workers: 4 })).toEqual(alone)
    expect(await scan({ workers: 2 })).toEqual(alone)
    const few = { limits: { findingsMax: 10 } }
    const bounded = await scan({ ...few, workers: 1, cacheDir: null })
    expect(bounded.findings).toHaveLength(10)
    expect(bounded.coverage.complete).toBe(false)
    expect(bounded.shortfalls).toEqual([
      { path: null, reason: 'more than 10 findings: the rest is not listed' },
    ])
    expect(await scan({ ...few, workers: 4 })).toEqual(bounded)
  })

  it('scans a content again only when it, its path or the scanner changes', async () => {
    const { options, scanned, log } = prepare()
    const { dir } = makeRepository({ a: 'SECRET a', b: 'b', c: 'c' })
    const scan = (more: Partial<FolderScan> = {}) => scanFolder({ ...options, root: dir, ...more })
    expect(titles(await scan())).toEqual(['SECRET a'])
    expect(scanned()).toEqual(['a', 'b', 'c'])
    expect(titles(await scan())).toEqual(['SECRET a'])
    expect(scanned()).toEqual([])
    execFileSync('mv', [join(dir, 'a'), join(dir, 'moved')])
    writeFileSync(join(dir, 'b'), 'SECRET b')
    expect(titles(await scan())).toEqual(['SECRET b', 'SECRET a'])
    expect(scanned()).toEqual(['b', 'moved'])
    writeFileSync(join(dir, 'b'), 'b')
    expect(titles(await scan())).toEqual(['SECRET a'])
    expect(scanned()).toEqual([])
    await scan({ rules: settings(log, '2').rules })
    expect(scanned()).toEqual(['b', 'c', 'moved'])
    await scan({ fingerprintKey: new Uint8Array([1]) })
    expect(scanned()).toEqual(['b', 'c', 'moved'])
  })

  it('does not read what did not change, and sees a change that keeps size and time', async () => {
    const { options, scanned } = prepare()
    const dir = temporaryFolder()
    writeFileSync(join(dir, 'a'), 'SECRET a')
    writeFileSync(join(dir, 'b'), 'plain 12')
    age(dir)
    const scan = () => scanFolder({ ...options, root: dir })
    expect(titles(await scan())).toEqual(['SECRET a'])
    expect(scanned()).toEqual(['a', 'b'])
    const stamps = readdirSync(join(options.cacheDir, 'scan')).filter((name) =>
      /^stamps-/.test(name),
    )
    const [name = ''] = stamps
    expect(readFileSync(join(options.cacheDir, 'scan', name), 'utf8').split('\n')).toHaveLength(3)
    expect(titles(await scan())).toEqual(['SECRET a'])
    expect(scanned()).toEqual([])
    writeFileSync(join(dir, 'b'), 'SECRET b')
    utimesSync(join(dir, 'b'), 1_600_000_000, 1_600_000_000)
    expect(titles(await scan())).toEqual(['SECRET a', 'SECRET b'])
  })

  it('sees every change of a file that is written again and again', async () => {
    const { options } = prepare()
    const dir = temporaryFolder()
    for (let i = 0; i < 6; i++) {
      const text = i % 2 === 0 ? 'SECRET' : 'secret'
      writeFileSync(join(dir, 'f'), text)
      expect(titles(await scanFolder({ ...options, root: dir }))).toHaveLength(i % 2 === 0 ? 1 : 0)
    }
  })

  it('does without a cache that is broken or lies in the folder itself', async () => {
    const { options, scanned } = prepare()
    const { dir } = makeRepository({ a: 'SECRET a' })
    await scanFolder({ ...options, root: dir })
    for (const name of readdirSync(join(options.cacheDir, 'scan'))) {
      writeFileSync(join(options.cacheDir, 'scan', name), 'panthera-cache 1 nonsense\n\0\0')
    }
    scanned()
    expect(titles(await scanFolder({ ...options, root: dir }))).toEqual(['SECRET a'])
    expect(scanned()).toEqual(['a'])
    const before = readdirSync(dir)
    await scanFolder({ ...options, root: dir, cacheDir: join(dir, 'cache') })
    expect(readdirSync(dir)).toEqual(before)
  })

  it('goes on past a file that cannot be scanned, and is then incomplete', async () => {
    const { options } = prepare()
    const { dir } = makeRepository({ a: 'SECRET a', h: 'HANG', t: 'THROW', z: 'SECRET z' })
    const outcome = await scanFolder({ ...options, root: dir, limits: { fileMs: 100 } })
    expect(titles(outcome)).toEqual(['SECRET a', 'SECRET z'])
    expect(outcome.coverage.complete).toBe(false)
    expect(outcome.shortfalls).toEqual([
      { path: 'h', reason: 'the file took longer than 300 ms' },
      { path: 't', reason: expect.stringMatching(/^the scanner failed: TypeError/) },
    ])
  })

  it('stops when it is told to, and leaves no worker', async () => {
    const { options, log } = prepare()
    const { dir } = makeRepository({ a: 'HANG' })
    const controller = new AbortController()
    const reason = new Error('enough')
    const scanning = scanFolder({ ...options, root: dir, signal: controller.signal })
    const refused = expect(scanning).rejects.toBe(reason)
    while (readFileSync(log, 'utf8') === '') await setImmediate()
    expect(workersOf(process.pid)).toHaveLength(1)
    controller.abort(reason)
    await refused
    expect(workersOf(process.pid)).toEqual([])
  })

  it('leaves no worker behind, even busy, when its own process is killed', async () => {
    const log = join(temporaryFolder(), 'log')
    writeFileSync(log, '')
    const { dir } = makeRepository({ a: 'HANG' })
    const program = join(import.meta.dirname, 'fixtures', 'scan-program.ts')
    const child = spawn(process.execPath, [program, dir, log], { stdio: 'ignore' })
    while (readFileSync(log, 'utf8') === '') await setImmediate()
    const workers = workersOf(child.pid ?? 0)
    expect(workers).toHaveLength(1)
    child.kill('SIGKILL')
    while (workers.some(isRunning)) await setImmediate()
  })

  it('takes a single file, an empty folder, and refuses what is not there', async () => {
    const { options } = prepare()
    const dir = temporaryFolder()
    expect((await scanFolder({ ...options, root: dir })).coverage).toMatchObject({
      files: 0,
      complete: true,
    })
    writeFileSync(join(dir, 'a'), 'SECRET')
    writeFileSync(join(dir, 'b'), 'SECRET')
    const outcome = await scanFolder({ ...options, root: join(dir, 'a') })
    expect(outcome.findings.map(({ location }) => location?.path)).toEqual(['a'])
    await expect(scanFolder({ ...options, root: join(dir, 'gone') })).rejects.toThrow('ENOENT')
  })
})

describe('history', () => {
  function repositoryWithPast() {
    const repository = makeRepository({ 'src/config': 'SECRET old', 'other/x': 'SECRET other' })
    const first = repository.git('rev-parse', 'HEAD')
    repository.write('src/config', 'SECRET old\nSECRET newer')
    const second = repository.commit('second', 2)
    repository.write('src/config', 'clean')
    rmSync(join(repository.dir, 'other/x'))
    repository.write('src/kept', 'SECRET kept')
    repository.commit('third', 3)
    repository.write('src/kept', 'SECRET kept\n')
    repository.commit('fourth', 4)
    return { repository, first, second }
  }

  it('tells each secret once, with the commit that first brought it', async () => {
    const { options } = prepare()
    const { repository, first, second } = repositoryWithPast()
    const outcome = await scanFolder({ ...options, root: repository.dir, history: true })
    const found = outcome.findings.map(({ title, origin }) => [title, origin?.commit ?? null])
    expect(found).toEqual([
      ['SECRET other', first],
      ['SECRET old', first],
      ['SECRET newer', second],
      ['SECRET kept', null],
    ])
    expect(outcome.findings[0]?.origin).toEqual({
      commit: first,
      author: 'Ada Author',
      date: '2024-01-01T12:00:00+00:00',
    })
    expect(outcome.history).toMatchObject({ files: 4, complete: true })
    expect(outcome.coverage.files).toBe(2)
  })

  it('holds to the folder, and to what is left out by name', async () => {
    const { options } = prepare()
    const { repository } = repositoryWithPast()
    const root = join(repository.dir, 'src')
    const inside = await scanFolder({ ...options, root, history: true })
    expect(inside.findings.map(({ location }) => location?.path)).toEqual([
      'config',
      'config',
      'kept',
    ])
    const single = await scanFolder({ ...options, root: join(root, 'kept'), history: true })
    expect(titles(single)).toEqual(['SECRET kept'])
    repository.write('.pantheraignore', 'other/\n')
    const outcome = await scanFolder({ ...options, root: repository.dir, history: true })
    expect(titles(outcome)).not.toContain('SECRET other')
    expect(outcome.history?.skipped).toEqual({ pantheraignore: 1 })
  })

  it('tells a secret once, however often the lines around it changed', async () => {
    const repository = makeRepository()
    const token = ['sk_', 'live_', '4eC39HqLyjWDarjtT1zdp7dc9X'].join('')
    const password = ['Tr0ub4', 'dor&3', 'xyz'].join('')
    for (let day = 1; day <= 5; day++) {
      const lines = [`const day${day} = ${day}`, `const key = '${token}'`, `let d = ${day}`]
      repository.write('key.ts', lines.join('\n'))
      repository.write('login.py', `day = ${day}\npassword = "${password}"\nd = ${day}\n`)
      repository.commit(`day ${day}`, day)
    }
    const first = repository.git('rev-list', '--max-parents=0', 'HEAD')
    repository.write('key.ts', '')
    repository.write('login.py', '')
    repository.commit('removed', 6)
    const outcome = await scanFolder({ root: repository.dir, history: true })
    const found = outcome.findings.map(({ location, origin }) => [location?.path, origin?.commit])
    expect(found).toEqual([
      ['key.ts', first],
      ['login.py', first],
    ])
  })

  it('needs a repository with a commit', async () => {
    const { options } = prepare()
    for (const root of [temporaryFolder(), makeRepository().dir]) {
      const scanning = scanFolder({ ...options, root, history: true })
      await expect(scanning).rejects.toThrow(NoHistoryError)
    }
  })

  it('is incomplete where the repository is broken', async () => {
    const { options } = prepare()
    const { repository, first } = repositoryWithPast()
    const object = join(repository.dir, '.git/objects', first.slice(0, 2), first.slice(2))
    rmSync(object)
    const outcome = await scanFolder({ ...options, root: repository.dir, history: true })
    expect(titles(outcome)).toContain('SECRET kept')
    expect(outcome.coverage.complete).toBe(false)
    expect(outcome.shortfalls[0]?.reason).toMatch(/^the history could not be read/)
  })
})

describe('scanCommit', () => {
  it('comes to the same as a scan of the folder, without a checkout', async () => {
    const { options, scanned } = prepare()
    const repository = makeRepository({
      '.gitignore': '*.env\n',
      'forced.env': 'SECRET forced',
      'src/a': 'SECRET a',
      'same/a': 'SECRET a',
      '.pantheraignore': 'docs/\n',
      'docs/x': 'SECRET docs',
      binary: '\0',
    })
    repository.write('src/a', 'SECRET a\nSECRET now')
    const commit = repository.commit('second', 2)
    const scratchDir = temporaryFolder()
    const limits = { bytesMax: 1 << 24, timeoutMs: 20_000 }
    const clone = await cloneRepository({ url: repository.url, depth: 'full', scratchDir, limits })
    const scan = { ...options, gitDir: clone.gitDir, commit, scratchDir, history: true }
    const outcome = await scanCommit(scan)
    const folder = await scanFolder({
      ...options,
      cacheDir: null,
      root: repository.dir,
      history: true,
    })
    expect(outcome.findings).toEqual(folder.findings)
    expect(titles(outcome)).toEqual(['SECRET forced', 'SECRET a', 'SECRET a', 'SECRET now'])
    expect(outcome.coverage).toMatchObject({
      files: 5,
      skipped: { binary: 1, pantheraignore: 1 },
      complete: true,
    })
    expect(scanned().length).toBeGreaterThan(5)
    expect((await scanCommit(scan)).findings).toEqual(outcome.findings)
    expect(scanned()).toEqual([])
  })

  it('reads contents again that were lost with a worker', async () => {
    const { options } = prepare()
    const repository = makeRepository({ a: 'SECRET a', b: 'EXIT', c: 'SECRET c' })
    const commit = repository.git('rev-parse', 'HEAD')
    const gitDir = join(repository.dir, '.git')
    const outcome = await scanCommit({ ...options, gitDir, commit, scratchDir: temporaryFolder() })
    expect(titles(outcome)).toEqual(['SECRET a', 'SECRET c'])
    expect(outcome.shortfalls).toEqual([{ path: 'b', reason: 'the file ended its worker' }])
  })
})
