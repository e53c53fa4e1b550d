import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'

const root = dirname(import.meta.dirname)
const lastLine = (text: string) => text.trimEnd().split('\n').at(-1)
const path = (file: string) => JSON.stringify(join(root, file))
let folder: string

/** A project of its own that counts with our reporter. */
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'panthera-reporter-'))
  mkdirSync(join(folder, 'empty'))
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'))
  const config = [
    `import { countLine } from ${path('test/reporter.ts')}`,
    'export default { plugins: [countLine()] }',
  ]
  writeFileSync(join(folder, 'vitest.config.mjs'), config.join('\n'))
})

afterEach(() => rmSync(folder, { recursive: true, force: true }))

function run(test: string, { args = [] as string[], env = {} } = {}) {
  if (test !== '') {
    const imports = [
      `import { describe, expect, it, beforeAll } from 'vitest'`,
      `import { describeWith, requireComponent } from ${path('test/require.ts')}`,
    ]
    writeFileSync(join(folder, 'a.test.ts'), [...imports, test].join('\n'))
  }
  const cli = join(root, 'node_modules/vitest/vitest.mjs')
  return spawnSync(process.execPath, [cli, 'run', ...args], {
    cwd: folder,
    encoding: 'utf8',
    env: { PATH: process.env.PATH, HOME: process.env.HOME, ...env },
  })
}

describe('the count line', () => {
  it('is the last line, exactly in its form, and the exit code is 0', () => {
    const { stdout, status } = run(`it('a', () => {}); it.skip('b', () => {}); it.todo('c')`)
    expect(lastLine(stdout)).toBe('Tests: 1 passed, 0 failed, 2 skipped')
    expect(status).toBe(0)
  })

  it('counts what failed and fails the run', () => {
    const { stdout, status } = run(`it('a', () => {}); it('b', () => expect(1).toBe(2))`)
    expect(lastLine(stdout)).toBe('Tests: 1 passed, 1 failed, 0 skipped')
    expect(status).toBe(1)
  })

  it('counts a file that cannot be loaded as a failure', () => {
    const { stdout, status } = run(`it('a', () => {}); throw new Error('at the top')`)
    expect(lastLine(stdout)).toMatch(/^Tests: 0 passed, 1 failed, \d+ skipped$/)
    expect(status).toBe(1)
  })

  it('counts a hook that throws as a failure', () => {
    const hook = `beforeAll(() => { throw new Error('x') })`
    const suite = `describe('s', () => { ${hook}; it('a', () => {}) })`
    const { stdout, status } = run(`it('b', () => {}); ${suite}`)
    expect(lastLine(stdout)).toBe('Tests: 1 passed, 1 failed, 1 skipped')
    expect(stdout).toContain('Skipped 1: what comes before them in their file failed')
    expect(status).toBe(1)
  })

  it('counts an error outside of every test as a failure', () => {
    const wait = `await new Promise((done) => setTimeout(done, 50))`
    const late = `void Promise.reject(new Error('late')); ${wait}`
    const { stdout, status } = run(`it('a', async () => { ${late} })`)
    expect(lastLine(stdout)).toBe('Tests: 1 passed, 1 failed, 0 skipped')
    expect(status).toBe(1)
  })

  it('fails where no test ran', () => {
    const none = run('', { args: ['empty'] })
    expect(lastLine(none.stdout)).toBe('Tests: 0 passed, 0 failed, 0 skipped')
    expect(none.status).toBe(1)
    const skipped = run(`it.skip('a', () => {})`)
    expect(lastLine(skipped.stdout)).toBe('Tests: 0 passed, 0 failed, 1 skipped')
    expect(skipped.status).toBe(1)
  })

  it('ends a run that hangs in a loop, and says where', () => {
    const env = { PANTHERA_TEST_SILENCE_MS: '3000' }
    const { stdout, stderr, status } = run(`it('a', () => {}); it('b', () => { for (;;); })`, {
      env,
    })
    expect(stderr).toContain('No test ended for 3000 ms; running: a.test.ts')
    expect(lastLine(stdout)).toMatch(/^Tests: \d passed, 1 failed, \d skipped$/)
    expect(status).toBe(1)
  })

  it('stands under a run that was ended from outside', () => {
    const end = `process.kill(process.ppid, 'SIGTERM'); await new Promise(() => {})`
    const { stdout, status } = run(`it('a', async () => { ${end} })`)
    expect(lastLine(stdout)).toBe('Tests: 0 passed, 1 failed, 1 skipped')
    expect(status).toBe(143)
  })

  it('stays whatever reporter is asked for', () => {
    const { stdout } = run(`it('a', () => {})`, { args: ['--reporter', 'dot'] })
    expect(lastLine(stdout)).toBe('Tests: 1 passed, 0 failed, 0 skipped')
  })
})

describe('a component that is missing', () => {
  // An empty PATH hides every program but the Node that already runs.
  const env = { PATH: '' }
  const suite = `describeWith(await requireComponent('git'), 'clones', () => {
    it('one', () => {}); it('two', () => {})
  }); it('three', () => {})`

  it('skips its tests and says why before the count', () => {
    const { stdout, status } = run(suite, { env })
    const reason = 'Skipped 2: git is missing (apt-get install git)'
    expect(stdout).toContain(`\n${reason}\nTests: 1 passed, 0 failed, 2 skipped\n`)
    expect(status).toBe(0)
  })

  it('fails where it is required and cannot be installed', () => {
    const required = run(suite, { env: { ...env, PANTHERA_TEST_REQUIRE: 'all' } })
    expect(lastLine(required.stdout)).toBe('Tests: 1 passed, 1 failed, 0 skipped')
    expect(required.stdout + required.stderr).toContain('there is no apt-get to install it with')
    expect(lastLine(run(suite, { env: { ...env, CI: 'true' } }).stdout)).toContain('1 failed')
  })

  it('runs its tests where it is there', () => {
    expect(lastLine(run(suite).stdout)).toBe('Tests: 3 passed, 0 failed, 0 skipped')
  })
})
