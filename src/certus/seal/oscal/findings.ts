// What a pack says of the controls of one framework, as OSCAL findings. `satisfied` stands only
// where the control was tested and nothing speaks against it: OSCAL has no word for what nobody
// looked at, so that is left out.
import { linksOf } from '../controls/chain.ts'
import {
  type Catalogue,
  type Confidence,
  controlOf,
  type Framework,
} from '../controls/framework.ts'
import type { JsonObject } from '../json/read.ts'
import { controlToken, lineOf } from './names.ts'
import { type Kind, keyOfKind, keyOfResult } from './observations.ts'
import type { AssessedResult } from './pack.ts'

export interface Against {
  kind: Kind
  proof: string
  confidence: Confidence
}

/** Of one control, or of a requirement below it. */
export interface Assessed {
  /** As it was written. */
  id: string
  /** Of the catalogue's control. */
  control: string
  title: string
  result: AssessedResult | null
  against: Against[]
  proofs: readonly string[]
}

const failing = ['critical', 'high', 'medium']

/**
 * Of the frameworks that the pack has results for; of a pack without any, of all, as far as its
 * findings speak of them.
 *
 * @param wanted only these, where given
 */
export function assessedFrameworks(
  catalogue: Catalogue,
  { controlResults, kinds }: { controlResults: readonly AssessedResult[]; kinds: readonly Kind[] },
  wanted?: readonly string[] | null,
): { framework: Framework; assessed: Assessed[] }[] {
  const named = new Set(controlResults.map(({ framework }) => framework))
  return [...catalogue.frameworks.values()].flatMap((framework) => {
    const { id } = framework
    const isMeant = named.size === 0 || named.has(id)
    if (!isMeant || (wanted != null && !wanted.includes(id))) return []
    const results = controlResults.filter((one) => one.framework === id)
    const assessed = assessedOf(catalogue, framework, { results, kinds })
    return assessed.length > 0 || named.has(id) ? [{ framework, assessed }] : []
  })
}

/** What was tested, in the order of the catalogue. */
function assessedOf(
  catalogue: Catalogue,
  framework: Framework,
  { results, kinds }: { results: readonly AssessedResult[]; kinds: readonly Kind[] },
): Assessed[] {
  const only = { ...catalogue, frameworks: new Map([[framework.id, framework]]) }
  const against = Map.groupBy(
    kinds.flatMap((kind) =>
      linksOf(only, kind).map(({ control, proof, confidence }) => {
        return { control, kind, proof, confidence }
      }),
    ),
    ({ control }) => control,
  )
  const tested = Map.groupBy(
    results.filter(({ status }) => status !== 'not_tested'),
    ({ control_id }) => controlOf(framework, control_id)?.id,
  )
  return framework.controls.flatMap(({ id: control, title, proven_by }): Assessed[] => {
    const known = against.get(control) ?? []
    const own = tested.get(control) ?? []
    const about = { control, title, against: known, proofs: Object.keys(proven_by) }
    if (own.length > 0) {
      return own.map((result) => ({ ...about, id: result.control_id, result }))
    }
    return known.some(isSure) ? [{ ...about, id: control, result: null }] : []
  })
}

export function isSatisfied({ result, against }: Assessed): boolean {
  return result?.status === 'pass' && !against.some(isSure)
}

export function findingOf(
  framework: Framework,
  assessed: Assessed,
  uuidOf: (key: string) => string,
): JsonObject {
  const { id, title, result, against } = assessed
  const key = JSON.stringify([framework.id, id])
  const observations = [
    ...(result === null ? [] : [keyOfResult(result)]),
    ...new Set(against.map(({ kind }) => keyOfKind(kind))),
  ]
  return {
    uuid: uuidOf(`finding ${key}`),
    title: lineOf(`${framework.id} ${id}`),
    description: lineOf(title),
    props: [{ name: 'label', value: lineOf(id) }],
    target: {
      type: 'objective-id',
      'target-id': `${controlToken(framework.id, id)}_obj`,
      status: statusOf(assessed),
    },
    'related-observations': observations.map((name) => ({ 'observation-uuid': uuidOf(name) })),
  }
}

function statusOf(assessed: Assessed): JsonObject {
  const { result, against, proofs } = assessed
  const sure = against.filter(isSure)
  const unsure = against.filter((one) => !isSure(one))
  const words = [
    result === null ? 'No result was sent for it.' : `Result: ${result.status}.`,
    ...(proofs.length > 0 ? [`Looked for, by test: ${proofs.join(', ')}.`] : []),
    ...(sure.length > 0 ? [`Against it: ${sure.map(told).join('; ')}.`] : []),
    ...(unsure.length > 0 ? [`Less sure or less severe: ${unsure.map(told).join('; ')}.`] : []),
  ]
  const reason = sure.length > 0 || result?.status === 'fail' ? 'fail' : 'other'
  return {
    state: isSatisfied(assessed) ? 'satisfied' : 'not-satisfied',
    reason: isSatisfied(assessed) ? 'pass' : reason,
    remarks: lineOf(words.join(' ')),
  }
}

function told({ kind, proof, confidence }: Against): string {
  const { cwe, severity, findings } = kind
  return `${findings.length} ${severity} ${cwe ?? 'without CWE'} (${proof}, ${confidence})`
}

/** Lesser findings, and less sure chains, are told and fail nothing. */
function isSure({ kind, confidence }: Pick<Against, 'kind' | 'confidence'>): boolean {
  return confidence === 'high' && failing.includes(kind.severity)
}
