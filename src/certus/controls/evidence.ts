// Gathers what packs say of the controls of one framework, pack by pack, and what they come to.
import type { Weaknesses } from '../packs/weaknesses.ts'
import { linksOf } from '../seal/controls/chain.ts'
import {
  type Catalogue,
  confidences,
  controlOf,
  type Framework,
} from '../seal/controls/framework.ts'
import { severities } from '../seal/grade/score.ts'
import type { ControlList } from './schema.ts'

type Shown = ControlList['controls'][number]
type Control = Framework['controls'][number]
type State = Shown['state']

export interface Pack {
  id: string
  repository: string
  stored_at: string
  control_results: readonly { framework: string; control_id: string; status: State }[]
  weaknesses: Weaknesses
}

interface Gathered {
  results: Shown['results']
  weaknesses: Shown['weaknesses']
  wholly: number
  partly: number
  oldest: string | null
}

const shownMax = 200
const worstFirst: readonly State[] = ['fail', 'partial', 'not_tested', 'pass']

/** Lesser ones are told, and fail nothing. */
const failing = ['critical', 'high', 'medium']

export class ControlEvidence {
  readonly #framework: Framework
  readonly #only: Catalogue
  readonly #gathered = new Map<string, Gathered>()
  #packs = 0

  constructor(catalogue: Catalogue, framework: Framework) {
    this.#framework = framework
    this.#only = { ...catalogue, frameworks: new Map([[framework.id, framework]]) }
  }

  /** @param pack the newest of a repository that was not added yet */
  add(pack: Pack): void {
    this.#packs += 1
    const source = { repository: pack.repository, evidence_pack_id: pack.id }
    const own = pack.control_results.filter(({ framework }) => framework === this.#framework.id)
    const byControl = Map.groupBy(own, ({ control_id }) => controlOf(this.#framework, control_id))
    for (const [control, results] of byControl) {
      if (control === null) continue
      const known = this.#of(control.id, pack)
      for (const { control_id, status } of results) {
        known.results.push({ control_id, status, ...source })
      }
      if (isWhole(control, results)) known.wholly += 1
      else if (results.some(({ status }) => status !== 'not_tested')) known.partly += 1
    }
    for (const weakness of pack.weaknesses) {
      const { cwe, scan_type: scanType } = weakness
      for (const { control, proof, confidence } of linksOf(this.#only, { cwe, scanType })) {
        this.#of(control, pack).weaknesses.push({ ...weakness, ...source, proof, confidence })
      }
    }
  }

  shown(control: Control): Shown {
    const known = this.#gathered.get(control.id) ?? nothing()
    const { results, weaknesses, wholly, partly } = known
    results.sort((a, b) => worstFirst.indexOf(a.status) - worstFirst.indexOf(b.status))
    weaknesses.sort((a, b) => rankOf(a) - rankOf(b))
    return {
      control_id: control.id,
      title: control.title,
      state: stateOf(known, this.#packs),
      tested: { wholly, partly, not: this.#packs - wholly - partly },
      fresh_as_of: known.oldest,
      results_total: results.length,
      weaknesses_total: weaknesses.length,
      results: results.slice(0, shownMax),
      weaknesses: weaknesses.slice(0, shownMax),
    }
  }

  #of(control: string, { stored_at }: Pack): Gathered {
    const known = this.#gathered.get(control) ?? nothing()
    if (known.oldest === null || stored_at < known.oldest) known.oldest = stored_at
    this.#gathered.set(control, known)
    return known
  }
}

function nothing(): Gathered {
  return { results: [], weaknesses: [], wholly: 0, partly: 0, oldest: null }
}

/** By a result for the control itself, or for each part where it is known how many there are. */
function isWhole(control: Control, results: readonly { control_id: string; status: State }[]) {
  if (results.some(({ status }) => status === 'not_tested')) return false
  const itself = results.some(({ control_id }) => {
    return control_id === control.id || `V${control_id}` === control.id
  })
  return itself || results.length === control.parts
}

/** The worst of what was tested; a likely link to a serious finding fails it. */
function stateOf({ results, weaknesses, wholly, partly }: Gathered, packs: number): State {
  const speaks = weaknesses.some(({ severity, confidence }) => {
    return confidence === 'high' && failing.includes(severity)
  })
  const has = (state: State) => results.some(({ status }) => status === state)
  if (speaks || has('fail')) return 'fail'
  if (wholly + partly === 0) return 'not_tested'
  return has('partial') || wholly < packs ? 'partial' : 'pass'
}

function rankOf({ confidence, severity }: Shown['weaknesses'][number]): number {
  return confidences.indexOf(confidence) * severities.length + severities.indexOf(severity)
}
