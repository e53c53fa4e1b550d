// Decides what AuthZEN asks: the same decisions, with the same log, as our own endpoints make.
import { common, Problem } from '../../platform/errors.ts'
import type { Caller } from '../../platform/http/caller.ts'
import { invalidRequest } from '../../platform/http/validation.ts'
import { holds } from '../../platform/permissions.ts'
import type { Asked } from '../decisions/facts.ts'
import type { DecisionService, Judged } from '../decisions/service.ts'
import type { Decision, Evaluation } from './schema.ts'
import type { Subjects } from './subjects.ts'

export interface Evaluator {
  /** Throws 400 that names what has no meaning, and 503. */
  evaluate(caller: Caller, asked: Evaluation, requestId: string): Promise<Decision>
  /** As the decisions' own. */
  charge: DecisionService['charge']
  /** Reads what these need in one go. */
  prepare(caller: Caller, all: readonly Proposed[]): Promise<void>
  /** Without a row in the log. */
  judge(caller: Caller, asked: Proposed): Promise<Judged>
  /** The same at once; null where something must be read first. */
  judgeKnown(caller: Caller, asked: Proposed): Judged | null
}

/** With the id of the stored principal that is meant, where a search knows it. */
export type Proposed = Evaluation & { principalId?: string }

/** More changes than this in one request's time: then it is told to come again. */
const attemptsMax = 20
const trusted = 'trust:attributes'

export function createEvaluator(options: {
  decisions: DecisionService
  subjects: Subjects
}): Evaluator {
  const { decisions, subjects } = options

  function translated(caller: Caller, asked: Proposed): Asked | null {
    const { organizationId, scopes } = caller
    if (asked.principalId !== undefined) return { ...askedOf(asked), principal: asked.principalId }
    const isTrusted = holds(scopes, trusted)
    const principal = subjects.resolve(organizationId, asked.subject, isTrusted)
    return principal === undefined ? null : { ...askedOf(asked), principal }
  }

  async function ready(caller: Caller, asked: Evaluation): Promise<Asked> {
    for (let attempt = 0; attempt < attemptsMax; attempt++) {
      const found = translated(caller, asked)
      if (found !== null) return found
      await subjects.learn(caller.organizationId, [asked.subject])
    }
    throw common.problem('unavailable')
  }

  async function prepare(caller: Caller, all: readonly Proposed[]): Promise<void> {
    const named = all.filter(({ principalId }) => principalId === undefined)
    await subjects.learn(
      caller.organizationId,
      named.map(({ subject }) => subject),
    )
    await decisions.prepare(
      caller,
      all.flatMap((asked) => translated(caller, asked) ?? []),
    )
  }

  function judgeKnown(caller: Caller, asked: Proposed): Judged | null {
    const found = translated(caller, asked)
    return (found && named(() => decisions.judge(caller, found))) ?? null
  }

  return {
    charge: decisions.charge,
    prepare,
    judgeKnown,
    async evaluate(caller, asked, requestId) {
      const found = translated(caller, asked) ?? (await ready(caller, asked))
      const decided = await decisions.evaluate(caller, found, requestId).catch(renamed)
      const { id, allowed, reason, message, policies } = decided
      const context = { id, reason, message, policies: policies.map((policy) => policy.id) }
      return { decision: allowed, context }
    },
    async judge(caller, asked) {
      for (let attempt = 0; attempt < attemptsMax; attempt++) {
        const judged = judgeKnown(caller, asked)
        if (judged !== null) return judged
        await prepare(caller, [asked])
      }
      throw common.problem('unavailable')
    },
  }
}

/** The properties of an action have no place in Cedar but the context. */
function askedOf({ subject, action, resource, context }: Evaluation): Omit<Asked, 'principal'> {
  return {
    action: action.name,
    resource: { type: resource.type, id: resource.id },
    context: action.properties === undefined ? (context ?? {}) : withAction(context, action),
    principalAttributes: subject.properties,
    resourceAttributes: resource.properties,
  }
}

function withAction(context: Evaluation['context'], { properties }: Evaluation['action']) {
  return { ...context, action: properties }
}

function named<Result>(work: () => Result): Result {
  try {
    return work()
  } catch (error) {
    return renamed(error)
  }
}

/** What is wrong stands under AuthZEN's name for it. */
function renamed(error: unknown): never {
  if (!(error instanceof Problem) || error.code !== 'invalid_request') throw error
  const { fields = [] } = error.details as { fields?: { field: string; message: string }[] }
  if (fields.length === 0) throw error
  throw invalidRequest(
    fields.map(({ field, message }) => ({
      field: field
        .replace(/^principal_attributes\b/, 'subject.properties')
        .replace(/^resource_attributes\b/, 'resource.properties')
        .replace(/^context\.action\b/, 'action.properties'),
      message,
    })),
  )
}
