// Tries policies out: against tests with an expected answer, and against what was asked before. It
// takes nothing over and logs nothing.
import { setImmediate } from 'node:timers/promises'
import type { Database, Tx } from '../../platform/db.ts'
import { common } from '../../platform/errors.ts'
import type { Caller } from '../../platform/http/caller.ts'
import { invalidField } from '../../platform/http/validation.ts'
import { holds } from '../../platform/permissions.ts'
import {
  type ActivePolicies,
  compiled,
  type PoliciesInForce,
} from '../authorization/active-policies.ts'
import { type KnownPrincipal, knownPrincipal } from '../authorization/known-entities.ts'
import type { Asked } from '../decisions/facts.ts'
import { factsOf, recorded } from '../decisions/replay.ts'
import type { DecisionService, Judged } from '../decisions/service.ts'
import {
  type DecisionFilter,
  type DecisionRow,
  listDecisions,
  readSnapshots,
} from '../decisions/store.ts'
import { verdictOf } from '../decisions/verdict.ts'
import { errors } from '../errors.ts'
import { readPrincipalType, readResource, UnfitAttribute } from '../policy/names.ts'
import { filled, slotsOf } from './links.ts'
import { readSchema } from './schema-text.ts'
import type { Content, InForce } from './store.ts'
import * as store from './store.ts'
import { createTally, type Tally } from './tally.ts'
import {
  type Change,
  type Made,
  type Request,
  replayDefault,
  type Simulation,
  type SimulationResult,
  type Tests,
} from './trial-schema.ts'
import { type Check, compile } from './written.ts'

export interface Trials {
  test(caller: Caller, wanted: Tests): Promise<TestResult[]>
  simulate(caller: Caller, wanted: Simulation, signal: AbortSignal): Promise<SimulationResult>
}

export interface TestResult extends Judged {
  name?: string | undefined
  expected: 'allow' | 'deny'
  passed: boolean
}

export interface TrialOptions {
  db: Database
  check: Check
  policies: ActivePolicies
  decisions: DecisionService
  /** Called while the log is to be read whole. */
  flush: (organizationId: string) => Promise<void>
  now: () => number
}

/** Of work between two pauses in which others get their turn. */
const sliceMs = 10
const replayMs = 20_000
const pageLength = 500
const attemptsMax = 20

export function createTrials(options: TrialOptions): Trials {
  const { db, policies, decisions, now } = options
  const pause = createPause(now)

  async function judged(caller: Caller, request: Request, inForce: PoliciesInForce) {
    const { asked, principal } = read(request)
    const trial = { inForce, ...(principal === undefined ? {} : { principal }) }
    for (let attempt = 0; attempt < attemptsMax; attempt++) {
      const found = decisions.judge(caller, asked, trial)
      if (found !== undefined) return found
      await decisions.prepare(caller, [asked])
    }
    throw common.problem('unavailable')
  }

  return {
    async test(caller, { tests, policies: given }) {
      const { organizationId } = caller
      requireSight(
        caller,
        tests.map(({ request }) => request),
      )
      const inForce =
        given === undefined
          ? await policies.of(organizationId)
          : await compiled(await madeUp(options, organizationId, given), 0)
      const stored = tests.map(({ request }) => read(request).asked).filter(isStored)
      await decisions.prepare(caller, stored)
      const results: TestResult[] = []
      for (const { name, request, expect } of tests) {
        const found = await judged(caller, request, inForce)
        const passed = found.verdict.allowed === (expect === 'allow')
        results.push({ name, expected: expect, passed, ...found })
        await pause()
      }
      return results
    },
    async simulate(caller, { changes, replay, requests }, signal) {
      const { organizationId } = caller
      requireSight(caller, requests)
      const before = await policies.of(organizationId)
      const contents = await contentsOf(options, organizationId, changes)
      const members = await db.inTenant(organizationId, (tx) =>
        changed(tx, { organizationId, before, changes, contents }),
      )
      const after = await compiled(members, before.generation)
      const tally = createTally()
      for (const request of requests) {
        const now = await judged(caller, request, before)
        const then = await judged(caller, request, after)
        const { principal, action, resource } = request
        const who = typeof principal === 'string' ? principal : principal.id
        const named = { decisionId: null, principal: who, action, resource }
        tally.add({ ...named, before: now.verdict, after: then.verdict })
        await pause()
      }
      // Nothing asked would be nothing changed, which sounds as if all were well.
      const window = replay ?? (requests.length === 0 ? { limit: replayDefault } : undefined)
      if (window === undefined) return tally.result(true)
      await options.flush(organizationId)
      const compared = { organizationId, before, after, tally, pause, signal }
      return tally.result(await replayed(options, window, compared))
    },
  }
}

/** Policies of one's own tell all attributes of those that are stored. Throws 403. */
function requireSight({ scopes }: Caller, requests: readonly Request[]): void {
  const isSeen = holds(scopes, 'read:principals')
  if (isSeen || requests.every(({ principal }) => typeof principal !== 'string')) return
  const message =
    'With stored principals this takes read:principals; made-up ones may be asked about'
  throw common.problem('forbidden', { message, details: { scope: 'read:principals' } })
}

interface Comparison {
  organizationId: string
  before: PoliciesInForce
  after: PoliciesInForce
  tally: Tally
  pause: Pause
  signal: AbortSignal
}

