// Terraform and CloudFormation: the good and bad examples that trivy keeps beside its checks. A
// check counts as known where a rule of ours names it as an alias; it is right when every bad
// example is told and no good one. Trivy's own checks are at home here, ours are guests.
//
//     node bench/terraform-checks.ts TRIVY_CHECKS_FOLDER
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'
import { aliasesOfOurs } from './aliases.ts'
import { print } from './measure.ts'
import { corpus, ours, peers, type Run, treeOf } from './tools.ts'

/** The languages that examples are written in, and the file that each makes. */
const languages = { terraform: 'main.tf', cloudformation: 'stack.yaml' } as const
type Language = keyof typeof languages

interface Check {
  id: string
  language: Language
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
  const examples = parse(readFileSync(full, 'utf8')) as Partial<
    Record<Language, { good?: string[]; bad?: string[] }>
  >
  if (id !== null)
    for (const language of ['terraform', 'cloudformation'] as const) addCheck(language)

  function addCheck(language: Language): void {
    const { good = [], bad = [] } = examples[language] ?? {}
    const name = languages[language]
    for (const [at, text] of good.entries()) files.set(`${language}/${id}/good-${at}/${name}`, text)
    for (const [at, text] of bad.entries()) files.set(`${language}/${id}/bad-${at}/${name}`, text)
    const counts = { good: good.length, bad: bad.length }
    if (examples[language] !== undefined) checks.push({ id: id ?? '', language, ...counts })
  }
}

const tree = treeOf('checks', files)
const aliases = aliasesOfOurs('trivy')
const runs = [ours(tree, ['infrastructure']), peers.trivyConfig(tree), peers.checkov(tree)]
for (const run of runs) {
  if (run === null) continue
  const of = run.tool === 'panthera' ? aliases : (rule: string) => [rule.replace(/^AVD-/, '')]
  // Checkov numbers its checks otherwise: any finding counts for it, good examples against it.
  const names = run.tool === 'checkov' ? null : of
  for (const language of ['terraform', 'cloudformation'] as const)
    print(score(run, language, names))
  print([
    { what: `${run.tool}: files per second`, ours: `${Math.round(files.size / run.seconds)}/s` },
  ])
}

function score(
  { tool, results }: Run,
  language: Language,
  aliasesOf: ((rule: string) => readonly string[]) | null,
) {
  const own = checks.filter((check) => check.language === language)
  const told = new Set<string>()
  const known = new Set<string>()
  for (const { ruleId, path } of results) {
    const [written, id = '', example = ''] = path.split('/')
    if (written !== language) continue
    if (aliasesOf !== null && !aliasesOf(ruleId).includes(id)) continue
    told.add(`${id}/${example}`)
    known.add(id)
  }
  const found = (kind: 'good' | 'bad') =>
    own.reduce((sum, check) => sum + count(check, kind, told), 0)
  const all = (kind: 'good' | 'bad') => own.reduce((sum, check) => sum + check[kind], 0)
  const tpr = found('bad') / all('bad')
  const fpr = found('good') / all('good')
  const share = (part: number) => `${(100 * part).toFixed(1)} %`
  const what = `${tool}, ${language}`
  return [
    { what: `${what}: checks that tell anything`, ours: `${known.size} of ${own.length}` },
    { what: `${what}: bad examples told`, ours: `${found('bad')} of ${all('bad')}, ${share(tpr)}` },
    {
      what: `${what}: good examples told`,
      ours: `${found('good')} of ${all('good')}, ${share(fpr)}`,
    },
    { what: `${what}: Youden's J`, ours: share(tpr - fpr) },
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
