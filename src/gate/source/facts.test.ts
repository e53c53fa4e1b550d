import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { factsOf, scanFolder } from './scan.ts'

const files = {
  'src/run.js': "require('crypto').createCipheriv('des-ecb', key, null)\n",
  'src/weak.py': 'import hashlib\nhashlib.md5(b"x").hexdigest()\n',
  Dockerfile: 'FROM debian:12\nUSER app\n',
  'values.yaml': 'a: 1\n',
  'panthera.yaml': 'rules:\n  disable: [weak-cipher]\n  severity: { weak-hash: low }\n',
}

describe('what is kept of a scan for evidence', () => {
  let root: string
  beforeAll(() => {
    root = mkdtempSync(join(tmpdir(), 'panthera-facts-'))
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(root, path)), { recursive: true })
      writeFileSync(join(root, path), text)
    }
  })
  afterAll(() => {
    for (const dir of [root, `${root}-cache`]) rmSync(dir, { recursive: true, force: true })
  })

  async function facts(engines?: { code: boolean }) {
    const cacheDir = `${root}-cache`
    const outcome = await scanFolder({ root, engines, workers: 1, cacheDir })
    return factsOf(outcome, { engines, cacheDirectory: join(cacheDir, 'scan') })
  }

  it('says of each engine what it looked at, and for what', async () => {
    const { engines } = await facts()
    const [secrets, code, dependencies, infrastructure] = engines
    expect(secrets).toMatchObject({ engine: 'secrets', state: 'ran', looked: 5 })
    expect(code).toMatchObject({ engine: 'code', state: 'ran', looked: 2 })
    expect(code?.cwe).toEqual(expect.arrayContaining(['CWE-78', 'CWE-328']))
    expect(dependencies).toMatchObject({ engine: 'dependencies', looked: 0 })
    // Which YAML is infrastructure its name does not tell.
    expect(infrastructure).toMatchObject({ engine: 'infrastructure', state: 'ran', looked: 1 })
  })

  it('takes findings as seriously as their rules do, and keeps no source', async () => {
    const found = await facts()
    const weak = found.findings.find(({ rule_id }) => rule_id === 'weak-hash')
    expect(weak).toMatchObject({ file_path: 'src/weak.py', line_number: 2 })
    expect(weak?.severity).not.toBe('low')
    expect(found.set_aside.map(({ rule_id, reason }) => [rule_id, reason])).toEqual([
      ['weak-cipher', 'the rule is disabled'],
    ])
    expect(JSON.stringify(found)).not.toContain('hashlib.md5')
  })

  it('says of code that no rule knows that it was not looked at', async () => {
    writeFileSync(join(root, 'src/main.go'), 'package main\n')
    const { engines } = await facts()
    rmSync(join(root, 'src/main.go'))
    expect(engines[1]).toMatchObject({ state: 'cut', told: expect.stringContaining('Go (1 file)') })
  })

  it('tells what was switched off', async () => {
    const { engines } = await facts({ code: false })
    expect(engines[1]).toMatchObject({ engine: 'code', state: 'off', rules: 0 })
  })
})
