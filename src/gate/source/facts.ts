// What a scan came to, for whoever makes evidence of it: the findings without any source, and of
// each engine whether it looked at everything and by which rules. Where it says nothing, silence
// must not pass for an answer.
import { type Finding, type ScanType, type Severity, severities } from '../scanner/finding.ts'
import { withoutBlind } from '../scanner/fingerprint.ts'
import { type EngineName, engineNames } from '../scanner/project/settings.ts'
import { engineNames as namesOfTypes } from '../scanner/report/engine-name.ts'
import type { Scanner, Suppressed } from '../scanner/scanner.ts'
import { loadEngine } from './engine.ts'
import { infrastructureRules, type Kind } from './met.ts'
import { type ScanOptions, scannerOptions } from './options.ts'
import { provenTypes, type ScanOutcome } from './outcome.ts'
import { loadRules } from './rules.ts'

export interface ScanFacts {
  /** The worst first. */
  findings: FindingFacts[]
  /** Findings beyond what evidence takes: the least severe. */
  left_out: number
  /** In the order of `engineNames`. */
  engines: EngineFacts[]
  /** What the project or a comment set aside, and why; the worst first. */
  set_aside: SetAsideFacts[]
  /** The day of the advisories that packages were compared with. */
  advisories: string | null
}

export interface FindingFacts {
  fingerprint: string
  title: string
  severity: Severity
  scan_type: ScanType
  rule_id: string
  file_path: string | null
  line_number: number | null
  cwe_id: string | null
  description: string
  remediation: string
}

export type SetAsideFacts = Omit<FindingFacts, 'description' | 'remediation'> & {
  /** As it was written; empty where nothing was. */
  reason: string
}

export interface EngineFacts {
  engine: EngineName
  /**
   * - `ran`: over everything that it knows.
   * - `cut`: some was not looked at, or with nothing to compare it with.
   * - `failed`: it came to no end.
   * - `off`: nobody wanted it.
   */
  state: 'ran' | 'cut' | 'failed' | 'off'
  /** Why it did not look at everything. */
  told: string | null
  /** Files, or packages, that it had anything to say of. */
  looked: number
  /** How many rules could have found something there. */
  rules: number
  /** The weaknesses that these look for, sorted. */
  cwe: string[]
}

type FactOptions = Pick<ScanOptions, 'engines'> & { cacheDirectory: string | null }

/** @throws {Error} when the engine or a rule cannot be loaded */
export async function factsOf(
  outcome: ScanOutcome,
  { engines, cacheDirectory }: FactOptions,
): Promise<ScanFacts> {
  const scanner = await scannerOf({ engines, cacheDirectory })
  const told = whyCut(outcome)
  const ordered = outcome.findings.map(findingFacts).sort((a, b) => rankOf(a) - rankOf(b))
  return {
    findings: ordered.slice(0, findingsMax),
    left_out: Math.max(0, ordered.length - findingsMax),
    engines: engineNames.map((engine): EngineFacts => {
      if (!outcome.engines.some((type) => namesOfTypes[type] === engine)) return off(engine)
      const why = told(engine)
      return { engine, state: why === null ? 'ran' : 'cut', told: why, ...read(engine) }
    }),
    set_aside: outcome.suppressed
      .map(setAsideFacts)
      .sort((a, b) => rankOf(a) - rankOf(b))
      .slice(0, findingsMax),
    advisories: outcome.advisories.date,
  }

  function read(engine: EngineName): Pick<EngineFacts, 'looked' | 'rules' | 'cwe'> {
    const packages = outcome.packages.length
    if (engine === 'dependencies') return { looked: packages, rules: 0, cwe: [] }
    return rulesOver(scanner, outcome.met, engine, new Set(outcome.rules.map(({ id }) => id)))
  }
}

const findingsMax = 25_000
const rankOf = ({ severity }: Pick<FindingFacts, 'severity'>) => severities.indexOf(severity)

