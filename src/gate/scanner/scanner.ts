// The pure heart of a scan: bytes and rules in, findings out. Reading files, git and workers are
// the caller's (`gate/source`).
import { createHash } from 'node:crypto'
import { isBaseline } from './baseline.ts'
import type { Outline } from './code/program/outline.ts'
import { readText } from './content.ts'
import { Cuts } from './cuts.ts'
import type { Package } from './dependencies/package.ts'
import type { Around, FileEngine, Membership, UnitEngine, UnitKind } from './engine.ts'
import type { Finding, RuleSummary } from './finding.ts'
import type { FingerprintKey } from './fingerprint.ts'
import { type Reader, readersOf, traceIn } from './insight.ts'
import type { Redactor } from './redact.ts'
import {
  hidingCredentials,
  type Reported,
  reportShared,
  reportWeaknesses,
} from './report-weaknesses.ts'
import { createDetector, type Detector } from './secrets/detect.ts'
import { redactorFor, toFindings } from './secrets/findings.ts'
import type { SecretRule } from './secrets/rule-data.ts'
import type { SecretMatch } from './secrets/search.ts'
import { bytesMaxOf, type SizeLimits } from './size.ts'
import { SourceText } from './source-text.ts'
import type { Suppressed } from './suppress.ts'
import type { Budget, Weakness } from './weakness.ts'

export type { Suppressed } from './suppress.ts'

export interface ScanFile {
  /** Relative to the root, with `/`. */
  path: string
  bytes: Uint8Array
}

export const skipReasons = ['binary', 'generated', 'minified', 'too-large', 'unreadable'] as const
export type SkipReason = (typeof skipReasons)[number]

export interface FileResult {
  path: string
  findings: Finding[]
  suppressed: Suppressed[]
  skipped: SkipReason | null
  /** Set when a limit cut the analysis of this file short: what was hit. */
  incomplete: string | null
  /** Set with `incomplete` where another attempt would be cut short in the same way. */
  repeatable?: true
  /**
   * Set when the file was scanned by exact rules only: in what a program wrote, a token of a known
   * shape is a leak all the same, while names and values there tell nothing.
   */
  reduced?: 'generated' | 'minified'
  /**
   * What it says of its place in the program. Where that is code, nothing else is said yet: it is
   * to be scanned again among the files that it leads to.
   */
  outline?: Outline
  /**
   * Found by following calls, in this file or in others. The same place may be found from several
   * files: `mergeShared` puts all of them together and completes the fingerprints.
   */
  shared?: Reported
  /** With which files this one is to be seen; they are scanned together by `scanUnit`. */
  memberships?: Membership[]
  /** Of a unit: what its files say is used. */
  packages?: Package[]
}

/** Files that belong together, read by the caller as `groupUnits` says. */
export interface ScanUnit {
  kind: UnitKind
  /** Names the unit in results and caches. */
  path: string
  files: readonly ScanFile[]
}

export interface ScannerOptions {
  engines: EngineSwitches
  /** Keys the fingerprints of secrets of one organization; null outside a server. */
  fingerprintKey: FingerprintKey
  limits: SizeLimits & { fileMs: number; findingsPerFileMax: number }
  /** Milliseconds of a monotonic clock; handed in, because the heart has no clock. */
  now: () => number
}

export interface EngineSwitches {
  secrets: boolean
  code: boolean
  dependencies: boolean
  infrastructure: boolean
}

/** What a scanner is made of. Engines that are switched off are not in it. */
export interface ScannerParts {
  secrets: readonly SecretRule[]
  files: readonly FileEngine[]
  units: readonly UnitEngine[]
}

export interface Scanner {
  rules: readonly RuleSummary[]
  /** Changes when the rules, the engine or the options change: part of every cache key. */
  digest: string
  /** Loads what files of these paths need, before they are scanned. */
  prepare(paths: Iterable<string>): Promise<void>
  /** Alone, or `around` other files of its program. */
  scanFile(file: ScanFile, around?: Around): FileResult
  /** As `scanFile`, but only the outline where the file is to be seen among others. */
  glance?(file: ScanFile): FileResult
  /** Findings of a unit are in its files; `path` of the result is the unit's. */
  scanUnit(unit: ScanUnit): FileResult
  /** Which engines read files of this path, each with the rules by which it may find something. */
  readersOf?(path: string): Reader[]
  /** What the engines can tell of why nothing is reported on a line, counted from 1. */
  trace?(file: ScanFile, line: number): string[]
}

