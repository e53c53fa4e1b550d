// Code: OWASP's BenchmarkJava 1.2, whose cases say which of them are real. Per category the share
// of real cases that were found (TPR), of harmless ones that were told (FPR), and their difference
// (Youden's J); the mean over the categories is the score. A case is found when a finding with the
// CWE of its category stands in its file.
//
//     node bench/benchmark-java.ts BENCHMARK_FOLDER [FOLDER_OF_SEMGREP_RULES]
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { corpus, ours, peers, type Run } from './tools.ts'

interface Case {
  name: string
  category: string
  isReal: boolean
  cwe: string
}

const folder = corpus('OWASP-Benchmark/BenchmarkJava')
/** With its files of properties, which say what some of the cases do. */
const source = join(folder, 'src/main')

const cases: Case[] = readFileSync(join(folder, 'expectedresults-1.2.csv'), 'utf8')
  .split('\n')
  .filter((line) => line !== '' && !line.startsWith('#'))
  .map((line) => {
    const [name = '', category = '', real, cwe] = line.split(',')
    return { name, category, isReal: real === 'true', cwe: `CWE-${cwe?.trim()}` }
  })

/** What tools call the same weakness: narrower numbers under the one that the benchmark uses. */
const same: Record<string, readonly string[]> = {
  'CWE-22': ['CWE-23', 'CWE-36', 'CWE-73'],
  'CWE-78': ['CWE-77', 'CWE-88'],
  'CWE-79': ['CWE-80', 'CWE-116'],
  'CWE-90': [],
  'CWE-327': ['CWE-326'],
  'CWE-328': ['CWE-327', 'CWE-326', 'CWE-916'],
  'CWE-330': ['CWE-338'],
  'CWE-501': [],
  'CWE-614': ['CWE-1004'],
  'CWE-643': ['CWE-91'],
  'CWE-89': ['CWE-564'],
}

const rules = process.argv[3]
const runs = [
  ours(source, ['code']),
  ...(rules === undefined ? [] : [peers.semgrep(source, rules)]),
].filter((run) => run !== null)
for (const run of runs) print(run)

function print({ tool, results, seconds }: Run): void {
  const told = new Map<string, Set<string>>()
  for (const { path, cwes } of results) {
    const name = /(\w+)\.java$/.exec(path)?.[1] ?? ''
    const known = told.get(name) ?? new Set()
    for (const cwe of cwes) known.add(cwe)
    told.set(name, known)
  }
  const isTold = ({ name, cwe }: Case) =>
    [cwe, ...(same[cwe] ?? [])].some((one) => told.get(name)?.has(one))
  const share = (some: Case[]) => some.filter(isTold).length / Math.max(some.length, 1)
  const out = [`\n${tool}: ${seconds.toFixed(1)} s`, row('category', 'TPR', 'FPR', 'J')]
  const scores: number[] = []
  for (const category of [...new Set(cases.map((one) => one.category))].sort()) {
    const own = cases.filter((one) => one.category === category)
    const tpr = share(own.filter(({ isReal }) => isReal))
    const fpr = share(own.filter(({ isReal }) => !isReal))
    scores.push(tpr - fpr)
    out.push(row(category, percent(tpr), percent(fpr), percent(tpr - fpr)))
  }
  const mean = scores.reduce((sum, score) => sum + score, 0) / scores.length
  out.push(row('mean over categories', '', '', percent(mean)))
  process.stdout.write(`${out.join('\n')}\n`)
}

function row(what: string, ...cells: string[]): string {
  return what.padEnd(24) + cells.map((cell) => cell.padStart(9)).join('')
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`
}
