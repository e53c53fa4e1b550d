// Fetches the grammars that `index.json` names from their npm packages and checks, or with
// `--update` rewrites, their checksums. Run it with Node 24: node vendor/grammars/fetch.js
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const here = import.meta.dirname
const index = JSON.parse(readFileSync(join(here, 'index.json'), 'utf8'))
const update = process.argv.includes('--update')
const scratch = mkdtempSync(join(tmpdir(), 'grammars-'))
try {
  for (const [name, grammar] of Object.entries(index)) {
    const { package: source, version, file } = grammar
    const pack = ['pack', '--silent', `${source}@${version}`]
    const archive = execFileSync('npm', pack, { cwd: scratch, encoding: 'utf8' }).trim()
    execFileSync('tar', ['xzf', archive], { cwd: scratch })
    copyFileSync(join(scratch, 'package', file), join(here, `${name}.wasm`))
    copyFileSync(join(scratch, 'package', 'LICENSE'), join(here, `${name}.LICENSE`))
    rmSync(join(scratch, 'package'), { recursive: true })
    const sha256 = createHash('sha256')
      .update(readFileSync(join(here, `${name}.wasm`)))
      .digest('hex')
    if (update) grammar.sha256 = sha256
    else if (grammar.sha256 !== sha256) throw new Error(`${name}.wasm has SHA-256 ${sha256}`)
  }
  if (update) writeFileSync(join(here, 'index.json'), `${JSON.stringify(index, null, 2)}\n`)
} finally {
  rmSync(scratch, { recursive: true, force: true })
}
