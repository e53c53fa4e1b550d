// Runs checks over resources: what fires becomes a weakness, at the value that is at fault.
import type { RuleSummary } from '../../finding.ts'
import type { Budget, FlowStep, Weakness } from '../../weakness.ts'
import type { Place, Resource } from '../resource.ts'
import { contextOf, evaluate } from './evaluate.ts'
import type { Instance } from './instances.ts'
import { matchesType, Neighbours } from './related.ts'
import type { CheckRule } from './rule-data.ts'

/**
 * All that is wrong with the resources, in their order; resources that are seen together may
 * refer to one another. When the budget expires, what was found until then is returned.
 */
export function runChecks(
  resources: readonly Resource[],
  rules: readonly CheckRule[],
  budget?: Budget,
): Weakness[] {
  const checks = checksOf(rules)
  const neighbours = new Neighbours(resources)
  const weaknesses: Weakness[] = []
  for (const resource of resources) {
    if (budget?.expired() === true) break
    const context = contextOf(resource, neighbours)
    for (const { rule, summary } of checks.about(resource)) {
      if (rule.where !== null && evaluate(rule.where, context).truth !== true) continue
      const { truth, decided } = evaluate(rule.condition, context)
      if (truth !== rule.firesOn) continue
      for (const at of onePerLine(decided)) {
        weaknesses.push(toWeakness({ rule, summary }, resource, at))
      }
    }
  }
  return weaknesses
}

/** What reports say of a check. */
export function summarizeCheck(rule: CheckRule): RuleSummary {
  const { id, severity, title, description, remediation, cweId, references, aliases } = rule
  const texts = { title, description, remediation }
  return { id, scanType: 'iac', severity, ...texts, cweId, references, aliases }
}

interface Check {
  rule: CheckRule
  summary: RuleSummary
}

/** Finds the checks of a type of resource by one look-up. */
class Checks {
  readonly #checks: readonly Check[]
  readonly #byType = new Map<string, readonly Check[]>()

  constructor(rules: readonly CheckRule[]) {
    this.#checks = rules.map((rule) => ({ rule, summary: summarizeCheck(rule) }))
  }

  about({ platform, type }: Resource): readonly Check[] {
    const key = `${platform} ${type}`
    let checks = this.#byType.get(key)
    if (checks === undefined) {
      checks = this.#checks.filter(
        ({ rule }) =>
          rule.platform === platform && rule.resources.some((each) => matchesType(each, type)),
      )
      if (this.#byType.size < typesMax) this.#byType.set(key, checks)
    }
    return checks
  }
}

/** Types come from scanned files: there is no end of them. */
const typesMax = 5000

const prepared = new WeakMap<readonly CheckRule[], Checks>()

function checksOf(rules: readonly CheckRule[]): Checks {
  let checks = prepared.get(rules)
  if (checks === undefined) {
    checks = new Checks(rules)
    prepared.set(rules, checks)
  }
  return checks
}

const placesMax = 100

/** Two values on one line are one thing to mend. */
function onePerLine(instances: readonly Instance[]): Instance[] {
  const kept: Instance[] = []
  for (const instance of instances) {
    const last = kept.at(-1)
    if (last !== undefined && isOnLine(instance.place, last.place)) continue
    if (kept.push(instance) >= placesMax) break
  }
  return kept
}

function isOnLine(a: Place, b: Place): boolean {
  if (a.source !== b.source) return false
  const [start, end] = a.start < b.start ? [a.start, b.start] : [b.start, a.start]
  return !a.source.text.slice(start, end).includes('\n')
}

function toWeakness({ rule, summary }: Check, resource: Resource, at: Instance): Weakness {
  const { source, start } = at.place
  return {
    rule: summary,
    severity: rule.severity,
    source,
    start,
    end: firstLineEnd(at.place),
    note: rule.note === null ? null : fill(rule.note, resource, at),
    steps: stepsTo(at),
    identities: [{ algorithm: 'address1', parts: [resource.address, at.path] }],
    subject: { kind: 'resource', address: resource.address },
  }
}

/** From where the value was written, when that is not where it is at fault. */
function stepsTo({ value, place }: Instance): FlowStep[] {
  const origin = value === null || value.kind === 'unknown' ? undefined : value.origin
  if (origin === undefined) return []
  return [
    { source: origin.source, start: origin.start, label: 'the value is written here' },
    { source: place.source, start: place.start, label: 'and takes effect here' },
  ]
}

function firstLineEnd({ source, start, end }: Place): number {
  const lineEnd = source.text.indexOf('\n', start)
  if (lineEnd === -1 || lineEnd >= end) return end
  return source.text[lineEnd - 1] === '\r' && lineEnd - 1 > start ? lineEnd - 1 : lineEnd
}

function fill(note: string, { address }: Resource, { value, path }: Instance): string {
  return note.replace(/\{(value|path|address)\}/g, (_, name) => {
    if (name === 'address') return short(address)
    if (name === 'path') return short(path)
    if (value?.kind !== 'scalar') return value === null ? 'nothing' : 'something'
    return short(String(value.value))
  })
}

const shownMax = 80

/** Nothing of a text that may hold a password in an address or more than a plain value. */
function short(text: string): string {
  if (!/^[\w .,:;/@*()[\]{}$|!?"'=+-]*$/.test(text) || /:\/\/[^/]*@/.test(text)) return '…'
  return text.length > shownMax ? `${text.slice(0, shownMax)}…` : text
}
