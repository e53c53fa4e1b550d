// Random policies with every operator of Cedar, random entities and requests, from a seed: for our
// engine and Cedar's own to agree on.
import { isAuthorized } from '@cedar-policy/cedar-wasm/nodejs'
import { decide } from '../../src/identity/policy/decide.ts'
import { createEntities } from '../../src/identity/policy/entities.ts'
import type {
  AccessRequest,
  Entity,
  EntityUid,
  PolicyJson,
  ScopeJson,
} from '../../src/identity/policy/json.ts'
import type { PolicySource } from '../../src/identity/policy/set.ts'
import { compilePolicySet } from '../../src/identity/policy/set.ts'
import { ExpressionMaker } from './cedar-expressions.ts'
import { Chance } from './chance.ts'

export interface FuzzCase {
  readonly sources: readonly PolicySource[]
  readonly entities: readonly Entity[]
  readonly requests: readonly AccessRequest[]
}

const types = ['User', 'Group', 'Doc', 'A::B']
const ids = ['a', 'b', 'c', '']

export function makeCase(seed: number): FuzzCase {
  const maker = new CaseMaker(new Chance(seed))
  return maker.make()
}

class CaseMaker {
  readonly #chance: Chance
  readonly #expressions: ExpressionMaker

  constructor(chance: Chance) {
    this.#chance = chance
    this.#expressions = new ExpressionMaker(chance, () => this.#uid())
  }

  make(): FuzzCase {
    const entities = this.#entities()
    // A crowd of alike policies, now and then, is what the index takes apart.
    const crowded = this.#chance.below(4) === 0
    const count = crowded ? 30 : 1 + this.#chance.below(6)
    const sources = Array.from({ length: count }, (_, i) => this.#source(`p${i}`, crowded))
    const requests = Array.from({ length: 3 }, () => ({
      principal: this.#uid(),
      action: this.#action(),
      resource: this.#uid(),
      context: this.#record(),
    }))
    return { sources, entities, requests }
  }

  #uid(): EntityUid {
    return { type: this.#chance.pick(types), id: this.#chance.pick(ids) }
  }

  #action(): EntityUid {
    return { type: 'Action', id: this.#chance.pick(['read', 'write', 'all']) }
  }

  #record() {
    return this.#expressions.jsonRecord(2)
  }

