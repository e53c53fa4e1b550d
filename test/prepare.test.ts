import { execFileSync, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import type { Outcome } from './checkout.ts'
import { makeCheckout, start, write } from './checkout.ts'

const because = (reason: string) => `panthera: installing dependencies, because ${reason}\n`
let folder: string

beforeEach(() => {
  folder = makeCheckout({})
  release('1.0.0')
})

/** Makes a package of that version and wants it: a real npm, no registry. */
function release(version: string): void {
  const file = `leaf-${version}.tgz`
  write(folder, 'leaf/package/package.json', JSON.stringify({ name: 'leaf', version }))
  execFileSync('tar', ['-czf', file, '-C', 'leaf', 'package'], { cwd: folder })
  want({ version, resolved: `file:${file}`, integrity: integrityOf(file) }, `file:${file}`)
}

function want(entry: object, spec: string, optional = false): void {
  const kind = optional ? 'optionalDependencies' : 'dependencies'
  const manifest = { name: 'panthera', version: '1.2.3', type: 'module', [kind]: { leaf: spec } }
  const packages = { '': manifest, 'node_modules/leaf': entry }
  write(folder, 'package.json', JSON.stringify(manifest))
  write(folder, 'package-lock.json', JSON.stringify({ lockfileVersion: 3, packages }))
}

function integrityOf(file: string): string {
  const bytes = readFileSync(join(folder, file))
  return `sha512-${createHash('sha512').update(bytes).digest('base64')}`
}

function prepare(env = {}): Promise<Outcome> {
  return start(folder, ['bin/prepare.js'], { env }).ended
}

function installed(): string {
  return JSON.parse(readFileSync(join(folder, 'node_modules/leaf/package.json'), 'utf8')).version
}

describe('prepare', () => {
  it('installs where nothing is installed, and says so on standard error only', async () => {
    const { code, stdout, stderr } = await prepare()
    expect(code).toBe(0)
    expect(stdout).toBe('')
    expect(stderr).toContain(because('node_modules is missing or incomplete'))
    expect(installed()).toBe('1.0.0')
  })

  it('does nothing, without a word, where the tree is the lockfile’s', async () => {
    await prepare()
    expect(await prepare({ PATH: '' })).toMatchObject({ code: 0, stdout: '', stderr: '' })
  })

  it('installs again when the lockfile changes', async () => {
    await prepare()
    release('2.0.0')
    const { stderr } = await prepare()
    expect(stderr).toContain(because('leaf is 1.0.0 and the lockfile says 2.0.0'))
    expect(installed()).toBe('2.0.0')
  })

  it('installs again what was removed', async () => {
    await prepare()
    rmSync(join(folder, 'node_modules/leaf'), { recursive: true })
    expect((await prepare()).stderr).toContain(because('leaf was removed'))
    expect(installed()).toBe('1.0.0')
  })

  it('removes what the lockfile does not name', async () => {
    await prepare()
    const manifest = { name: 'panthera', version: '1.2.3', type: 'module' }
    write(folder, 'package.json', JSON.stringify(manifest))
    const lockfile = { lockfileVersion: 3, packages: { '': manifest } }
    write(folder, 'package-lock.json', JSON.stringify(lockfile))
    expect((await prepare()).stderr).toContain(because('leaf is not in the lockfile'))
    expect(existsSync(join(folder, 'node_modules/leaf'))).toBe(false)
  })

  it('does not wait for an optional package of another platform', async () => {
    const entry = { version: '1.0.0', optional: true, os: ['none'], cpu: ['x64'] }
    want(entry, '1.0.0', true)
    write(folder, 'node_modules/.package-lock.json', JSON.stringify({ packages: {} }))
    expect(await prepare()).toMatchObject({ code: 0, stderr: '' })
  })

  it('tries an optional package of this platform, but not for ever', async () => {
    const entry = { version: '1.0.0', optional: true, os: [process.platform], cpu: [process.arch] }
    want({ ...entry, resolved: 'file:nowhere.tgz' }, '1.0.0', true)
    write(folder, 'node_modules/.package-lock.json', JSON.stringify({ packages: {} }))
    expect((await prepare()).stderr).toContain(because('leaf is not installed'))
    expect(await prepare()).toMatchObject({ code: 0, stderr: '' })
  })

  it('installs once for several starters', async () => {
    const outcomes = await Promise.all([prepare(), prepare(), prepare()])
    expect(outcomes.map(({ code }) => code)).toEqual([0, 0, 0])
    expect(outcomes.filter(({ stderr }) => stderr.includes('installing'))).toHaveLength(1)
    expect(existsSync(join(folder, '.install.lock'))).toBe(false)
  })
})

describe('the lock', () => {
  const lock = (holders: object[], host = hostname()) =>
    write(folder, '.install.lock', JSON.stringify({ host, holders }))

  it('of a dead process is taken over', async () => {
    const { pid } = spawnSync(process.execPath, ['--version'])
    lock([{ pid, start: '1' }])
    expect((await prepare()).code).toBe(0)
    expect(installed()).toBe('1.0.0')
  })

  it('of a process whose number went to another is taken over', async () => {
    lock([{ pid: process.pid, start: 'of another process' }])
    expect((await prepare()).code).toBe(0)
  })

  it('of a living process, or of its child, is waited for', async () => {
    const { pid: dead } = spawnSync(process.execPath, ['--version'])
    const stat = readFileSync(`/proc/${process.pid}/stat`, 'utf8')
    const me = { pid: process.pid, start: stat.replace(/^.*\) /s, '').split(' ')[19] }
    lock([{ pid: dead, start: '1' }, me])
    const { child, ended } = start(folder, ['bin/prepare.js'])
    await new Promise((resolve) => child.stderr.once('data', resolve))
    expect(existsSync(join(folder, 'node_modules'))).toBe(false)
    rmSync(join(folder, '.install.lock'))
    expect(await ended).toMatchObject({ code: 0, signal: null })
    expect(installed()).toBe('1.0.0')
  })
})

describe('prepare that cannot install', () => {
  const registry = { npm_config_cache: 'cache', npm_config_fetch_retries: '0' }

  it('says that the registry cannot be reached, ends with 3 and leaves no lock', async () => {
    want({ version: '1.0.0', integrity: integrityOf('leaf-1.0.0.tgz') }, '1.0.0')
    const env = { ...registry, npm_config_registry: 'http://127.0.0.1:9/' }
    const { code, stderr } = await prepare(env)
    expect(code).toBe(3)
    expect(stderr).toContain('the package registry cannot be reached')
    expect(existsSync(join(folder, '.install.lock'))).toBe(false)
  })

  it('leaves other causes to npm’s own words', async () => {
    writeFileSync(join(folder, 'leaf-1.0.0.tgz'), 'something else')
    const { code, stderr } = await prepare(registry)
    expect(code).toBe(3)
    expect(stderr).toMatch(/EINTEGRITY/)
    expect(stderr).toMatch(/npm ci ended with \d+, see above, then run the command again\.\n$/)
  })

  it('says what is missing where there is no npm', async () => {
    mkdirSync(join(folder, 'none'))
    const { code, stderr } = await prepare({ PATH: join(folder, 'none') })
    expect(code).toBe(3)
    expect(stderr).toContain('npm is not on PATH: install npm')
  })

  it('names a lockfile that cannot be read', async () => {
    write(folder, 'package-lock.json', '{')
    expect((await prepare()).stderr).toContain('package-lock.json is missing or not JSON')
  })
})
