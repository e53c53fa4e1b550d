// The code engine: source files in, weaknesses with their flows of data out. A file goes from its
// language's frontend (text to intermediate representation) to one interpreter for all languages,
// which knows libraries only from models, which are data.
import { createHash } from 'node:crypto'
import { looksGenerated, looksMinified } from '../content.ts'
import type { EngineResult, FileEngine } from '../engine.ts'
import type { RuleSummary } from '../finding.ts'
import type { LoadGrammar } from '../grammar.ts'
import type { SourceText } from '../source-text.ts'
import type { Budget } from '../weakness.ts'
import type { Frontend } from './frontend.ts'
import { type Analyse, createAnalysis, type Surroundings } from './interpret/analysis.ts'
import type { Language } from './ir/ir.ts'
import type { CodeRules } from './rule-data.ts'
import { summarize } from './summary.ts'

export interface CodeEngineParts {
  /** From `readCompiledCodeRules` or `parseCodeRules`. */
  rules: CodeRules
  frontends: readonly Frontend[]
  load: LoadGrammar
}

export interface CodeEngine extends FileEngine {
  /**
   * As `scan`, but calls are followed into other files. What is found may then be in such a file.
   */
  scanAmong(source: SourceText, budget: Budget, others: Others): EngineResult
}

/** The other files of a program. Both answer null for what they do not have. */
export interface Others {
  /** The file that declares a type of this full name: `com.example.Orders`. */
  type(name: string): SourceText | null
  /** A file of data that the program reads by its name: `settings.properties`. */
  resource(name: string): SourceText | null
}

const noOthers: Others = { type: () => null, resource: () => null }

export function createCodeEngine({ rules, frontends, load }: CodeEngineParts): CodeEngine {
  const byExtension = new Map(
    frontends.flatMap((frontend) => frontend.extensions.map((end) => [end, frontend] as const)),
  )
  const frontendOf = (path: string): Frontend | undefined =>
    byExtension.get(/\.[^./]+$/.exec(path)?.[0].toLowerCase() ?? '')
  const analyses = new Map<Language, Analyse>()
  /** Files that others lead to, for as long as their sources are held. */
  const lowered = new WeakMap<SourceText, ReturnType<Surroundings['type']>>()
  const analysisOf = (language: Language): Analyse => {
    const known = analyses.get(language)
    if (known !== undefined) return known
    const analyse = createAnalysis(rules, language)
    analyses.set(language, analyse)
    return analyse
  }

  return {
    rules: summaries(rules),
    digest: digestOf(rules),
    wants: (path) => frontendOf(path) !== undefined,
    prepare: (path) => frontendOf(path)?.prepare(load) ?? null,
    scan: (source, budget) => scan(source, budget, noOthers),
    scanAmong: scan,
  }

  function scan(source: SourceText, budget: Budget, others: Others): EngineResult {
    const frontend = frontendOf(source.path)
    if (frontend === undefined) return { weaknesses: [], incomplete: null }
    const reduced = writtenByProgram(source)
    if (reduced !== null) return { weaknesses: [], incomplete: null, reduced }
    const surroundings: Surroundings = {
      type(name) {
        const other = others.type(name)
        if (other === null || other === source) return null
        if (looksMinified(other.path, other.text)) return null
        const known = lowered.get(other)
        if (known !== undefined) return known
        const found = { file: frontend.lower(other, budget).file, source: other }
        lowered.set(other, found)
        return found
      },
      resource: (name) => others.resource(name)?.text ?? null,
    }
    return analyseWith(frontend, analysisOf(frontend.language), { source, budget, surroundings })
  }
}

/** What is wrong there is mended in what it was made from, which is scanned as well. */
function writtenByProgram({ path, text }: SourceText): 'generated' | 'minified' | null {
  if (looksMinified(path, text)) return 'minified'
  return looksGenerated(text) ? 'generated' : null
}

function analyseWith(
  frontend: Frontend,
  analyse: Analyse,
  {
    source,
    budget,
    surroundings,
  }: { source: SourceText; budget: Budget; surroundings: Surroundings },
): EngineResult {
  try {
    const lowered = frontend.lower(source, budget)
    const result = analyse(lowered.file, source, budget, surroundings)
    const cuts = [lowered.incomplete, result.incomplete].filter((cut) => cut !== null)
    return { weaknesses: result.weaknesses, incomplete: cuts.length > 0 ? cuts.join('; ') : null }
  } catch (error) {
    // The last resort: depth and steps are counted, so this is a fault of ours in one file.
    const what = error instanceof RangeError ? 'it nests too deep' : 'of a fault in the engine'
    return { weaknesses: [], incomplete: `the code was not analysed, because ${what}` }
  }
}

function summaries(rules: CodeRules): RuleSummary[] {
  return rules.weaknesses.map((rule) => summarize(rule, null))
}

/** Counts up whenever the engine may find something else in the same file. */
const engineVersion = 2

function digestOf(rules: CodeRules): string {
  return createHash('sha256')
    .update(JSON.stringify([engineVersion, rules]))
    .digest('hex')
}
