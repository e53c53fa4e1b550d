// The rules of one language, as a run asks for them.
import type { RuleSummary, Severity } from '../../finding.ts'
import type { Language } from '../ir/ir.ts'
import { normalised, type SourceKind } from '../model/data.ts'
import type { CodeRules, WeaknessRule } from '../rule-data.ts'
import { summarize } from '../summary.ts'

export interface KnownRule {
  summary: RuleSummary
  /** Its place among the rules, as a mask for what has been made harmless. */
  bit: bigint
  inTests: boolean
  /** Undefined where data of the kind does not count. */
  severityOf(kind: SourceKind, isJoined: boolean): Severity | undefined
}

export class RuleSet {
  readonly all: bigint
  /** No rule's: a path that holds no `..` any longer. */
  readonly normalised: bigint
  /** Some rule asks for what callers of exported functions hand over. */
  readonly wantsLibrary: boolean
  readonly #rules = new Map<string, KnownRule>()

  constructor({ weaknesses }: CodeRules, language: Language) {
    for (const [index, rule] of weaknesses.entries()) {
      this.#rules.set(rule.id, known(rule, language, 1n << BigInt(index)))
    }
    this.normalised = 1n << BigInt(weaknesses.length)
    this.all = this.normalised - 1n
    this.wantsLibrary = weaknesses.some(({ sources: { library, joined } }) => {
      return library !== undefined || joined !== undefined
    })
  }

  get(id: string): KnownRule | null {
    return this.#rules.get(id) ?? null
  }

  bitsOf(ids: readonly string[]): bigint {
    if (ids.length === 0) return 0n
    if (ids.includes('*')) return this.all
    return ids.reduce((bits, id) => bits | this.#bitOf(id), 0n)
  }

  #bitOf(id: string): bigint {
    return id === normalised ? this.normalised : (this.#rules.get(id)?.bit ?? 0n)
  }
}

const joinable: ReadonlySet<SourceKind> = new Set(['library', 'file', 'stored', 'response'])

function known(rule: WeaknessRule, language: Language, bit: bigint): KnownRule {
  const summary = summarize(rule, language)
  return {
    summary,
    bit,
    inTests: rule.inTests,
    severityOf(kind, isJoined) {
      const severity =
        rule.sources[kind] ?? (isJoined && joinable.has(kind) ? rule.sources.joined : undefined)
      // What a language says of the rule's own severity holds for the sources that share it.
      return severity === rule.severity ? summary.severity : severity
    },
  }
}
