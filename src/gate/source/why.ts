// Why a file, or a line of it, has the findings that it has: whether it was looked at, by whom, and
// what became of what was found.
import { existsSync, readFileSync, realpathSync } from 'node:fs'
import { dirname, join, relative, sep } from 'node:path'
import type { Finding, RuleSummary } from '../scanner/finding.ts'
import type { Reader } from '../scanner/insight.ts'
import { nearMisses } from '../scanner/project/near-miss.ts'
import { noSettings } from '../scanner/project/settings.ts'
import type { ProjectWord } from '../scanner/project/word.ts'
import type { FileResult, Scanner } from '../scanner/scanner.ts'
import { settle } from '../scanner/settle.ts'
import { whyNotAccepted } from '../scanner/suppress-explain.ts'
import type { Suppressed } from '../scanner/suppressed.ts'
import { defaultCacheDirectory } from './cache/directory.ts'
import { loadEngine } from './engine.ts'
import { insideOf, topOf } from './inside.ts'
import { defaultLimits, type ScanOptions, scannerOptions } from './options.ts'
import { placeOf } from './place.ts'
import { exclusionOf, unheard } from './project.ts'
import { loadRules } from './rules.ts'
import { scanFolder } from './scan-folder.ts'
import { walk } from './walk.ts'

export interface Asked {
  /** The folder that is scanned. */
  root: string
  file: string
  /** From 1; null for the whole file. */
  line: number | null
  engines: NonNullable<ScanOptions['engines']>
  project: ProjectWord
  signal?: AbortSignal | undefined
}

export interface Story {
  /** From the root. */
  path: string
  /** Why the file is left out, and which folder above it that is about; null where it is not. */
  skipped: { reason: string; path: string } | null
  /** Set where only exact rules were used: the file was written by a program. */
  reduced: FileResult['reduced'] | null
  incomplete: string | null
  readers: Reader[]
  findings: Finding[]
  suppressed: Suppressed[]
  /** Set aside by the rules that the project switched off. */
  off: Finding[]
  /** Why what stands near and was meant to accept a finding does not. */
  misses: string[]
  /** What the engines tell of the line. */
  traces: string[]
}

/** There is no such file below the root. */
export class NoSuchFile extends Error {}

/** @throws {NoSuchFile}; whatever `scanFolder` throws */
export async function whyFile(asked: Asked): Promise<Story> {
  const { root, project, signal } = asked
  const path = pathIn(root, asked.file)
  const limits = defaultLimits
  const excludes = exclusionOf(project)
  const { files, skipped } = await walk({ root, ignore: true, excludes, limits, signal })
  const left = skipped.find((one) =>
    one.path.endsWith('/') ? path.startsWith(one.path) : one.path === path,
  )
  if (left !== undefined) return { ...nothing(path), skipped: left }
  if (!files.some((file) => file.path === path)) throw new NoSuchFile(path)

  const { prefix } = topOf(placeOf(root).folder)
  const scanner = await scannerFor(asked)
  const file = { path: prefix + path, bytes: readFileSync(join(root, path)) }
  await scanner.prepare([file.path])
  const result = insideOf(scanner.scanFile(file), prefix)
  const story = { ...nothing(path), readers: scanner.readersOf?.(file.path) ?? [] }
  if (result.skipped !== null) return { ...story, skipped: { reason: result.skipped, path } }
  const isCode = scanner.glance?.(file).outline !== undefined
  const isPart = isCode || (result.memberships ?? []).length > 0
  const found = isPart ? await foundInAll(asked, path) : { ...result, rules: scanner.rules }
  const off = new Set(project.settings.rules.disable)
  const today = new Date().toISOString().slice(0, 10)
  const { findings, suppressed } = settle(found, project, { today, whole: false })
  const { line } = asked
  const onLine = (finding: Finding) => line === null || spans(finding, line)
  const reported = findings.filter(onLine)
  return {
    ...story,
    reduced: result.reduced ?? null,
    incomplete: result.incomplete,
    findings: reported,
    suppressed: suppressed.filter(({ finding }) => onLine(finding)),
    off: found.findings.filter((finding) => off.has(finding.ruleId) && onLine(finding)),
    misses: missesOf(reported, { ...asked, file, rules: found.rules, today }),
    traces: line === null ? [] : tracesOf(scanner.trace?.(file, line) ?? [], isCode),
  }
}

const nothing = (path: string): Story => ({
  path,
  skipped: null,
  reduced: null,
  incomplete: null,
  readers: [],
  findings: [],
  suppressed: [],
  off: [],
  misses: [],
  traces: [],
})

/** Engines look back at one file alone, so that what they tell may miss what others hand it. */
function tracesOf(traces: string[], isCode: boolean): string[] {
  return isCode && traces.length > 0 ? [...traces, ofThisFileAlone] : traces
}

const ofThisFileAlone =
  'this is told of the file alone; what comes from other files is in what was found'

function missesOf(
  findings: readonly Finding[],
  of: {
    file: { path: string; bytes: Buffer }
    rules: readonly RuleSummary[]
    project: ProjectWord
    today: string
  },
): string[] {
  const { file, project, today } = of
  const texts = file.bytes.toString('utf8').split('\n')
  const lines = { count: texts.length, text: (line: number) => texts[line - 1] ?? '' }
  const rules = new Map(of.rules.map((rule) => [rule.id, rule]))
  const told = findings.flatMap((finding) => {
    const rule = rules.get(finding.ruleId) ?? null
    const { line: first = 1, endLine: last = 1 } = finding.location ?? {}
    const names = finding.subject?.kind === 'package' ? finding.subject.aliases : []
    const judged = { rule: rule ?? { id: finding.ruleId, ...finding }, names, first, last }
    return [
      ...whyNotAccepted(judged, { path: file.path, lines, today }),
      ...nearMisses(project, { finding, rule, today }),
    ]
  })
  return [...new Set(told)]
}

function spans({ location }: Finding, line: number): boolean {
  return location !== null && location.line <= line && line <= location.endLine
}

function pathIn(root: string, file: string): string {
  if (!existsSync(file)) throw new NoSuchFile(file)
  // The folder's real place, but the file's own name: a link is left out as a link.
  const real = join(realpathSync(dirname(file)), file.slice(file.lastIndexOf('/') + 1))
  return relative(realpathSync(root), real).split(sep).join('/')
}

async function scannerFor({ engines }: Asked): Promise<Scanner> {
  const rules = await loadRules({ cacheDirectory: join(defaultCacheDirectory(), 'scan') })
  const { buildScanner } = await loadEngine(null)
  return buildScanner({ rules, options: scannerOptions({ engines }).tree })
}

/** Of a file that is seen together with others: what a scan of all of the root finds in it. */
async function foundInAll({ root, engines, project, signal }: Asked, path: string) {
  const { settings, prefix } = project
  const outcome = await scanFolder({
    root,
    engines,
    // What is left out leads nowhere; all else that the project says is for the caller.
    project: { ...unheard, settings: { ...noSettings, scan: settings.scan }, prefix },
    cacheDir: defaultCacheDirectory(),
    signal,
  })
  const here = (finding: Finding) => finding.location?.path === path
  return {
    findings: outcome.findings.filter(here),
    suppressed: outcome.suppressed.filter(({ finding }) => here(finding)),
    rules: outcome.rules,
  }
}
