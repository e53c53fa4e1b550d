// Gathers what a run finds: one weakness for each rule and place, with the way that led there.

import type { Severity } from '../../finding.ts'
import { severities } from '../../finding.ts'
import type { SourceText } from '../../source-text.ts'
import type { FlowStep, Weakness } from '../../weakness.ts'
import type { Frame } from './domain.ts'

import type { KnownRule, RuleSet } from './rule-set.ts'
import { hopsOf, type Taint, type Taints } from './taint.ts'

interface Place {
  at: number
  end: number
}

interface PlaceInFile extends Place {
  file: SourceText
}

/** Where a run is, for names that outlive moved lines. */
export interface Whereabouts {
  statement: Place
  frame: Frame
}

export class Findings {
  readonly rules: RuleSet
  readonly #isTest: boolean
  readonly #found = new Map<string, { weakness: Weakness; guesses: number }>()

  constructor(rules: RuleSet, isTest: boolean) {
    this.rules = rules
    this.#isTest = isTest
  }

  get allRules(): bigint {
    return this.rules.all
  }

  bitsOf(ids: readonly string[]): bigint {
    return this.rules.bitsOf(ids)
  }

  /** In the order of the text. */
  weaknesses(): Weakness[] {
    const found = [...this.#found.values()].map(({ weakness }) => weakness)
    return found.sort((a, b) => a.start - b.start || (a.rule.id < b.rule.id ? -1 : 1))
  }

  /** Data from outside has reached what it must not reach, unless the rule does not mind it. */
  reached(
    where: Whereabouts,
    ruleId: string,
    taints: Taints,
    sink: { place: Place; label: string },
  ): void {
    const rule = this.rules.get(ruleId)
    if (rule === null || (this.#isTest && !rule.inTests)) return
    const worst = worstOf(rule, taints)
    if (worst === null) return
    const { taint, severity } = worst
    // What is predictable is mended where it is made, wherever it goes.
    const isMadeBad = taint.source.kind === 'predictable'
    const place = isMadeBad ? taint.source : { ...sink.place, file: where.frame.module.source }
    const known = this.#found.get(keyOf(rule, place))
    if (known !== undefined && known.guesses <= taint.guesses) return
    this.#add(where, rule, place, {
      severity,
      guesses: taint.guesses,
      note: `Source here: ${taint.source.label}.`,
      steps: stepsOf(taint, sink, where.frame.module.source),
    })
  }

  misused(where: Whereabouts, ruleId: string, { at, end }: Place): void {
    const rule = this.rules.get(ruleId)
    if (rule === null || (this.#isTest && !rule.inTests)) return
    const place = { at, end, file: where.frame.module.source }
    if (this.#found.has(keyOf(rule, place))) return
    const { severity } = rule.summary
    this.#add(where, rule, place, { severity, guesses: 0, note: null, steps: [] })
  }

  #add(
    { statement, frame }: Whereabouts,
    rule: KnownRule,
    { at, end, file }: PlaceInFile,
    found: { severity: Severity; guesses: number; note: string | null; steps: FlowStep[] },
  ): void {
    const parts = [scopeOf(frame), normalised(frame.module.source.text, statement)]
    const { severity, guesses, note, steps } = found
    this.#found.set(keyOf(rule, { at, end, file }), {
      guesses,
      weakness: {
        rule: rule.summary,
        severity,
        source: file,
        start: at,
        end,
        note,
        steps,
        identities: [{ algorithm: 'scope1', parts }],
      },
    })
  }
}

function stepsOf(
  taint: Taint,
  sink: { place: Place; label: string },
  file: SourceText,
): FlowStep[] {
  const hops = hopsOf(taint).map((hop) => ({ source: hop.file, start: hop.at, label: hop.label }))
  return [...hops, { source: file, start: sink.place.at, label: sink.label }]
}

function keyOf({ summary }: KnownRule, { at, file }: PlaceInFile): string {
  return `${at} ${summary.id} ${file.path}`
}

function worstOf(rule: KnownRule, taints: Taints): { taint: Taint; severity: Severity } | null {
  let worst: { taint: Taint; severity: Severity } | null = null
  for (const taint of taints) {
    if ((taint.cleaned & rule.bit) !== 0n || taint.guesses > guessesMax) continue
    const severity = rule.severityOf(taint.source.kind)
    if (severity === undefined) continue
    const rank = severities.indexOf(severity) * 100 + taint.guesses
    const before = worst && severities.indexOf(worst.severity) * 100 + worst.taint.guesses
    if (before === null || rank < before) worst = { taint, severity }
  }
  return worst
}

/** A way on which more than this is only supposed is no finding. */
const guessesMax = 5

/** `Orders.list`: the innermost function with a name, and the class it is a member of. */
function scopeOf(frame: Frame): string {
  for (let each: Frame | null = frame; each !== null; each = each.parent) {
    const { name, owner } = each.function
    if (name === '') continue
    return owner === null ? name : `${owner.slice(owner.lastIndexOf('.') + 1)}.${name}`
  }
  return ''
}

/** Without white space and without what literals hold: a reworded message is the same place. */
function normalised(text: string, { at, end }: Place): string {
  return text
    .slice(at, Math.min(end, at + statementMax))
    .replace(/"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'/g, '""')
    .replace(/\s+/g, ' ')
    .trim()
}

const statementMax = 2000
