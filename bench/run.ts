// `npm run bench`: every benchmark in turn, each in a process of its own. `npm run bench -- start`
// runs one. Figures belong to the machine they were taken on; compare within one run only.
import { spawnSync } from 'node:child_process'
import { cpus } from 'node:os'
import { fileURLToPath } from 'node:url'

const benchmarks = [
  'start',
  'secrets',
  'requests',
  'logins',
  'import',
  'findings-page',
  'deliveries',
  'tokens',
  'decisions',
  'policy-engine',
  'x509',
  'certificates',
  'discover',
  'acme',
  'agent-crashes',
  'certificate-crashes',
  'evidence',
  'webhook-in',
] as const

const wanted = process.argv.slice(2)
const unknown = wanted.filter((name) => !benchmarks.some((known) => known === name))
if (unknown.length > 0) {
  process.stderr.write(`unknown: ${unknown.join(', ')}; there are ${benchmarks.join(', ')}\n`)
  process.exit(2)
}

process.stdout.write(`${cpus().length} processors, ${cpus()[0]?.model}, Node ${process.version}\n`)
for (const name of benchmarks) {
  if (wanted.length > 0 && !wanted.includes(name)) continue
  process.stdout.write(`\n${name}\n`)
  const path = fileURLToPath(new URL(`./${name}.ts`, import.meta.url))
  const { status } = spawnSync(process.execPath, [path], { stdio: 'inherit' })
  if (status !== 0) process.exitCode = 1
}
