// How fast each engine goes through a tree, beside its peers, and all engines together; then once
// more with nothing changed. Whole processes, cold, timed by the same shell.
//
//     node bench/scanner.ts FOLDER [--semgrep-rules FOLDER] [--osv-database FOLDER]
import { spawnSync } from 'node:child_process'
import { cpSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { launcher, print, timed } from './measure.ts'
import { corpus, type Engine, ours, peers, type Run, scratch } from './tools.ts'

const { values } = parseArgs({
  args: process.argv.slice(3),
  options: { 'semgrep-rules': { type: 'string' }, 'osv-database': { type: 'string' } },
})
const folder = corpus('any project')

const code = ['*.js', '*.jsx', '*.ts', '*.tsx', '*.mjs', '*.cjs', '*.py', '*.java']
const infrastructure = ['*.tf', '*.yaml', '*.yml', 'Dockerfile*']
const locks = ['package-lock.json', 'yarn.lock', 'pnpm-lock.yaml', '*.lock', 'pom.xml', 'go.mod']

const { 'semgrep-rules': semgrepRules, 'osv-database': osvDatabase } = values
const lines = linesOf(code)
compare('code', `${(lines / 1000).toFixed(0)} kLOC`, (run) => `${klocs(lines, run)} kLOC/s`, [
  semgrepRules === undefined ? null : peers.semgrep(folder, semgrepRules),
])
const files = filesOf(infrastructure).length
compare('infrastructure', `${files} files`, (run) => `${perSecond(files, run)} files/s`, [
  peers.trivyConfig(folder),
  peers.checkov(folder),
])
const manifests = filesOf([...locks, 'requirements*.txt', 'package.json']).length
compare('dependencies', `${manifests} files`, (run) => `${run.seconds.toFixed(2)} s`, [
  osvDatabase === undefined ? null : peers.osvScanner(folder, osvDatabase),
])
compare('secrets', 'all files', (run) => `${run.seconds.toFixed(2)} s`, [
  peers.gitleaks(folder),
  peers.trivySecret(folder),
])

const all = ours(folder, ['secrets', 'code', 'dependencies', 'infrastructure'])
print([{ what: 'all engines together', ours: `${all.seconds.toFixed(2)} s` }])
again()

function compare(
  engine: Engine,
  size: string,
  rate: (run: Run) => string,
  others: (Run | null)[],
): void {
  const own = ours(folder, [engine], 3)
  const ran = others.filter((run) => run !== null)
  const peer = ran.map((run) => `${run.tool} ${rate(run)}, ${run.results.length} results`)
  print([
    {
      what: `${engine}, ${size}`,
      ours: `${rate(own)}, ${own.results.length}`,
      peer: peer.length === 0 ? 'no peer on the PATH' : peer.join(', '),
    },
  ])
}

/** A copy that git tracks, scanned twice with a cache of its own. */
function again(): void {
  const copy = join(scratch, 'copy')
  cpSync(folder, copy, { recursive: true })
  const old = ['-exec', 'touch', '-h', '-d', '2 days ago', '{}', '+']
  spawnSync('find', [copy, ...old])
  const env = { PANTHERA_CACHE_DIR: join(scratch, 'cache') }
  const report = join(scratch, 'again.json')
  const args = [launcher, 'scan', copy, '--exit-zero', '--quiet', '--format', `json=${report}`]
  const first = timed(process.execPath, args, { env })
  const second = timed(process.execPath, args, { env, runs: 3 })
  if (first === null || second === null) throw new Error('the scan failed')
  print([
    { what: 'first scan of a copy', ours: `${first.seconds.toFixed(2)} s` },
    {
      what: 'again, nothing changed',
      ours: `${second.seconds.toFixed(2)} s`,
      aim: `a tenth, ${(first.seconds / 10).toFixed(2)} s`,
    },
  ])
}

function klocs(count: number, { seconds }: Run): string {
  return (count / 1000 / seconds).toFixed(1)
}

function perSecond(count: number, { seconds }: Run): string {
  return (count / seconds).toFixed(0)
}

function filesOf(patterns: readonly string[]): string[] {
  const names = patterns.flatMap((pattern) => ['-o', '-name', pattern]).slice(1)
  const pruned = ['-name', 'node_modules', '-prune', '-o', '-name', '.git', '-prune', '-o']
  const found = spawnSync('find', [folder, ...pruned, '-type', 'f', '(', ...names, ')', '-print'], {
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
  })
  return found.stdout.split('\n').filter(Boolean)
}

function linesOf(patterns: readonly string[]): number {
  const input = filesOf(patterns).join('\0')
  const { stdout } = spawnSync('bash', ['-c', 'xargs -0 -r cat | wc -l'], {
    input,
    encoding: 'utf8',
  })
  return Number(stdout)
}
