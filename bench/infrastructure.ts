// Infrastructure: the examples of other scanners' own tests, whose truth nobody here decided.
//
//     node bench/infrastructure.ts CHECKOV_CHECKOUT [ZIZMOR_CHECKOUT] [--missed]
//
// Checks fall into two halves by the hash of their id. Rules are developed on the first; of the
// second, `--missed` tells nothing.
//
// - told: bad resources with a finding of any kind
// - told apart: per check the one rule of a tool that best tells its bad examples from its good
//   ones (the share of the bad minus that of the good), as the mean over all checks
// - by name: bad and good examples with a finding whose rule goes by the name of the check
import { createHash } from 'node:crypto'
import { resolve } from 'node:path'
import { aliasesOfOurs } from './aliases.ts'
import { checkovExamples, type Example } from './checkov-examples.ts'
import { type Figure, print } from './measure.ts'
import { corpus, ours, peers, type Result, type Run, treeOf } from './tools.ts'
import { zizmorExamples } from './zizmor-examples.ts'

const sources = [checkovExamples(corpus('bridgecrewio/checkov'))]
const second = process.argv[3]
if (second !== undefined && !second.startsWith('--')) sources.push(zizmorExamples(resolve(second)))
const examples = sources.flatMap((source) => source.examples)
const files = new Map(sources.flatMap((source) => [...source.files]))
const tree = treeOf('examples', files)
const toCheckov = aliasesOfOurs('checkov')
const toZizmor = aliasesOfOurs('zizmor')

for (const run of [ours(tree, ['infrastructure']), peers.trivyConfig(tree), peers.checkov(tree)]) {
  if (run === null) continue
  print([{ what: `${run.tool}: files per second`, ours: `${perSecond(run)}/s` }])
  for (const half of ['development', 'held out'] as const) {
    for (const platform of new Set(examples.map((one) => one.platform))) {
      const own = examples.filter((one) => one.platform === platform && halfOf(one.check) === half)
      print(figuresOf(`${run.tool}, ${platform}, ${half}`, judge(run, own), run.tool))
    }
  }
  if (run.tool === 'panthera' && process.argv.includes('--missed')) tellMissed(run)
}

function perSecond({ seconds }: Run): number {
  return Math.round(files.size / seconds)
}

function halfOf(check: string): 'development' | 'held out' {
  const [first = 0] = createHash('sha256').update(check).digest()
  return first % 2 === 0 ? 'development' : 'held out'
}

interface Judged extends Example {
  /** What was said of the example. */
  rules: ReadonlySet<string>
  isNamed: boolean
}

function judge(run: Run, own: readonly Example[]): Judged[] {
  const byPath = Map.groupBy(run.results, ({ path }) => path)
  return own.map((example) => {
    const results = (byPath.get(example.path) ?? []).filter((result) => isAt(result, example))
    const rules = new Set(results.map(({ ruleId }) => ruleId))
    const names = [...rules].flatMap((rule) => namesOf(run.tool, rule))
    return { ...example, rules, isNamed: names.includes(example.check) }
  })
}

function isAt({ line }: Result, { from, to }: Example): boolean {
  return line >= from && line <= to
}

/** What checkov and zizmor call a rule of a tool; of trivy's nobody knows. */
function namesOf(tool: string, rule: string): readonly string[] {
  if (tool === 'panthera') return [...toCheckov(rule), ...toZizmor(rule)]
  return [rule]
}

function figuresOf(what: string, all: readonly Judged[], tool: string): Figure[] {
  const bad = all.filter((one) => one.isBad)
  const good = all.filter((one) => !one.isBad)
  const checks = [...Map.groupBy(all, ({ check }) => check).values()].filter(
    (own) => own.some((one) => one.isBad) && own.some((one) => !one.isBad),
  )
  const apart = checks.reduce((sum, own) => sum + bestRule(own), 0) / checks.length
  const told = share(bad, ({ rules }) => rules.size > 0)
  const figures: Figure[] = [
    { what: `${what}: bad told`, ours: `${percent(told)} of ${bad.length}` },
    { what: `${what}: told apart`, ours: `${percent(apart)} of ${checks.length}` },
  ]
  if (tool === 'trivy') return figures
  const named = [bad, good].map((some) => share(some, ({ isNamed }) => isNamed))
  const [found = 0, contradicted = 0] = named
  const both = `${percent(found)} − ${percent(contradicted)}`
  return [
    ...figures,
    { what: `${what}: by name`, ours: `${both} = ${percent(found - contradicted)}` },
  ]
}

/** How well the one rule that fits best tells the examples of a check apart. */
function bestRule(own: readonly Judged[]): number {
  const all = new Set(own.flatMap(({ rules }) => [...rules]))
  const bad = own.filter((one) => one.isBad)
  const good = own.filter((one) => !one.isBad)
  const gains = [...all].map(
    (rule) =>
      share(bad, ({ rules }) => rules.has(rule)) - share(good, ({ rules }) => rules.has(rule)),
  )
  return Math.max(0, ...gains)
}

function share<T>(all: readonly T[], holds: (one: T) => boolean): number {
  return all.length === 0 ? 0 : all.filter(holds).length / all.length
}

function percent(part: number): string {
  return `${(100 * part).toFixed(1)} %`
}

/** Of the first half, one line per check that is not told apart wholly. */
function tellMissed(run: Run): void {
  const own = judge(
    run,
    examples.filter(({ check }) => halfOf(check) === 'development'),
  )
  for (const [check, all] of Map.groupBy(own, (one) => one.check)) {
    const gain = bestRule(all)
    const quiet = all.filter((one) => one.isBad && !one.isNamed).map(placeOf)
    const loud = all.filter((one) => !one.isBad && one.isNamed).map(placeOf)
    if (quiet.length + loud.length === 0) continue
    const parts = [
      `told apart ${percent(gain)}`,
      `quiet ${quiet.join(' ')}`,
      `loud ${loud.join(' ')}`,
    ]
    process.stdout.write(`${check}: ${parts.join('; ')}\n`)
  }
}

function placeOf({ path, from }: Example): string {
  return `${path}:${from}`
}