  #entities(): Entity[] {
    const entities = new Map<string, Entity>()
    for (let i = this.#chance.below(10); i > 0; i--) {
      const uid = this.#uid()
      // Parents only of later types: Cedar refuses circles.
      const above = types.slice(types.indexOf(uid.type) + 1)
      const parents = this.#chance
        .some(above.length === 0 ? 0 : 2, () => this.#uid())
        .map((parent) => ({ ...parent, type: this.#chance.pick(above) }))
      const entity = { uid, attrs: this.#record(), parents, tags: this.#record() }
      entities.set(JSON.stringify(uid), entity)
    }
    const [read, all] = ['read', 'all'].map((id) => ({ type: 'Action', id }))
    if (this.#chance.half() && read && all)
      entities.set('read', { uid: read, attrs: {}, parents: [all] })
    return [...entities.values()]
  }

  #source(id: string, crowded: boolean): PolicySource {
    const linked = this.#chance.below(5) === 0
    const conditions = crowded
      ? [{ kind: 'when', body: this.#expressions.leading() }]
      : this.#conditions()
    const json: PolicyJson = {
      effect: this.#chance.below(3) === 0 ? 'forbid' : 'permit',
      principal: crowded && !linked ? { op: 'All' } : this.#scope('?principal', linked),
      action: this.#actionScope(),
      resource: this.#scope('?resource', linked && this.#chance.half()),
      conditions,
    }
    if (!linked) return { id, json }
    const both = JSON.stringify(json.resource).includes('?resource')
    const slots = { principal: this.#uid(), ...(both ? { resource: this.#uid() } : {}) }
    return { id, json, link: { templateId: `${id} template`, slots } }
  }

  #conditions() {
    return this.#chance.some(2, () => ({
      kind: this.#chance.below(3) === 0 ? 'unless' : 'when',
      body: this.#chance.below(12) === 0 ? this.#expressions.any(3) : this.#expressions.boolean(4),
    }))
  }

  #scope(slot: string, isSlot: boolean): ScopeJson {
    const on = isSlot ? { slot } : { entity: this.#uid() }
    const kinds: ScopeJson[] = [
      { op: '==', ...on },
      { op: 'in', ...on },
      { op: 'is', entity_type: this.#chance.pick(types), in: on },
    ]
    if (isSlot) return this.#chance.pick(kinds)
    const typed = { op: 'is', entity_type: this.#chance.pick(types) }
    return this.#chance.pick([...kinds, typed, ...anyone])
  }

  #actionScope(): ScopeJson {
    return this.#chance.pick<ScopeJson>([
      { op: 'All' },
      { op: '==', entity: this.#action() },
      { op: 'in', entity: this.#action() },
      { op: 'in', entities: this.#chance.some(3, () => this.#action()) },
    ])
  }
}

const anyone = Array.from({ length: 4 }, () => ({ op: 'All' }))

/** Cases of consecutive seeds through both engines. */
export function fuzz(seed: number, cases: number) {
  const outcome = { requests: 0, allowed: 0, failing: 0, faults: [] as string[] }
  for (let at = seed; at < seed + cases; at++) {
    for (const [i, { ours, cedar }] of answersOf(makeCase(at)).entries()) {
      outcome.requests += 1
      if (ours.decision === 'allow') outcome.allowed += 1
      if (ours.errors.length > 0) outcome.failing += 1
      const [is, should] = [JSON.stringify(ours), JSON.stringify(cedar)]
      if (is !== should) outcome.faults.push(`seed ${at} request ${i}: ${is}, not ${should}`)
    }
  }
  return outcome
}

interface Answer {
  readonly decision: string
  readonly reasons: readonly string[]
  readonly errors: readonly string[]
}

/** Both engines' answers, request by request; null where Cedar takes the input for none. */
function answersOf({ sources, entities, requests }: FuzzCase): {
  ours: Answer
  cedar: Answer | null
}[] {
  const set = compilePolicySet(sources)
  const store = createEntities(entities)
  return requests.map((request) => {
    const { decision, reasons, errors } = decide(set, request, store)
    const ours = {
      decision,
      reasons: sorted(reasons),
      errors: sorted(errors.map((e) => e.policyId)),
    }
    return { ours, cedar: askCedar(sources, entities, request) }
  })
}

function askCedar(
  sources: readonly PolicySource[],
  entities: readonly Entity[],
  request: AccessRequest,
): Answer | null {
  const links = sources.flatMap(({ id, link }) => (link === undefined ? [] : [{ id, link }]))
  const call: unknown = {
    ...request,
    entities,
    policies: {
      staticPolicies: Object.fromEntries(
        sources.flatMap(({ id, json, link }) => (link === undefined ? [[id, json]] : [])),
      ),
      templates: Object.fromEntries(
        sources.flatMap(({ json, link }) => (link === undefined ? [] : [[link.templateId, json]])),
      ),
      templateLinks: links.map(({ id, link: { templateId, slots } }) => ({
        templateId,
        newId: id,
        values: {
          '?principal': slots.principal,
          ...(slots.resource === undefined ? {} : { '?resource': slots.resource }),
        },
      })),
    },
  }
  const answer = isAuthorized(call as Parameters<typeof isAuthorized>[0])
  if (answer.type === 'failure') return null
  const { decision, diagnostics } = answer.response
  return {
    decision,
    reasons: sorted(diagnostics.reason),
    errors: sorted(diagnostics.errors.map(({ policyId }) => policyId)),
  }
}

function sorted(names: readonly string[]): string[] {
  return names.toSorted()
}
