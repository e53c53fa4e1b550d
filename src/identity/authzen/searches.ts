// The three searches: who may do this, on what may they do it, what may they do. Candidates are
// what is stored, and the actions that policies name; each is then decided as a request would be.
import type { Database } from '../../platform/db.ts'
import type { Caller } from '../../platform/http/caller.ts'
import { readPrincipalType } from '../policy/names.ts'
import { type Place, placeOf } from './page.ts'
import type { ActionSearch, Found, FoundActions, ResourceSearch, SubjectSearch } from './schema.ts'
import { type Candidate, searchPage } from './search.ts'
import type { Evaluator, Proposed } from './service.ts'
import { listResources, listSubjects } from './store.ts'

export interface Searches {
  subjects(asker: Asker, asked: SubjectSearch): Promise<Found>
  resources(asker: Asker, asked: ResourceSearch): Promise<Found>
  actions(asker: Asker, asked: ActionSearch): Promise<FoundActions>
}

export interface Asker {
  caller: Caller
  signal: AbortSignal
}

export interface SearchOptions {
  db: Database
  evaluator: Evaluator
  /** In a stable order; those that the active policies of the organization name. */
  actionsOf: (organizationId: string) => Promise<readonly string[]>
}

export function createSearches(options: SearchOptions): Searches {
  return {
    subjects: (asker, asked) => searchSubjects(options, asker, asked),
    resources: (asker, asked) => searchResources(options, asker, asked),
    actions: (asker, asked) => searchActions(options, asker, asked),
  }
}

/** A candidate, and the request that it would be. */
interface Proposal<Result> {
  at: string
  result: Result
  asked: Proposed
}

function search<Result>(
  { evaluator }: SearchOptions,
  { caller, signal }: Asker,
  place: Place,
  propose: (after: string | null, count: number) => Promise<readonly Proposal<Result>[]>,
) {
  const candidate = ({ at, result, asked }: Proposal<Result>): Candidate<Result> => ({
    at,
    result,
    isAllowed() {
      const judged = evaluator.judgeKnown(caller, asked)
      if (judged !== null) return judged.verdict.allowed
      return evaluator.judge(caller, asked).then(({ verdict }) => verdict.allowed)
    },
  })
  return searchPage({
    place,
    signal,
    now: () => performance.now(),
    async candidates(after, count) {
      const proposals = await propose(after, count)
      const all = proposals.map(({ asked }) => asked)
      if (all.length > 0) await evaluator.prepare(caller, all)
      return proposals.map(candidate)
    },
  })
}

function searchSubjects(
  options: SearchOptions,
  asker: Asker,
  { page, ...question }: SubjectSearch,
): Promise<Found> {
  const { organizationId } = asker.caller
  const { subject, action, resource, context } = question
  const place = placeOf(page, { subject: subject.type, action, resource, context })
  const type = readPrincipalType(subject.type)
  return search(options, asker, place, async (after, count) => {
    if (type === null) return []
    const rows = await options.db.inTenant(organizationId, (tx) =>
      listSubjects(tx, organizationId, { type, after, count }),
    )
    return rows.map(({ id, external_id }) => ({
      at: id,
      result: { type: subject.type, id: external_id ?? id },
      asked: { ...question, subject: { type, id, properties: undefined }, principalId: id },
    }))
  })
}

function searchResources(
  options: SearchOptions,
  asker: Asker,
  { page, ...question }: ResourceSearch,
): Promise<Found> {
  const { organizationId } = asker.caller
  const { subject, action, context } = question
  const { type } = question.resource
  const place = placeOf(page, { subject, action, resource: type, context })
  return search(options, asker, place, async (after, count) => {
    const rows = await options.db.inTenant(organizationId, (tx) =>
      listResources(tx, organizationId, { type, after, count }),
    )
    return rows.map(({ id }) => ({
      at: id,
      result: { type, id },
      asked: { ...question, resource: { type, id, properties: undefined } },
    }))
  })
}

async function searchActions(
  options: SearchOptions,
  asker: Asker,
  { page, ...question }: ActionSearch,
): Promise<FoundActions> {
  const place = placeOf(page, question)
  const names = await options.actionsOf(asker.caller.organizationId)
  return search(options, asker, place, async (after, count) => {
    const rest = names.filter((name) => after === null || name > after)
    return rest.slice(0, count).map((name) => ({
      at: name,
      result: { name },
      asked: { ...question, action: { name, properties: undefined } },
    }))
  })
}