/** Answers whether there was time for all of the window. */
async function replayed(
  { db, now }: TrialOptions,
  { from, to, limit: wanted }: NonNullable<Simulation['replay']>,
  comparison: Comparison,
): Promise<boolean> {
  const { organizationId, signal } = comparison
  const endsAt = now() + replayMs
  let before: DecisionFilter['before']
  for (let left = wanted; left > 0; ) {
    signal.throwIfAborted()
    if (now() > endsAt) return false
    const limit = Math.min(left, pageLength)
    const page = await db.inTenant(organizationId, (tx) =>
      readPage(tx, organizationId, { from, to, before, limit }),
    )
    await compare(page, comparison)
    const last = page.rows.at(-1)
    if (last === undefined || page.rows.length < limit) return true
    left -= page.rows.length
    before = { at: Date.parse(last.at), id: last.id }
  }
  return true
}

async function compare({ rows, snapshots }: LogPage, comparison: Comparison): Promise<void> {
  const { before, after, tally, pause } = comparison
  for (const row of rows) {
    const again = recorded(row, snapshots)
    if (again === null) tally.skip()
    else {
      const { id: decisionId, principal, action, resource } = row
      tally.add({
        ...{ decisionId, principal, action, resource },
        before: verdictOf(before, factsOf(again, before.needs)),
        after: verdictOf(after, factsOf(again, after.needs)),
      })
    }
    await pause()
  }
}

type Pause = ReturnType<typeof createPause>

function createPause(now: () => number): () => Promise<void> | undefined {
  let slicedAt = now()
  return () => {
    if (now() - slicedAt < sliceMs) return undefined
    return setImmediate().then(() => {
      slicedAt = now()
    })
  }
}

interface LogPage {
  rows: DecisionRow[]
  snapshots: Map<string, unknown[]>
}

async function readPage(tx: Tx, organizationId: string, filter: DecisionFilter): Promise<LogPage> {
  const rows: DecisionRow[] = await listDecisions(tx, organizationId, filter)
  const hashes = new Set(rows.flatMap(({ snapshots }) => snapshots))
  return { rows, snapshots: await readSnapshots(tx, organizationId, [...hashes]) }
}

/** What each of them would be, in their order; null where nothing is written. Throws 400. */
async function contentsOf(
  { db, check }: TrialOptions,
  organizationId: string,
  forms: readonly Pick<Change, 'rules' | 'cedar'>[],
): Promise<(Content | null)[]> {
  const schema = await db.inTenant(organizationId, (tx) => readSchema(tx, organizationId))
  const contents: (Content | null)[] = []
  for (const { rules, cedar } of forms) {
    const isWritten = rules !== undefined || cedar !== undefined
    contents.push(isWritten ? (await compile(check, { rules, cedar }, schema)).content : null)
  }
  return contents
}

interface Changing {
  organizationId: string
  before: PoliciesInForce
  changes: readonly Change[]
  /** Of each of the changes. */
  contents: readonly (Content | null)[]
}

/** What would be in force. Throws 404. */
async function changed(tx: Tx, wanted: Changing): Promise<InForce[]> {
  const { organizationId, before, changes, contents } = wanted
  const members = new Map(before.members)
  for (const [at, { id, status }] of changes.entries()) {
    const content = contents[at] ?? null
    const known = id === undefined ? null : await store.find(tx, organizationId, id)
    if (id !== undefined && known === null) {
      throw errors.problem('policy_not_found', { details: { change: at } })
    }
    const name = known?.id ?? `change_${at}`
    if (status !== 'active') members.delete(name)
    else if (content !== null) {
      const shown = { name: known?.name ?? name, version: (known?.version ?? 0) + 1 }
      members.set(name, { id: name, ...shown, ...content })
    } else if (known !== null) {
      const kept = await store.findVersion(tx, { organizationId, ...known })
      if (kept !== null) members.set(name, kept)
    }
    if (content === null || slotsOf(content).length === 0) continue
    for (const link of await store.linksOf(tx, organizationId, name)) {
      const member = members.get(link.id)
      const { compiled: parts } = filled(content, { template: name, slots: link.slots ?? {} })
      if (member !== undefined) members.set(link.id, { ...member, compiled: parts })
    }
  }
  return [...members.values()]
}

async function madeUp(
  options: TrialOptions,
  organizationId: string,
  given: NonNullable<Tests['policies']>,
): Promise<InForce[]> {
  const contents = await contentsOf(options, organizationId, given)
  return contents.flatMap((content, at) => {
    const name = given[at]?.name || `policies[${at}]`
    return content === null ? [] : [{ id: `policy_${at}`, name, version: 1, ...content }]
  })
}

function isStored({ principal }: Asked): boolean {
  return typeof principal === 'string'
}

function read({ principal, ...request }: Request): {
  asked: Asked
  principal: KnownPrincipal | undefined
} {
  const resource = readResource(request.resource)
  if (resource === null) throw invalidField('resource', 'must be "type:id"')
  const shared = {
    action: request.action,
    resource,
    context: request.context,
    principalAttributes: request.principal_attributes,
    resourceAttributes: request.resource_attributes,
  }
  if (typeof principal === 'string')
    return { asked: { ...shared, principal }, principal: undefined }
  const made = somebody(principal)
  return { asked: { ...shared, principal: made.uid }, principal: made }
}

function somebody({ type: text, id, attributes, groups }: Made): KnownPrincipal {
  const type = readPrincipalType(text)
  if (type === null) throw invalidField('type', 'is no type of principal')
  const own = { id, type, name: id, email: null, status: 'active' as const, owner: null }
  try {
    return knownPrincipal({ ...own, attributes, groups, owners: [], standing: 'active' })
  } catch (error) {
    if (!(error instanceof UnfitAttribute)) throw error
    throw invalidField(error.path, error.message.slice(error.path.length + 2))
  }
}
