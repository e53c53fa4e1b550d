// Prepares rules for scanning: one automaton over all keywords, and per keyword what it wakes.
import { rulePattern } from '../rule-pattern.ts'
import { type Automaton, buildAutomaton } from './aho-corasick.ts'
import { triggers } from './assignment.ts'
import { encodedStart, startCharsMin } from './encoded-start.ts'
import { encodedArmour } from './key-block.ts'
import type { AssignmentStyle, SecretRule } from './rule-data.ts'

export interface CompiledRule {
  rule: SecretRule
  /** Position among all rules. */
  index: number
  /** Of two matches on the same bytes the lower rank stays: the more the rule knows, the lower. */
  rank: number
  allowedValues: RegExp[]
  allowedPaths: RegExp[]
}

export interface PatternRule extends CompiledRule {
  pattern: RegExp
  reach: number
}

export interface AssignmentRule extends CompiledRule {
  style: AssignmentStyle
  name: RegExp | null
  value: RegExp | null
}

export interface CompiledRules {
  automaton: Automaton
  /** By keyword id. */
  keywords: Wake[]
  patterns: PatternRule[]
  /** By the first five characters of their tokens in base64. */
  encoded: Map<string, PatternRule[]>
  /** Those that any name may carry; the others wait for a keyword. */
  shapes: AssignmentRule[]
  generic: AssignmentRule[]
  urls: Map<string, CompiledRule>
  keyBlocks: { plain: CompiledRule | null; encrypted: CompiledRule | null }
  manifest: CompiledRule | null
}

/** What a keyword's occurrence sets going. */
export interface Wake {
  length: number
  patterns: PatternRule[]
  shapes: AssignmentRule[]
  opens: Opening | null
}

export type Opening =
  | 'name'
  | 'url'
  | 'key-block'
  | 'encoded-key-block'
  | 'encoded-token'
  | 'manifest'

export function compileRules(rules: readonly SecretRule[]): CompiledRules {
  const compiled: Omit<CompiledRules, 'automaton' | 'keywords'> = {
    patterns: [],
    encoded: new Map(),
    shapes: [],
    generic: [],
    urls: new Map(),
    keyBlocks: { plain: null, encrypted: null },
    manifest: null,
  }
  const wakes = new Map<string, Wake>()
  for (const trigger of triggers) wake(wakes, trigger).opens = 'name'
  wake(wakes, '://').opens = 'url'
  wake(wakes, '-----begin').opens = 'key-block'
  wake(wakes, encodedArmour.toLowerCase()).opens = 'encoded-key-block'
  wake(wakes, 'kind: secret').opens = 'manifest'
  rules.forEach((rule, index) => {
    addRule(compiled, wakes, rule, index)
  })
  return {
    ...compiled,
    automaton: buildAutomaton([...wakes.keys()]),
    keywords: [...wakes.values()],
  }
}

function wake(wakes: Map<string, Wake>, keyword: string): Wake {
  let found = wakes.get(keyword)
  if (found === undefined) {
    found = { length: keyword.length, patterns: [], shapes: [], opens: null }
    wakes.set(keyword, found)
  }
  return found
}

function addRule(
  compiled: Omit<CompiledRules, 'automaton' | 'keywords'>,
  wakes: Map<string, Wake>,
  rule: SecretRule,
  index: number,
): void {
  const { form } = rule
  const shared: CompiledRule = {
    rule,
    index,
    rank: rankOf(rule),
    allowedValues: rule.allow.values.map((source) => rulePattern(source)),
    allowedPaths: rule.allow.paths.map((source) => rulePattern(source)),
  }
  if (form.kind === 'pattern') {
    const source = form.pattern.replace(leftEdge, String.raw`(?<!(?<!\\|%[0-9A-F])$1)`)
    const pattern = { ...shared, pattern: rulePattern(source, 'dg'), reach: form.reach }
    compiled.patterns.push(pattern)
    for (const keyword of rule.keywords) wake(wakes, keyword).patterns.push(pattern)
    addEncoded(compiled.encoded, wakes, pattern, form.pattern)
  } else if (form.kind === 'assignment') {
    const assignment = {
      ...shared,
      style: form.style,
      name: form.name === null ? null : rulePattern(form.name, 'i'),
      value: form.value === null ? null : rulePattern(`^(?:${form.value})$`),
    }
    if (form.style !== 'shape') compiled.generic.push(assignment)
    else if (rule.keywords.length === 0) compiled.shapes.push(assignment)
    for (const keyword of rule.keywords) wake(wakes, keyword).shapes.push(assignment)
  } else if (form.kind === 'url') {
    for (const scheme of form.schemes) compiled.urls.set(scheme, shared)
  } else if (form.kind === 'manifest') {
    compiled.manifest = shared
  } else {
    compiled.keyBlocks[form.encrypted ? 'encrypted' : 'plain'] = shared
  }
}

function addEncoded(
  encoded: Map<string, PatternRule[]>,
  wakes: Map<string, Wake>,
  rule: PatternRule,
  source: string,
): void {
  const start = encodedStart(source)
  if (start === null) return
  const keyword = wake(wakes, start.toLowerCase())
  if (keyword.opens === null) keyword.opens = 'encoded-token'
  const first = start.slice(0, startCharsMin)
  const known = encoded.get(first)
  if (known === undefined) encoded.set(first, [rule])
  else known.push(rule)
}

/**
 * What a pattern wants not to stand before it. The last character of an escape (`\n`, `%3D`) looks
 * like a letter of a word and is none.
 */
const leftEdge = /^\(\?<!(\[[^\]]{1,40}\])\)/

function rankOf({ form, provider }: SecretRule): number {
  const general = provider === 'General' ? 10 : 0
  if (form.kind === 'pattern') return general
  if (form.kind === 'assignment') return form.style === 'shape' ? general + 1 : 20
  return { manifest: 2, 'key-block': 3, url: 4 }[form.kind]
}