/**
 * A scanner for any number of files; it keeps nothing of one when it goes on to the next.
 *
 * `scanFile` and `scanUnit` never throw for what a file holds. Binary files and those over
 * `fileBytesMax` are skipped; `incomplete` says which limit cut a file short, and what was found
 * until then stands.
 */
export function createScanner(parts: ScannerParts, options: ScannerOptions): Scanner {
  const { files, units } = parts
  const secretRules = options.engines.secrets ? parts.secrets : []
  const detector = createDetector(parts.secrets)
  const { limits, now } = options
  const budgetFrom = (): Budget => {
    const until = now() + limits.fileMs
    return { expired: () => now() > until }
  }
  const hidingSecrets = () => hidingSecretsWithin(budgetFrom(), detector)

  function scanSource(source: SourceText, around?: Around): FileResult {
    const { path, bytes } = source
    const result: FileResult = emptyResult(path)
    const budget = budgetFrom()
    const cuts = new Cuts(limits)
    const found = secretRules.length > 0 ? detector(path, bytes, () => budget.expired()) : null
    if (found?.complete === false) cuts.time()
    const matches = cuts.within(found?.matches ?? [])
    const weaknesses: Weakness[] = []
    for (const engine of files) {
      if (!engine.wants(path)) continue
      const scanned = engine.scan(source, budget, around)
      for (const weakness of cuts.within(scanned.weaknesses)) weaknesses.push(weakness)
      cuts.add(scanned.incomplete)
      if (scanned.reduced !== undefined) result.reduced = scanned.reduced
    }
    const hiding = hidingSecrets()
    const redactorOf = (of: SourceText) =>
      of === source && found !== null ? redactorFor(bytes, found) : hiding(of)
    if (found !== null && found.reduced !== null) result.reduced = found.reduced
    const given = { matches, key: options.fingerprintKey }
    addSecrets(result, source, { ...given, redactorOf: hidingCredentials(weaknesses, redactorOf) })
    if (around === undefined) addReported(result, reportWeaknesses(weaknesses, redactorOf))
    else if (weaknesses.length > 0) result.shared = reportShared(weaknesses, redactorOf)
    const memberships = membershipsOf(units, source)
    const linked = memberships.length > 0 ? { memberships } : {}
    return { ...result, ...linked, ...cuts.told(budget) }
  }

  function scanUnit({ kind, path, files }: ScanUnit): FileResult {
    const result: FileResult = emptyResult(path)
    const engine = units.find((one) => one.kind === kind)
    if (engine === undefined) return result
    const sources = files.flatMap((file) => sourceOf(file) ?? [])
    const budget = budgetFrom()
    const { weaknesses, packages, incomplete } = engine.scan({ kind, files: sources }, budget)
    const cuts = new Cuts({ ...limits, findingsPerFileMax: findingsPerUnitMax })
    addReported(result, reportWeaknesses(cuts.within(weaknesses), hidingSecrets()))
    cuts.add(incomplete)
    return { ...result, packages, ...cuts.told(budget) }
  }

  const engines = [...files, ...units]
  const named = [...secretRules.map(summarize), ...engines.flatMap((engine) => engine.rules)]
  const rules = named.sort((a, b) => (a.id < b.id ? -1 : 1))
  const digests = [...engines.map((engine) => engine.digest), JSON.stringify(rules)]
  const digest = digestOf(secretRules, digests, options)
  const own = { files, units, secrets: secretRules }
  return {
    rules,
    digest,
    prepare: preparing(parts),
    ...looks(files, { limits, scanSource }),
    scanUnit,
    ...insightInto(own, budgetFrom),
  }
}

