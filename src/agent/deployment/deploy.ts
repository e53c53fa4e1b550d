// A deployment from its beginning to its end: copy, write, switch, test, reload, look, commit; and
// from wherever it fails, or the process ended, back to what was there before.
import type { DeploymentStep, JobResult } from '../../trust/connectors/agent-protocol.ts'
import { DeploymentFailure, Forbidden, lineOf } from './failure.ts'
import { type Begun, beginJournal, type Journal } from './journal.ts'
import type { Material } from './material.ts'
import { servedNow, untilServed } from './probe.ts'
import { type DeploymentHost, type Target, targetOf } from './target.ts'

export type Deployed = Extract<JobResult, { servedFingerprint: string | null }>
export type Refused = Extract<JobResult, { state: 'refused' }>

export interface Ending {
  /** Must be safe on disk before it resolves: the journal goes after it. */
  keep(begun: Begun, result: Deployed | Refused): Promise<void>
}

export interface Watch extends Ending {
  onStep?: (steps: readonly DeploymentStep[]) => void
  /** Asked before the switch: the server may have taken the job back. */
  isWanted?: () => boolean
}

type StepName = DeploymentStep['step']

/**
 * Never throws for what goes wrong at the target: the result tells. Only where what was there
 * cannot be put back, or the disk fails, it throws, and the journal waits for `recover`.
 */
export async function deploy(
  host: DeploymentHost,
  begun: Begun,
  { material, watch }: { material: Material; watch: Watch },
): Promise<Deployed | Refused> {
  let target: Target
  try {
    target = targetOf(host, begun, material.certificate.publicKey.asymmetricKeyType)
    await target.permit()
    if (await isThere(target, material)) return await nothingToDo(host, begun, { target, watch })
  } catch (error) {
    const result = notBegun(error)
    await watch.keep(begun, result)
    return result
  }
  const journal = await beginJournal(journalsOf(host), begun)
  try {
    return await new Deployment(host, target, journal, watch).run(material)
  } catch (error) {
    await journal.close()
    throw error
  }
}

/** Nothing was touched. */
export function notBegun(error: unknown): Deployed | Refused {
  const message = lineOf(error)
  if (error instanceof Forbidden) return { state: 'refused', message }
  return { state: 'failed', steps: [], servedFingerprint: null, message }
}

/**
 * Ends what a process before this one began: what had been proven is committed, all else undone.
 * Throws where a copy cannot be put back: then nothing new may begin.
 */
export async function recover(
  host: DeploymentHost,
  journals: readonly Journal[],
  ending: Ending,
): Promise<void> {
  const left: DeploymentFailure[] = []
  try {
    for (const journal of journals) {
      const { begun } = journal.history
      try {
        // It was allowed when it began; what is put back must not hang on what is allowed now.
        const target = targetOf({ ...host, types: [begun.target.type] }, begun, undefined)
        await new Deployment(host, target, journal, ending).recover()
      } catch (cause) {
        left.push(new DeploymentFailure(notUndone(journal, cause), { cause }))
      }
    }
  } finally {
    for (const journal of journals) await journal.close()
  }
  // The others are undone all the same.
  const [first] = left
  if (first !== undefined) throw first
}

function notUndone({ folder, path, history: { begun } }: Journal, cause: unknown): string {
  const what = `deployment ${begun.deploymentId} to ${begun.target.name}`
  return (
    `${what} was cut off and cannot be undone (${lineOf(cause)}): put right what stands there ` +
    `(copies of what stood there before: ${folder}), then remove ${path}`
  )
}

export const journalsOf = ({ folder }: DeploymentHost) => `${folder}/journals`

async function isThere({ place, probes }: Target, material: Material): Promise<boolean> {
  if (!(await place.holds(material))) return false
  return (await servedNow(probes)).every((served) => served === material.fingerprint)
}

async function nothingToDo(
  host: DeploymentHost,
  begun: Begun,
  { target: { probes }, watch }: { target: Target; watch: Watch },
): Promise<Deployed> {
  const message = probes.length === 0 ? 'it is there already' : 'it is there and served already'
  const at = host.now().toISOString()
  const steps: DeploymentStep[] = [{ at, step: 'probe', outcome: 'skipped', message }]
  const servedFingerprint = probes.length === 0 ? null : begun.fingerprint
  const result: Deployed = { state: 'deployed', steps, servedFingerprint, message: null }
  await watch.keep(begun, result)
  return result
}

class Deployment {
  readonly #host: DeploymentHost
  readonly #target: Target
  readonly #journal: Journal
  readonly #watch: Watch

  constructor(host: DeploymentHost, target: Target, journal: Journal, watch: Watch) {
    this.#host = host
    this.#target = target
    this.#journal = journal
    this.#watch = watch
  }

