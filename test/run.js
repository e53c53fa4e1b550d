// `npm test`: vitest under Node 24 with the arguments given, for example
// `npm test -- src/gate` or `npm test -- --reporter verbose`.
import { spawn } from 'node:child_process'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { isNode24, nodes24, noNode24 } from '../bin/node24.js'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const vitest = join(root, 'node_modules/vitest/vitest.mjs')

process.chdir(root)
process.argv.splice(1, 1, vitest, 'run')
if (isNode24) await import(vitest)
else if (!underNode24()) process.exitCode = 2

function underNode24() {
  const [node] = nodes24(root)
  if (node === undefined) {
    process.stderr.write(`${noNode24()}\n`)
    return false
  }
  const child = spawn(node, process.argv.slice(1), { stdio: 'inherit' })
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal))
  child.once('exit', (code) => {
    process.exitCode = code ?? 1
  })
  return true
}