/** The first look at a file and the last one; most files have only one. */
function looks(
  engines: readonly FileEngine[],
  {
    limits,
    scanSource,
  }: {
    limits: SizeLimits
    scanSource: (source: SourceText, around?: Around) => FileResult
  },
): Required<Pick<Scanner, 'glance' | 'scanFile'>> {
  return {
    glance(file) {
      const source = readSource(file, limits)
      if (!(source instanceof SourceText)) return source
      const outlines = engines.map((engine) => engine.outline?.(source) ?? null)
      const outline = outlines.find((one) => one !== null)
      if (outline === undefined) return scanSource(source)
      const result = outline.language === 'data' ? scanSource(source) : emptyResult(file.path)
      return { ...result, outline }
    },
    scanFile(file, around) {
      const source = readSource(file, limits)
      if (!(source instanceof SourceText)) return source
      // Where others lead to it, what was made of it serves again.
      return scanSource(around?.open(file.path) ?? source, around)
    },
  }
}

/** What keeps a file from being scanned, or its text. */
function readSource({ path, bytes }: ScanFile, limits: SizeLimits): FileResult | SourceText {
  const result = emptyResult(path)
  if (bytes.length > bytesMaxOf(path, limits)) return { ...result, skipped: 'too-large' }
  const text = readText(bytes)
  if (text === 'binary') return { ...result, skipped: 'binary' }
  // Of our own making: its fingerprints look like secrets and are none.
  if (isBaseline(text.bytes)) return { ...result, skipped: 'generated' }
  return new SourceText(path, text.bytes)
}

/**
 * Also where secrets are not asked for: an excerpt must show none. The time is its own, since the
 * engines may have used up theirs.
 */
function hidingSecretsWithin(budget: Budget, detector: Detector) {
  const expired = () => budget.expired()
  return ({ path, bytes }: SourceText) => redactorFor(bytes, detector(path, bytes, expired))
}

function preparing({ files, units }: ScannerParts): Scanner['prepare'] {
  return async (paths) => {
    for (const path of paths) {
      for (const engine of files) if (engine.wants(path)) await engine.prepare(path)
      for (const engine of units) if (engine.wants(path)) await engine.prepare()
    }
  }
}

function insightInto(
  { files, units, secrets }: ScannerParts,
  budgetFrom: () => Budget,
): Pick<Scanner, 'readersOf' | 'trace'> {
  const secretRules = secrets.map(summarize)
  return {
    readersOf: (path) => readersOf(path, { files, units, secretRules }),
    trace(file, line) {
      const source = sourceOf(file)
      return source === null ? [] : traceIn(source, line, { files, budget: budgetFrom() })
    },
  }
}

function sourceOf({ path, bytes }: ScanFile): SourceText | null {
  const text = readText(bytes)
  return text === 'binary' ? null : new SourceText(path, text.bytes)
}

function membershipsOf(units: readonly UnitEngine[], source: SourceText): Membership[] {
  return units
    .filter((engine) => engine.wants(source.path))
    .map((engine) => engine.membership(source))
    .filter((membership) => membership !== null)
}

export const emptyResult = (path: string): FileResult => ({
  path,
  findings: [],
  suppressed: [],
  skipped: null,
  incomplete: null,
})

/** Of all files of a unit together. */
const findingsPerUnitMax = 50_000

function addReported(
  result: FileResult,
  { findings, suppressed }: Pick<FileResult, 'findings' | 'suppressed'>,
) {
  for (const finding of findings) result.findings.push(finding)
  for (const one of suppressed) result.suppressed.push(one)
}

function addSecrets(
  result: FileResult,
  source: SourceText,
  given: {
    matches: SecretMatch[]
    key: FingerprintKey
    redactorOf: (source: SourceText) => Redactor
  },
): void {
  const { matches, key, redactorOf } = given
  if (matches.length === 0) return
  const redactor = redactorOf(source)
  addReported(result, toFindings(source.path, source.bytes, { redactor, matches, key }))
}

function summarize(rule: SecretRule): RuleSummary {
  const { id, severity, title, description, remediation, cweId, references, aliases } = rule
  const texts = { title, description, remediation }
  return { id, scanType: 'secrets', severity, ...texts, cweId, references, aliases }
}

/** Counts up whenever the same rules and bytes may give another result. */
const engineVersion = 7

function digestOf(
  secrets: readonly SecretRule[],
  others: readonly string[],
  options: ScannerOptions,
): string {
  const { engines, limits, fingerprintKey } = options
  const hash = createHash('sha256')
  hash.update(JSON.stringify([engineVersion, engines, limits, secrets, others]))
  hash.update(fingerprintKey ?? '')
  return hash.digest('hex')
}
