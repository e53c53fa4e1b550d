// What a scan says of the controls of frameworks. A control passes only where all that shows it for
// certain was looked at wholly and nothing was found; where some of it was not looked at, it counts
// as not tested, however clean the rest is.
import { linksOf, proofsOf } from '../controls/chain.ts'
import type { Catalogue, Confidence, Control, Proof } from '../controls/framework.ts'
import { type Severity, severities } from '../grade/score.ts'
import type { EngineLook, ScanFacts } from './facts.ts'

export interface ScannedControl {
  framework: string
  control_id: string
  status: 'pass' | 'fail' | 'partial' | 'not_tested'
  /** What it rests on, and what of it was not looked at. */
  evidence: string[]
  /** What else shows it for certain, where a scan saw all that it can: other records, by proof. */
  awaits?: string[]
}

/** Whether the scan would have found what speaks against a proof. */
interface Shown {
  wholly: boolean
  told: string
}

/** Lesser ones speak against a control, and do not fail it. */
const failing: readonly Severity[] = ['critical', 'high', 'medium']
/** Kinds of weaknesses that are told of a control. */
const toldMax = 20

/** Of every control of which a scan can show anything, in the frameworks' order. */
export function controlResultsOf(catalogue: Catalogue, facts: ScanFacts): ScannedControl[] {
  const able = facts.engines.map((look) => ({ ...look, able: abilitiesOf(catalogue, look) }))
  const shown = new Map(
    [...catalogue.proofs].flatMap(([name, proof]) =>
      proof.engines.length === 0 ? [] : [[name, shownBy({ name, ...proof }, able, facts)] as const],
    ),
  )
  const against = weaknessesOf(catalogue, facts)
  return [...catalogue.frameworks.values()].flatMap(({ id: framework, controls }) =>
    controls.flatMap((control) => {
      if (!Object.keys(control.proven_by).some((proof) => shown.has(proof))) return []
      const found = against.get(`${framework} ${control.id}`) ?? []
      return [{ framework, control_id: control.id, ...stateOf(control, shown, found) }]
    }),
  )
}

interface Against {
  cwe: string | null
  severity: Severity
  confidence: Confidence
  count: number
  /** By the project itself. */
  isAside: boolean
}

/** By framework and control; each weakness under the surest of its links. */
function weaknessesOf(catalogue: Catalogue, facts: ScanFacts): Map<string, Against[]> {
  const against = new Map<string, Against[]>()
  const all = [
    ...facts.findings.map((finding) => ({ ...finding, isAside: false })),
    ...facts.set_aside.map((finding) => ({ ...finding, isAside: true })),
  ]
  const kinds = Map.groupBy(all, ({ cwe_id, scan_type, severity, isAside }) =>
    JSON.stringify([cwe_id, scan_type, severity, isAside]),
  )
  for (const same of kinds.values()) {
    const [first] = same
    if (first === undefined) continue
    const { cwe_id: cwe, scan_type: scanType, severity, isAside } = first
    const surest = new Map<string, Confidence>()
    for (const { framework, control, confidence } of linksOf(catalogue, { cwe, scanType })) {
      const name = `${framework} ${control}`
      const known = surest.get(name)
      if (known === undefined || ranks[confidence] < ranks[known]) surest.set(name, confidence)
    }
    for (const [name, confidence] of surest) {
      const all = against.get(name) ?? []
      all.push({ cwe, severity, confidence, count: same.length, isAside })
      against.set(name, all)
    }
  }
  return against
}

const ranks: Record<Confidence, number> = { high: 0, medium: 1, low: 2 }

