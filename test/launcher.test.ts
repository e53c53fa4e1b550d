import { existsSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import type { Outcome } from './checkout.ts'
import { fakeInstalled, makeCheckout, start, write } from './checkout.ts'
import { describeWith, requireComponent } from './require.ts'

const main = `
import { writeFileSync } from 'node:fs'
export async function main(argv: string[]): Promise<number> {
  const [verb, value = ''] = argv
  if (verb === 'node') console.log(process.versions.node)
  if (verb === 'arguments') console.log(JSON.stringify(argv))
  if (verb === 'much') process.stdout.write('x'.repeat(4_000_000))
  if (verb === 'throw') throw new Error('boom')
  if (verb === 'throw-later') {
    setTimeout(() => { throw new Error('boom') })
    await new Promise(() => setTimeout(() => {}, 10_000))
  }
  if (verb === 'signal') process.kill(process.pid, value)
  if (verb === 'serve') {
    const stopped = new Promise((resolve) => process.once('SIGTERM', resolve))
    const alive = setInterval(() => {}, 1000)
    console.log(process.pid)
    await stopped
    clearInterval(alive)
    console.log('drained')
  }
  return verb === 'code' ? Number(value) : 0
}
`
const older = await requireComponent('olderNode')
let folder: string

beforeEach(() => {
  folder = makeCheckout({ 'src/cli/main.ts': main })
  fakeInstalled(folder)
})

function panthera(argv: string[], options = {}): Promise<Outcome> {
  return start(folder, ['bin/panthera.js', ...argv], options).ended
}

describe('panthera on the running Node', () => behaves(process.execPath))
describeWith(older, 'panthera on an older Node', (node) => {
  behaves(node)

  it('leaves no program behind when it is killed', async () => {
    const { child, started, ended } = start(folder, ['bin/panthera.js', 'serve'], { node })
    await started
    child.kill('SIGKILL')
    // Its standard output closes only when the program that inherited it is gone, too.
    expect((await ended).stdout).toMatch(/^\d+\n$/)
  })

  it('says what it needs where no Node 24 is to be found', async () => {
    rmSync(join(folder, `node_modules/node-${process.platform}-${process.arch}`), { force: true })
    const { code, stderr } = await panthera(['node'], { node, env: { PATH: '' } })
    expect(code).toBe(2)
    expect(stderr).toMatch(/^panthera: needs Node 24 or later and found none: this is Node \d/)
  })
})

function behaves(node: string): void {
  it('answers its version without an installed tree', async () => {
    rmSync(join(folder, 'node_modules'), { recursive: true })
    for (const question of ['--version', '-v', 'version']) {
      expect(await panthera([question], { node })).toMatchObject({
        code: 0,
        stdout: 'panthera 1.2.3\n',
        stderr: '',
      })
    }
  })

  it('runs the sources on Node 24 or later', async () => {
    const { stdout, stderr } = await panthera(['node'], { node })
    expect(Number.parseInt(stdout, 10)).toBeGreaterThanOrEqual(24)
    expect(stderr).toBe('')
  })

  it('hands over the arguments as they are', async () => {
    const argv = ['arguments', '--a b', '', '*', '--version']
    expect(JSON.parse((await panthera(argv, { node })).stdout)).toEqual(argv)
  })

  it('ends with the code that main returns', async () => {
    expect(await panthera(['code', '4'], { node })).toMatchObject({ code: 4, signal: null })
  })

  it('writes all of its output before it ends', async () => {
    expect((await panthera(['much'], { node })).stdout).toHaveLength(4_000_000)
  })

  it('tells a crash from findings: 3, with what happened', async () => {
    for (const verb of ['throw', 'throw-later']) {
      const { code, stderr } = await panthera([verb], { node })
      expect(code).toBe(3)
      expect(stderr).toContain('panthera: internal failure: Error: boom')
    }
  })

  it('ends by the signal that ended the program', async () => {
    expect(await panthera(['signal', 'SIGKILL'], { node })).toMatchObject({ signal: 'SIGKILL' })
  })

  it('lets the program drain on SIGTERM', async () => {
    const { child, started, ended } = start(folder, ['bin/panthera.js', 'serve'], { node })
    await started
    child.kill('SIGTERM')
    const { code, stdout } = await ended
    expect(code).toBe(0)
    expect(stdout).toMatch(/^\d+\ndrained\n$/)
  })
}

describe('panthera', () => {
  it('runs the emitted JavaScript where there are no sources', async () => {
    rmSync(join(folder, 'src'), { recursive: true })
    write(folder, 'build/cli/main.js', 'export const main = async () => 5')
    expect(await panthera([])).toMatchObject({ code: 5, stderr: '' })
  })

  it('keeps its compile cache in the cache folder of Panthera', async () => {
    expect(await panthera(['node'])).toMatchObject({ code: 0 })
    expect(existsSync(join(folder, 'cache/compile'))).toBe(true)
  })
})
