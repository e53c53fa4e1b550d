// The rules of one run: those of its driver and of its extensions, and which of them a result
// means (SARIF 2.1.0, sections 3.27.5 to 3.27.7 and 3.52.3).
import type { Budget } from '../budget.ts'
import { DocumentError, wrongType } from '../document-error.ts'
import { indexOf, type JsonObject, member, textOf } from '../json/values.ts'
import { ruleIdCharsMax } from '../limits.ts'
import { cleanLine } from '../text.ts'
import { type Rule, readRule, unknownRule } from './rule.ts'

/** 0 is the driver, extensions count from 1. */
type Component = number

/** Of a result that names no rule. */
const unspecified = 'unspecified'

export class Rules {
  private readonly budget: Budget
  private readonly byIndex = new Map<Component, Rule[]>()
  private readonly byId = new Map<string, Rule>()
  private readonly unknown = new Map<string, Rule>()
  private readonly usedIds = new Set<string>()
  private readonly usedIndices = new Map<Component, Set<number>>()
  /** Extensions by name and by GUID; set once the whole document was seen. */
  private extensions: ReadonlyMap<string, Component> = new Map()

  constructor(budget: Budget) {
    this.budget = budget
  }

  add(component: Component, descriptor: unknown, place: string): void {
    const rule = readRule(descriptor, place, this.budget)
    const rules = this.byIndex.get(component) ?? []
    rules.push(rule)
    this.byIndex.set(component, rules)
    if (!this.byId.has(rule.id)) this.byId.set(rule.id, rule)
  }

  nameExtensions(extensions: readonly unknown[]): void {
    const names = new Map<string, Component>()
    for (const [at, extension] of extensions.entries()) {
      for (const field of ['name', 'guid']) {
        const name = textOf(member(extension, field))
        if (name !== null && !names.has(name)) names.set(name, at + 1)
      }
    }
    this.extensions = names
  }

  /** Notes which rule a result means, while rules may still follow. */
  use(result: JsonObject, place: () => string): void {
    const { id, index, component } = this.reference(result, place)
    if (id !== null) {
      if (this.usedIds.has(id)) return
      this.budget.take(id)
      this.usedIds.add(id)
    } else if (index !== null) {
      const indices = this.usedIndices.get(component) ?? new Set()
      this.usedIndices.set(component, indices.add(index))
    }
  }

  /**
   * The rules that ran, where that can be told: most tools list the rules with results only, so a
   * list proves something only if it has others too. Null: it proves nothing.
   */
  executed(): string[] | null {
    const used = new Set([...this.usedIds].map((id) => this.named(id)?.id ?? id))
    for (const [component, indices] of this.usedIndices) {
      for (const index of indices) {
        const rule = this.byIndex.get(component)?.[index]
        if (rule !== undefined) used.add(rule.id)
      }
    }
    const known = [...this.byId.keys()]
    if (known.every((id) => used.has(id))) return null
    return [...new Set([...known, ...used])]
  }

  /** Throws DocumentError where the index leads nowhere. */
  of(result: JsonObject, place: () => string): Rule {
    const { id, index, component } = this.reference(result, place)
    const rules = this.byIndex.get(component) ?? []
    const indexed = index === null ? undefined : rules[index]
    if (indexed !== undefined && (id === null || isWithin(id, indexed.id))) return indexed
    if (id !== null) return this.named(id) ?? this.remember(id)
    if (index === null) return this.remember(unspecified)
    throw new DocumentError(
      `${place()}.ruleIndex is ${index}, but its tool describes ${rules.length} rules`,
    )
  }

  private reference(result: JsonObject, place: () => string) {
    const { ruleId, ruleIndex, rule } = result
    if (ruleId !== undefined && typeof ruleId !== 'string') {
      throw wrongType(`${place()}.ruleId`, 'text', ruleId)
    }
    const id = textOf(ruleId) ?? textOf(member(rule, 'id'))
    const toolComponent = member(rule, 'toolComponent')
    const extension = indexOf(member(toolComponent, 'index'))
    const name = textOf(member(toolComponent, 'guid')) ?? textOf(member(toolComponent, 'name'))
    return {
      id: id === null ? null : cleanLine(id, ruleIdCharsMax) || unspecified,
      index: indexOf(ruleIndex) ?? indexOf(member(rule, 'index')),
      component: extension === null ? (this.extensions.get(name ?? '') ?? 0) : extension + 1,
    }
  }

  /** A result may name part of a rule: `CA2101/insecure` is one of CA2101. */
  private named(id: string): Rule | undefined {
    let name = id
    for (;;) {
      const rule = this.byId.get(name)
      const cut = name.lastIndexOf('/')
      if (rule !== undefined || cut <= 0) return rule
      name = name.slice(0, cut)
    }
  }

  private remember(id: string): Rule {
    const known = this.unknown.get(id)
    if (known !== undefined) return known
    const rule = unknownRule(id)
    this.unknown.set(id, rule)
    return rule
  }
}

function isWithin(id: string, ruleId: string): boolean {
  return id === ruleId || id.startsWith(`${ruleId}/`)
}
