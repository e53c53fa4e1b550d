// Gathers what a run finds: one weakness for each rule and place, with the way that led there.

import type { Severity } from '../../finding.ts'
import { severities } from '../../finding.ts'
import type { SourceText } from '../../source-text.ts'
import type { FlowStep, Weakness } from '../../weakness.ts'
import type { SourceKind } from '../model/data.ts'
import type { Frame } from './domain.ts'

import type { KnownRule, RuleSet } from './rule-set.ts'
import { type Stopped, stoppedMax, whyStopped } from './stopped.ts'
import { type Hop, hopsOf, type Taint, type Taints } from './taint.ts'

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
  readonly #stopped: Stopped[] = []
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
    sink: { place: Place; label: string; isJoined?: boolean },
  ): void {
    const rule = this.rules.get(ruleId)
    if (rule === null || (this.#isTest && !rule.inTests)) return
    const { source: file } = where.frame.module
    const worst = worstOf(rule, taints, { file, isJoined: sink.isJoined ?? false })
    if (worst === null) {
      this.#note(rule, taints, { file, at: sink.place.at })
      return
    }
    const { taint, severity } = worst
    // What is predictable is mended where it is made, wherever it goes.
    const isMadeBad = taint.source.kind === 'predictable'
    const place = isMadeBad ? taint.source : { ...sink.place, file: where.frame.module.source }
    const known = this.#found.get(keyOf(rule, place))
    if (known !== undefined && !isWorse(severity, taint.guesses, known)) return
    this.#add(where, rule, place, {
      severity,
      guesses: taint.guesses,
      note: `Source here: ${taint.source.label}.`,
      steps: stepsOf(taint, sink, where.frame.module.source),
    })
  }

  /** Ways that reached a sink and are no finding: at most a few hundred. */
  get stopped(): readonly Stopped[] {
    return this.#stopped
  }

  #note(rule: KnownRule, taints: Taints, sink: { file: SourceText; at: number }): void {
    for (const taint of taints) {
      if (this.#stopped.length >= stoppedMax) return
      const is = { unsure: taint.guesses > guessesMax, far: isTooFar(taint, sink.file) }
      const why = whyStopped(rule, taint, is)
      this.#stopped.push({ ruleId: rule.summary.id, taint, ...sink, why })
    }
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

/** Who sends it counts more than how sure the way is. */
function isWorse(
  severity: Severity,
  guesses: number,
  known: { weakness: Weakness; guesses: number },
): boolean {
  const rank = severities.indexOf(severity) - severities.indexOf(known.weakness.severity)
  return rank < 0 || (rank === 0 && guesses < known.guesses)
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

function worstOf(
  rule: KnownRule,
  taints: Taints,
  { file, isJoined }: { file: SourceText; isJoined: boolean },
): { taint: Taint; severity: Severity } | null {
  let worst: { taint: Taint; severity: Severity } | null = null
  for (const taint of taints) {
    if ((taint.cleaned & rule.bit) !== 0n || taint.guesses > guessesMax) continue
    if (isTooFar(taint, file)) continue
    const severity = rule.severityOf(taint.source.kind, isJoined)
    if (severity === undefined) continue
    const rank = severities.indexOf(severity) * 100 + taint.guesses
    const before = worst && severities.indexOf(worst.severity) * 100 + worst.taint.guesses
    if (before === null || rank < before) worst = { taint, severity }
  }
  return worst
}

/**
 * Through many files something is more often made harmless in a way that was not understood than
 * not. And what callers of a function may hand over is the function's own matter, not its callees';
 * what the operator sets is meant to be passed around.
 */
function isTooFar({ source, last }: Taint, file: SourceText): boolean {
  if (last.before === null && source.file === file) return false
  const files = new Set([file, source.file])
  for (let hop: Hop | null = last; hop !== null; hop = hop.before) files.add(hop.file)
  return files.size > (staying.has(source.kind) ? 1 : filesMax)
}

const filesMax = 4
const staying: ReadonlySet<SourceKind> = new Set(['library', 'joined', 'environment'])

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
