// The compiled policies of the organizations that ask for decisions. Read when first asked for;
// after that only what changed. While changes of elsewhere are compiled the set of before decides,
// but never longer than a second after it was last known to be the right one.
import { setImmediate } from 'node:timers/promises'
import { LRUCache } from 'lru-cache'
import type { Database } from '../../platform/db.ts'
import { common } from '../../platform/errors.ts'
import type { Logger } from '../../platform/log.ts'
import * as store from '../policies/store.ts'
import { type ContextNeeds, mergeNeeds } from '../policy/rules/context.ts'
import { compilingSteps, type PolicySet, type PolicySource } from '../policy/set.ts'
import { believedMs, type Generations } from './generation.ts'
import { namedActions } from './named-actions.ts'
import { inSlices } from './slices.ts'

/** What decides together. */
export interface PoliciesInForce {
  set: PolicySet
  needs: ContextNeeds
  /** By the name under which it was compiled, of which one policy may have several. */
  policies: ReadonlyMap<string, NamedPolicy>
  /** Those that the policies name. */
  actions: readonly string[]
  /** Counted over the organization's policies. */
  generation: number
  /** What it was made of, by id. */
  members: ReadonlyMap<string, store.InForce>
}

export interface NamedPolicy {
  id: string
  name: string
  version: number
  effect: 'permit' | 'forbid'
  /** Which of the policy's rules, or of the policies in its Cedar, from 0. */
  rule: number
  /** `@id` of the Cedar form. */
  rule_id?: string
}

export interface ActivePolicies {
  /** Null where they must be waited for. */
  ready(organizationId: string): PoliciesInForce | null
  /** Throws 503 where the database must be asked and does not answer. */
  of(organizationId: string): Promise<PoliciesInForce>
}

interface Held extends PoliciesInForce {
  /** When it was last known to be what is in force. */
  rightAt: number
  characters: number
}

/** Of compiled JSON in all sets together; in memory a set takes several times that. */
const charactersMax = 64 * 1024 * 1024
const emptySetCharacters = 1_000

interface Options {
  db: Database
  generations: Generations
  now: () => number
  log: Logger
}

export function createActivePolicies(options: Options): ActivePolicies {
  const { generations, now, log } = options
  const sets = new LRUCache<string, Held>({
    maxSize: charactersMax,
    sizeCalculation: ({ characters }) => Math.min(characters, charactersMax),
  })
  const loading = new Map<string, Promise<Held>>()
  let forgets = 0

  function load(organizationId: string): Promise<Held> {
    const under = loading.get(organizationId)
    if (under !== undefined) return under
    const started = read(organizationId).finally(() => loading.delete(organizationId))
    loading.set(organizationId, started)
    return started
  }

  async function read(organizationId: string): Promise<Held> {
    const forgetsBefore = forgets
    const held = await readNext(options, organizationId, sets.peek(organizationId))
    // Where a change on this node came in between, this may be from before it.
    if (forgets !== forgetsBefore) held.rightAt = Number.NEGATIVE_INFINITY
    sets.set(organizationId, held)
    return held
  }

  generations.onChange((organizationId, { policies }) => {
    const held = sets.peek(organizationId)
    if (held === undefined || held.generation >= policies) return
    load(organizationId).catch((error: unknown) => {
      log.warn({ err: error }, 'changed policies could not be read')
    })
  })
  generations.onForget((organizationId) => {
    forgets += 1
    const held = sets.peek(organizationId)
    if (held !== undefined) held.rightAt = Number.NEGATIVE_INFINITY
  })

  function ready(organizationId: string): Held | null {
    const held = sets.get(organizationId)
    if (held === undefined) return null
    const known = generations.known(organizationId)
    if (known !== null && held.generation >= known.policies) {
      held.rightAt = Math.max(held.rightAt, known.askedAt)
      return held
    }
    return now() - held.rightAt <= believedMs ? held : null
  }

  return {
    ready,
    async of(organizationId) {
      const held = ready(organizationId)
      if (held !== null) return held
      const wanted = generations.known(organizationId) ?? (await generations.ask(organizationId))
      for (;;) {
        const found = sets.get(organizationId)
        if (found !== undefined && found.generation >= wanted.policies) return found
        const read = await load(organizationId)
        if (read.generation >= wanted.policies) return read
      }
    },
  }
}

/** What changed after the set of before, if there is one. */
async function readNext(
  { db, now }: Options,
  organizationId: string,
  before: Held | undefined,
): Promise<Held> {
  const rightAt = now()
  const { generation, changes } = await db
    .inTenant(organizationId, (tx) =>
      store.changesAfter(tx, organizationId, before?.generation ?? 0),
    )
    .catch((cause: unknown) => {
      throw common.problem('unavailable', { cause })
    })
  const members = new Map(before?.members)
  for (const { isActive, ...policy } of changes) {
    if (isActive) members.set(policy.id, policy)
    else members.delete(policy.id)
  }
  // Whoever waits for the loop goes first; compiling takes a while.
  await setImmediate()
  const characters = emptySetCharacters + (await inSlices(measuring(members)))
  return { ...(await compiled([...members.values()], generation)), rightAt, characters }
}

/** Also of policies that were in force once. */
export async function compiled(
  members: readonly store.InForce[],
  generation: number,
): Promise<PoliciesInForce> {
  return inSlices(compiling(members, generation))
}

function* compiling(
  members: readonly store.InForce[],
  generation: number,
): Generator<undefined, PoliciesInForce> {
  const sources: PolicySource[] = []
  const policies = new Map<string, NamedPolicy>()
  for (const { id, name, version, compiled: parts } of members) {
    for (const [index, json] of parts.entries()) {
      const part = `${id}#${index}`
      sources.push({ id: part, json })
      const ruleId = json.annotations?.id
      const own = { rule: index, ...(ruleId ? { rule_id: ruleId } : {}) }
      policies.set(part, { id, name, version, effect: json.effect, ...own })
    }
    yield
  }
  const needs = mergeNeeds(members.map((member) => member.needs))
  yield
  const actions = namedActions(sources.map(({ json }) => json))
  yield
  const set = yield* compilingSteps(sources)
  const byId = new Map(members.map((member) => [member.id, member]))
  return { set, needs, policies, actions, generation, members: byId }
}

const sizes = new WeakMap<object, number>()

function* measuring(members: ReadonlyMap<string, store.InForce>): Generator<undefined, number> {
  let characters = 0
  for (const { compiled: parts } of members.values()) {
    const size = sizes.get(parts) ?? JSON.stringify(parts).length
    sizes.set(parts, size)
    characters += size
    yield
  }
  return characters
}