  get #history() {
    return this.#journal.history
  }

  async run(material: Material): Promise<Deployed> {
    try {
      this.#pass('begun')
      await this.#forward(material)
    } catch (error) {
      return this.#back(lineOf(error))
    }
    return this.#commit()
  }

  async recover(): Promise<void> {
    if (this.#history.proven) {
      await this.#commit()
      return
    }
    const why = this.#history.restored ?? 'the agent ended in the middle of it'
    await this.#note('recovered', 'done', 'it is undone, because it had not been proven')
    await this.#back(why)
  }

  async #forward(material: Material): Promise<void> {
    const { place, probes, test, reload } = this.#target
    await this.#step('snapshot', async () => {
      const snapshot = await place.snapshot(this.#journal.folder)
      this.#pass('copied')
      const served = await servedNow(probes)
      await this.#journal.append({ mark: 'snapshot', snapshot, served })
      return snapshotLine(served)
    })
    await this.#step('write', async () => {
      const told = await place.write(material, this.#history.snapshot?.snapshot)
      this.#pass('prepared')
      await this.#journal.append({ mark: 'written' })
      return told
    })
    if (this.#watch.isWanted?.() === false) {
      throw new DeploymentFailure('the server has taken the job back')
    }
    await this.#step('switch', async () => {
      await this.#journal.append({ mark: 'switching' })
      this.#pass('switching')
      return place.switch()
    })
    await this.#step('config_test', test)
    await this.#step('reload', reload)
    await this.#step('probe', probes.length === 0 ? null : () => this.#look(material.fingerprint))
    await this.#journal.append({ mark: 'proven' })
    this.#pass('proven')
  }

  async #look(fingerprint: string): Promise<string> {
    const { probes } = this.#target
    await untilServed(
      probes,
      probes.map(() => fingerprint),
      this.#host.probing,
    )
    return `${probes.map(({ host, port }) => `${host}:${port}`).join(', ')} serves ${fingerprint}`
  }

  async #commit(): Promise<Deployed> {
    const { begun } = this.#history
    // Old versions that cannot be removed are no reason to take back what is served.
    const tidied = await this.#target.place.tidy(this.#journal.folder).then(
      () => 'old versions are tidied',
      (error: unknown) => `old versions stay: ${lineOf(error)}`,
    )
    this.#pass('tidied')
    await this.#note('commit', 'done', tidied)
    const servedFingerprint = this.#target.probes.length === 0 ? null : begun.fingerprint
    return this.#end({ state: 'deployed', steps: [], servedFingerprint, message: null })
  }

  /** Throws only where the copies cannot be put back; the journal stays then. */
  async #back(why: string): Promise<Deployed> {
    const { switching, snapshot, restored } = this.#history
    if (switching && snapshot === null) throw new Error('the journal has lost what was there')
    const { place, probes, reload } = this.#target
    if (snapshot !== null && restored === null) {
      await this.#step('roll_back', async () => {
        await place.restore(snapshot.snapshot, this.#journal.folder)
        this.#pass('restored')
        return switching ? 'what was there before is there again' : 'nothing had been switched'
      })
      await this.#journal.append({ mark: 'restored', why })
    }
    let trouble: string | null = null
    const expected = snapshot?.served ?? []
    if (switching) {
      await this.#step('reload', reload).catch((error) => {
        trouble = lineOf(error)
      })
      // Where nobody answered before, there is nobody to ask.
      const answering = probes.filter((_, at) => typeof expected[at] === 'string')
      const before = expected.filter((each) => each !== null)
      if (answering.length > 0) {
        await this.#step('probe', async () => {
          await untilServed(answering, before, this.#host.probing)
          return 'what was served before is served again'
        }).then(
          // A reload that is refused, while the right one is served, has done no harm.
          () => (trouble = null),
          (error) => (trouble = lineOf(error)),
        )
      }
    }
    const served = (await servedNow(probes)).find((each) => each !== null) ?? null
    const message = lineOf(trouble === null ? why : `${why}; and then: ${trouble}`)
    const state = trouble === null ? 'rolled_back' : 'failed'
    return this.#end({ state, steps: [], servedFingerprint: served, message })
  }

  async #end(result: Deployed): Promise<Deployed> {
    const told = { ...result, steps: this.#history.steps.slice(-stepsMax) }
    await this.#watch.keep(this.#history.begun, told)
    this.#pass('kept')
    await this.#journal.remove()
    return told
  }

  async #step(name: StepName, work: (() => Promise<string>) | null): Promise<void> {
    if (work === null) return this.#note(name, 'skipped', 'the target has none')
    try {
      const message = await work()
      await this.#note(name, 'done', message)
    } catch (error) {
      await this.#note(name, 'failed', lineOf(error))
      throw error
    }
    this.#pass(name)
  }

  async #note(step: StepName, outcome: DeploymentStep['outcome'], message: string): Promise<void> {
    const at = this.#host.now().toISOString()
    await this.#journal.append({
      mark: 'step',
      step: { at, step, outcome, message: lineOf(message) },
    })
    this.#watch.onStep?.(this.#history.steps)
  }

  #pass(point: string): void {
    this.#host.crashpoint?.(point)
  }
}

/** As many as the protocol takes. */
const stepsMax = 50

function snapshotLine(served: readonly (string | null)[]): string {
  const seen = served.filter((each) => each !== null)
  if (served.length === 0) return 'copied what is there'
  if (seen.length === 0) return 'copied what is there; nobody serves it now'
  return `copied what is there; ${[...new Set(seen)].join(', ')} is served`
}
