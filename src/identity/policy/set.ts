// A set of policies, compiled once for many decisions.
import type { Indexed } from './candidates.ts'
import { isScattered, PolicyIndex } from './candidates.ts'
import type { Evaluate } from './evaluation.ts'
import { compileExpression, connect, not } from './expression.ts'
import type { Effect, EntityUid, PolicyJson } from './json.ts'
import { leadingOf } from './leading.ts'
import { fieldsOf, InvalidPolicy, listOf } from './malformed.ts'
import { hasSlot, readScope } from './scope.ts'

/**
 * One policy of a set under its id. A template stands as a source without `link`, and decides
 * nothing; each of its links is a source with the template's own JSON and what fills the slots.
 */
export interface PolicySource {
  readonly id: string
  readonly json: PolicyJson
  readonly link?: {
    readonly templateId: string
    readonly slots: { readonly principal?: EntityUid; readonly resource?: EntityUid }
  }
}

export interface CompiledPolicy extends Indexed {
  readonly id: string
  readonly effect: Effect
  /** Undefined: the scope is all that it asks. */
  readonly condition: Evaluate | undefined
  readonly json: PolicyJson
  /** Whether the index may find it more than once for one request. */
  readonly scattered: boolean
}

/** Made by `compilePolicySet`, never changed afterwards. */
export interface PolicySet {
  /** In the order of their sources; templates are not among them. */
  readonly policies: readonly CompiledPolicy[]
  readonly index: PolicyIndex<CompiledPolicy>
}

/**
 * Compiles policies. Their order is the order of reasons and errors in decisions.
 * @throws InvalidPolicy where JSON is no policy; what `parsePolicies` made always is one
 */
export function compilePolicySet(sources: readonly PolicySource[]): PolicySet {
  const steps = compilingSteps(sources)
  for (;;) {
    const step = steps.next()
    if (step.done) return step.value
  }
}

/** The same in steps, between which others can have their turn: ten thousand take a while. */
export function* compilingSteps(sources: readonly PolicySource[]): Generator<undefined, PolicySet> {
  const policies: CompiledPolicy[] = []
  for (const [order, source] of sources.entries()) {
    const { principal, resource } = fieldsOf(source.json, 'a policy')
    const isTemplate = hasSlot(principal) || hasSlot(resource)
    if (!isTemplate || source.link !== undefined) policies.push(compile(source, order))
    yield
  }
  const index = new PolicyIndex<CompiledPolicy>()
  yield* index.filling(policies)
  return { policies, index }
}

type Parts = Omit<CompiledPolicy, 'id' | 'order'>

/**
 * Sets follow each other that differ in a few policies: what stays is compiled once. A policy's
 * JSON is never changed, only replaced.
 */
const compiled = new WeakMap<PolicyJson, Parts>()

function compile({ id, json, link }: PolicySource, order: number): CompiledPolicy {
  if (link !== undefined) return { ...partsOf(json, link.slots), id, order }
  const parts = compiled.get(json) ?? partsOf(json, {})
  compiled.set(json, parts)
  return { ...parts, id, order }
}

function partsOf(json: PolicyJson, slots: NonNullable<PolicySource['link']>['slots']): Parts {
  if (json.effect !== 'permit' && json.effect !== 'forbid')
    throw new InvalidPolicy('a policy must have the effect permit or forbid')
  const filled = {
    ...(slots.principal && { '?principal': slots.principal }),
    ...(slots.resource && { '?resource': slots.resource }),
  }
  // Before its parts are looked into: this refuses what does not compile.
  const condition = conditionOf(json.conditions)
  const indexed = {
    principal: readScope(json.principal, filled),
    action: readScope(json.action, {}),
    resource: readScope(json.resource, filled),
    leading: leadingOf(json.conditions),
  }
  return { ...indexed, json, effect: json.effect, condition, scattered: isScattered(indexed) }
}

function conditionOf(conditions: unknown): Evaluate | undefined {
  const [first, ...more] = listOf(conditions, 'conditions').map((each) => {
    const { kind, body } = fieldsOf(each, 'a condition')
    if (kind !== 'when' && kind !== 'unless')
      throw new InvalidPolicy('a condition is of the kind when or unless')
    const evaluate = compileExpression(body)
    return kind === 'when' ? evaluate : not(evaluate)
  })
  if (first === undefined || more.length === 0) return first
  return connect('&&', [first, ...more])
}
