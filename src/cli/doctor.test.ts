import { spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'

const launcher = join(import.meta.dirname, '../../bin/panthera.js')

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'panthera-cli-doctor-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

function doctor(args: string[], env: Record<string, string> = {}) {
  return spawnSync(process.execPath, [launcher, 'doctor', ...args], {
    encoding: 'utf8',
    env: {
      PATH: process.env.PATH,
      HOME: join(folder, 'home'),
      PANTHERA_DATA_DIR: join(folder, 'data'),
      PANTHERA_PORT: '0',
      ...env,
    },
  })
}

describe('panthera doctor', () => {
  it('exits with 0 where nothing is in the way, and makes no data directory', () => {
    const { status, stdout, stderr } = doctor([])
    expect(stderr).toBe('')
    expect(stdout).toMatch(/^pass {2}node +Node 24/)
    expect(stdout).toMatch(/\nNothing is in the way; \d+ warnings?\n$/)
    expect(status).toBe(0)
    expect(readdirSync(folder)).not.toContain('data')
  })

  it('exits with 2 and the fix where something fails', () => {
    const { status, stdout } = doctor([], { PANTHERA_PORT: 'eighty' })
    expect(stdout).toContain('PANTHERA_PORT=eighty is not accepted')
    expect(stdout).toMatch(/\n +fix: change or unset PANTHERA_PORT\n/)
    expect(stdout).toContain('1 check failed')
    expect(status).toBe(2)
  })

  it('prints JSON for scripts', () => {
    const { status, stdout } = doctor(['--format', 'json'], { DATABASE_URL: 'mysql://x' })
    const { ok, checks } = JSON.parse(stdout)
    expect(ok).toBe(false)
    expect(checks[0]).toMatchObject({ name: 'node', status: 'pass', fix: null })
    expect(checks).toContainEqual(expect.objectContaining({ name: 'settings', status: 'fail' }))
    expect(status).toBe(2)
  })

  it('writes a bundle beside what it prints', () => {
    const path = join(folder, 'support.json')
    const { status, stdout, stderr } = doctor(['--bundle', path])
    expect(status).toBe(0)
    expect(stdout).toContain('pass  node')
    expect(stderr).toBe(`${path} is written: read it before you send it to anybody\n`)
    expect(JSON.parse(readFileSync(path, 'utf8')).bundle).toBe(1)
    const nowhere = doctor(['--bundle', join(folder, 'none', 'x')])
    expect(nowhere.stderr).toContain('cannot be written')
    expect(nowhere.status).toBe(2)
  })
})
