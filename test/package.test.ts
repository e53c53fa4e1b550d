// The published package as a stranger gets it: packed, installed elsewhere, run.
import { execFileSync, spawnSync } from 'node:child_process'
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

const root = dirname(import.meta.dirname)
const minutes = 60_000
let folder: string
let packed: string[]

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'panthera-package-'))
  npm(root, 'pack', '--pack-destination', folder)
  const tarball = join(folder, `panthera-${version()}.tgz`)
  packed = execFileSync('tar', ['-tzf', tarball], { encoding: 'utf8' }).trim().split('\n')
  mkdirSync(join(folder, 'elsewhere'))
  writeFileSync(join(folder, 'elsewhere/package.json'), '{"private":true}')
  npm(join(folder, 'elsewhere'), 'install', '--prefer-offline', tarball)
}, 3 * minutes)

afterAll(() => rmSync(folder, { recursive: true, force: true }))

function version(): string {
  return JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).version
}

function npm(cwd: string, ...args: string[]): void {
  const options = ['--loglevel=error', '--no-audit', '--no-fund']
  const { status, stderr } = spawnSync('npm', [...args, ...options], { cwd, encoding: 'utf8' })
  if (status !== 0) throw new Error(`npm ${args[0]} ended with ${status}:\n${stderr}`)
}

function panthera(...args: string[]) {
  const program = join(folder, 'elsewhere/node_modules/.bin/panthera')
  const env = { PATH: process.env.PATH, HOME: folder }
  return spawnSync(program, args, { cwd: folder, encoding: 'utf8', env, timeout: 60_000 })
}

describe('the package', () => {
  it('holds what runs, and nothing else', () => {
    const wanted = ['package.json', 'LICENSE', 'bin/panthera.js', 'bin/node24.js']
    wanted.push('build/cli/main.js', 'build/migrations/0001-platform.sql')
    expect(packed).toEqual(expect.arrayContaining(wanted.map((path) => `package/${path}`)))
    expect(packed.some((path) => /^package\/rules\/secrets\/.+\.yaml$/.test(path))).toBe(true)
    const foreign = /\.tsx?$|\.test\.|\/fixtures\/|^package\/(src|test|bench|\.ci|docs)\//
    expect(packed.filter((path) => foreign.test(path))).toEqual([])
  })

  it('answers its version', () => {
    expect(panthera('--version').stdout).toBe(`panthera ${version()}\n`)
  })

  it('scans a folder in its worker pool, with the rules that it brought', () => {
    const key = ['AKIA', 'Q3EGTX7YVN2PLMKD'].join('')
    const secret = ['wJ4Hk2Lm9', 'Zx8Vb3Nq7', 'Rt6Yp1Sd5', 'Fg0Hj4Kl2Mn8'].join('')
    mkdirSync(join(folder, 'project'))
    for (let n = 0; n < 200; n += 1) {
      writeFileSync(join(folder, `project/quiet-${n}.ts`), `export const n${n} = ${n}\n`)
    }
    const config = `aws_access_key_id = ${key}\naws_secret_access_key = ${secret}\n`
    writeFileSync(join(folder, 'project/config.ini'), config)
    // The compiler does not follow the address of a worker, so see that the emitted one is run.
    const worker = join(folder, 'elsewhere/node_modules/panthera/build/gate/source/worker.js')
    const mark = JSON.stringify(join(folder, 'worker-ran'))
    appendFileSync(worker, `;(await import('node:fs')).writeFileSync(${mark}, '')\n`)
    const scan = panthera('scan', 'project', '--format', 'json')
    expect(scan.stderr).not.toContain('internal failure')
    expect(JSON.stringify(JSON.parse(scan.stdout))).toContain('config.ini')
    expect(scan.status).toBe(1)
    expect(existsSync(join(folder, 'worker-ran'))).toBe(true)
  })
})
