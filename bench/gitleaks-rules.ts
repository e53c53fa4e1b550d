// Secrets: the true and false positives that gitleaks keeps beside its own rules, as literals of
// its Go sources; those that it makes by chance are left out. Each line is a file of its own. A
// detector of someone else's examples: theirs is at home here, ours is a guest.
//
//     node bench/gitleaks-rules.ts GITLEAKS_FOLDER
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { print } from './measure.ts'
import { corpus, ours, peers, type Run, treeOf } from './tools.ts'

const folder = join(corpus('gitleaks/gitleaks'), 'cmd/generate/config/rules')
const files = new Map<string, string>()
for (const name of readdirSync(folder).filter((each) => /^[^_].*(?<!_test)\.go$/.test(each))) {
  const source = readFileSync(join(folder, name), 'utf8')
  for (const [kind, list] of [
    ['true', 'tps'],
    ['false', 'fps'],
  ] as const) {
    for (const [index, literal] of literalsOf(source, list).entries()) {
      files.set(`${kind}/${name.replace('.go', '')}-${index}.txt`, `${literal}\n`)
    }
  }
}
const tree = treeOf('gitleaks', files)
const runs = [ours(tree, ['secrets']), peers.gitleaks(tree), peers.trivySecret(tree)]
for (const run of runs) if (run !== null) print([precision(run), recall(run)])

/** Values of `tps := []string{…}`: whole literals only, nothing that is put together. */
function literalsOf(source: string, list: string): string[] {
  const lists = source.matchAll(new RegExp(`\\b${list}\\s*:?=\\s*\\[\\]string\\{`, 'g'))
  return [...lists].flatMap(({ index, 0: head }) => elementsOf(source, index + head.length))
}

function elementsOf(source: string, start: number): string[] {
  const elements: string[] = []
  let at = start
  for (;;) {
    const rest = source.slice(at)
    const blank = /^(?:\s|,|\/\/.*)+/.exec(rest)?.[0].length ?? 0
    if (blank > 0) {
      at += blank
      continue
    }
    const [literal] = /^(?:`[^`]*`|"(?:[^"\\\n]|\\.)*")/.exec(rest) ?? []
    if (literal !== undefined) {
      at += literal.length
      if (/^\s*(?:,|\}|\/\/)/.test(source.slice(at))) elements.push(textOf(literal))
      continue
    }
    if (rest === '' || rest.startsWith('}')) return elements
    // Made of parts, or by a function: up to the end of its line.
    at += rest.indexOf('\n') + 1 || rest.length
  }
}

function textOf(literal: string): string {
  if (literal.startsWith('`')) return literal.slice(1, -1)
  const json = literal.replace(/\\(?!["\\/bfnrtu])/g, '\\\\')
  return JSON.parse(json) as string
}

function counts({ results }: Run) {
  const told = new Set(results.map(({ path }) => path))
  const all = [...files.keys()]
  const of = (kind: string) => all.filter((path) => path.startsWith(kind))
  const found = (kind: string) => of(kind).filter((path) => told.has(path)).length
  return { real: of('true').length, harmless: of('false').length, found }
}

function recall(run: Run) {
  const { real, found } = counts(run)
  const share = ((100 * found('true')) / real).toFixed(1)
  return {
    what: `${run.tool}: true positives found`,
    ours: `${found('true')} of ${real}, ${share} %`,
  }
}

function precision(run: Run) {
  const { harmless, found } = counts(run)
  const share = ((100 * found('false')) / harmless).toFixed(1)
  return {
    what: `${run.tool}: false positives told`,
    ours: `${found('false')} of ${harmless}, ${share} %`,
  }
}
