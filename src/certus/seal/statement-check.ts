// Holds a signed statement against the content and the seal that it is about, field by field: a
// signature is worth nothing for what nobody compares with it.

import { severities } from './grade/score.ts'
import { computedOf, countsOf, type Graded } from './grade/submission.ts'
import { canonicalJson } from './json/canonical.ts'
import { type Json, JsonFault, type JsonObject, readJson } from './json/read.ts'
import { predicateType, statementType } from './statement.ts'

const bounds = { depthMax: 32, valuesMax: 100_000 }

/** The names of the fields that say something else; none where all agree. */
export function statementFaults(
  statement: Uint8Array,
  about: { content: JsonObject; digest: string; signedHash: string },
): string[] {
  const signed = objectIn(statement)
  if (signed === null) return ['statement']
  const { content } = about
  const predicate = isObject(signed.predicate) ? signed.predicate : {}
  const expected: [field: string, signed: Json | undefined, expected: Json][] = [
    ['_type', signed._type, statementType],
    ['predicateType', signed.predicateType, predicateType],
    ['subject', signed.subject, subjectOf(content, about.digest)],
    ['branch', predicate.branch, content.branch ?? null],
    ['pull_request', predicate.pull_request, content.pull_request ?? null],
    ['claimed', predicate.claimed, { grade: content.grade ?? null, score: content.score ?? null }],
    ['signed_hash', memberOf(predicate.seal, 'signed_hash'), about.signedHash],
  ]
  if (isGraded(content)) {
    expected.push(['computed', predicate.computed, { ...computedOf(content) }])
    expected.push(['findings', predicate.findings, countsOf(content)])
  } else {
    expected.push(['findings', null, 'what can be graded'])
  }
  return expected.flatMap(([field, is, must]) => (isSame(is, must) ? [] : [field]))
}

/** Whether there is something to grade in it, of the shape that a grade needs. */
export function isGraded(content: JsonObject): content is JsonObject & Graded {
  const { findings, control_results } = content
  return (
    Array.isArray(findings) &&
    Array.isArray(control_results) &&
    findings.every((one) => isObject(one) && severities.some((name) => name === one.severity)) &&
    control_results.every((one) => isObject(one) && states.some((state) => state === one.status))
  )
}

const states = ['pass', 'fail', 'partial', 'not_tested']

function subjectOf(content: JsonObject, digest: string): Json {
  return [
    { name: content.evidence_pack_id ?? null, digest: { sha256: digest } },
    { name: content.repo_slug ?? null, digest: { gitCommit: content.commit_hash ?? null } },
  ]
}

function objectIn(bytes: Uint8Array): JsonObject | null {
  try {
    const value = readJson(new TextDecoder('utf-8', { fatal: true }).decode(bytes), bounds)
    return isObject(value) ? value : null
  } catch (error) {
    if (error instanceof JsonFault || error instanceof TypeError) return null
    throw error
  }
}

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function memberOf(value: Json | undefined, name: string): Json | undefined {
  return isObject(value) ? value[name] : undefined
}

function isSame(is: Json | undefined, must: Json): boolean {
  return is !== undefined && canonicalJson(is) === canonicalJson(must)
}
