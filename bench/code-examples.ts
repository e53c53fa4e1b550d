// Code: the examples that rules for semgrep keep beside them. A comment `ruleid: <rule>` stands
// above a line that is bad, `ok: <rule>` above one that is good. A bad line counts as told when
// anything is told within two lines of it; a good one when something of the rule's CWE is told
// there. Semgrep runs those very rules and so is at home, ours are guests; many of the rules ask
// for a review rather than name a weakness, which is why only a part can be told.
//
//     node bench/code-examples.ts FOLDER_OF_RULES_FOR_SEMGREP
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'
import { print } from './measure.ts'
import { corpus, ours, peers, type Run, treeOf } from './tools.ts'

const extensions: Record<string, readonly string[]> = {
  java: ['java'],
  python: ['py'],
  javascript: ['js', 'jsx', 'mjs', 'vue'],
  typescript: ['ts', 'tsx'],
}

interface Example {
  language: string
  path: string
  /** Of the code below the comment, counted from 1. */
  line: number
  isBad: boolean
  cwes: readonly string[]
  /** The rule says of itself that it names a weakness, not a place to look at. */
  isSure: boolean
}

interface SemgrepRule {
  id: string
  languages?: string[]
  metadata?: { category?: string; subcategory?: string | string[]; cwe?: string | string[] }
}

const folder = corpus('rules for semgrep with their examples, as opengrep/opengrep-rules')
const examples: Example[] = []
const files = new Map<string, string>()
const rules = new Map<string, string>()
for (const language of Object.keys(extensions)) {
  const paths = readdirSync(join(folder, language), { recursive: true, encoding: 'utf8' })
  for (const path of paths.filter((each) => each.endsWith('.yaml')).sort()) {
    readRules(language, join(language, path))
  }
}

const tree = treeOf('examples', files)
const runs = [ours(tree, ['code']), peers.semgrep(tree, treeOf('rules', rules))]
for (const run of runs) if (run !== null) print(score(run))
if (process.argv.includes('--missed')) listMissed(ours(tree, ['code']))

function readRules(language: string, path: string): void {
  const text = readFileSync(join(folder, path), 'utf8')
  const all = (parse(text) as { rules?: SemgrepRule[] } | null)?.rules ?? []
  const security = all.filter(({ metadata }) => metadata?.category === 'security')
  if (security.length === 0) return
  const stem = path.replace(/\.yaml$/, '')
  for (const extension of Object.values(extensions).flat()) {
    const example = [`${stem}.${extension}`, `${stem}.test.${extension}`]
    const found = example.find((each) => existsSync(join(folder, each)))
    if (found === undefined) continue
    const code = readFileSync(join(folder, found), 'utf8')
    // Code of tests is judged more mildly, and these are no tests.
    const name = `${stem}.${extension}`
    files.set(name, code)
    rules.set(path, text)
    examples.push(...marked(code, security).map((one) => ({ ...one, language, path: name })))
  }
}

type Marked = Omit<Example, 'language' | 'path'>

function marked(code: string, known: readonly SemgrepRule[]): Marked[] {
  const lines = code.split('\n')
  return lines.flatMap((text, index) => {
    const [, mark, names = ''] =
      /^\s*(?:\/\/|#|\/\*|<!--|\{\/\*)\s*(ruleid|ok)\s*:\s*([\w., -]+)/.exec(text) ?? []
    if (mark === undefined) return []
    const named = names.split(',').map((name) => name.trim())
    const of = known.filter(({ id }) => named.some((name) => name.split('.').at(-1) === id))
    if (of.length === 0) return []
    // Marks of several rules may stand above one another.
    let below = index + 1
    while (/^\s*(?:\/\/|#|\{?\/\*)\s*(?:todo)?(?:ruleid|ok)\b/.test(lines[below] ?? '')) below++
    const cwes = of.flatMap(({ metadata }) => numbers(metadata?.cwe))
    const isSure = of.some(({ metadata }) => [metadata?.subcategory].flat().includes('vuln'))
    return [{ line: below + 1, isBad: mark === 'ruleid', cwes, isSure }]
  })
}

function numbers(cwe: string | string[] | undefined): string[] {
  return [cwe ?? []].flat().flatMap((text) => /CWE-\d+/.exec(text)?.[0] ?? [])
}

function isTold({ path, line, isBad, cwes }: Example, { results }: Run): boolean {
  return results.some(
    (result) =>
      result.path === path &&
      Math.abs(result.line - line) <= (isBad ? 2 : 0) &&
      (isBad || cwes.length === 0 || result.cwes.some((cwe) => cwes.includes(cwe))),
  )
}

function score(run: Run) {
  return Object.keys(extensions).flatMap((language) => {
    const own = examples.filter((example) => example.language === language)
    const share = (what: string, some: Example[]) => {
      const told = some.filter((example) => isTold(example, run)).length
      const part = (100 * told) / Math.max(some.length, 1)
      const ours = `${told} of ${some.length}, ${part.toFixed(0)} %`
      return { what: `${run.tool}: ${language}, ${what}`, ours }
    }
    return [
      share(
        'bad lines told',
        own.filter(({ isBad }) => isBad),
      ),
      share(
        'bad lines of sure rules told',
        own.filter(({ isBad, isSure }) => isBad && isSure),
      ),
      share(
        'good lines told',
        own.filter(({ isBad }) => !isBad),
      ),
    ]
  })
}

function listMissed(run: Run): void {
  for (const example of examples) {
    if (isTold(example, run) === example.isBad) continue
    const text = files.get(example.path)?.split('\n')[example.line - 1]?.trim() ?? ''
    const what = example.isBad ? `missed${example.isSure ? '!' : ' '}` : 'wrong  '
    process.stdout.write(`${what} ${example.path}:${example.line}: ${text.slice(0, 140)}\n`)
  }
}
