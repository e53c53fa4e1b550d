// The code engine: source files in, weaknesses with their flows of data out. A file goes from its
// language's frontend (text to intermediate representation) to one interpreter for all languages,
// which knows libraries only from models, which are data.
import { createHash } from 'node:crypto'
import { looksGenerated, looksMinified } from '../content.ts'
import type { Around, EngineResult, FileEngine } from '../engine.ts'
import type { RuleSummary } from '../finding.ts'
import type { LoadGrammar } from '../grammar.ts'
import type { SourceText } from '../source-text.ts'
import type { Budget } from '../weakness.ts'
import type { Frontend, Lowered } from './frontend.ts'
import { type Analyse, createAnalysis } from './interpret/analysis.ts'
import { tellStopped } from './interpret/stopped.ts'
import { nothingElse, type Surroundings } from './interpret/surroundings.ts'
import type { Language } from './ir/ir.ts'
import { rulesOfLanguage } from './language-rules.ts'
import { Neighbourhood } from './program/neighbourhood.ts'
import { dataOutline, isData } from './program/outline.ts'
import { readOutline } from './program/read-outline.ts'
import type { CodeRules } from './rule-data.ts'
import { summarize } from './summary.ts'
import { isTestCode } from './test-path.ts'

export interface CodeEngineParts {
  /** From `readCompiledCodeRules` or `parseCodeRules`. */
  rules: CodeRules
  frontends: readonly Frontend[]
  load: LoadGrammar
}

export function createCodeEngine({ rules, frontends, load }: CodeEngineParts): FileEngine {
  const byExtension = new Map(
    frontends.flatMap((frontend) => frontend.extensions.map((end) => [end, frontend] as const)),
  )
  const frontendOf = (path: string): Frontend | undefined =>
    byExtension.get(/\.[^./]+$/.exec(path)?.[0].toLowerCase() ?? '')
  const analyses = new Map<Language, Analyse>()
  const analysisOf = (language: Language): Analyse => {
    const known = analyses.get(language)
    if (known !== undefined) return known
    const analyse = createAnalysis(rules, language)
    analyses.set(language, analyse)
    return analyse
  }
  /** Also files that others lead to: for as long as their sources are held. */
  const known = new WeakMap<SourceText, Lowered>()
  const lower = (source: SourceText, budget: Budget): Lowered | null => {
    const before = known.get(source)
    if (before !== undefined) return before
    const frontend = frontendOf(source.path)
    if (frontend === undefined) return null
    const lowered = frontend.lower(source, budget)
    // What ran out of time is not what the file is.
    if (!budget.expired()) known.set(source, lowered)
    return lowered
  }

  return {
    rules: summaries(rules),
    digest: digestOf(rules),
    wants: (path) => frontendOf(path) !== undefined,
    rulesFor(path) {
      const language = frontendOf(path)?.language
      return language === undefined ? [] : rulesOfLanguage(rules, language)
    },
    prepare: (path) => frontendOf(path)?.prepare(load) ?? null,
    trace(source, line, budget) {
      const language = frontendOf(source.path)?.language
      if (language === undefined) return []
      const lowered = (one: SourceText) => lower(one, budget)
      return traceWith(lowered, analysisOf(language), { source, line, budget })
    },
    scan,
    outline(source) {
      if (isData(source.path)) return dataOutline
      const frontend = frontendOf(source.path)
      // Nobody attacks a test, and none is part of the program.
      if (frontend === undefined || isTestCode(source.path)) return null
      if (writtenByProgram(source) !== null) return null
      return readOutline(source, frontend.language)
    },
  }

  function scan(source: SourceText, budget: Budget, around?: Around): EngineResult {
    const frontend = frontendOf(source.path)
    if (frontend === undefined) return { weaknesses: [], incomplete: null }
    const reduced = writtenByProgram(source)
    if (reduced !== null) return { weaknesses: [], incomplete: null, reduced }
    const lowered = (one: SourceText) => lower(one, budget)
    const neighbourhood = around === undefined ? null : new Neighbourhood(source, around, lowered)
    const given = { source, budget, surroundings: neighbourhood ?? nothingElse }
    const result = analyseWith(lowered, analysisOf(frontend.language), given)
    const cuts = [result.incomplete, neighbourhood?.incomplete ?? null].filter(
      (cut) => cut !== null,
    )
    return { ...result, incomplete: cuts.length > 0 ? cuts.join('; ') : null }
  }
}

/** What is wrong there is mended in what it was made from, which is scanned as well. */
function writtenByProgram({ path, text }: SourceText): 'generated' | 'minified' | null {
  if (looksMinified(path, text)) return 'minified'
  return looksGenerated(text) ? 'generated' : null
}

function analyseWith(
  lower: (source: SourceText) => Lowered | null,
  analyse: Analyse,
  {
    source,
    budget,
    surroundings,
  }: { source: SourceText; budget: Budget; surroundings: Surroundings },
): EngineResult {
  try {
    const lowered = lower(source)
    if (lowered === null) return { weaknesses: [], incomplete: null }
    const result = analyse(lowered.file, source, budget, surroundings)
    const cuts = [lowered.incomplete, result.incomplete].filter((cut) => cut !== null)
    return { weaknesses: result.weaknesses, incomplete: cuts.length > 0 ? cuts.join('; ') : null }
  } catch (error) {
    // The last resort: depth and steps are counted, so this is a fault of ours in one file.
    const what = error instanceof RangeError ? 'it nests too deep' : 'of a fault in the engine'
    return { weaknesses: [], incomplete: `the code was not analysed, because ${what}` }
  }
}

function traceWith(
  lower: (source: SourceText) => Lowered | null,
  analyse: Analyse,
  { source, line, budget }: { source: SourceText; line: number; budget: Budget },
): string[] {
  try {
    const lowered = lower(source)
    if (lowered === null) return []
    return tellStopped(analyse(lowered.file, source, budget).stopped, { source, line })
  } catch {
    // As for a scan: a fault of ours in one file.
    return []
  }
}

function summaries(rules: CodeRules): RuleSummary[] {
  return rules.weaknesses.map((rule) => summarize(rule, null))
}

/** Counts up whenever the engine may find something else in the same file. */
const engineVersion = 4

function digestOf(rules: CodeRules): string {
  return createHash('sha256')
    .update(JSON.stringify([engineVersion, rules]))
    .digest('hex')
}
