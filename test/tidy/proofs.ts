// A rule stands beside its proof: something that it finds, and something alike that it must not.
import { parse } from 'yaml'
import type { Tree } from './tree.ts'

export function findUnprovenRules(tree: Tree): string[] {
  const rules = [...tree.keys()].filter(
    (path) => /^rules\/.+\.ya?ml$/.test(path) && !/\.test\.ya?ml$/.test(path),
  )
  return rules
    .filter((path) => !path.startsWith('rules/models/'))
    .flatMap((path) => {
      const proofs = isForAllLanguages(path) ? proofsInLanguages(tree, path) : proofsOf(tree, path)
      if (proofs.length === 0) return [`${path}:1 has no proof beside it (${stem(path)}.test.*)`]
      return path.startsWith('rules/secrets/')
        ? unprovenSecrets(path, tree.get(path) ?? '', tree.get(proofs[0] ?? '') ?? '')
        : unmarked(path, proofs.map((proof) => tree.get(proof) ?? '').join('\n'))
    })
}

/** A weakness that several languages share is proven in at least one of them. */
function isForAllLanguages(path: string): boolean {
  return /^rules\/code\/[^/]+$/.test(path)
}

function proofsInLanguages(tree: Tree, rule: string): string[] {
  const name = stem(rule).slice('rules/code/'.length)
  return [...tree.keys()].filter((path) => path.split('/')[3]?.startsWith(`${name}.test.`))
}

function proofsOf(tree: Tree, rule: string): string[] {
  return [...tree.keys()].filter((path) => path.startsWith(`${stem(rule)}.test.`))
}

function stem(path: string): string {
  return path.replace(/\.ya?ml$/, '')
}

/** The proof is code with marks: `expect:` where the rule must find it, `ok:` where it must not. */
function unmarked(path: string, proof: string): string[] {
  return [
    ...(/\bexpect:/.test(proof)
      ? []
      : [`${path}:1 has a proof without anything to find (expect:)`]),
    ...(/\bok:/.test(proof) ? [] : [`${path}:1 has a proof without anything to pass over (ok:)`]),
  ]
}

/** The proof is a list of texts per rule. */
function unprovenSecrets(path: string, ruleText: string, proofText: string): string[] {
  const ids = [...ruleText.matchAll(/^\s*-?\s*id:\s*["']?([\w.-]+)/gm)].map(([, id]) => id ?? '')
  const proof = casesOf(parse(proofText))
  return ids.flatMap((id) => {
    const cases = proof.get(id)
    return ['positives', 'negatives'].flatMap((kind) => {
      const texts = cases?.[kind]
      return Array.isArray(texts) && texts.length > 0
        ? []
        : [`${path}:1 proves no ${kind} of ${id}`]
    })
  })
}

type Cases = Record<string, unknown>

/** Either `<rule>: {positives, negatives}` or a list of `{rule, positives, negatives}`. */
function casesOf(value: unknown): Map<string, Cases> {
  const found = new Map<string, Cases>()
  const visit = (key: string, each: unknown): void => {
    if (typeof each !== 'object' || each === null) return
    const cases = each as Cases
    if ('positives' in cases || 'negatives' in cases)
      found.set(String(cases.rule ?? cases.id ?? key), cases)
    else for (const [name, child] of Object.entries(cases)) visit(name, child)
  }
  visit('', value)
  return found
}
