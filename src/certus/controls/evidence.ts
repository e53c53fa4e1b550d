// Gathers what packs say of the controls of one framework, pack by pack, and what they come to.
import type { ProofRecord } from '../facts/records.ts'
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

type Shown = Omit<ControlList['controls'][number], 'with_exceptions'>
type Control = Framework['controls'][number]
type State = Shown['state']

interface Result {
  framework: string
  control_id: string
  status: State
  /** Proofs that it lacks, and that the platform's own records may have. */
  awaits?: readonly string[] | undefined
}

export interface Pack {
  id: string
  repository: string
  stored_at: string
  control_results: readonly Result[]
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
  readonly #records: ReadonlyMap<string, ProofRecord>
  #packs = 0

  /** @param records what the platform's own records come to, by proof */
  constructor(
    catalogue: Catalogue,
    framework: Framework,
    records: ReadonlyMap<string, ProofRecord> = new Map(),
  ) {
    this.#records = records
    this.#framework = framework
    this.#only = { ...catalogue, frameworks: new Map([[framework.id, framework]]) }
  }

  /** @param pack the newest of a repository that was not added yet */
  add(pack: Pack): void {
    this.#packs += 1
    const source = { repository: pack.repository, evidence_pack_id: pack.id }
    const own = pack.control_results
      .filter(({ framework }) => framework === this.#framework.id)
      .map((result) => settled(result, (proof) => this.#isGood(proof)))
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
    const records = this.#recordsFor(control)
    const times = [known.oldest, ...records.map(({ fresh_as_of }) => fresh_as_of)]
    results.sort((a, b) => worstFirst.indexOf(a.status) - worstFirst.indexOf(b.status))
    weaknesses.sort((a, b) => rankOf(a) - rankOf(b))
    return {
      control_id: control.id,
      title: control.title,
      state: withRecords(stateOf(known, this.#packs), records, isShownByRecords(control, records)),
      tested: { wholly, partly, not: this.#packs - wholly - partly },
      fresh_as_of: times.filter((time) => time !== null).sort()[0] ?? null,
      records,
      results_total: results.length,
      weaknesses_total: weaknesses.length,
      results: results.slice(0, shownMax),
      weaknesses: weaknesses.slice(0, shownMax),
    }
  }

  #recordsFor({ proven_by }: Control): Shown['records'] {
    return Object.entries(proven_by).flatMap(([proof, confidence]) => {
      if (this.#only.proofs.get(proof)?.records.includes('packs')) {
        const [state, told] =
          this.#packs === 0
            ? (['none', 'there is no pack'] as const)
            : (['good', `${this.#packs} packs are signed and logged with their commits`] as const)
        return [{ proof, confidence, state, told, fresh_as_of: null }]
      }
      const record = this.#records.get(proof)
      return record === undefined ? [] : [{ proof, confidence, ...record }]
    })
  }

  /** That a pack stands in the log is what the proof that asks for packs wants. */
  #isGood(proof: string): boolean {
    if (this.#records.get(proof)?.state === 'good') return true
    return this.#only.proofs.get(proof)?.records.includes('packs') === true
  }

  #of(control: string, { stored_at }: Pack): Gathered {
    const known = this.#gathered.get(control) ?? nothing()
    if (known.oldest === null || stored_at < known.oldest) known.oldest = stored_at
    this.#gathered.set(control, known)
    return known
  }
}

/** What a sender saw all of that it can see holds, once records show the rest. */
function settled(result: Result, isGood: (proof: string) => boolean): Result {
  const { awaits = [], status } = result
  if (status !== 'not_tested' || awaits.length === 0) return result
  return awaits.every(isGood) ? { ...result, status: 'pass' } : result
}

/** Whether records alone show the control for certain; that there are packs is not enough. */
function isShownByRecords({ proven_by }: Control, records: Shown['records']): boolean {
  const certain = Object.entries(proven_by).filter(([, confidence]) => confidence === 'high')
  const good = records.filter(({ state, confidence }) => state === 'good' && confidence === 'high')
  const isMore = good.some(({ fresh_as_of }) => fresh_as_of !== null)
  return isMore && good.length === certain.length
}

/** A bad record fails what it shows for certain; one that needs care or is less sure lessens it. */
function withRecords(state: State, records: Shown['records'], isShown: boolean): State {
  const against = records.filter((record) => {
    return record.confidence !== 'low' && ['bad', 'warning'].includes(record.state)
  })
  const isBad = against.some((one) => one.state === 'bad' && one.confidence === 'high')
  if (state === 'fail' || isBad) return 'fail'
  if (against.length > 0) return 'partial'
  return state === 'not_tested' && isShown ? 'pass' : state
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