const scanners = new Map<string, Promise<Scanner>>()

/** Made once per choice of engines: reading the rules takes longer than all else here. */
function scannerOf({ engines, cacheDirectory }: FactOptions): Promise<Scanner> {
  const options = scannerOptions({ engines }).tree
  const name = JSON.stringify(options.engines)
  const made = scanners.get(name) ?? build(options, cacheDirectory)
  scanners.set(name, made)
  made.catch(() => scanners.delete(name))
  return made
}

async function build(
  options: ReturnType<typeof scannerOptions>['tree'],
  cacheDirectory: string | null,
): Promise<Scanner> {
  const { code, infrastructure } = options.engines
  const kinds = (['code', 'infrastructure'] as const).filter((kind) => {
    return kind === 'code' ? code : infrastructure
  })
  const rules = await loadRules({ cacheDirectory, kinds: ['secrets', ...kinds] })
  return (await loadEngine(null)).buildScanner({ rules, options })
}

export function off(engine: EngineName): EngineFacts {
  return { engine, state: 'off', told: 'it was switched off', looked: 0, rules: 0, cwe: [] }
}

function findingFacts(finding: Finding): FindingFacts {
  const [name] = withoutBlind(finding.fingerprints)
  return {
    fingerprint: name === undefined ? finding.ruleId : `${name.algorithm}:${name.value}`,
    title: finding.title,
    severity: severityOf(finding),
    scan_type: finding.scanType,
    rule_id: finding.ruleId,
    file_path: finding.location?.path ?? null,
    line_number: finding.location?.line ?? null,
    cwe_id: finding.cweId,
    description: finding.description,
    remediation: finding.remediation,
  }
}

function setAsideFacts({ finding, reason }: Suppressed): SetAsideFacts {
  const { description: _, remediation: __, ...facts } = findingFacts(finding)
  return { ...facts, reason: reason ?? '' }
}

/** A project may take a rule less seriously for itself; evidence does not. */
function severityOf({ severity, rated }: Finding): Severity {
  if (rated === undefined) return severity
  return (
    severities[Math.min(severities.indexOf(severity), severities.indexOf(rated.from))] ?? severity
  )
}

/** @param ran ids of the rules that nobody switched off */
function rulesOver(
  scanner: Scanner,
  kinds: readonly Kind[],
  engine: EngineName,
  ran: ReadonlySet<string>,
) {
  const found = new Map<string, string | null>()
  let looked = 0
  for (const { kind, sample, files } of kinds) {
    const form = engine === 'infrastructure' ? infrastructureRules(kind) : /^/
    if (form === null) continue
    const own = (scanner.readersOf?.(sample) ?? [])
      .filter(({ scanType }) => namesOfTypes[scanType] === engine)
      .flatMap(({ rules }) => rules)
      .filter(({ id }) => ran.has(id) && form.test(id))
    if (own.length > 0) looked += files
    for (const { id, cweId } of own) found.set(id, cweId)
  }
  const cwe = [...new Set(found.values())].filter((one) => one !== null).sort()
  return { looked, rules: found.size, cwe }
}

/** Of an engine that ran, why it did not look at everything; null where it did. */
function whyCut(outcome: ScanOutcome): (engine: EngineName) => string | null {
  const { shortfalls, advisories, otherCode } = outcome
  const [first] = shortfalls
  const others = shortfalls.length > 1 ? ` and ${shortfalls.length - 1} more` : ''
  const place = first?.path === null || first === undefined ? '' : `${first.path}: `
  const cut = first === undefined ? null : `cut short (${place}${first.reason}${others})`
  const isCompared = provenTypes(outcome).includes('sca')
  return (engine) => {
    if (cut !== null) return cut
    if (engine === 'code') return otherCode
    if (engine !== 'dependencies' || isCompared) return null
    return advisories.selected === null
      ? `there are no advisories for ${advisories.uncovered.join(', ')}`
      : 'compared with the bundled selection of advisories alone'
  }
}
