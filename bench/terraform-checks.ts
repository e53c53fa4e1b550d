// Infrastructure: the good and bad examples that trivy keeps beside its checks. A check counts as
// known where a rule of ours names it as an alias; it is right when every bad example is told and
// no good one. Trivy's own checks are at home here, ours are guests.
//
//     node bench/terraform-checks.ts TRIVY_CHECKS_FOLDER
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'
import { print } from './measure.ts'
import { corpus, ours, peers, type Run, treeOf } from './tools.ts'

interface Check {
  id: string
  provider: string
  good: number
  bad: number
}

const folder = corpus('aquasecurity/trivy-checks')
const files = new Map<string, string>()
const checks: Check[] = []
const paths = readdirSync(join(folder, 'checks/cloud'), { recursive: true, encoding: 'utf8' })
for (const path of paths.filter((each) => each.endsWith('.yaml')).sort()) {
  const full = join(folder, 'checks/cloud', path)
  const id = idOf(full.replace(/\.yaml$/, '.rego'))
  const { terraform } = parse(readFileSync(full, 'utf8')) as {
    terraform?: { good?: string[]; bad?: string[] }
  }
  if (id === null || terraform === undefined) continue
  const { good = [], bad = [] } = terraform
  for (const [at, text] of good.entries()) files.set(`${id}/good-${at}/main.tf`, text)
  for (const [at, text] of bad.entries()) files.set(`${id}/bad-${at}/main.tf`, text)
  checks.push({ id, provider: path.split('/')[0] ?? '', good: good.length, bad: bad.length })
}

const tree = treeOf('checks', files)
const aliases = aliasesOfOurs()
const runs = [ours(tree, ['infrastructure']), peers.trivyConfig(tree), peers.checkov(tree)]
for (const run of runs) {
  if (run === null) continue
  const of = run.tool === 'panthera' ? aliases : (rule: string) => [rule.replace(/^AVD-/, '')]
  // Checkov numbers its checks otherwise: any finding counts for it, good examples against it.
  print(score(run, run.tool === 'checkov' ? null : of))
}

function score({ tool, results, seconds }: Run, aliasesOf: ((rule: string) => string[]) | null) {
  const told = new Set<string>()
  const known = new Set<string>()
  for (const { ruleId, path } of results) {
    const [id = '', example = ''] = path.split('/')
    if (aliasesOf !== null && !aliasesOf(ruleId).includes(id)) continue
    told.add(`${id}/${example}`)
    known.add(id)
  }
  const found = (kind: 'good' | 'bad') =>
    checks.reduce((sum, check) => sum + count(check, kind, told), 0)
  const all = (kind: 'good' | 'bad') => checks.reduce((sum, check) => sum + check[kind], 0)
  const tpr = found('bad') / all('bad')
  const fpr = found('good') / all('good')
  const share = (part: number) => `${(100 * part).toFixed(1)} %`
  return [
    { what: `${tool}: checks that tell anything`, ours: `${known.size} of ${checks.length}` },
    { what: `${tool}: bad examples told`, ours: `${found('bad')} of ${all('bad')}, ${share(tpr)}` },
    {
      what: `${tool}: good examples told`,
      ours: `${found('good')} of ${all('good')}, ${share(fpr)}`,
    },
    { what: `${tool}: Youden's J`, ours: share(tpr - fpr) },
    { what: `${tool}: files per second`, ours: `${Math.round(files.size / seconds)}/s` },
  ]
}

function count({ id, ...check }: Check, kind: 'good' | 'bad', told: ReadonlySet<string>): number {
  let found = 0
  for (let index = 0; index < check[kind]; index++) {
    if (told.has(`${id}/${kind}-${index}`)) found++
  }
  return found
}

/** `AWS-0086`, from the head of the check itself. */
function idOf(path: string): string | null {
  try {
    return /^#\s+id:\s*([A-Z]+-\d+)/m.exec(readFileSync(path, 'utf8'))?.[1] ?? null
  } catch {
    return null
  }
}

/** Trivy's names of our rules, from the rules themselves. */
function aliasesOfOurs(): (rule: string) => string[] {
  const rules = new URL('../rules/infrastructure', import.meta.url).pathname
  const named = new Map<string, string[]>()
  const walked = readdirSync(rules, { recursive: true, encoding: 'utf8' })
  for (const path of walked.filter((each) => /(?<!\.test)\.yaml$/.test(each))) {
    const text = readFileSync(join(rules, path), 'utf8')
    const { rules: list = [] } = parse(text) as { rules?: { id: string; aliases?: string[] }[] }
    for (const { id, aliases: all = [] } of list) {
      const trivy = all.filter((alias) => alias.startsWith('trivy:'))
      named.set(
        id,
        trivy.map((alias) => alias.replace(/^trivy:(?:AVD-)?/, '')),
      )
    }
  }
  return (rule) => named.get(rule) ?? []
}
