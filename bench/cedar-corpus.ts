// Our engine held against Cedar's own.
//
// `node bench/cedar-corpus.ts FOLDER [--cedar] [--sample FILE]`: Cedar's integration tests, all of
// them. FOLDER is a check-out of cedar-integration-tests or a folder with its
// `corpus-tests.tar.gz`; `--cedar` runs Cedar's engine beside ours, which takes minutes;
// `--sample` writes each fiftieth case to FILE.
//
// `node bench/cedar-corpus.ts --cases N [--seed S]`: N random cases from the seed on.
import { spawnSync } from 'node:child_process'
import { existsSync, globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { gzipSync } from 'node:zlib'
import type { CorpusCase, Outcome } from '../test/conformance/cedar-corpus.ts'
import { runCase, runCaseInCedar } from '../test/conformance/cedar-corpus.ts'
import { fuzz } from '../test/conformance/cedar-fuzz.ts'

const { values, positionals } = parseArgs({
  options: {
    cedar: { type: 'boolean', default: false },
    sample: { type: 'string' },
    cases: { type: 'string' },
    seed: { type: 'string', default: '0' },
  },
  allowPositionals: true,
})
const [folder] = positionals
if (folder === undefined && values.cases === undefined) {
  process.stderr.write('usage: node bench/cedar-corpus.ts FOLDER [--cedar] [--sample FILE]\n')
  process.stderr.write('       node bench/cedar-corpus.ts --cases N [--seed S]\n')
  process.exit(2)
}
if (folder !== undefined) runCorpus(folder)
if (values.cases !== undefined) runFuzz(Number(values.seed), Number(values.cases))

function runFuzz(seed: number, cases: number): void {
  const { requests, allowed, failing, faults } = fuzz(seed, cases)
  process.stdout.write(`${requests - faults.length} of ${requests} random requests agree with`)
  process.stdout.write(` Cedar (${allowed} allowed, ${failing} with errors)\n`)
  for (const fault of faults.slice(0, 10)) process.stdout.write(`  ${fault}\n`)
  if (faults.length > 0) process.exitCode = 1
}

function runCorpus(from: string): void {
  const unpacked = mkdtempSync(join(tmpdir(), 'cedar-corpus-'))
  try {
    const cases = [...read(from, 'tests/**/*.json'), ...readCorpus(from, unpacked)]
    if (values.sample !== undefined) writeSample(values.sample, cases)
    run('panthera', cases, runCase)
    if (values.cedar) run('cedar-wasm', cases, runCaseInCedar)
  } finally {
    rmSync(unpacked, { recursive: true })
  }
}

function readCorpus(from: string, unpacked: string): CorpusCase[] {
  const archive = join(from, 'corpus-tests.tar.gz')
  if (!existsSync(archive)) return read(from, 'corpus-tests/*[0-9a-f].json')
  const { status } = spawnSync('tar', ['xzf', archive, '-C', unpacked], { stdio: 'inherit' })
  if (status !== 0) throw new Error(`tar could not read ${archive}`)
  return read(unpacked, 'corpus-tests/*[0-9a-f].json')
}

/** Each test names its other files from the folder's top. */
function read(from: string, pattern: string): CorpusCase[] {
  const paths = globSync(pattern, { cwd: from }).filter((path) => !path.endsWith('.entities.json'))
  return paths.sort().map((name) => {
    const test = readFileSync(join(from, name), 'utf8')
    const files: Record<'policies' | 'entities' | 'schema', string> = JSON.parse(test)
    const [policies = '', entities = '', schema = ''] = (
      ['policies', 'entities', 'schema'] as const
    ).map((kind) => readFileSync(join(from, files[kind]), 'utf8'))
    return { name, policies, entities, schema, test }
  })
}

function run(
  engine: string,
  cases: readonly CorpusCase[],
  runOne: (corpusCase: CorpusCase) => Outcome,
): void {
  const start = performance.now()
  let requests = 0
  const faults: string[] = []
  for (const each of cases) {
    const outcome = runOne(each)
    requests += outcome.requests
    faults.push(...outcome.faults)
  }
  const seconds = ((performance.now() - start) / 1000).toFixed(1)
  const agreed = requests - faults.length
  process.stdout.write(
    `${engine}: ${agreed} of ${requests} requests in ${cases.length} files agree`,
  )
  process.stdout.write(` with what Cedar expects, ${seconds} s\n`)
  for (const fault of faults.slice(0, 10)) process.stdout.write(`  ${fault.slice(0, 300)}\n`)
  if (engine === 'panthera' && faults.length > 0) process.exitCode = 1
}

function writeSample(file: string, cases: readonly CorpusCase[]): void {
  const lines = cases.filter((_, i) => i % 50 === 0).map((each) => JSON.stringify(each))
  writeFileSync(file, gzipSync(lines.join('\n'), { level: 9 }))
}