function stateOf(
  { proven_by }: Control,
  shown: ReadonlyMap<string, Shown>,
  found: readonly Against[],
): Omit<ScannedControl, 'framework' | 'control_id'> {
  const weights = [...found].sort(
    (a, b) =>
      ranks[a.confidence] - ranks[b.confidence] ||
      severities.indexOf(a.severity) - severities.indexOf(b.severity) ||
      (`${a.cwe}` < `${b.cwe}` ? -1 : 1),
  )
  const evidence = [
    ...weights.slice(0, toldMax).map(({ cwe, severity, confidence, count, isAside }) => {
      const times = count === 1 ? '1 finding' : `${count} findings`
      const about = [times, cwe ?? 'without CWE', severity, `confidence ${confidence}`]
      return `${isAside ? 'set aside by the project' : 'against'}: ${about.join(', ')}`
    }),
    ...(weights.length > toldMax ? [`against: ${weights.length - toldMax} more kinds`] : []),
    ...Object.entries(proven_by).map(([proof, confidence]) => {
      const told = shown.get(proof)?.told ?? 'no scan shows it'
      return `${proof} (confidence ${confidence}): ${told}`
    }),
  ]
  const isSerious = weights.some(({ severity, confidence, isAside }) => {
    return !isAside && confidence === 'high' && failing.includes(severity)
  })
  if (isSerious) return { status: 'fail', evidence }
  const certain = Object.entries(proven_by).filter(([, confidence]) => confidence === 'high')
  const open = certain.map(([proof]) => proof).filter((proof) => shown.get(proof)?.wholly !== true)
  const isLessened = weights.some(({ confidence }) => confidence !== 'low')
  // What was not tested stays so: as `partial` it would raise the score by what was found.
  if (certain.length > 0 && open.length === 0) {
    return { status: isLessened ? 'partial' : 'pass', evidence }
  }
  const isSeen = open.length < certain.length && open.every((proof) => !shown.has(proof))
  return { status: 'not_tested', evidence, ...(isSeen && !isLessened ? { awaits: open } : {}) }
}

/** A proof holds up a control only where every engine that looks for it did so wholly. */
function shownBy(proof: Named, all: readonly AbleLook[], facts: ScanFacts): Shown {
  const looks = proof.engines.map((engine) => all.find((one) => one.engine === engine))
  const known = looks.filter((look) => look !== undefined)
  const broken = known.find(({ state }) => state !== 'ran')
  if (broken !== undefined || known.length < looks.length) {
    const { engine = 'an engine', told = null } = broken ?? {}
    return { wholly: false, told: `not looked at wholly, ${engine}: ${told ?? 'it did not run'}` }
  }
  // All engines ran: that is all that these say. A scan at a commit says so of that commit.
  if (proof.cwe.length === 0 && proof.scan_types.length === 0) return ofRunning(proof, known)
  const parts = known.filter(({ looked }) => looked > 0)
  const able = parts.flatMap((look) => {
    const told = abilityOf(proof, look)
    return told === null ? [] : [told]
  })
  if (parts.length === 0) return { wholly: false, told: 'there was nothing to look at' }
  if (able.length === 0) return { wholly: false, told: 'no rule looks for it here' }
  const blind = proof.core.filter((one) => !parts.some(({ cwe }) => cwe.includes(cweName(one))))
  if (blind.length > 0) {
    const told = `by ${able.join(' and ')}; no rule looks for ${blind.map(cweName).join(', ')} here`
    return { wholly: false, told: `looked at in part, ${told}` }
  }
  const day = facts.advisories === null ? '' : `, advisories of ${facts.advisories}`
  const since = proof.engines.includes('dependencies') ? day : ''
  return { wholly: true, told: `looked at by ${able.join(' and ')}${since}` }
}

const cweName = (cwe: number) => `CWE-${cwe}`

function ofRunning({ engines }: Proof, looks: readonly EngineLook[]): Shown {
  const looked = looks.reduce((sum, one) => sum + one.looked, 0)
  if (looked === 0) return { wholly: false, told: 'there was nothing to look at' }
  return { wholly: true, told: `${engines.join(', ')} ran over this commit` }
}

type Named = Proof & { name: string }

interface AbleLook extends EngineLook {
  /** The weaknesses that its rules look for, by the proof that they are about. */
  able: ReadonlyMap<string, string[]>
}

function abilitiesOf({ proofs }: Catalogue, { cwe }: EngineLook): Map<string, string[]> {
  const able = new Map<string, string[]>()
  for (const one of cwe) {
    for (const name of proofsOf(proofs, { cwe: one, scanType: null }).keys()) {
      able.set(name, [...(able.get(name) ?? []), one])
    }
  }
  return able
}

/** Null where none of the rules that ran looks for such weaknesses. */
function abilityOf(
  { name, scan_types }: Named,
  { engine, looked, rules, able }: AbleLook,
): string | null {
  if (engine === 'dependencies') return `dependencies (${looked} packages)`
  if (engine === 'infrastructure' && scan_types.includes('iac')) {
    return `infrastructure (${rules} rules over ${looked} files)`
  }
  const own = able.get(name)
  return own === undefined ? null : `${engine} (${own.join(', ')} over ${looked} files)`
}
