// Reads files of Cedar's integration tests, and holds our decisions against what they expect.
import {
  type Entities as CedarEntities,
  type Context,
  preparsePolicySet,
  preparseSchema,
  statefulIsAuthorized,
} from '@cedar-policy/cedar-wasm/nodejs'
import { decide } from '../../src/identity/policy/decide.ts'
import { createEntities } from '../../src/identity/policy/entities.ts'
import type { AccessRequest, Entity } from '../../src/identity/policy/json.ts'
import { parsePolicies } from '../../src/identity/policy/parse.ts'
import { compilePolicySet } from '../../src/identity/policy/set.ts'
import { tokensOf } from '../../src/identity/policy/tokens.ts'
import { Schema } from './cedar-schema.ts'

/** One test: policies, entities and requests with what they must answer. */
export interface CorpusCase {
  readonly name: string
  readonly policies: string
  readonly schema: string
  /** JSON, kept as text because its integers have 64 bits. */
  readonly entities: string
  readonly test: string
}

/** A request with the answer that Cedar's own implementations agree on. */
export interface ExpectedRequest extends AccessRequest {
  readonly decision: 'allow' | 'deny'
  readonly reason: readonly string[]
  readonly errors: readonly string[]
}

export interface Outcome {
  readonly requests: number
  /** Where an engine does not answer as expected. */
  readonly faults: string[]
}

/** Every request of a case through our engine. */
export function runCase(corpusCase: CorpusCase): Outcome {
  const { name } = corpusCase
  const requests = requestsOf(corpusCase)
  const { policies, errors } = parsePolicies(writeLargeIntegers(corpusCase.policies))
  if (errors.length > 0)
    return { requests: requests.length, faults: [`${name}: ${errors[0]?.message}`] }
  const set = compilePolicySet(policies.map(({ json }, i) => ({ id: `policy${i}`, json })))
  const schema = new Schema(corpusCase.schema)
  const stored = (parseExactly(corpusCase.entities) as Entity[]).map((each) => schema.entity(each))
  const entities = createEntities([...schema.actions, ...stored])
  const faults = requests.flatMap((request, i) => {
    const context = schema.context(request.action, { ...request.context })
    const { decision, reasons, errors } = decide(set, { ...request, context }, entities)
    const failed = errors.map(({ policyId }) => policyId)
    return compare(`${name} request ${i}`, request, { decision, reasons, failed })
  })
  return { requests: requests.length, faults }
}

/** The same through Cedar's own engine, which JSON costs its integers beyond 2^53. */
export function runCaseInCedar(corpusCase: CorpusCase): Outcome {
  const requests = requestsOf(corpusCase)
  preparsePolicySet('corpus', { staticPolicies: corpusCase.policies })
  preparseSchema('corpus', corpusCase.schema)
  const entities: CedarEntities = JSON.parse(corpusCase.entities)
  const rounded: { requests: { context: Context }[] } = JSON.parse(corpusCase.test)
  const faults = requests.flatMap((request, i) => {
    const place = `${corpusCase.name} request ${i}`
    const answer = statefulIsAuthorized({
      principal: request.principal,
      action: request.action,
      resource: request.resource,
      context: rounded.requests[i]?.context ?? {},
      preparsedPolicySetId: 'corpus',
      preparsedSchemaName: 'corpus',
      validateRequest: false,
      entities,
    })
    if (answer.type === 'failure') return [`${place}: ${answer.errors[0]?.message}`]
    const { decision, diagnostics } = answer.response
    const failed = diagnostics.errors.map(({ policyId }) => policyId)
    return compare(place, request, { decision, reasons: diagnostics.reason, failed })
  })
  return { requests: requests.length, faults }
}

interface Answer {
  readonly decision: string
  readonly reasons: readonly string[]
  readonly failed: readonly string[]
}

function compare(place: string, expected: ExpectedRequest, answer: Answer): string[] {
  const is = JSON.stringify([answer.decision, sorted(answer.reasons), sorted(answer.failed)])
  const should = JSON.stringify([
    expected.decision,
    sorted(expected.reason),
    sorted(expected.errors),
  ])
  return is === should ? [] : [`${place}: ${is}, not ${should}`]
}

function sorted(names: readonly string[]): string[] {
  return names.toSorted()
}

export function requestsOf({ test }: CorpusCase): ExpectedRequest[] {
  return (parseExactly(test) as { requests: ExpectedRequest[] }).requests
}

/** JSON with integers beyond ±(2^53−1) as bigints. */
export function parseExactly(text: string): unknown {
  return JSON.parse(text, (_, value: unknown, context?: { source?: string }) =>
    typeof value === 'number' && !Number.isSafeInteger(value)
      ? BigInt(context?.source ?? '')
      : value,
  )
}

/**
 * The corpus holds integers that we refuse because Cedar's parser would round them on their way
 * to JSON. Written as sums of products of smaller ones they mean the same.
 */
export function writeLargeIntegers(text: string): string {
  let written = ''
  let end = 0
  let minus = -1
  for (const token of tokensOf(text)) {
    const source = text.slice(token.start, token.end)
    if (token.kind === 'integer' && BigInt(source) > BigInt(Number.MAX_SAFE_INTEGER)) {
      const least = BigInt(source) === 1n << 63n
      written += text.slice(end, least ? minus : token.start)
      written += least ? '(-9007199254740991 * 1024 - 1024)' : productOf(BigInt(source))
      end = token.end
    }
    minus = source === '-' ? token.start : -1
  }
  return written + text.slice(end)
}

function productOf(integer: bigint): string {
  const unit = 1n << 30n
  return `(${integer / unit} * ${unit} + ${integer % unit})`
}
